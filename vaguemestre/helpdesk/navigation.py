"""The help desk in the navigation of the whole product: for its agents, who begin the day there."""

from collections.abc import Iterable, Iterator
from typing import cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _, ngettext

from vaguemestre.accounts.models import OtpKey, OtpRequest
from vaguemestre.accounts.roles.agent_scope import Agent, AgentRequest, Rank, agent_named
from vaguemestre.accounts.roles.role_lookup import is_agent
from vaguemestre.helpdesk.otp.otp_access import requests_seen_by
from vaguemestre.web.navigation import PendingDecision, Room, RoomPage

NAME: Promise = _("Help desk")


def help_desk_room(request: HttpRequest) -> Room | None:
    agent = _agent(request)
    if agent is None:
        return None
    sections = ("people", "requests", "rentree", "letters", "otp", "redirections", "journal")
    begins = agent.rank is not Rank.ADMINISTRATOR
    pages, role = (lambda: _pages(agent)), agent.office
    return Room("helpdesk", NAME, "helpdesk:people", sections, pages, role, begins, two_factors=True)


def waiting_calls(request: HttpRequest) -> Iterator[PendingDecision]:
    """Lost passwords, and keys that were approved: two queries for an agent, none for others."""
    agent = _agent(request)
    if agent is None:
        return
    if count := agent.open_requests:
        sentence = ngettext("%d lost password waits for you.", "%d lost passwords wait for you.", count) % count
        yield PendingDecision(sentence, _("Call them back"), reverse("helpdesk:requests"))
    approved = requests_seen_by(agent).filter(state=OtpRequest.State.APPROVED, carrier=OtpKey.Carrier.FOB)
    if count := approved.count():
        sentence = ngettext("%d OTP key is to be handed over.", "%d OTP keys are to be handed over.", count) % count
        yield PendingDecision(sentence, _("Prepare the keys"), reverse("helpdesk:otp"))


def _agent(request: HttpRequest) -> Agent | None:
    """On the console's pages it is known already; no query for whoever cannot be one."""
    known: Agent | None = getattr(request, "agent", None)
    if known is not None:
        return known
    account = cast(AgentRequest, request).account
    return agent_named(account) if is_agent(account, timezone.localdate()) else None


def _pages(agent: Agent) -> Iterable[RoomPage]:
    yield RoomPage("people", _("People"), "helpdesk:people")
    yield RoomPage("requests", _("Requests"), "helpdesk:requests", agent.open_requests, _("waiting"))
    yield RoomPage("rentree", _("Start of term"), "helpdesk:rentree")
    yield RoomPage("letters", _("Letters"), "helpdesk:letters")
    yield RoomPage("otp", _("OTP keys"), "helpdesk:otp")
    yield RoomPage("redirections", _("Mail sent on"), "helpdesk:redirections")
    yield RoomPage("journal", _("Journal"), "helpdesk:journal")
