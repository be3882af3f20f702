"""A rescue contact recorded at the agent's hand: a proof of identity, then a code that the caller reads back."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.durations import wait_text
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.rescue import confirmation_codes, contact as rescue_contact
from vaguemestre.accounts.rescue_change import contact_change
from vaguemestre.accounts.roles.agent_scope import AgentRequest, account_to_act_on
from vaguemestre.courier.mail import AddressUnusableError
from vaguemestre.helpdesk.account.account_record import record_head
from vaguemestre.helpdesk.caller import caller_identification
from vaguemestre.helpdesk.caller.identification_required import ask_for_proof, return_after
from vaguemestre.helpdesk.decorators import console_only, freshly_proved
from vaguemestre.helpdesk.forms import Code, Email


@require_safe
@console_only
def contact(request: AgentRequest, key: str) -> HttpResponse:
    account = account_to_act_on(request.agent, key)
    if not caller_identification.valid_proof(request.agent.account, account, timezone.now()):
        return ask_for_proof(account)
    return _page(request, account)


@require_POST
@console_only
@freshly_proved(_("Send a code to this address"))
def send_code(request: AgentRequest, key: str) -> HttpResponse:
    account, now = account_to_act_on(request.agent, key), timezone.now()
    if not caller_identification.valid_proof(request.agent.account, account, now):
        return ask_for_proof(account)
    form = Email(request.POST)
    if not form.is_valid():
        return _page(request, account, form=form, status=422)
    email = form.cleaned_data["email"]
    if contact_change.is_ours(email):
        return _page(request, account, form=form, ours=True, status=422)
    try:
        confirmation_codes.send_confirmation(account, confirmation_codes.Purpose.IDENTITY, email, now=now)
    except confirmation_codes.TooSoonError as refusal:
        return _page(request, account, form=form, wait=wait_text(refusal.wait), status=422)
    except AddressUnusableError:
        return _page(request, account, form=form, unusable=True, status=422)
    return HttpResponseRedirect(reverse("helpdesk:rescue", args=[account.key]))


@sensitive_post_parameters("code")
@require_POST
@console_only
@freshly_proved(_("Record this contact"))
def record(request: AgentRequest, key: str) -> HttpResponse:
    account, now = account_to_act_on(request.agent, key), timezone.now()
    if not caller_identification.valid_proof(request.agent.account, account, now):
        return ask_for_proof(account)
    form = Code(request.POST)
    if not form.is_valid():
        return _page(request, account, code_form=form, status=422)
    email = confirmation_codes.check_confirmation(
        account, confirmation_codes.Purpose.IDENTITY, form.cleaned_data["code"], now=now
    )
    if email is None:
        return _page(request, account, wrong=True, status=422)
    contact_change.record(account, email, by=request.agent.key, now=now)
    return return_after(account, "contact")


def _page(request: AgentRequest, account: Account, *, status: int = 200, **more: object) -> HttpResponse:
    waiting = confirmation_codes.waiting_code(account, confirmation_codes.Purpose.IDENTITY, now=timezone.now())
    context = record_head(request, account) | {
        "form": Email(),
        "code_form": Code(),
        "present": rescue_contact.masked_rescue_email(account),
        "sent_to": rescue_contact.mask_email(waiting.target) if waiting else "",
    }
    return render(request, "helpdesk/rescue.html", context | more, status=status)
