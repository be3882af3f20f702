"""The code that confirms a telephone number, on the same two occasions as the one that confirms an address."""

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts import rescue_change
from vaguemestre.accounts.forms.rescue import CodeForm
from vaguemestre.accounts.guards import freshly_proved, signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.rescue_texts import PhoneError, send_code
from vaguemestre.accounts.views.rescue import Occasion, on_my_account, page
from vaguemestre.courier import texts


def confirm(request: StaffRequest, occasion: Occasion) -> HttpResponse:
    account, now = request.account, timezone.now()
    waiting = rescue_change.proposed_phone(account, now=now)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if waiting and rescue_change.confirm_phone(account, form.cleaned_data["code"], now=now):
            return HttpResponseRedirect(occasion.confirmed)
        waiting = rescue_change.proposed_phone(account, now=now)
        form.refuse(_wrong(waiting is not None))
    if waiting is None and request.method != "POST":
        return HttpResponseRedirect(occasion.address)
    context: dict[str, object] = {
        "form": form, "waiting": waiting, "too_soon": "trop-tot" in request.GET, "resent": "parti" in request.GET,
        "away": waiting is not None and texts.failed(account.key, since=waiting.sent_at),
    }  # fmt: skip
    return page(request, "accounts/rescue-phone-code.html", occasion, context)


def resend(request: StaffRequest, occasion: Occasion) -> HttpResponse:
    now = timezone.now()
    waiting = rescue_change.proposed_phone(request.account, now=now)
    if waiting is None:
        return HttpResponseRedirect(occasion.address)
    try:
        send_code(request, waiting.target, now)
    except PhoneError:
        return HttpResponseRedirect(f"{occasion.phone_code}?trop-tot=1")
    return HttpResponseRedirect(f"{occasion.phone_code}?parti=1")


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@freshly_proved
def rescue_phone_code(request: StaffRequest) -> HttpResponse:
    return confirm(request, on_my_account())


@require_POST
@signed_in
@freshly_proved
def rescue_phone_resending(request: StaffRequest) -> HttpResponse:
    return resend(request, on_my_account())


def _wrong(may_go_on: bool) -> str:
    if may_go_on:
        return _("This is not the code that was sent. Look at the latest message, then start again.")
    return _("This code is worth nothing any more: it is wrong five times, or older than 15 minutes. Ask for another.")
