"""What a sign-in with an OTP key may still owe: the choice of a PIN, or the code that follows."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from vaguemestre.accounts.attempts.retry_after import with_retry_after
from vaguemestre.accounts.durations import wait_text
from vaguemestre.accounts.models import OtpKey, PendingSignIn
from vaguemestre.accounts.otp import activation
from vaguemestre.accounts.otp.forms import NextCodeForm, PinForm
from vaguemestre.accounts.otp.holder import key_in_use
from vaguemestre.accounts.signin import completion, pending_signin

Owes = PendingSignIn.Owes


@sensitive_post_parameters("pin", "encore")
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """The code was right, and the key has no PIN yet."""
    now = timezone.now()
    owed, key = _owed(request, Owes.ENROL, now)
    if owed is None or key is None:
        return _again()
    form = PinForm(owed.account, key, request.POST or None)
    if request.method == "POST" and form.is_valid():
        activation.choose_pin(key, form.cleaned_data["pin"])
        return HttpResponseRedirect(reverse("accounts:otp-signin-proof"))
    return render(request, "accounts/otp/signin_pin.html", {"form": form, "key": key})


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """The next code proves that whoever chose the PIN holds the key."""
    return _with_code(request, Owes.ENROL, "accounts/otp/signin_proof.html")


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """The PIN was right and the code came from far away: the one that follows puts the key right."""
    return _with_code(request, Owes.NEXT_CODE, "accounts/otp/signin_next.html")


def _with_code(request: HttpRequest, owes: PendingSignIn.Owes, template: str) -> HttpResponse:
    now = timezone.now()
    owed, key = _owed(request, owes, now)
    if owed is None or key is None:
        return _again()
    form = NextCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if wait := pending_signin.must_wait(request, owed, now=now):
            form.add_error("code", _("Too many tries. Start again in %(wait)s.") % {"wait": wait_text(wait)})
            page = render(request, template, {"form": form, "key": key}, status=429)
            return with_retry_after(page, wait)
        slot = pending_signin.take_try(request, owed, form.cleaned_data["code"], now=now)
        if slot and _right(key, owes, form.cleaned_data["code"], now):
            slot.give_back()
            return completion.complete(request, owed, strong=True, now=now)
        pending_signin.note_wrong(request, owed, now=now)
        if owed.failures >= pending_signin.TRIES:
            return _again()
        form.add_error("code", _("This is not the code that follows. Wait for the next one, then type it alone."))
    return render(request, template, {"form": form, "key": key})


def _right(key: OtpKey, owes: PendingSignIn.Owes, code: str, now: datetime) -> bool:
    return (
        activation.prove_key(key, code, now=now)
        if owes == Owes.ENROL
        else activation.follow_far_code(key, code, now=now)
    )


def _owed(request: HttpRequest, owes: PendingSignIn.Owes, now: datetime) -> tuple[PendingSignIn | None, OtpKey | None]:
    """The step, and the key that waits for it: ten minutes, in the browser that began."""
    owed = pending_signin.current_pending(request, owes, now=now)
    key = key_in_use(owed.account) if owed else None
    return owed, key if key and key.awaits(now) else None


def _again() -> HttpResponse:
    """Too late, too many tries, or another browser: from the beginning."""
    response = HttpResponseRedirect(f"{reverse('accounts:signin')}?expire=1")
    pending_signin.forget_pending(response)
    return response
