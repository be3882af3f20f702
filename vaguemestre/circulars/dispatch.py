"""A mailing leaves in slices of a hundred. A slice is written down before Postfix has it: what a crash leaves undecided
is handed over again under the same Message-ID, and arrives once (engine/dovecot/sieve/duplicates.sieve)."""

import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from vaguemestre.circulars.freezing import frozen_digest
from vaguemestre.circulars.message import message_of
from vaguemestre.circulars.models import Circular, Delivery, Dispatch
from vaguemestre.circulars.recipients import addresses_in_post
from vaguemestre.circulars.settling import settle_deliveries
from vaguemestre.clock import due
from vaguemestre.clock.machine_lock import hold_machine_lock
from vaguemestre.clock.sliced_work import SlicedWork
from vaguemestre.engine.bulk_delivery import SLICE, submit_slice
from vaguemestre.engine.queue_holds import QueueUnavailableError
from vaguemestre.mailbox.errors import DeliveryRefusedError, MailboxError

SENDING = SlicedWork("circulars.sending")
UNDERWAY = 2 * SLICE  # copies that Postfix has at a time: so many still arrive after somebody stops it
PAUSE = 0.3  # seconds, while Postfix has enough to do
DEFERRED = timedelta(minutes=2)  # a copy that Postfix has had so long waits for a mailbox, and keeps no other back
State, Copy = Dispatch.State, Delivery.State
logger = logging.getLogger(__name__)


def start_mailing(mailing: Dispatch, now: datetime) -> None:
    """Inside the act's transaction."""
    Dispatch.objects.filter(pk=mailing.pk, state=State.PREPARED).update(state=State.SENDING, started_at=now)
    transaction.on_commit(SENDING.start)


def stop_mailing(mailing: Dispatch) -> bool:
    """Those to whom nothing was handed over keep waiting. False: it has ended, or is stopped already."""
    return bool(Dispatch.objects.filter(pk=mailing.pk, state=State.SENDING).update(state=State.STOPPED))


def continue_mailing(mailing: Dispatch) -> bool:
    if not mailing.can_continue:
        return False
    done = Dispatch.objects.filter(pk=mailing.pk, state=State.STOPPED).update(state=State.SENDING)
    transaction.on_commit(SENDING.start)
    return bool(done)


def start_due_mailings(now: datetime) -> None:
    """Those whose chosen time has come."""
    waiting = Dispatch.objects.filter(state=State.PREPARED, circular__state=Circular.State.APPROVED)
    for mailing in waiting.filter(circular__leaves_at__lte=now):
        with transaction.atomic():
            start_mailing(mailing, now)


@due.recurring("circulars.dispatch.resume", every=60)
def resume(_key: str, now: datetime) -> None:
    """At a chosen time, after a crash, or while a mailbox is full."""
    start_due_mailings(now)
    undone = Delivery.objects.filter(state__in=(Copy.HANDING, Copy.QUEUED)).exists()
    if undone or Dispatch.objects.filter(state=State.SENDING).exists():
        SENDING.start()


@SENDING.register
def go_on(*, now: datetime) -> bool:
    """One slice of what was approved first. False: nothing is left, or it waits for the clock."""
    if settings.DATA is None:
        return False
    with hold_machine_lock(settings.DATA / "run" / "circulars.lock") as mine:
        return mine and _advance(now)


def _advance(now: datetime) -> bool:
    try:
        settle_deliveries()
    except QueueUnavailableError as error:
        logger.warning("circulars: %s", error)
        return False
    mailing = _next_mailing()
    if mailing is None:
        return _is_busy(now)
    if _has_enough(now):
        time.sleep(PAUSE)
        return True
    try:
        return _send_slice(mailing, now)
    except MailboxError as error:  # not known whether Postfix has it, or it is away: the clock tries again
        logger.warning("circular %s: %s", mailing.circular_id[:8], error)
        Dispatch.objects.filter(pk=mailing.pk).update(trouble=str(error)[:200])
        return False


def _next_mailing() -> Dispatch | None:
    """A slice that a crash left undecided comes first, of a stopped one too: it may have left."""
    all_of_them = Dispatch.objects.select_related("circular").order_by("started_at", "pk")
    undecided = all_of_them.filter(deliveries__state=Copy.HANDING).first()
    return undecided or all_of_them.filter(state=State.SENDING).first()


def _is_busy(now: datetime) -> bool:
    """Somebody may be watching the last copies arrive."""
    if busy := Delivery.objects.filter(state=Copy.QUEUED, handed_at__gt=now - DEFERRED).exists():
        time.sleep(PAUSE)
    return busy


def _has_enough(now: datetime) -> bool:
    underway = Delivery.objects.filter(state=Copy.QUEUED, handed_at__gt=now - DEFERRED)
    return underway.count() > UNDERWAY - SLICE


def _send_slice(mailing: Dispatch, now: datetime) -> bool:
    if frozen_digest(mailing.circular) != mailing.circular.digest:
        Dispatch.objects.filter(pk=mailing.pk).update(state=State.STOPPED, trouble="changed after its approval")
        logger.error("circular %s: changed after its approval", mailing.circular_id[:8])
        return True
    copies = _taken(mailing, now)
    if not copies:
        Dispatch.objects.filter(pk=mailing.pk, state=State.SENDING).update(state=State.SENT, ended_at=now, trouble="")
        return True
    addresses = addresses_in_post([one.account_id for one in copies], timezone.localdate(now))
    _mark([one for one in copies if one.account_id not in addresses], state=Copy.LEFT)
    there = [one for one in copies if one.account_id in addresses]
    if there:
        _hand_over(mailing, there, addresses, now)
    return True


def _taken(mailing: Dispatch, now: datetime) -> list[Delivery]:
    """Written down before anything of it leaves."""
    undecided = list(mailing.deliveries.filter(state=Copy.HANDING).order_by("pk"))
    if undecided:
        return undecided
    with transaction.atomic():
        if not Dispatch.objects.select_for_update().filter(pk=mailing.pk, state=State.SENDING).exists():
            return []
        found = list(mailing.deliveries.filter(state=Copy.WAITING).order_by("pk")[:SLICE])
        _mark(found, state=Copy.HANDING, handed_at=now)
    return found


def _hand_over(mailing: Dispatch, copies: list[Delivery], addresses: dict[str, str], now: datetime) -> None:
    try:
        number = submit_slice([addresses[one.account_id] for one in copies], message_of(mailing))
    except DeliveryRefusedError as refused:
        if not refused.recipients:
            raise
        _settle_refused(copies, addresses, refused)
        return
    _mark(copies, state=Copy.QUEUED, queue_id=number, handed_at=now)
    Dispatch.objects.filter(pk=mailing.pk).exclude(trouble="").update(trouble="")


def _settle_refused(copies: list[Delivery], addresses: dict[str, str], refused: DeliveryRefusedError) -> None:
    """No one got anything: those whom Postfix does not know are out, the others are taken again."""
    for one in copies:
        code, words = refused.recipients.get(addresses[one.account_id], (0, ""))
        if code >= 500:
            _mark([one], state=Copy.IMPOSSIBLE, reason=words[:200])
    if refused.code < 500:
        raise refused


def _mark(copies: Iterable[Delivery], **fields: object) -> None:
    keys = [one.pk for one in copies]
    if keys:
        Delivery.objects.filter(pk__in=keys).update(**fields)
