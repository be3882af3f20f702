"""Mail was copied while it was written: after a restore Dovecot puts each mailbox right, in slices, at the first
start. Of stolen accounts the filters are stopped again."""

import json
import time
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from vaguemestre.accounts.models import Account
from vaguemestre.backup.whole.replay import RESYNC
from vaguemestre.clock import due
from vaguemestre.engine import doveadm
from vaguemestre.engine.doveadm_protocol import DoveadmRefusedError, ask

SLICE = 20.0  # seconds: the clock has other things to do
AGAIN = timedelta(seconds=1)
EVERYTHING = ("*", "Recoverable/*", "~withdrawn/*")  # the last two stand in no list
_NOT_THERE = {"NOUSER", "NOTFOUND"}


@RESYNC.register
def resync_due(key: str, now: datetime) -> None:
    """`key`: "begin", or that of the last mailbox that was put right. A mail server that is away stops it here; the
    clock comes back."""
    if settings.DATA is None:
        return
    if key == "begin":
        for stolen in stolen_accounts(settings.DATA):
            doveadm.stop_filters(stolen)
    began, last = time.monotonic(), "" if key == "begin" else key
    for account in Account.every.filter(pk__gt=last).exclude(state=Account.State.PURGED).order_by("pk").iterator(100):
        resync(account.key)
        last = account.key
        if time.monotonic() - began > SLICE:
            due.at(now + AGAIN, RESYNC, last)
            return


def resync(key: str) -> None:
    for folders in EVERYTHING:
        try:
            ask(key, "force-resync", folders)
        except DoveadmRefusedError as refused:
            if str(refused) not in _NOT_THERE:
                raise


def stolen_accounts(data: Path) -> list[str]:
    try:
        return list(json.loads(stolen_file(data).read_text()))
    except OSError:
        return []


def keep_stolen(data: Path, keys: tuple[str, ...]) -> None:
    stolen_file(data).write_text(json.dumps(keys))


def stolen_file(data: Path) -> Path:
    return data / "spool" / "restored-stolen.json"
