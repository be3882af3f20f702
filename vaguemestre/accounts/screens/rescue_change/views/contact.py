"""The rescue contact on the page My account."""

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts.page_messages import account_page_url
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.rescue_change import contact_change
from vaguemestre.accounts.rescue_change.occasion import address_page, code_page, on_my_account, resend_code
from vaguemestre.accounts.sessions.decorators import freshly_proved, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@freshly_proved
def rescue_contact(request: StaffRequest) -> HttpResponse:
    return address_page(request, on_my_account())


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@freshly_proved
def rescue_code(request: StaffRequest) -> HttpResponse:
    return code_page(request, on_my_account())


@require_POST
@signed_in
@freshly_proved
def rescue_resending(request: StaffRequest) -> HttpResponse:
    return resend_code(request, on_my_account())


@require_POST
@signed_in
@freshly_proved
def rescue_withdrawal(request: StaffRequest) -> HttpResponse:
    contact_change.withdraw(request.account, now=timezone.now())
    return HttpResponseRedirect(account_page_url("secours-retire", "secours"))
