"""What a right password still owes when its owner wanted two factors."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts import arrival, half
from vaguemestre.accounts.factors.standing import Kind
from vaguemestre.accounts.models import HalfSignIn
from vaguemestre.accounts.retry_after import with_retry_after
from vaguemestre.accounts.second_factor_page import check_answer, factor_choices
from vaguemestre.accounts.text_request import send_text
from vaguemestre.accounts.waiting import wait_in_words

FACTOR = HalfSignIn.Owes.FACTOR


@sensitive_post_parameters("code", "cle")
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    owed = half.current(request, FACTOR, now=now)
    if owed is None:
        response = HttpResponseRedirect(f"{reverse('accounts:signin')}?expire=1")
        half.forget(response)
        return response
    if request.method != "POST":
        return _page(request, owed, now)
    if wait := half.must_wait(request, owed, now=now):
        return with_retry_after(_page(request, owed, now, wait=wait_in_words(wait), status=429), wait)
    way = check_answer(request, owed, now)
    if way is None:
        return _page(request, owed, now, refused=True)
    return arrival.complete(request, owed, strong=True, by_text=way == Kind.TEXT, now=now)


@require_POST
def text_message(request: HttpRequest) -> HttpResponse:
    """A code to the telephone, for whoever asks for one, or for another."""
    now = timezone.now()
    owed = half.current(request, FACTOR, now=now)
    if owed is None:
        return HttpResponseRedirect(reverse("accounts:second-factor"))
    return HttpResponseRedirect(f"{reverse('accounts:second-factor')}?sms={send_text(request, owed.account, now)}")


def _page(request: HttpRequest, owed: HalfSignIn, now: datetime, *, status: int = 200, **said: object) -> HttpResponse:
    """`said`: refused, wait."""
    if owed.failures >= half.TRIES:
        response = HttpResponseRedirect(f"{reverse('accounts:signin')}?expire=1")
        half.forget(response)
        return response
    context = factor_choices(owed.account, now) | {"text_said": request.GET.get("sms", "")} | said
    return render(request, "accounts/second-factor.html", context, status=status)
