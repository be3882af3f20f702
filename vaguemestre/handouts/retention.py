"""What is over goes: the bytes first, the row a year later."""

import logging
import os
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import F, Q

from vaguemestre.clock import due
from vaguemestre.handouts.chunked_upload import remove_handout
from vaguemestre.handouts.link_lifetime import GRACE
from vaguemestre.handouts.message_links import letters_with_links
from vaguemestre.handouts.models import Handout
from vaguemestre.handouts.ports import kept_files

CHANGE_OF_MIND = timedelta(days=7)  # a draft comes back from the bin; a file whose sending broke off continues
ANNOUNCED = timedelta(hours=1)  # its room is kept for it until its first bytes come
KEPT_IN_THE_LIST = timedelta(days=365)
LOST, KEPT_ASIDE = "lost", timedelta(days=7)
logger = logging.getLogger(__name__)


@due.recurring("handouts.retention.sweep", every=3600)
def sweep(_key: str, now: datetime) -> None:
    over = Q(expires_at__lte=now) | Q(withdrawn_at__lte=now - GRACE)
    for handout in Handout.objects.filter(over, swept_at=None):
        handout.path.unlink(missing_ok=True)
        Handout.objects.filter(pk=handout.pk).update(swept_at=now)
    broken_off = Q(touched_at__lte=now - CHANGE_OF_MIND) & Q(received__lt=F("size"))
    announced = Q(touched_at__lte=now - ANNOUNCED) & Q(received=0)
    for handout in Handout.objects.filter(broken_off | announced, sent_at=None):
        remove_handout(handout)
    _sweep_let_go(now)
    Handout.objects.filter(swept_at__lte=now - KEPT_IN_THE_LIST).delete()
    _sweep_strangers(now)


def forget_account(account_key: str, now: datetime) -> None:  # noqa: ARG001 - the shape of every purger
    for handout in Handout.objects.filter(account=account_key):
        remove_handout(handout)


def _sweep_let_go(now: datetime) -> None:
    """Not those of a letter that lives all the same: they are a draft's again."""
    let_go = Handout.objects.filter(sent_at=None, let_go_at__lte=now - CHANGE_OF_MIND)
    alive = letters_with_links({handout.letter for handout in let_go})
    for handout in let_go:
        if (handout.account_id, handout.letter) in alive:
            Handout.objects.filter(pk=handout.pk).update(let_go_at=None)
        else:
            remove_handout(handout)


def _sweep_strangers(now: datetime) -> None:
    """Files that no row wants: written while their row went, or of a database that was restored as it was before them.
    That one may be followed by a newer one: they are put aside first, and go back where they are wanted again."""
    folder = Path(settings.MAIL["handouts"])
    if not folder.is_dir():
        return
    aside = folder / LOST
    wanted = set(Handout.objects.filter(swept_at=None).values_list("key", flat=True))
    wanted |= {key for keys in kept_files.all() for key in keys()}
    for file in folder.iterdir():
        if file.is_file() and file.name not in wanted and _older(file, now - timedelta(hours=1)):
            aside.mkdir(mode=0o700, exist_ok=True)
            os.utime(file, (now.timestamp(), now.timestamp()))  # since when it lies there
            file.rename(aside / file.name)
            logger.warning("file by link %s: in no row, put aside", file.name)
    for file in aside.iterdir() if aside.is_dir() else ():
        if file.name in wanted and not (folder / file.name).exists():
            file.rename(folder / file.name)
        elif _older(file, now - KEPT_ASIDE):
            file.unlink(missing_ok=True)


def _older(file: Path, hour: datetime) -> bool:
    return file.stat().st_mtime < hour.timestamp()
