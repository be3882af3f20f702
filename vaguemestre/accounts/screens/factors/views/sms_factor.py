"""Codes by text message as a second factor: asked for and withdrawn, after a fresh proof."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vaguemestre.accounts.factors import factor_state, recovery_codes, sms_codes
from vaguemestre.accounts.factors.factor_page import ANCHOR, page_context, removal_page
from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.page_messages import account_page_url
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.rescue import contact
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.sessions.decorators import freshly_proved, signed_in
from vaguemestre.courier import sms


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@freshly_proved
def text(request: StaffRequest) -> HttpResponse:
    if not sms.is_sms_offered():
        raise Http404("text messages")
    account, now = request.account, timezone.now()
    first = not account.second_factor
    if request.method == "POST" and sms_codes.enrol_sms(account, now):
        return _added(request, first=first)
    phone = contact.confirmed_phone(account)
    context = {
        "phone": contact.mask_phone(phone) if phone else "",
        "held": factor_state.Kind.TEXT in factor_state.factor_kinds(account),
        "too_weak": factor_state.is_factor_required(account, today(now)),
    }
    return render(request, "accounts/factors/text.html", page_context(request) | context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@freshly_proved
def text_removal(request: StaffRequest) -> HttpResponse:
    if request.method == "POST":
        sms_codes.withdraw_sms(request.account, timezone.now())
        return HttpResponseRedirect(account_page_url("facteur-retire", ANCHOR))
    return removal_page(request, _("the codes by text message"), reverse("accounts:rescue"), last=False)


def _added(request: StaffRequest, *, first: bool) -> HttpResponse:
    """The number was proved before, in whatever session: this one stands on the password, and the others end."""
    if first:
        sessions.note_proof_by_text(request.session_record, now=timezone.now())
        sessions.close_other_sessions(request.account, but=request.session_record)
    if recovery_codes.count_left(request.account):
        return HttpResponseRedirect(account_page_url("sms-ajoute", ANCHOR))
    return HttpResponseRedirect(f"{reverse('accounts:factors-codes')}?premier=1")
