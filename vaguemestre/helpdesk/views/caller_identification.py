"""Who is on the phone?"""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.durations import wait_text
from vaguemestre.accounts.models import Account, Code as SentCode
from vaguemestre.accounts.rescue import confirmation_codes
from vaguemestre.accounts.roles.agent_scope import AgentRequest, account_to_act_on
from vaguemestre.courier import sms
from vaguemestre.helpdesk.account import code_destinations
from vaguemestre.helpdesk.account.account_record import record_head
from vaguemestre.helpdesk.caller import caller_identification
from vaguemestre.helpdesk.caller.identification_required import return_after
from vaguemestre.helpdesk.decorators import console_only, freshly_proved
from vaguemestre.helpdesk.forms import Code, Questions
from vaguemestre.helpdesk.models import IdentityProof

Method = IdentityProof.Method


@require_safe
@console_only
def identity(request: AgentRequest, key: str) -> HttpResponse:
    return _page(request, account_to_act_on(request.agent, key))


@require_POST
@console_only
def send_code(request: AgentRequest, key: str) -> HttpResponse:
    account, now = account_to_act_on(request.agent, key), timezone.now()
    kind = request.POST.get("way", code_destinations.Kind.MAIL)
    way = next((way for way in code_destinations.usable_destinations(account, now) if way.kind == kind), None)
    if way is None:
        return _page(request, account, status=422)
    try:
        confirmation_codes.send_confirmation(account, confirmation_codes.Purpose.IDENTITY, way.target, now=now)
    except confirmation_codes.TooSoonError as refusal:
        return _page(request, account, wait=wait_text(refusal.wait), status=422)
    except (sms.NoMessagesLeftError, sms.UnreachableNumberError):
        return _page(request, account, no_text=True, status=422)
    return HttpResponseRedirect(f"{reverse('helpdesk:identity', args=[account.key])}?code=1")


@sensitive_post_parameters("code")
@require_POST
@console_only
def check_code(request: AgentRequest, key: str) -> HttpResponse:
    account, now = account_to_act_on(request.agent, key), timezone.now()
    form = Code(request.POST)
    if not form.is_valid():
        return _page(request, account, code_form=form, status=422)
    targets = [way.target for way in code_destinations.usable_destinations(account, now)]
    if not targets or not caller_identification.tries_left(request.agent.account, account, Method.CODE, now):
        return _page(request, account, status=422)
    matched = confirmation_codes.check_confirmation(
        account, confirmation_codes.Purpose.IDENTITY, form.cleaned_data["code"], now=now
    )
    good = caller_identification.by_code(request.agent.account, account, matched=matched in targets, now=now)
    return _outcome(request, account, Method.CODE, good)


@sensitive_post_parameters()
@require_POST
@console_only
def questions(request: AgentRequest, key: str) -> HttpResponse:
    account, now = account_to_act_on(request.agent, key), timezone.now()
    form = Questions(request.POST)
    if not form.is_valid():
        return _page(request, account, questions_form=form, status=422)
    try:
        good = caller_identification.by_questions(request.agent.account, account, form.answers(), now=now)
    except caller_identification.TooManyTriesError:
        return _page(request, account, status=422)
    return _outcome(request, account, Method.QUESTIONS, good)


@require_POST
@console_only
@freshly_proved(_("Seen in person, identity document"))
def in_person(request: AgentRequest, key: str) -> HttpResponse:
    account = account_to_act_on(request.agent, key)
    caller_identification.in_person(request.agent.account, account, now=timezone.now())
    return return_after(account, "identite")


def _outcome(request: AgentRequest, account: Account, method: IdentityProof.Method, good: bool) -> HttpResponse:
    return return_after(account, "identite") if good else _page(request, account, failed=method, status=422)


def _did_not_leave(account: Account, waiting: SentCode | None) -> bool:
    """The gateway was tried in vain. What becomes of a mail is not known so soon."""
    if waiting is None or "@" in waiting.target:
        return False
    return sms.has_failed(account.key, since=waiting.sent_at)


def _page(request: AgentRequest, account: Account, *, status: int = 200, **more: object) -> HttpResponse:
    now, agent = timezone.now(), request.agent.account
    waiting = confirmation_codes.waiting_code(account, confirmation_codes.Purpose.IDENTITY, now=now)
    context = record_head(request, account) | {
        "proof": caller_identification.valid_proof(agent, account, now),
        "code_tries": caller_identification.tries_left(agent, account, Method.CODE, now),
        "tries": caller_identification.tries_left(agent, account, Method.QUESTIONS, now),
        "ways": code_destinations.code_destinations(account, now),
        "usable": code_destinations.usable_destinations(account, now),
        "waiting": waiting,
        "lost": _did_not_leave(account, waiting),
        "asked": "demande" in request.GET,
        "code_form": Code(),
        "questions_form": Questions(),
    }
    return render(request, "helpdesk/identity.html", context | more, status=status)
