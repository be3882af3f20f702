"""Finding somebody, and the page that says what is the matter with them."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.roles.agent_scope import AgentRequest, account_for
from vaguemestre.helpdesk.account import account_search, recent_accounts
from vaguemestre.helpdesk.account.account_history import account_history as story_of
from vaguemestre.helpdesk.account.account_record import account_record, record_head
from vaguemestre.helpdesk.account.diagnosis import brief_diagnosis
from vaguemestre.helpdesk.decorators import console_only
from vaguemestre.helpdesk.page_messages import ANSWERS
from vaguemestre.people.namesakes import tell_apart
from vaguemestre.web.navigation import decisions_of

EVENTS_A_PAGE = 50


@require_safe
@console_only
def desk(request: AgentRequest) -> HttpResponse:
    """A NUMEN in the address (somebody typed it there) is neither searched nor shown."""
    typed = request.GET.get("q", "").strip()[: account_search.LONGEST]
    if account_search.is_numen(typed):
        return HttpResponseRedirect(f"{reverse('helpdesk:people')}?numen=1")
    found, now = account_search.find_accounts(request.agent, typed), timezone.now()
    tell_apart(account.person for account in found.accounts)
    rows = [(account, *brief_diagnosis(account, now)) for account in found.accounts]
    context: dict[str, Any] = {
        "section": "people",
        "typed": typed,
        "found": found,
        "rows": rows,
        "most": account_search.MOST,
    }
    if not typed:
        context["recent"] = recent_accounts.recent_accounts(request)
        tell_apart(account.person for account in context["recent"])
        context["decisions"] = decisions_of(request)
    return render(request, "helpdesk/people.html", context | {"numen_unknown": "numen" in request.GET})


@sensitive_post_parameters("q")
@require_POST
@console_only
def search(request: AgentRequest) -> HttpResponse:
    """What was typed comes in the body, since it may be a NUMEN; everything else then has an address of its own."""
    typed = request.POST.get("q", "").strip()[: account_search.LONGEST]
    if account_search.is_numen(typed):
        account = account_search.find_by_numen(request.agent, typed)
        if account is None:
            return HttpResponseRedirect(f"{reverse('helpdesk:people')}?numen=1")
        return HttpResponseRedirect(reverse("helpdesk:person", args=[account.key]))
    found = account_search.find_accounts(request.agent, typed)
    if len(found.accounts) == 1 and found.school is None:
        return HttpResponseRedirect(reverse("helpdesk:person", args=[found.accounts[0].key]))
    return HttpResponseRedirect(f"{reverse('helpdesk:people')}?{urlencode({'q': typed})}")


@require_safe
@console_only
def person(request: AgentRequest, key: str) -> HttpResponse:
    account, now = account_for(request.agent, key), timezone.now()
    done = ANSWERS.get(request.GET.get("fait", ""))
    context = account_record(request, account, now) | {"done": done, "just_proved": done is ANSWERS["identite"]}
    response = render(request, "helpdesk/person.html", context)
    recent_accounts.note_account(request, response, account)
    return response


@require_safe
@console_only
def story(request: AgentRequest, key: str) -> HttpResponse:
    account = account_for(request.agent, key)
    before = parse_datetime(request.GET.get("avant", "")) if request.GET.get("avant") else None
    if before and timezone.is_naive(before):
        before = None
    events = story_of(account, count=EVENTS_A_PAGE + 1, before=before)
    context = {
        **record_head(request, account),
        "now": timezone.now(),
        "events": events[:EVENTS_A_PAGE],
        "older": events[EVENTS_A_PAGE - 1].at.isoformat() if len(events) > EVENTS_A_PAGE else "",
    }
    return render(request, "helpdesk/story.html", context)
