"""The queue of lost passwords that no link can help: taken by one agent, ended by what that agent does."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404

from vaguemestre.accounts.lost_password import helpdesk_queue
from vaguemestre.accounts.models import Account, ResetRequest
from vaguemestre.accounts.roles.agent_scope import Agent
from vaguemestre.audit import journal

Open = ResetRequest.State.OPEN


def waiting_requests(agent: Agent) -> QuerySet[ResetRequest]:
    """Oldest first, within what this agent serves."""
    mine = ResetRequest.objects.filter(state=Open)
    if agent.departments is not None:
        mine = mine.filter(department__in=agent.departments)
    named = mine.select_related("account__person", "taken_by__person")
    return named.prefetch_related("account__person__postings__school").order_by("asked_at", "pk")


def request_for(agent: Agent, number: int) -> ResetRequest:
    """Http404 for "not yours", "does not exist" and "no longer open" alike."""
    found = waiting_requests(agent).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def open_request(account: Account) -> ResetRequest | None:
    return ResetRequest.objects.select_related("taken_by__person").filter(account=account, state=Open).first()


def take_request(agent: Agent, request: ResetRequest, *, now: datetime) -> bool:
    """False when another agent was faster."""
    with transaction.atomic():
        free = ResetRequest.objects.filter(pk=request.pk, state=Open, taken_by=None)
        if not free.update(taken_by=agent.account, taken_at=now):
            return False
        journal.record(agent.key, "reset.taken", request.account_id, number=request.number)
    return True


def answer_open_requests(agent: Agent, account: Account, *, note: str, now: datetime) -> None:
    """Inside the transaction of the act that answers it."""
    for request in ResetRequest.objects.filter(account=account, state=Open):
        helpdesk_queue.handle_request(request, by=agent.key, note=note, now=now)
