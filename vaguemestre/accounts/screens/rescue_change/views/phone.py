"""The phone of the rescue contact on the page My account."""

from django.http import HttpResponse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.rescue_change.occasion import on_my_account
from vaguemestre.accounts.rescue_change.phone_occasion import phone_code_page, resend_phone_code
from vaguemestre.accounts.sessions.decorators import freshly_proved, signed_in


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@freshly_proved
def rescue_phone_code(request: StaffRequest) -> HttpResponse:
    return phone_code_page(request, on_my_account())


@require_POST
@signed_in
@freshly_proved
def rescue_phone_resending(request: StaffRequest) -> HttpResponse:
    return resend_phone_code(request, on_my_account())
