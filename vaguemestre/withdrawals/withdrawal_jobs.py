"""What an administrator decides: look for it, take it out, put it back. The walks through the mailboxes are
`mailbox_walk`.

Each change of state is conditional: of two administrators who press at once, one does it, and the other is told so.
"""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.audit import journal
from vaguemestre.clock import due
from vaguemestre.clock.sliced_work import SlicedWork
from vaguemestre.withdrawals.models import LONGEST_ID, LONGEST_SENDER, LONGEST_SUBJECT, Withdrawal, Withheld

State, Walk = Withdrawal.State, Withdrawal.Walk
WALKING = SlicedWork("withdrawals.walk")
KEPT = timedelta(days=30)
UNDECIDED = timedelta(days=7)  # after which a count is out of date
KEPT_IN_THE_LIST = timedelta(days=365)
# Mail that was on its way when the mailboxes were visited: looked for again after these.
PASSES = (timedelta(hours=1), timedelta(hours=24))


@dataclass(frozen=True)
class Criteria:
    """Which messages: one by its Message-ID, or (`alike`) all from this address with this very subject."""

    message_id: str
    sender: str
    subject: str
    alike: bool
    since: datetime


class TooLateError(Exception):
    """Its state has changed meanwhile: another administrator, or the clock, was quicker."""


def begin_withdrawal(criteria: Criteria, *, by: str, reason: str, now: datetime) -> Withdrawal:
    """Counted first: nothing is taken out of any mailbox before somebody has seen how many there are."""
    with transaction.atomic():
        withdrawal = Withdrawal.objects.create(
            key=secrets.token_hex(16), ordered_by=by, reason=reason, ordered_at=now,
            message_id=criteria.message_id[:LONGEST_ID], sender=criteria.sender[:LONGEST_SENDER],
            subject=criteria.subject[:LONGEST_SUBJECT], alike=criteria.alike, since=criteria.since, walk=Walk.COUNT,
        )  # fmt: skip
        _record(withdrawal, by, "withdrawal.searched", reason=reason, alike=criteria.alike)
        transaction.on_commit(WALKING.start)
    return withdrawal


def withdraw_messages(withdrawal: Withdrawal, *, by: str, now: datetime) -> None:
    """Out of every mailbox where it was counted, then wherever it came since. Raises TooLateError."""
    _change(withdrawal, {State.COUNTED}, by, "withdrawal.ordered", state=State.TAKING, walk=Walk.FOUND, taken_at=now)


def undo_withdrawal(withdrawal: Withdrawal, *, by: str) -> None:
    """Also half-way: what was taken goes back, nothing more is taken. Raises TooLateError."""
    _change(
        withdrawal, {State.TAKING, State.TAKEN}, by, "withdrawal.returned",
        state=State.RETURNING, walk=Walk.BACK, next_pass_at=None, ends_at=None,
    )  # fmt: skip


def drop_withdrawal(withdrawal: Withdrawal, *, by: str) -> None:
    """Nothing was taken, nothing will be. Raises TooLateError."""
    with transaction.atomic():
        _change(withdrawal, {State.COUNTING, State.COUNTED}, by, "withdrawal.dropped", state=State.DROPPED, walk="")
        Withheld.objects.filter(withdrawal=withdrawal).delete()


@due.recurring("withdrawals.orders.look_after", every=60)
def look_after(_key: str, now: datetime) -> None:
    """The clock's call: further passes, the end of the delays, and whatever a crash left behind."""
    due = Withdrawal.objects.filter(state=State.TAKEN, walk="")
    due.filter(ends_at__lte=now).update(walk=Walk.ERASE, after="", done=0, total=0, next_pass_at=None)
    due.filter(next_pass_at__lte=now, ends_at__gt=now).update(walk=Walk.ALL, after="", done=0, total=0)
    Withdrawal.objects.filter(state=State.RETURNING, walk="", next_pass_at__lte=now).update(
        walk=Walk.BACK, after="", done=0, total=0
    )
    for old in Withdrawal.objects.filter(state=State.COUNTED, ordered_at__lt=now - UNDECIDED):
        with suppress(TooLateError):  # somebody has just decided
            drop_withdrawal(old, by="system")
    over = Withdrawal.objects.filter(state__in=[State.DROPPED, State.RETURNED, State.ERASED])
    # Whatever happens, what still lies in a mailbox's place apart stays known.
    holding = Withheld.objects.filter(state__in=[Withheld.State.TAKING, Withheld.State.TAKEN]).values("withdrawal")
    over.filter(ordered_at__lt=now - KEPT_IN_THE_LIST).exclude(pk__in=holding).delete()
    if Withdrawal.objects.exclude(walk="").exists():
        WALKING.start()


def _change(withdrawal: Withdrawal, allowed: set[str], by: str, act: str, **facts: object) -> None:
    with transaction.atomic():
        wanted = Withdrawal.objects.filter(pk=withdrawal.pk, state__in=allowed)
        if not wanted.update(after="", done=0, total=0, waits=False, **facts):
            raise TooLateError(withdrawal.key)
        _record(withdrawal, by, act)
        transaction.on_commit(WALKING.start)
    withdrawal.refresh_from_db()


def _record(withdrawal: Withdrawal, by: str, act: str, **details: str | bool) -> None:
    """Of the message, its sender's domain alone: the journal outlives what it is about."""
    domain = withdrawal.sender.rpartition("@")[2][:100]
    journal.record(by, act, f"withdrawal:{withdrawal.key[:8]}", domain=domain, **details)
