"""A sign-in that is right so far and owes one step: ten minutes, five tries, one browser, and only while what it
stands on (the password, the way to sign in) has not changed."""

import hashlib
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

from vaguemestre.accounts.attempts import attempt_log, throttle
from vaguemestre.accounts.attempts.client_address import client_address
from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.models import Account, PendingSignIn, SignIn
from vaguemestre.accounts.sessions.reset_pending import has_no_password
from vaguemestre.accounts.signin.attempt import counted_attempt

COOKIE = "__Host-half"
LASTS = timedelta(minutes=10)
TRIES = 5


def begin_pending(
    response: HttpResponseBase,
    account: Account,
    owes: PendingSignIn.Owes,
    *,
    shared_computer: bool,
    wanted: str,
    line: SignIn | None,
    reached: bool = False,
    now: datetime,
) -> None:
    """The browser holds the token; what it held before of the same kind is worth nothing any more. `reached`: with a
    code of the rescue contact (`lockout`), so that what strangers' failures hold elsewhere does not hold this step."""
    token = secrets.token_urlsafe(32)
    PendingSignIn.objects.create(
        token_hash=_hash(token), account=account, owes=owes, foundation=_foundation(account),
        expires_at=now + LASTS, shared_computer=shared_computer, next=wanted, line=line,
        reached=reached,
    )  # fmt: skip
    response.set_cookie(COOKIE, token, max_age=LASTS, secure=True, httponly=True, samesite="Lax", path="/")


def current_pending(request: HttpRequest, owes: PendingSignIn.Owes, *, now: datetime) -> PendingSignIn | None:
    token = request.COOKIES.get(COOKIE)
    if not token:
        return None
    halves = PendingSignIn.objects.select_related("account__person", "line").filter(token_hash=_hash(token), owes=owes)
    half = halves.first()
    if half is None or half.expires_at <= now or half.failures >= TRIES or half.account.portal_refusal(today(now)):
        return None
    if has_no_password(half.account):
        return None
    return half if constant_time_compare(half.foundation, _foundation(half.account)) else None


def must_wait(request: HttpRequest, half: PendingSignIn, *, now: datetime) -> timedelta | None:
    """The counters of the sign-in page slow this step too: whoever knows a password does not guess codes for ever."""
    return throttle.throttle_state(_attempt(request, half)).wait_of_owner(now)


def take_try(request: HttpRequest, half: PendingSignIn, typed: str, *, now: datetime) -> throttle.BucketSlot | None:
    """One of the five tries, and one in the counters that web, IMAP and SMTP share: counted before anything is looked
    at, so that codes that come at once are five like the others. To be given back when it is right."""
    with transaction.atomic():
        left = PendingSignIn.objects.filter(pk=half.pk, failures__lt=TRIES)
        if not left.update(failures=F("failures") + 1):
            half.failures = TRIES
            return None
        half.failures += 1
        slot = throttle.take_slot(_attempt(request, half), typed, now=now)
    return None if slot.wait or slot.held else slot


def note_wrong(request: HttpRequest, half: PendingSignIn, *, now: datetime) -> None:
    """Its try was counted already."""
    remote = client_address(request)
    attempt_log.note_attempt(
        half.account, SignIn.Result.FACTOR, channel=SignIn.Channel.WEB, address=remote.address,
        agent=remote.agent, now=now,
    )  # fmt: skip


def take_pending(half: PendingSignIn) -> bool:
    """It opens one session, however many requests come at the same moment."""
    deleted, _tables = PendingSignIn.objects.filter(pk=half.pk).delete()
    return deleted == 1


def forget_pending(response: HttpResponseBase) -> None:
    response.set_cookie(COOKIE, "", max_age=0, secure=True, httponly=True, samesite="Lax", path="/")


def _attempt(request: HttpRequest, half: PendingSignIn) -> throttle.CountedAttempt:
    attempt = counted_attempt(half.account.identifier, half.account, client_address(request))
    return replace(attempt, device=half.token_hash) if half.reached else attempt


def _foundation(account: Account) -> str:
    facts = (account.key, account.password or "", account.method, str(account.password_set_at))
    return salted_hmac("vaguemestre.half", "|".join(facts), algorithm="sha256").hexdigest()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
