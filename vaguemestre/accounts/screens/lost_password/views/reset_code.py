"""A code received by text message, with the number of its request: together they open what the link opens."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from vaguemestre.accounts.attempts.network_limit import TEN_MINUTES, within_limit
from vaguemestre.accounts.attempts.retry_after import with_retry_after
from vaguemestre.accounts.lost_password import sms_reset
from vaguemestre.accounts.lost_password.reset_page import keep_link
from vaguemestre.accounts.rescue_change.forms import ResetCodeForm
from vaguemestre.courier import sms

TRIES_IN_TEN_MINUTES = 40  # a network


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def reset_code(request: HttpRequest) -> HttpResponse:
    """Whatever the number stands for, the same queries and the same words: a wrong code tells nothing."""
    if not sms.is_sms_offered():
        raise Http404("text messages")
    form = ResetCodeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form)
    if not within_limit(request, "reset-code-try", TRIES_IN_TEN_MINUTES, TEN_MINUTES):
        return with_retry_after(_page(request, form, wait=True, status=429), TEN_MINUTES)
    token = sms_reset.exchange_code(form.cleaned_data["demande"], form.cleaned_data["code"], now=timezone.now())
    if token:
        return keep_link(token)
    afresh = ResetCodeForm(initial={"demande": form.cleaned_data["demande"]})  # no code stands in a page
    return _page(request, afresh, refused=True)


def _page(request: HttpRequest, form: ResetCodeForm, *, status: int = 200, **said: bool) -> HttpResponse:
    response = render(request, "accounts/lost_password/reset_code.html", {"form": form} | said, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
