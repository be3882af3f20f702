"""Acts that give somebody a way in ask first who is on the phone."""

from datetime import datetime

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.roles.agent_scope import AgentRequest
from vaguemestre.helpdesk.caller import caller_identification


def is_identified(request: AgentRequest, account: Account, now: datetime) -> bool:
    """A proof of the last quarter of an hour, or the box "I see the person and an identity document", which is one."""
    if caller_identification.valid_proof(request.agent.account, account, now):
        return True
    if request.POST.get("in_person") == "on":
        caller_identification.in_person(request.agent.account, account, now=now)
        return True
    return False


def ask_for_proof(account: Account) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('helpdesk:identity', args=[account.key])}?demande=1")


def return_after(account: Account, answer: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('helpdesk:person', args=[account.key])}?fait={answer}")
