"""A phone as OTP key: the picture, a PIN, the first code."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from vaguemestre.accounts.attempts.client_address import client_address
from vaguemestre.accounts.durations import wait_text
from vaguemestre.accounts.factors.qr_code import render_qr_code
from vaguemestre.accounts.otp import software_key
from vaguemestre.accounts.otp.forms import InstallationForm
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import freshly_proved, signed_in
from vaguemestre.accounts.signin import otp_attempt_limit


@sensitive_post_parameters("code", "pin", "encore")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@freshly_proved
def install(request: StaffRequest) -> HttpResponse:
    account, now = request.account, timezone.now()
    if not software_key.is_telephone_allowed(account):
        raise Http404
    key = software_key.waiting_key(account, now=now)
    form = InstallationForm(account, key, request.POST or None)
    if request.method == "POST" and form.is_valid() and _installed(request, form):
        return HttpResponseRedirect(f"{reverse('accounts:otp')}?fait=activee")
    context = {
        "section": "account",
        "form": form,
        "address": software_key.otpauth_url(key, account),
        "picture": render_qr_code(software_key.otpauth_url(key, account)),
        "secret": software_key.secret_text(key),
    }
    response = render(request, "accounts/otp/telephone.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def _installed(request: StaffRequest, form: InstallationForm) -> bool:
    now, facts = timezone.now(), form.cleaned_data
    account, pin, code = request.account, facts["pin"], facts["code"]

    def install() -> bool:
        return software_key.install_key(form.key, pin, code, account=account, now=now)

    tried = otp_attempt_limit.count_otp_attempt(account, client_address(request), code, install, now=now)
    if tried.wait:
        form.add_error("code", _("Too many tries. Start again in %(wait)s.") % {"wait": wait_text(tried.wait)})
    elif not tried.right:
        form.add_error("code", _("This is not the code of this picture. Wait for the next one, then type it again."))
    return tried.right
