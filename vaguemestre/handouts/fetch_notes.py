"""Who came to the end of a file: `files`, which has no database, leaves a note each time, and the clock counts it."""

from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from vaguemestre.clock import due
from vaguemestre.handouts.link_lifetime import note_download
from vaguemestre.handouts.models import Handout


@due.recurring("handouts.fetches.count", every=60)
def count_fetches(_key: str, now: datetime) -> None:
    """The note goes first, and who takes it away counts it: cut short, one is not counted rather than counted twice."""
    folder = Path(settings.MAIL["fetched"])
    for note in sorted(folder.iterdir()) if folder.is_dir() else ():
        try:
            fetched_at = datetime.fromtimestamp(note.lstat().st_mtime, UTC)
            note.unlink()
        except FileNotFoundError:  # by another at the same moment
            continue
        if handout := Handout.objects.filter(pk=note.name.partition(".")[0]).first():
            note_download(handout, min(fetched_at, now))
