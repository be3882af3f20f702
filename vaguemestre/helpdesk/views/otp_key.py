"""One key: its story, and what an agent does with it."""

from collections.abc import Callable

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.models import OtpKey
from vaguemestre.accounts.models.otp import IN_USE
from vaguemestre.accounts.otp import activation, key_lifecycle
from vaguemestre.accounts.roles.agent_scope import AgentRequest, office_name, out_of_reach_text
from vaguemestre.helpdesk.account.diagnosis import GONE
from vaguemestre.helpdesk.caller import caller_identification
from vaguemestre.helpdesk.caller.identification_required import ask_for_proof, is_identified
from vaguemestre.helpdesk.decorators import console_only, freshly_proved
from vaguemestre.helpdesk.forms import Reason
from vaguemestre.helpdesk.otp.otp_access import key_for, key_to_act_on
from vaguemestre.helpdesk.otp.otp_forms import HandOverForm, PairForm
from vaguemestre.helpdesk.otp.otp_history import key_history
from vaguemestre.helpdesk.otp.otp_page_messages import ANSWERS
from vaguemestre.letters.handover_slip import slip_pdf as set_slip

State = OtpKey.State


@require_safe
@console_only
def key(request: AgentRequest, serial: str) -> HttpResponse:
    return _page(request, key_for(request.agent, serial))


@require_safe
@console_only
def slip(request: AgentRequest, serial: str) -> HttpResponse:
    """Made again whenever it is asked for: the same number, the same words."""
    it = key_to_act_on(request.agent, serial)
    holding = it.holdings.filter(ended_at=None).exclude(slip="").select_related("key", "account__person").first()
    if holding is None:
        raise Http404
    document = set_slip(holding, agent=request.agent.account, now=timezone.now())
    response = HttpResponse(document, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="bordereau-{holding.slip}.pdf"'
    return response


@require_POST
@console_only
@freshly_proved(_("Hand over"))
def hand_over(request: AgentRequest, serial: str) -> HttpResponse:
    it = key_to_act_on(request.agent, serial, State.ASSIGNED)
    form = HandOverForm(request.POST)
    if not form.is_valid() or it.carrier != OtpKey.Carrier.FOB:
        return _page(request, it, hand_form=form)
    return _done(it, "remise", lambda: key_lifecycle.hand_over(it, by=request.agent.account, now=timezone.now()))


@require_POST
@console_only
def put_back(request: AgentRequest, serial: str) -> HttpResponse:
    it = key_to_act_on(request.agent, serial, State.ASSIGNED)
    return _done(it, "reprise", lambda: key_lifecycle.cancel_handover(it, by=request.agent.key, now=timezone.now()))


@require_POST
@console_only
@freshly_proved(_("Open the choice of a new PIN"))
def reset_pin(request: AgentRequest, serial: str) -> HttpResponse:
    """Whoever holds the key can then take the account: first, who is it?"""
    it, now = key_to_act_on(request.agent, serial, *IN_USE), timezone.now()
    account = activation.holder_of(it)
    if not is_identified(request, account, now):
        return ask_for_proof(account)
    return _done(it, "pin", lambda: key_lifecycle.reset_pin(it, by=request.agent.key, now=now))


@sensitive_post_parameters("first", "second")
@require_POST
@console_only
def put_right(request: AgentRequest, serial: str) -> HttpResponse:
    it = key_to_act_on(request.agent, serial, State.ACTIVE)
    form = PairForm(request.POST)
    if form.is_valid():
        facts = form.cleaned_data
        if activation.resynchronise(it, facts["first"], facts["second"], by=request.agent.key, now=timezone.now()):
            return _back(it.serial, "reglee")
        form.add_error("second", gettext("These two codes do not follow each other on this key."))
    return _page(request, it, pair_form=form)


@require_POST
@console_only
def declare_lost(request: AgentRequest, serial: str) -> HttpResponse:
    """At once, without a proof of identity: it only closes."""
    it = key_to_act_on(request.agent, serial, *IN_USE)
    return _done(it, "perdue", lambda: key_lifecycle.declare_lost(it, by=request.agent.key, now=timezone.now()))


@require_POST
@console_only
@freshly_proved(_("Given back"))
def give_back(request: AgentRequest, serial: str) -> HttpResponse:
    """Of a key in use: the password alone opens again, so it asks why, and who is there, as "password again" does."""
    it, now = key_to_act_on(request.agent, serial, *IN_USE, State.LOST), timezone.now()
    to_stock, form = request.POST.get("stock") == "yes", Reason(request.POST)
    if it.state in IN_USE:
        if not form.is_valid():
            return _page(request, it, return_form=form, status=422)
        account = activation.holder_of(it)
        if account.state not in GONE and not is_identified(request, account, now):
            return ask_for_proof(account)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    answer = "rendue" if to_stock else "retiree"
    return _done(
        it,
        answer,
        lambda: key_lifecycle.return_key(it, to_stock=to_stock, by=request.agent.key, now=now, reason=reason),
    )


@require_POST
@console_only
def retire(request: AgentRequest, serial: str) -> HttpResponse:
    it = key_to_act_on(request.agent, serial, State.STOCK)
    return _done(it, "retiree", lambda: key_lifecycle.retire_key(it, by=request.agent.key))


def _done(it: OtpKey, answer: str, act: Callable[[], None]) -> HttpResponse:
    try:
        act()
    except key_lifecycle.KeyStateError:
        answer = "trop-tard"
    return _back(it.serial, answer)


def _back(serial: str, answer: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('helpdesk:otp-key', args=[serial])}?fait={answer}")


def _page(request: AgentRequest, it: OtpKey, *, status: int = 200, **more: object) -> HttpResponse:
    now = timezone.now()
    holdings = it.holdings.select_related("account__person", "handed_by__person").order_by("-assigned_at")
    context = {
        "section": "otp",
        "now": now,
        "account": it.account,
        "key": it,
        "stock_of": office_name(frozenset({it.department})),
        "holdings": holdings,
        "slip": next((held.slip for held in holdings if held.ended_at is None), ""),
        "events": key_history(it),
        "out_of_reach": out_of_reach_text(request.agent, it.account) if it.account else None,
        "done": ANSWERS.get(request.GET.get("fait", "")),
        "hand_form": HandOverForm(),
        "pair_form": PairForm(),
        "return_form": Reason(),
        "gone": it.account is not None and it.account.state in GONE,
        "proof": caller_identification.valid_proof(request.agent.account, it.account, now) if it.account else None,
    }
    return render(request, "helpdesk/otp-key.html", context | more, status=status)
