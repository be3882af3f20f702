"""The right to approve mailings: given by one administrator, confirmed by another, for a year at most.

The caller has checked for an administrator (`views`). A right without confirmation allows nothing."""

from datetime import date, datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.audit import journal
from vaguemestre.lists.models import ApprovalRight
from vaguemestre.people.functions import in_post


class ApprovalRefusal(StrEnum):
    OWN = "own"
    NOT_IN_POST = "not-in-post"
    PAST = "past"
    ORDER = "order"
    TOO_LONG = "too-long"
    OVERLAP = "overlap"
    SAME_GIVER = "same-giver"
    DONE = "done"


class ApprovalRefusedError(Exception):
    def __init__(self, reason: ApprovalRefusal) -> None:
        super().__init__(reason)
        self.reason = reason


def listed_rights(today: date) -> QuerySet[ApprovalRight]:
    """Those that are not over, confirmed or not, those that wait first."""
    found = ApprovalRight.objects.filter(ended_at=None, ends__gte=today).select_related("holder__person")
    return found.order_by("confirmed_at", "holder__person__search_name", "starts", "pk")


def rights_in_force(today: date) -> QuerySet[ApprovalRight]:
    """Confirmed, of today, and whose holder is in post with an account that is open: a right ends with the duty."""
    account = Q(holder__state=Account.State.OPEN, holder__locked_at=None, holder__frozen_at=None)
    closes = Q(holder__closes_on=None) | Q(holder__closes_on__gt=today)
    duty = Q(holder__person__present=True, holder__person__duty_start__lte=today)
    leaves = Q(holder__person__duty_end=None) | Q(holder__person__duty_end__gte=today)
    return listed_rights(today).exclude(confirmed_at=None).filter(account, closes, duty, leaves, starts__lte=today)


def give_right(holder: Account, starts: date, ends: date, *, by: Account, now: datetime) -> ApprovalRight:
    """It waits for another administrator. Raises ApprovalRefusedError."""
    today = timezone.localdate(now)
    if holder.key == by.key:
        raise ApprovalRefusedError(ApprovalRefusal.OWN)
    if holder.state != Account.State.OPEN or not in_post(holder.person, today=today):
        raise ApprovalRefusedError(ApprovalRefusal.NOT_IN_POST)
    if starts < today:
        raise ApprovalRefusedError(ApprovalRefusal.PAST)
    if ends < starts:
        raise ApprovalRefusedError(ApprovalRefusal.ORDER)
    if ends > _a_year_after(starts):
        raise ApprovalRefusedError(ApprovalRefusal.TOO_LONG)
    with transaction.atomic():
        if listed_rights(today).filter(holder=holder, starts__lte=ends, ends__gte=starts).exists():
            raise ApprovalRefusedError(ApprovalRefusal.OVERLAP)
        right = ApprovalRight.objects.create(holder=holder, starts=starts, ends=ends, given_by=by.key, given_at=now)
        _note(right, "approval-right.given", by.key)
    return right


def confirm_right(right: ApprovalRight, *, by: Account, now: datetime) -> None:
    """By an administrator who neither gave it nor holds it. Raises ApprovalRefusedError."""
    if by.key == right.holder_id:
        raise ApprovalRefusedError(ApprovalRefusal.OWN)
    if by.key == right.given_by:
        raise ApprovalRefusedError(ApprovalRefusal.SAME_GIVER)
    with transaction.atomic():
        waiting = listed_rights(timezone.localdate(now)).filter(pk=right.pk, confirmed_at=None)
        if not ApprovalRight.objects.filter(pk__in=waiting.values("pk")).update(confirmed_by=by.key, confirmed_at=now):
            raise ApprovalRefusedError(ApprovalRefusal.DONE)
        _note(right, "approval-right.confirmed", by.key)


def end_right(right: ApprovalRight, *, by: str, now: datetime) -> None:
    """At once, by any administrator alone: it takes two to give, one to take. Nothing where it has ended already."""
    with transaction.atomic():
        if ApprovalRight.objects.filter(pk=right.pk, ended_at=None).update(ended_by=by, ended_at=now):
            _note(right, "approval-right.ended", by)


def end_rights_of(holder: str, *, by: str, now: datetime) -> None:
    """All that are not over, of an account's key."""
    for right in listed_rights(timezone.localdate(now)).filter(holder=holder):
        end_right(right, by=by, now=now)


def _note(right: ApprovalRight, act: str, by: str) -> None:
    journal.record(by, act, right.holder_id, starts=right.starts.isoformat(), ends=right.ends.isoformat())


def _a_year_after(day: date) -> date:
    return day.replace(year=day.year + 1, day=28 if (day.month, day.day) == (2, 29) else day.day)
