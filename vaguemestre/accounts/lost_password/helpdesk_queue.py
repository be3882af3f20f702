"""The queue of the DSDEN: people whom no link can help. One open request a person, under the latest number they saw."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from vaguemestre.accounts.models import Account, ResetRequest
from vaguemestre.audit import journal

State = ResetRequest.State


def ask_helpdesk(account: Account, reason: str, *, number: str, now: datetime) -> None:
    with transaction.atomic():
        mine = ResetRequest.objects.select_for_update().filter(account=account, state=State.OPEN)
        asked_again = mine.update(number=number, reason=reason, asked_at=now, times=F("times") + 1)
        if asked_again:
            return
        ResetRequest.objects.create(
            number=number, account=account, department=account.person.department, reason=reason, asked_at=now
        )
        journal.record("system", "reset.requested", account.key, number=number, reason=str(reason))


def handle_request(request: ResetRequest, *, by: str, note: str, now: datetime) -> bool:
    """Answered by an agent; False when somebody else was faster, or the person no longer needs it."""
    with transaction.atomic():
        if not _settle(request.pk, State.HANDLED, by=by, note=note, now=now):
            return False
        journal.record(by, "reset.answered", request.account_id, number=request.number, note=note)
    return True


def withdraw_open(account: Account, *, now: datetime) -> None:
    """The person found the way alone."""
    with transaction.atomic():
        for request in ResetRequest.objects.filter(account=account, state=State.OPEN):
            if _settle(request.pk, State.WITHDRAWN, by=account.key, note="", now=now):
                journal.record(account.key, "reset.withdrawn", account.key, number=request.number)


def _settle(pk: int, state: ResetRequest.State, *, by: str, note: str, now: datetime) -> bool:
    waiting = ResetRequest.objects.filter(pk=pk, state=State.OPEN)
    return waiting.update(state=state, handled_by=by, handled_at=now, note=note) == 1
