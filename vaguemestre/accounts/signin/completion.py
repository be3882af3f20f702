"""The last moment of a sign-in, whatever way it came: a session, its cookies, a word to the owner, and where to go."""

from datetime import datetime
from typing import cast
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.urls import reverse

from vaguemestre.accounts.attempts import attempt_log, known_devices, throttle
from vaguemestre.accounts.attempts.client_address import ClientAddress, client_address
from vaguemestre.accounts.first_signin import path
from vaguemestre.accounts.models import Account, Notice, PendingSignIn, SignIn
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions import csrf_history, page_owner, sessions
from vaguemestre.accounts.signin import pending_signin
from vaguemestre.accounts.signin.attempt import SigninOutcome, counted_attempt
from vaguemestre.accounts.signin.next_page import wanted_page
from vaguemestre.accounts.signin.sms_request import send_text_if_alone
from vaguemestre.accounts.signin.user_agent import user_agent_text as browser_in_words
from vaguemestre.web.navigation import first_room

PAGES = {
    PendingSignIn.Owes.FACTOR: "accounts:second-factor",
    PendingSignIn.Owes.ENROL: "accounts:otp-signin-pin",
    PendingSignIn.Owes.NEXT_CODE: "accounts:otp-signin-next",
}


def proceed(
    request: HttpRequest, outcome: SigninOutcome, account: Account, *, shared_computer: bool, now: datetime,
    reached: bool = False,
) -> HttpResponse:  # fmt: skip
    """After a right secret: in, or to the page of the step that is owed. `reached`: see
    `pending_signin.begin_pending`."""
    wanted = wanted_page(request)
    if outcome.owes is None:
        return open_and_welcome(
            request, account, shared_computer=shared_computer, wanted=wanted, strong=outcome.strong,
            by_text=outcome.by_text, now=now,
        )  # fmt: skip
    if outcome.owes == PendingSignIn.Owes.FACTOR:
        send_text_if_alone(request, account, now)
    response = HttpResponseRedirect(reverse(PAGES[outcome.owes]))
    pending_signin.begin_pending(
        response, account, outcome.owes, shared_computer=shared_computer, wanted=wanted, line=outcome.line,
        reached=reached, now=now,
    )  # fmt: skip
    return response


def complete(
    request: HttpRequest, done: PendingSignIn, *, strong: bool, now: datetime, by_text: bool = False
) -> HttpResponse:
    """The step that was owed is done. A second press, or another window, has come too late: it signs in afresh."""
    if not end_step(request, done, now=now):
        return HttpResponseRedirect(reverse("accounts:signin"))
    response = open_and_welcome(
        request, done.account, shared_computer=done.shared_computer, wanted=done.next, strong=strong, now=now,
        by_text=by_text,
    )  # fmt: skip
    pending_signin.forget_pending(response)
    return response


def end_step(request: HttpRequest, done: PendingSignIn, *, now: datetime) -> bool:
    """True once. The failures of this source are forgiven only here."""
    with transaction.atomic():
        if not pending_signin.take_pending(done):
            return False
        throttle.forgive_failures(counted_attempt(done.account.identifier, done.account, client_address(request)))
        if done.line:
            attempt_log.note_completion(done.line, now=now)
    return True


def open_and_welcome(
    request: HttpRequest, account: Account, *,
    shared_computer: bool, wanted: str, strong: bool, now: datetime, by_text: bool = False,
) -> HttpResponse:  # fmt: skip
    """`wanted` is a page of this site, checked (`next_page`), or empty."""
    begins = wanted or _first_room(request, account, two_factors=strong and not by_text)
    response, ways = HttpResponseRedirect(first_page(account, begins)), {"strong": strong, "by_text": by_text}
    if not enter_session(request, response, account, shared_computer=shared_computer, now=now, **ways):
        return HttpResponseRedirect(reverse("accounts:signin"))
    return response


def enter_session(
    request: HttpRequest,
    response: HttpResponseBase,
    account: Account,
    *,
    shared_computer: bool,
    strong: bool,
    now: datetime,
    by_text: bool = False,
) -> bool:
    """A new session, whatever the browser held before; the anti-forgery token changes with it. False when the account
    was changed while its door was opening."""
    sessions.end_cookie_session(request)
    remote = client_address(request)
    token = sessions.open_session(
        account, shared_computer=shared_computer, address=remote.address, agent=remote.agent, now=now, strong=strong,
        by_text=by_text,
    )  # fmt: skip
    if token is None:
        return False
    _tell_if_new(account, remote, now)
    sessions.set_cookie(response, token)
    csrf_history.remember_token(request, response)
    page_owner.remember_owner(response, account)
    if not shared_computer:
        known_devices.remember_device(request, response, account, now=now)
    rotate_token(request)
    return True


def note_good(request: HttpRequest, account: Account, *, now: datetime) -> None:
    """For the ways in that are no attempt at a password: a passkey alone."""
    remote = client_address(request)
    attempt_log.note_attempt(
        account, SignIn.Result.GOOD, channel=SignIn.Channel.WEB, address=remote.address, agent=remote.agent, now=now
    )


def _first_room(request: HttpRequest, account: Account, *, two_factors: bool) -> str:
    """Whoever has a role begins the day at their work, if this session opens it."""
    cast(StaffRequest, request).account = account
    return first_room(request, two_factors=two_factors)


def first_page(account: Account, wanted: str) -> str:
    if path.next_step(account) is None:
        return wanted or reverse("portal:home")
    return reverse("accounts:first-signin") + (f"?{urlencode({'next': wanted})}" if wanted else "")


def _tell_if_new(account: Account, remote: ClientAddress, now: datetime) -> None:
    network = throttle.network_of(remote.address)
    if not known_devices.is_new_device(account, remote.device_token, network=network, agent=remote.agent, now=now):
        return
    with transaction.atomic():
        notices.tell_owner(
            account, Notice.Kind.NEW_DEVICE, now=now, device=browser_in_words(remote.agent), network=network
        )
