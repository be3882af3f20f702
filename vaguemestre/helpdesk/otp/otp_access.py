"""From an agent to keys and requests of the departments served. Any other does not exist: Http404."""

from django.db.models import Q, QuerySet
from django.http import Http404

from vaguemestre.accounts.models import OtpKey, OtpRequest
from vaguemestre.accounts.roles.agent_scope import Agent, account_for, account_to_act_on


def keys_seen_by(agent: Agent) -> "QuerySet[OtpKey]":
    """In stock, by the department's stock; in somebody's hands, by the department that serves this person now."""
    keys = OtpKey.objects.select_related("account__person")
    if agent.departments is None:
        return keys
    stocked = Q(account=None, department__in=agent.departments)
    return keys.filter(stocked | Q(account__person__department__in=agent.departments))


def key_for(agent: Agent, serial: str) -> OtpKey:
    """To look at; its holder must be within reach as well."""
    key = keys_seen_by(agent).filter(serial=serial).first()
    if key is None:
        raise Http404
    if key.account_id:
        account_for(agent, key.account_id)
    return key


def key_to_act_on(agent: Agent, serial: str, *states: OtpKey.State) -> OtpKey:
    """In one of these states, and held by somebody on whom this agent may act."""
    key = key_for(agent, serial)
    if key.account_id:
        account_to_act_on(agent, key.account_id)
    if states and key.state not in states:
        raise Http404
    return key


def requests_seen_by(agent: Agent) -> "QuerySet[OtpRequest]":
    asked = OtpRequest.objects.select_related("account__person", "decided_by__person", "key")
    asked = asked.prefetch_related("account__person__postings__school").order_by("asked_at")
    if agent.departments is None:
        return asked
    return asked.filter(Q(department__in=agent.departments) & Q(account__person__department__in=agent.departments))


def request_to_act_on(agent: Agent, number: int) -> OtpRequest:
    asked = requests_seen_by(agent).filter(pk=number).first()
    if asked is None:
        raise Http404
    account_to_act_on(agent, asked.account_id)
    return asked
