"""What a right password still owes when its owner wanted two factors."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts.attempts.retry_after import with_retry_after
from vaguemestre.accounts.durations import wait_text
from vaguemestre.accounts.factors.factor_state import Kind
from vaguemestre.accounts.models import PendingSignIn
from vaguemestre.accounts.signin import completion, pending_signin
from vaguemestre.accounts.signin.second_factor_page import check_answer, factor_choices
from vaguemestre.accounts.signin.sms_request import send_text

FACTOR = PendingSignIn.Owes.FACTOR


@sensitive_post_parameters("code", "cle")
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    owed = pending_signin.current_pending(request, FACTOR, now=now)
    if owed is None:
        response = HttpResponseRedirect(f"{reverse('accounts:signin')}?expire=1")
        pending_signin.forget_pending(response)
        return response
    if request.method != "POST":
        return _page(request, owed, now)
    if wait := pending_signin.must_wait(request, owed, now=now):
        return with_retry_after(_page(request, owed, now, wait=wait_text(wait), status=429), wait)
    way = check_answer(request, owed, now)
    if way is None:
        return _page(request, owed, now, refused=True)
    return completion.complete(request, owed, strong=True, by_text=way == Kind.TEXT, now=now)


@require_POST
def text_message(request: HttpRequest) -> HttpResponse:
    """A code to the phone, for whoever asks for one, or for another."""
    now = timezone.now()
    owed = pending_signin.current_pending(request, FACTOR, now=now)
    if owed is None:
        return HttpResponseRedirect(reverse("accounts:second-factor"))
    return HttpResponseRedirect(f"{reverse('accounts:second-factor')}?sms={send_text(request, owed.account, now)}")


def _page(
    request: HttpRequest, owed: PendingSignIn, now: datetime, *, status: int = 200, **said: object
) -> HttpResponse:
    """`said`: refused, wait."""
    if owed.failures >= pending_signin.TRIES:
        response = HttpResponseRedirect(f"{reverse('accounts:signin')}?expire=1")
        pending_signin.forget_pending(response)
        return response
    context = factor_choices(owed.account, now) | {"text_said": request.GET.get("sms", "")} | said
    return render(request, "accounts/signin/second_factor.html", context, status=status)
