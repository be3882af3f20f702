"""Signing in again before a sensitive act, in the same session; then back to the page that asked for it."""

from datetime import datetime

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from vaguemestre.accounts.attempts import attempt_log, throttle
from vaguemestre.accounts.attempts.client_address import client_address
from vaguemestre.accounts.attempts.retry_after import with_retry_after
from vaguemestre.accounts.durations import wait_text
from vaguemestre.accounts.factors import factor_state, passkeys
from vaguemestre.accounts.factors.factor_state import Kind
from vaguemestre.accounts.models import PendingSignIn
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.accounts.signin import captcha_step, otp_attempt_limit, second_factor_check
from vaguemestre.accounts.signin.attempt import Result, SigninOutcome, counted_attempt
from vaguemestre.accounts.signin.next_page import after_signin, wanted_page


@sensitive_post_parameters("secret", "cle")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def confirmation(request: StaffRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    now, key = timezone.now(), request.POST.get("cle", "")
    if key:
        good = passkeys.verify_passkey(key, request.account, now, checked=True) == request.account
        return _proved(request, strong=True) if good else _page(request, refused=True)
    # Held as well: nothing is hidden from who is signed in.
    if wait := otp_attempt_limit.must_wait(request.account, client_address(request), now=now):
        return with_retry_after(_page(request, wait=wait_text(wait), status=429), wait)
    outcome = captcha_step.try_captcha(
        request, request.account.identifier, request.POST.get("secret", "")[:1000], now=now
    )
    if outcome.wait:
        return with_retry_after(_page(request, wait=wait_text(outcome.wait), status=429), outcome.wait)
    if _right(request, outcome, now):
        return _proved(request, strong=outcome.strong or _owes_factor(request))
    return _page(
        request,
        refused=not outcome.robot,
        robot=outcome.robot,
        **captcha_step.captcha_context(request, outcome, now=now),
    )


def _right(request: StaffRequest, outcome: SigninOutcome, now: datetime) -> bool:
    """The second factor was shown when the session opened: the secret is enough. Otherwise it is shown now: whoever has
    the password alone, in a window opened before there was a factor, must not withdraw it."""
    right = outcome.result == Result.GOOD or outcome.owes == PendingSignIn.Owes.FACTOR
    if right and _owes_factor(request):
        right = _factor_shown(request, now)
    if right and outcome.line:
        attempt_log.note_completion(outcome.line, now=outcome.line.at)
    return right


def _owes_factor(request: StaffRequest) -> bool:
    session, account = request.session_record, request.account
    if not account.second_factor or (session.strong and not session.owes_factor):
        return False
    return not session.strong or bool(
        factor_state.factor_kinds(account) & factor_state.STRONG
    )  # by text message, and a role came


def _factor_shown(request: StaffRequest, now: datetime) -> bool:
    """A wrong code counts as a wrong password does; the page says the same of both."""
    code = request.POST.get("code", "")[:100]
    tried = counted_attempt(request.account.identifier, request.account, client_address(request))
    slot = throttle.take_slot(tried, code, now=now)
    if (
        slot.wait
        or slot.held
        or second_factor_check.check_second_factor(request.account, code=code, key="", now=now) is None
    ):
        return False
    slot.good()
    return True


def _proved(request: StaffRequest, *, strong: bool) -> HttpResponse:
    sessions.note_proof(request.session_record, strong=strong, now=timezone.now())
    return HttpResponseRedirect(after_signin(request))


def _page(request: StaffRequest, *, status: int = 200, **said: object) -> HttpResponse:
    """`said`: refused, wait, robot, and the picture."""
    account, owes, held = request.account, _owes_factor(request), factor_state.factor_kinds(request.account)
    context = {
        "section": "account",
        "next": wanted_page(request),
        "act": request.POST.get("acte") or request.GET.get("acte"),  # "garde": what was sent is kept
        "key_options": passkeys.request_options(account, timezone.now(), checked=True) if Kind.PASSKEY in held else "",
        "telephone": owes and Kind.TOTP in held,
        "paper": owes and Kind.RECOVERY in held,
        "due": request.session_record.owes_factor,
        "key_only": owes and not held & {Kind.TOTP, Kind.RECOVERY},
    }
    return render(request, "accounts/signin/reauthentication.html", context | said, status=status)
