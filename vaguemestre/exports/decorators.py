"""The agents' pages of this room stand behind the same guard as the console."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, cast

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import Promise

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.roles import agent_scope
from vaguemestre.accounts.roles.agent_scope import AgentRequest
from vaguemestre.accounts.sessions import decorators
from vaguemestre.accounts.sessions.decorators import StaffView, signed_in

type AgentView[**P] = Callable[Concatenate[AgentRequest, P], HttpResponseBase]
type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def for_agents[**P](view: AgentView[P]) -> View[P]:
    """For anybody else there is no such page. An agent whose session was opened with a password alone goes to the
    console, which says why it stays shut."""

    @wraps(view)
    def guarded(request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        agent = agent_scope.agent_of(request)
        if not request.session_record.strong_for_a_role:
            return redirect("helpdesk:people")
        visit = cast(AgentRequest, request)
        visit.agent = agent
        return view(visit, *args, **kwargs)

    return signed_in(guarded)


def freshly_proved[**P](what: Promise) -> Callable[[AgentView[P]], AgentView[P]]:
    """Under `for_agents`; the reason that was typed comes back after the proof. `what` names the act."""

    def guard(view: AgentView[P]) -> AgentView[P]:
        kept = decorators.freshly_proved_keeping(cast(StaffView[P], view), lambda _request: str(what))
        return cast(AgentView[P], kept)

    return guard
