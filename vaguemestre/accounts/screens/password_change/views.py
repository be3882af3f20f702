from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.mail_access import app_passwords
from vaguemestre.accounts.page_messages import account_page_url
from vaguemestre.accounts.password_change import change
from vaguemestre.accounts.password_change.change_form import PasswordChangeForm
from vaguemestre.accounts.password_change.live_check import judge_typed
from vaguemestre.accounts.passwords.policy import PolicyFailure
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.sessions.decorators import freshly_proved, signed_in, staff_request


@sensitive_post_parameters("neuf")
@require_POST
def password_rules(request: HttpRequest) -> HttpResponse:
    """While a password is being typed. Also before the first one is chosen."""
    staff = staff_request(request)
    if staff is None:
        return HttpResponseRedirect(reverse("accounts:signin"))
    now = timezone.now()
    proved = sessions.is_freshly_proved(staff.session_record, now=now)
    return JsonResponse(judge_typed(staff.account, request.POST.get("neuf", ""), proved=proved, now=now).words)


@sensitive_post_parameters("neuf", "encore")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@freshly_proved
def password(request: StaffRequest) -> HttpResponse:
    """Whoever signs in with an OTP key has none."""
    account = request.account
    if account.method == account.Method.OTP_KEY:
        return HttpResponseRedirect(reverse("accounts:account"))
    form = PasswordChangeForm(account, request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        change.change_password(
            account, facts["neuf"], now=timezone.now(), keep=request.session_record, with_programs=facts["programmes"]
        )
        return HttpResponseRedirect(account_page_url("mot-de-passe"))
    context = {
        "section": "account", "form": form, "judge": reverse("accounts:password-rules"),
        "rules": list(PolicyFailure), "least": academy().passwords.minimum_length,
        "programs": app_passwords.living_app_passwords(account).count(),
    }  # fmt: skip
    return render(request, "accounts/passwords/password.html", context)
