"""Signing in with a password and a code at once, while many tries hold an account. The same page for everybody."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts import captcha
from vaguemestre.accounts.attempts.client_address import client_address
from vaguemestre.accounts.attempts.network_limit import AN_HOUR, ASKED_AN_HOUR, TEN_MINUTES, within_limit
from vaguemestre.accounts.attempts.retry_after import with_retry_after
from vaguemestre.accounts.captcha.challenge import DIGITS_FIELD
from vaguemestre.accounts.durations import wait_text
from vaguemestre.accounts.lockout import owner_signin
from vaguemestre.accounts.lockout.forms import LockoutCodeForm, LockoutForm
from vaguemestre.accounts.signin import completion
from vaguemestre.accounts.signin.next_page import wanted_page

TRIES_IN_TEN_MINUTES = 20  # a network, which may be a whole school; beyond, with a picture to read


@sensitive_post_parameters("secret", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, LockoutForm(), LockoutCodeForm(auto_id="demande_%s"))
    form = LockoutForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    told, now = form.cleaned_data, timezone.now()
    picture = not within_limit(request, "lockout-try", TRIES_IN_TEN_MINUTES, TEN_MINUTES)
    if picture and not captcha.solve(request.POST, now=now):
        return _again(request, told, picture=True, robot=True, captcha_wrong=DIGITS_FIELD in request.POST)
    outcome = owner_signin.attempt_with_code(
        told["identifiant"], told["secret"], told["code"], remote=client_address(request), now=now
    )
    if outcome.account is None:
        return _again(request, told, picture=picture, refused=True)
    return completion.proceed(request, outcome, outcome.account, shared_computer=told["partage"], reached=True, now=now)


@require_POST
def code(request: HttpRequest) -> HttpResponse:
    """To the rescue contact, if there are such an account and such a contact: the answer is the same."""
    asking = LockoutCodeForm(request.POST, auto_id="demande_%s")
    if not asking.is_valid():
        return _page(request, LockoutForm(), asking)
    form, now = LockoutForm(initial={"identifiant": asking.cleaned_data["identifiant"]}), timezone.now()
    if not captcha.solve(request.POST, now=now):  # first: whoever reads no picture takes nothing from their network
        return _page(request, form, asking, captcha_wrong=True)
    if not within_limit(request, "lockout-ask", ASKED_AN_HOUR, AN_HOUR):
        return with_retry_after(_page(request, form, wait=wait_text(AN_HOUR), status=429), AN_HOUR)
    owner_signin.ask_code(asking.cleaned_data["identifiant"], now=now)
    return _page(request, form, asked=True)


def _again(request: HttpRequest, told: dict[str, Any], **said: Any) -> HttpResponse:
    """Neither password nor code stands in a page."""
    afresh = LockoutForm(initial={"identifiant": told["identifiant"], "partage": told["partage"]})
    afresh.mark_refused()
    return _page(request, afresh, **said)


def _page(
    request: HttpRequest, form: LockoutForm, asking: LockoutCodeForm | None = None, *, status: int = 200, **said: object
) -> HttpResponse:
    """`said`: refused, robot, asked, wait, captcha_wrong; `picture`: it is for this form, not for a code."""
    typed = form["identifiant"].value()
    context = {
        "form": form,
        "asking": asking or LockoutCodeForm(initial={"identifiant": typed}, auto_id="demande_%s"),
        "next": wanted_page(request),
        "challenge": captcha.new_challenge(now=timezone.now()),
    }
    response = render(request, "accounts/lockout/lockout.html", context | said, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
