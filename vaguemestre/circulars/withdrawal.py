"""A circular that was an error is taken out of the mailboxes again. A message with the reason takes its place; copies
that were answered or forwarded stay, and those taken out are kept apart for thirty days."""

import logging
import secrets
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.ports import mail_memories
from vaguemestre.audit import journal
from vaguemestre.circulars.archive import searched_text
from vaguemestre.circulars.dispatch import SENDING
from vaguemestre.circulars.message import message_id
from vaguemestre.circulars.models import Circular, Delivery, Dispatch
from vaguemestre.circulars.recipients import holders
from vaguemestre.clock import due
from vaguemestre.clock.machine_lock import hold_machine_lock
from vaguemestre.clock.sliced_work import SlicedWork
from vaguemestre.engine.doveadm_protocol import DoveadmRefusedError, DoveadmUnavailableError
from vaguemestre.engine.message_withdrawal import delete_copies, find_copies, places, withdraw_copies

WITHDRAWING = SlicedWork("circulars.withdrawing")
KEPT = timedelta(days=30)
SLICE_SECONDS = 2.0
AT_ONCE = 100
Copy, Kind = Delivery.State, Dispatch.Kind
logger = logging.getLogger(__name__)


def withdraw(circular: Circular, by: Account, reason: str, *, now: datetime) -> bool:
    """It leaves to no one else. Without a second person: an error must not wait for one. False: a colleague was
    quicker."""
    with transaction.atomic():
        wanted = Circular.objects.filter(pk=circular.pk, state=Circular.State.APPROVED, withdrawn_at=None)
        if not wanted.update(withdrawn_at=now, withdrawn_by=by.key, withdrawal_reason=reason):
            return False
        circular.refresh_from_db()
        wanted = Circular.objects.filter(pk=circular.pk)
        wanted.update(search_text=searched_text(circular))
        circular.mailings.filter(state=Dispatch.State.SENDING).update(state=Dispatch.State.STOPPED)
        keys = sorted(set(holders(circular).values_list("account", flat=True)))
        mailing = Dispatch.objects.create(
            circular=circular, kind=Kind.WITHDRAWAL, state=Dispatch.State.SENDING, started_at=now,
            message_token=secrets.token_hex(16),
        )  # fmt: skip
        Delivery.objects.bulk_create([Delivery(mailing=mailing, account_id=key) for key in keys], batch_size=1000)
        journal.record(by.key, "circular.withdrawn", circular.author, circular=circular.key, reason=reason)
        transaction.on_commit(SENDING.start)
        transaction.on_commit(WITHDRAWING.start)
    return True


@due.recurring("circulars.withdrawal.resume", every=600)
def resume(_key: str, now: datetime) -> None:
    """For copies that arrived meanwhile, after a crash, and when thirty days are over."""
    if _to_take().exists() or _to_erase(now).exists():
        WITHDRAWING.start()


@WITHDRAWING.register
def go_on(*, now: datetime, seconds: float = SLICE_SECONDS) -> bool:
    """One slice. False: nothing is left, or it waits for the clock."""
    if settings.DATA is None:
        return False
    with hold_machine_lock(settings.DATA / "run" / "circulars-withdrawn.lock") as mine:
        return mine and _advance(now, time.monotonic() + seconds)


def _advance(now: datetime, until: float) -> bool:
    wanted = _to_take() | _to_erase(now)
    copies = list(wanted.select_related("mailing__circular").order_by("pk")[:AT_ONCE])
    for number, copy in enumerate(copies):
        if time.monotonic() >= until and number:
            return True
        try:
            _settle(copy)
        except DoveadmUnavailableError as error:
            logger.warning("circular %s: %s", copy.mailing.circular_id[:8], error)
            return False
    return len(copies) == AT_ONCE


def _to_take() -> QuerySet[Delivery]:
    return _copies().filter(state=Copy.DELIVERED, withdrawal="")


def _to_erase(now: datetime) -> QuerySet[Delivery]:
    taken = Delivery.Withdrawal.TAKEN
    return _copies().filter(withdrawal=taken, mailing__circular__withdrawn_at__lte=now - KEPT)


def _copies() -> QuerySet[Delivery]:
    withdrawn = Q(mailing__circular__withdrawn_at__isnull=False)
    return Delivery.objects.filter(withdrawn).exclude(mailing__kind=Kind.WITHDRAWAL)


def _settle(copy: Delivery) -> None:
    """A mailbox that Dovecot refuses to open keeps its copy: it must not hold up all others."""
    try:
        state = _take(copy) if not copy.withdrawal else _erase(copy)
    except DoveadmRefusedError as refused:
        logger.warning("circular %s, mailbox %s: %s", copy.mailing.circular_id[:8], copy.account_id, refused)
        state = Delivery.Withdrawal.KEPT
    Delivery.objects.filter(pk=copy.pk).update(withdrawal=state)


def _take(copy: Delivery) -> Delivery.Withdrawal:
    """Done twice it is done once."""
    mailing = copy.mailing
    found = find_copies(copy.account_id, f"<{message_id(mailing)}>", "", mailing.in_mailboxes_since)
    if any(one.answered or one.forwarded for one in found):
        return Delivery.Withdrawal.KEPT
    for one in found:  # folders differ
        withdraw_copies(copy.account_id, _place(mailing), [one])
    if found:
        for forget in mail_memories.all():
            forget(copy.account_id)
    return Delivery.Withdrawal.TAKEN


def _erase(copy: Delivery) -> Delivery.Withdrawal:
    if _place(copy.mailing) in places(copy.account_id):
        delete_copies(copy.account_id, _place(copy.mailing))
    return Delivery.Withdrawal.ERASED


def _place(mailing: Dispatch) -> str:
    return f"circulaire.{mailing.pk}"
