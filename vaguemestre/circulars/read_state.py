"""How many have seen a circular: counts alone, from twenty recipients on. Seen is what the mailbox or the archive shows
as opened; the mailboxes are looked at every 60 minutes."""

import logging
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from vaguemestre.accounts.models import Account
from vaguemestre.audit import journal
from vaguemestre.circulars.dispatch import SENDING
from vaguemestre.circulars.message import message_id
from vaguemestre.circulars.models import Circular, Delivery, Dispatch
from vaguemestre.clock import due
from vaguemestre.clock.machine_lock import hold_machine_lock
from vaguemestre.clock.sliced_work import SlicedWork
from vaguemestre.engine.doveadm_protocol import DoveadmRefusedError, DoveadmUnavailableError
from vaguemestre.engine.message_withdrawal import find_copies

LOOKING = SlicedWork("circulars.looking")
FEWEST_RECIPIENTS = 20  # with fewer no count is shown
FEWEST = 5  # a smaller count is text
LOOKED_AT_FOR = timedelta(days=60)
EVERY = timedelta(minutes=55)
SLICE_SECONDS = 2.0
AT_ONCE = 100
Copy = Delivery.State
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Figures:
    """For the circular itself. `seen`, `unseen`: None where no count is shown."""

    total: int
    delivered: int
    waiting: int
    underway: int
    impossible: int
    left: int
    seen: int | None
    unseen: int | None
    looked_at: datetime | None

    @property
    def few_unseen(self) -> bool:
        return self.unseen is not None and 0 < self.unseen < FEWEST

    @property
    def few_seen(self) -> bool:
        return self.seen is not None and 0 < self.seen < FEWEST


def figures_of(mailing: Dispatch) -> Figures:
    """Two queries."""
    states = list(mailing.deliveries.values_list("state", flat=True))
    delivered = states.count(Copy.DELIVERED)
    first = mailing.kind == Dispatch.Kind.FIRST and mailing.circular.withdrawn_at is None
    shown = first and delivered >= FEWEST_RECIPIENTS
    unseen = unseen_deliveries(mailing).count() if shown else None
    return Figures(
        total=len(states), delivered=delivered, waiting=states.count(Copy.WAITING) + states.count(Copy.HANDING),
        underway=states.count(Copy.QUEUED), impossible=states.count(Copy.IMPOSSIBLE), left=states.count(Copy.LEFT),
        seen=None if unseen is None else delivered - unseen, unseen=unseen, looked_at=mailing.looked_at,
    )  # fmt: skip


def unseen_deliveries(first: Dispatch) -> QuerySet[Delivery]:
    """Delivered, and neither the circular nor its reminder was seen."""
    seen = Delivery.objects.filter(mailing__circular=first.circular_id, seen_at__isnull=False)
    return first.deliveries.filter(state=Copy.DELIVERED).exclude(account__in=seen.values("account"))


def may_remind(first: Dispatch, figures: Figures) -> bool:
    ended = first.state == Dispatch.State.SENT and not figures.few_unseen and bool(figures.unseen)
    return ended and not Dispatch.objects.filter(circular=first.circular_id, kind=Dispatch.Kind.REMINDER).exists()


def remind(circular: Circular, by: Account, *, now: datetime) -> int:
    """Once, to those who have not seen it; 0 where that is not possible. No one learns who they are."""
    first = circular.mailings.get(kind=Dispatch.Kind.FIRST)
    if not may_remind(first, figures_of(first)):
        return 0
    keys = list(unseen_deliveries(first).order_by("account").values_list("account", flat=True))
    try:
        with transaction.atomic():
            mailing = Dispatch.objects.create(
                circular=circular, kind=Dispatch.Kind.REMINDER, state=Dispatch.State.SENDING, started_at=now,
                message_token=secrets.token_hex(16),
            )  # fmt: skip
            Delivery.objects.bulk_create([Delivery(mailing=mailing, account_id=key) for key in keys], batch_size=1000)
            journal.record(by.key, "circular.reminded", by.key, circular=circular.key, recipients=len(keys))
            transaction.on_commit(SENDING.start)
    except IntegrityError:  # a colleague was quicker
        return 0
    return len(keys)


def note_seen(circular: Circular, account: Account, now: datetime) -> None:
    """Opened in the archive."""
    mine = Delivery.objects.filter(mailing__circular=circular, account=account, seen_at=None)
    mine.exclude(state=Copy.WAITING).update(seen_at=now)


@due.recurring("circulars.read_state.look", every=600)
def look(_key: str, now: datetime) -> None:
    if _next_mailing(now) is not None:
        LOOKING.start()


@LOOKING.register
def go_on(*, now: datetime, seconds: float = SLICE_SECONDS) -> bool:
    if settings.DATA is None:
        return False
    with hold_machine_lock(settings.DATA / "run" / "circulars-seen.lock") as mine:
        mailing = _next_mailing(now) if mine else None
        if mailing is None:
            return False
        try:
            _look_in(mailing, now, time.monotonic() + seconds)
        except DoveadmUnavailableError as error:
            logger.warning("circular %s: %s", mailing.circular_id[:8], error)
            return False
        return _next_mailing(now) is not None


def _next_mailing(now: datetime) -> Dispatch | None:
    recent = Dispatch.objects.filter(started_at__gt=now - LOOKED_AT_FOR, circular__withdrawn_at=None)
    wanted = Q(looked_at=None) | Q(looked_at__lt=now - EVERY) | ~Q(looked_after="")
    return recent.filter(wanted).order_by("looked_at", "pk").first()


def _look_in(mailing: Dispatch, now: datetime, until: float) -> None:
    """From the account where the last slice ended."""
    after, over = mailing.looked_after, False
    while not over and time.monotonic() < until:
        unseen = mailing.deliveries.filter(state=Copy.DELIVERED, seen_at=None, account__gt=after)
        copies = list(unseen.order_by("account")[:AT_ONCE])
        for copy in copies:
            if _is_seen(mailing, copy):
                Delivery.objects.filter(pk=copy.pk, seen_at=None).update(seen_at=now)
            after = copy.account_id
            if time.monotonic() >= until:
                break
        over = not copies
    Dispatch.objects.filter(pk=mailing.pk).update(
        looked_after="" if over else after, looked_at=now if over else mailing.looked_at
    )


def _is_seen(mailing: Dispatch, copy: Delivery) -> bool:
    try:
        found = find_copies(copy.account_id, f"<{message_id(mailing)}>", "", mailing.in_mailboxes_since)
    except DoveadmRefusedError:
        return False
    return any(one.seen or one.answered for one in found)
