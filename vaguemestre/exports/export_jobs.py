"""Ordering an export, giving it up, and what becomes of it: kept some days, then swept."""

import secrets
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.models import Account, Notice
from vaguemestre.accounts.notices import notices
from vaguemestre.audit import journal
from vaguemestre.clock import due
from vaguemestre.clock.sliced_work import SlicedWork
from vaguemestre.exports.models import Export

KEPT = timedelta(days=7)
KEPT_IN_THE_LIST = timedelta(days=365)
FOLDER = "exports"
MAKING = SlicedWork("exports.make", priority=-10)
ARCHIVE = "archive.zip"
State = Export.State
Kind = Notice.Kind


class AlreadyUnderWayError(Exception):
    """One at a time; the page shows how far it is."""


class NothingToExportError(Exception):
    """The mailbox was deleted, or nobody has used it yet."""


def order_export(account: Account, *, by: str, now: datetime, reason: str = "") -> Export:
    """`by` is the person's own key, or an agent's: an access request, whose file the agent never gets."""
    if account.state == Account.State.PURGED:
        raise NothingToExportError(account.key)
    own = by == account.key
    try:
        with transaction.atomic():
            export = Export.objects.create(
                key=secrets.token_hex(16), account=account, ordered_by=by, ordered_at=now, reason=reason
            )
            act = "export.ordered" if own else "export.access-request"
            journal.record(by, act, account.key, export=export.key[:8], **({"reason": reason} if reason else {}))
            if own:
                notices.tell_owner(account, Kind.EXPORT, now=now, change="ordered")
            else:
                notices.tell_owner(
                    account, Kind.EXPORT, now=now, by=by, to_rescue=account.has_left(today(now)),
                    change="access-request", reason=reason,
                )  # fmt: skip
            transaction.on_commit(MAKING.start)
    except IntegrityError as error:
        raise AlreadyUnderWayError(account.key) from error
    return export


def cancel_export(export: Export, *, by: str, now: datetime) -> None:
    """By whoever ordered it or its owner, at any time; a finished one is deleted at once."""
    if export.state not in {*Export.UNDER_WAY, State.READY}:
        return
    ended = State.SWEPT if export.state == State.READY else State.CANCELLED
    with transaction.atomic():
        Export.objects.filter(pk=export.pk).update(state=ended, finished_at=export.finished_at or now)
        journal.record(by, "export.given-up", export.account_id, export=export.key[:8])
        transaction.on_commit(lambda: delete_files(export.key))
    export.state = ended


def note_download(export: Export, *, by: str, now: datetime) -> None:
    """The download begins. Each time is a line of the journal."""
    with transaction.atomic():
        Export.objects.filter(pk=export.pk, fetched_at=None).update(fetched_at=now)
        journal.record(by, "export.fetched", export.account_id, export=export.key[:8])


@due.recurring("exports.orders.look_after", every=60)
def look_after(_key: str, now: datetime) -> None:
    """The clock's call: sweeps what is over, and continues with what a crash left behind."""
    for export in Export.objects.filter(state=State.READY, expires_at__lte=now):
        delete_files(export.key)
        Export.objects.filter(pk=export.pk).update(state=State.SWEPT)
        journal.record("system", "export.swept", export.account_id, export=export.key[:8])
    Export.objects.exclude(state__in=[*Export.UNDER_WAY, State.READY]).filter(
        ordered_at__lt=now - KEPT_IN_THE_LIST
    ).delete()
    _clear_strangers()
    if Export.objects.filter(state__in=Export.UNDER_WAY).exists():
        MAKING.start()


def holds_purge(account_key: str, now: datetime) -> bool:
    """Asked for and not finished, or finished and still to be fetched."""
    under_way = Export.objects.filter(account=account_key, state__in=Export.UNDER_WAY)
    waiting = Export.objects.filter(account=account_key, state=State.READY, fetched_at=None, expires_at__gt=now)
    return under_way.exists() or waiting.exists()


def forget_account(account_key: str, now: datetime) -> None:  # noqa: ARG001 - the shape of every purger
    exports = Export.objects.filter(account=account_key)
    for key in exports.values_list("key", flat=True):
        delete_files(key)
    exports.delete()


def folder_of(key: str) -> Path | None:
    return settings.DATA / FOLDER / key if settings.DATA else None


def delete_files(key: str) -> None:
    if folder := folder_of(key):
        shutil.rmtree(folder, ignore_errors=True)


def _clear_strangers() -> None:
    """Folders that no row wants: given up while they were being written, or of a restored database."""
    root = settings.DATA / FOLDER if settings.DATA else None
    if root is None or not root.is_dir():
        return
    wanted = set(Export.objects.filter(state__in=[*Export.UNDER_WAY, State.READY]).values_list("key", flat=True))
    for folder in root.iterdir():
        if folder.is_dir() and folder.name not in wanted:
            delete_files(folder.name)
