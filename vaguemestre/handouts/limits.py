"""How much may be sent by link: one file, one person, everybody, and what the disk has."""

import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import F, QuerySet, Sum
from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.handouts.models import Handout
from vaguemestre.web.metrics import Gauge
from vaguemestre.web.number_text import octets_text

MB = 1024 * 1024
LEFT_FREE = 1024 * MB  # of the disk, for the mail that arrives
MOST_OF_A_LETTER = 50


class UploadRefusedError(Exception):
    """Why a file is not taken, in words for whoever sends it."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


def largest_size() -> int:
    """Bytes of one file; 0: files do not travel by a link here."""
    return academy().links.largest_mb * MB


def check_limits(account_key: str, letter: str, size: int) -> None:
    """Raises UploadRefusedError. The whole size counts from the first byte on."""
    links, mine = academy().links, Handout.objects.filter(account=account_key, swept_at=None)
    if not largest_size():
        raise UploadRefusedError(_("Files are not sent by a link here."))
    if not size:
        raise UploadRefusedError(_("This file is empty."))
    if size > largest_size():
        raise UploadRefusedError(_("Too large even for a link: %s at most.") % octets_text(largest_size()))
    if mine.filter(letter=letter).count() >= MOST_OF_A_LETTER:
        raise UploadRefusedError(_("Too many files in one message: put them together in an archive (.zip)."))
    if total_octets(mine) + size > links.of_person_mb * MB:
        said = _("Your files sent by a link take %(used)s of %(limit)s: withdraw one in the settings, then try again.")
        raise UploadRefusedError(
            said % {"used": octets_text(total_octets(mine)), "limit": octets_text(links.of_person_mb * MB)}
        )
    everybody = Handout.objects.filter(swept_at=None)
    if total_octets(everybody) + size > links.of_all_mb * MB or not _disk_has_room(size + _coming(everybody)):
        raise UploadRefusedError(
            _("The server has no room for this file at this moment. Try again tomorrow, or call your help desk.")
        )


def total_octets(handouts: QuerySet[Handout]) -> int:
    return handouts.aggregate(all=Sum("size"))["all"] or 0


def handout_gauges(_now: datetime) -> Iterable[Gauge]:
    """`web.metrics.gauge_sources`."""
    kept = Handout.objects.filter(swept_at=None)
    return [
        Gauge("handouts", "Files kept that travel as a link.", kept.count()),
        Gauge("handouts_bytes", "What they weigh.", total_octets(kept)),
        Gauge("handouts_bytes_most", "What they may weigh all together.", academy().links.of_all_mb * MB),
    ]


def _coming(handouts: QuerySet[Handout]) -> int:
    """Promised to others whose files are on their way."""
    return handouts.aggregate(all=Sum(F("size") - F("received")))["all"] or 0


def _disk_has_room(count: int) -> bool:
    return shutil.disk_usage(Path(settings.MAIL["handouts"])).free >= count + LEFT_FREE
