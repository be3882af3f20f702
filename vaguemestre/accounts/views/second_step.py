"""What a right password still owes when its owner wanted two factors."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from vaguemestre.accounts import arrival, half, second_step
from vaguemestre.accounts.factors import passkeys
from vaguemestre.accounts.factors.standing import Kind, kinds
from vaguemestre.accounts.models import Account, HalfSignIn
from vaguemestre.accounts.views.signin import with_retry_after
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
    if not answered(request, owed, now):
        return _page(request, owed, now, refused=True)
    return arrival.complete(request, owed, strong=True, now=now)


def answered(request: HttpRequest, owed: HalfSignIn, now: datetime) -> bool:
    """A wrong answer is counted here."""
    code, key = request.POST.get("code", "")[:100], request.POST.get("cle", "")
    slot = half.take_try(request, owed, code or "key", now=now)
    if slot and second_step.right(owed.account, code=code, key=key, now=now):
        slot.give_back()
        return True
    half.wrong(request, owed, now=now)
    return False


def ways(account: Account, now: datetime) -> dict[str, object]:
    """What this person may answer with, for the templates."""
    held = kinds(account)
    return {
        "telephone": Kind.TOTP in held,
        "paper": Kind.RECOVERY in held,
        "key_options": passkeys.options(account, now) if Kind.PASSKEY in held else "",
    }


def _page(request: HttpRequest, owed: HalfSignIn, now: datetime, *, status: int = 200, **said: object) -> HttpResponse:
    """`said`: refused, wait."""
    if owed.failures >= half.TRIES:
        response = HttpResponseRedirect(f"{reverse('accounts:signin')}?expire=1")
        half.forget(response)
        return response
    return render(request, "accounts/second-factor.html", ways(owed.account, now) | said, status=status)
