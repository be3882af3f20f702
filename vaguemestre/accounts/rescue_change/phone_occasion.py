"""The code that confirms a phone number, on the same two occasions as the one that confirms an address."""

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.rescue_change import contact_change
from vaguemestre.accounts.rescue_change.forms import CodeForm
from vaguemestre.accounts.rescue_change.occasion import Occasion, render_page, wrong_code_text
from vaguemestre.accounts.rescue_change.phone_confirmation import PhoneError, send_code
from vaguemestre.courier import sms


def phone_code_page(request: StaffRequest, occasion: Occasion) -> HttpResponse:
    account, now = request.account, timezone.now()
    waiting = contact_change.proposed_phone(account, now=now)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if waiting and contact_change.confirm_phone(account, form.cleaned_data["code"], now=now):
            return HttpResponseRedirect(occasion.confirmed)
        waiting = contact_change.proposed_phone(account, now=now)
        form.refuse(wrong_code_text(waiting is not None))
    if waiting is None and request.method != "POST":
        return HttpResponseRedirect(occasion.address)
    context: dict[str, object] = {
        "form": form, "waiting": waiting, "too_soon": "trop-tot" in request.GET, "resent": "parti" in request.GET,
        "away": waiting is not None and sms.has_failed(account.key, since=waiting.sent_at),
    }  # fmt: skip
    return render_page(request, "accounts/rescue/phone_code.html", occasion, context)


def resend_phone_code(request: StaffRequest, occasion: Occasion) -> HttpResponse:
    now = timezone.now()
    waiting = contact_change.proposed_phone(request.account, now=now)
    if waiting is None:
        return HttpResponseRedirect(occasion.address)
    try:
        send_code(request, waiting.target, now)
    except PhoneError:
        return HttpResponseRedirect(f"{occasion.phone_code}?trop-tot=1")
    return HttpResponseRedirect(f"{occasion.phone_code}?parti=1")
