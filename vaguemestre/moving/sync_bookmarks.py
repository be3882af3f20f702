"""Up to where a mailbox elsewhere was read, so that the next import of it asks only for what came since.

Three numbers a folder, under a keyed word that tells neither the server nor the person's name there. Written when all
is stored, kept as long as imports stand in the list, gone when that import is taken back: it may then come again.
IMAP promises that numbers only grow while the folder's validity (UIDVALIDITY) stays; a folder whose validity is
another is read whole, and what is known of it is not stored twice."""

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.utils.crypto import salted_hmac

from vaguemestre.moving import mbsync
from vaguemestre.moving.models import Bookmark, Part, Remote
from vaguemestre.moving.remote_mailbox import RemoteFolder

_STATE = re.compile(r"^(FarUidValidity|MaxPulledUid) (\d{1,10})$", re.MULTILINE)
_HEADER = 2000  # bytes of mbsync's file, the numbers stand first


def load_bookmarks(source: Remote, folders: Iterable[RemoteFolder]) -> dict[str, int]:
    """By folder, the last number that was read; nothing of those that have changed their validity."""
    kept = {row.folder: row for row in Bookmark.objects.filter(account=source.intake.account_id, source=_word(source))}
    found = {one.name: (one, kept.get(_word(source, one.name))) for one in folders}
    return {name: row.highest for name, (one, row) in found.items() if row and row.validity == one.validity}


def last_read(source: Remote) -> datetime | None:
    mine = Bookmark.objects.filter(account=source.intake.account_id, source=_word(source))
    return mine.order_by("-read_at").values_list("read_at", flat=True).first()


def count_to_come(folders: Iterable[RemoteFolder], read: dict[str, int]) -> int:
    """How many messages at most: of a folder that was read, those with a number beyond."""
    return sum(
        min(one.total, max(0, one.next - 1 - read[one.name])) if one.name in read and one.next else one.total
        for one in folders
    )


def save_bookmarks(source: Remote, root: Path, now: datetime) -> None:
    """What mbsync has read of each folder; its files are still there, in `root`."""
    rows = [
        Bookmark(
            account_id=source.intake.account_id, source=_word(source), folder=_word(source, part.label),
            validity=state["FarUidValidity"], highest=state["MaxPulledUid"], read_at=now,
        )
        for part in source.intake.parts.filter(kind=Part.Kind.COPIED)
        if (state := state_of(root / part.file)).get("FarUidValidity") and state.get("MaxPulledUid")
    ]  # fmt: skip
    Bookmark.objects.bulk_create(
        rows, batch_size=500, update_conflicts=True, unique_fields=["account", "source", "folder"],
        update_fields=["validity", "highest", "read_at"],
    )  # fmt: skip


def forget_bookmarks(source: Remote) -> None:
    Bookmark.objects.filter(account=source.intake.account_id, source=_word(source)).delete()


def forget_old(before: datetime) -> None:
    Bookmark.objects.filter(read_at__lt=before).delete()


def state_of(place: Path) -> dict[str, int]:
    try:
        with (place / mbsync.STATE).open(encoding="ascii", errors="replace") as file:
            return {name: int(number) for name, number in _STATE.findall(file.read(_HEADER))}
    except OSError:
        return {}


def _word(source: Remote, folder: str = "") -> str:
    said = f"{source.intake.account_id}\n{source.host}\n{source.user}\n{folder}"
    return salted_hmac("vaguemestre.moving.bookmark", said, algorithm="sha256").hexdigest()
