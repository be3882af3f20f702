"""The keys of one person: what there is, and giving one."""

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.models import Account, OtpKey
from vaguemestre.accounts.otp import key_lifecycle
from vaguemestre.accounts.otp.holder import key_in_use, key_set_aside, lost_key
from vaguemestre.accounts.otp.requests import open_request
from vaguemestre.accounts.roles.agent_scope import AgentRequest, account_for, account_to_act_on
from vaguemestre.helpdesk.account.account_record import record_head
from vaguemestre.helpdesk.caller.identification_required import ask_for_proof, is_identified
from vaguemestre.helpdesk.decorators import console_only, freshly_proved
from vaguemestre.helpdesk.forms import Reason
from vaguemestre.helpdesk.otp.otp_forms import AssignForm
from vaguemestre.helpdesk.otp.otp_page_messages import ANSWERS
from vaguemestre.letters import handover_slip

SUGGESTED = 50


@require_safe
@console_only
def person(request: AgentRequest, key: str) -> HttpResponse:
    return _page(request, account_for(request.agent, key))


@require_POST
@console_only
@freshly_proved(_("Set this key aside"))
def set_aside(request: AgentRequest, key: str) -> HttpResponse:
    """The key in the agent's hand, for this person; the slip gets its number."""
    account, now = account_to_act_on(request.agent, key), timezone.now()
    form = AssignForm(account, request.POST)
    if not form.is_valid() or form.key is None or key_set_aside(account):
        return _page(request, account, form=form)
    try:
        with transaction.atomic():
            number = handover_slip.next_slip_number(form.key.department, now=now)
            key_lifecycle.set_aside(form.key, account, slip=number, by=request.agent.key, now=now)
    except key_lifecycle.KeyStateError:
        return HttpResponseRedirect(f"{reverse('helpdesk:otp-person', args=[key])}?fait=trop-tard")
    return HttpResponseRedirect(f"{reverse('helpdesk:otp-key', args=[form.key.serial])}?fait=attribuee")


@require_POST
@console_only
@freshly_proved(_("Allow the password"))
def back_to_password(request: AgentRequest, key: str) -> HttpResponse:
    account, now = account_to_act_on(request.agent, key), timezone.now()
    form = Reason(request.POST)
    if not form.is_valid():
        return _page(request, account, reason_form=form)
    if not is_identified(request, account, now):
        return ask_for_proof(account)
    answer = "mot-de-passe"
    try:
        key_lifecycle.back_to_password(account, by=request.agent.key, now=now, reason=form.cleaned_data["reason"])
    except key_lifecycle.KeyStateError:
        answer = "trop-tard"
    return HttpResponseRedirect(f"{reverse('helpdesk:otp-person', args=[key])}?fait={answer}")


def _page(request: AgentRequest, account: Account, **forms: object) -> HttpResponse:
    stock = OtpKey.objects.filter(state=OtpKey.State.STOCK, department=account.person.department)
    context = {
        **record_head(request, account),
        "section": "otp",
        "now": timezone.now(),
        "key": key_in_use(account),
        "set_aside": key_set_aside(account),
        "lost": lost_key(account),
        "asked": open_request(account),
        "holdings": account.otp_holdings.select_related("key").order_by("-assigned_at"),
        "stock": stock.order_by("serial").values_list("serial", flat=True)[:SUGGESTED],
        "done": ANSWERS.get(request.GET.get("fait", "")),
        "form": AssignForm(account),
        "reason_form": Reason(),
    }
    return render(request, "helpdesk/otp-person.html", context | forms)
