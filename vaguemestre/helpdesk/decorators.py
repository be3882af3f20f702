"""Every page of the console stands behind this."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, cast

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.roles.agent_scope import AgentRequest, accounts_seen_by, agent_of
from vaguemestre.accounts.sessions import decorators
from vaguemestre.accounts.sessions.decorators import StaffView, signed_in
from vaguemestre.people.namesakes import tell_apart

type AgentView[**P] = Callable[Concatenate[AgentRequest, P], HttpResponseBase]
type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def console_only[**P](view: AgentView[P]) -> View[P]:
    """An agent of the help desk, whose session was opened with two factors. For anybody else there is no such page."""

    @wraps(view)
    def guarded(request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        agent = agent_of(request)
        if not request.session_record.strong_for_a_role:
            return render(request, "web/second-factor.html", {"section": "helpdesk"}, status=403)
        visit = cast(AgentRequest, request)
        visit.agent = agent
        return view(visit, *args, **kwargs)

    return signed_in(guarded)


def freshly_proved[**P](what: Promise) -> Callable[[AgentView[P]], AgentView[P]]:
    """Under `console_only`, on every act that gives access, reopens or hands data out: nobody does it at an open
    screen.

    What only shuts (lock, loss, stolen account) stands without: there the seconds count. `what` names the act."""

    def guard(view: AgentView[P]) -> AgentView[P]:
        return cast(AgentView[P], decorators.freshly_proved_keeping(cast(StaffView[P], view), _in_words(what)))

    return guard


def _in_words(what: Promise) -> Callable[[StaffRequest], str]:
    """Give a temporary password: Mathilde Lefèvre, who is here with an identity document."""

    def said(request: StaffRequest) -> str:
        named = request.resolver_match.kwargs if request.resolver_match else {}
        account = accounts_seen_by(cast(AgentRequest, request).agent).filter(pk=named.get("key", "")).first()
        if account:
            tell_apart([account.person])
        about = account.person.distinct_name if account else named.get("serial", "")
        words = _("%(act)s: %(about)s") % {"act": what, "about": about} if about else str(what)
        # A page that is pressed on says what it claims, be it ticked by somebody else.
        here = request.POST.get("in_person") == "on"
        return _("%(act)s (seen in person, with an identity document)") % {"act": words} if here else words

    return said
