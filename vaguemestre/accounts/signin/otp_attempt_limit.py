"""Codes typed by whoever is signed in count like those of the sign-in page: a stolen session does not guess."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from vaguemestre.accounts.attempts import throttle
from vaguemestre.accounts.attempts.client_address import ClientAddress
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.signin.attempt import counted_attempt


@dataclass(frozen=True)
class OtpAttempt:
    """With `wait`, nothing was looked at."""

    right: bool = False
    wait: timedelta | None = None


def must_wait(account: Account, remote: ClientAddress, *, now: datetime) -> timedelta | None:
    return throttle.throttle_state(counted_attempt(account.identifier, account, remote)).wait_of_owner(now)


def count_otp_attempt(
    account: Account, remote: ClientAddress, typed: str, right: Callable[[], bool], *, now: datetime
) -> OtpAttempt:
    """Counted before `right` is asked, so that codes that come at once stand in one row; given back when it says yes.

    Who must wait is told before anything is counted: the owner who asks again too soon does not wait the longer.
    """
    if wait := must_wait(account, remote, now=now):
        return OtpAttempt(wait=wait)
    slot = throttle.take_slot(counted_attempt(account.identifier, account, remote), typed, now=now)
    if slot.wait or slot.held:
        return OtpAttempt(wait=slot.before.wait_of_owner(now))
    if not right():
        return OtpAttempt()
    slot.give_back()
    return OtpAttempt(right=True)
