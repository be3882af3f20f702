"""Guesses that arrive together are no more than they would be one after the other: on the web, by mail, at a second
step."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from vaguemestre.accounts.attempts import throttle
from vaguemestre.accounts.attempts.client_address import ClientAddress
from vaguemestre.accounts.mail_access import gate_policy
from vaguemestre.accounts.mail_access.gate_policy import GateReport, MailSignIn
from vaguemestre.accounts.models import Account, Failure, PendingSignIn, SignIn
from vaguemestre.accounts.signin import otp_attempt_limit, pending_signin
from vaguemestre.accounts.signin.attempt import attempt_signin
from vaguemestre.accounts.testing import PASSWORD, make_account

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("traces_apart"),
    pytest.mark.skipif(not settings.DATA, reason="connections of their own need a database file: run bin/test"),
]
TOGETHER = 12


@pytest.fixture
def account() -> Account:
    return make_account("Agathe", "Essai")


def all_at_once[Answer](ask: Callable[[int], Answer]) -> list[Answer]:
    gate = Barrier(TOGETHER)

    def one(number: int) -> Answer:
        try:
            gate.wait(10)
            return ask(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(TOGETHER) as pool:
        return list(pool.map(one, range(TOGETHER)))


def test_guesses_at_once_stand_in_one_row(account: Account) -> None:
    """Under two names, on the web and by mail: what is verified is what one after the other would have been."""
    now = timezone.now()

    def guess(number: int) -> bool:
        name = ("aessai", "agathe.essai")[number // 2 % 2]
        if number % 2:
            return gate_policy.decide(MailSignIn(name, "203.0.113.9", secret_trace=f"{number:03x}"), now=now).allowed
        outcome = attempt_signin(
            name, f"faux {number}", remote=ClientAddress("203.0.113.9"), now=now, human=lambda: True
        )
        return outcome.result == SignIn.Result.WRONG

    assert sum(all_at_once(guess)) == throttle.ACCOUNT.limit
    assert max(failure.count for failure in Failure.objects.all()) <= TOGETHER


def test_good_sign_ins_at_once_leave_no_trace(account: Account) -> None:
    now = timezone.now()

    def come(number: int) -> None:
        program = MailSignIn("aessai", "203.0.113.9", secret_trace="abc", session=str(number))
        assert gate_policy.decide(program, now=now).allowed
        gate_policy.report_signin(program, GateReport(True), now=now)

    all_at_once(come)
    assert {failure.count for failure in Failure.objects.all()} == {0}
    assert attempt_signin("aessai", PASSWORD, remote=ClientAddress("203.0.113.9"), now=now).account == account


def test_codes_at_once_are_five_like_the_others(account: Account) -> None:
    response, now = HttpResponse(), timezone.now()
    pending_signin.begin_pending(
        response, account, PendingSignIn.Owes.FACTOR, shared_computer=False, wanted="", line=None, now=now
    )
    PendingSignIn.objects.update(failures=pending_signin.TRIES - 2)

    def guess(number: int) -> bool:
        request = HttpRequest()
        request.COOKIES[pending_signin.COOKIE] = response.cookies[pending_signin.COOKIE].value
        request.META["REMOTE_ADDR"] = f"203.0.{number}.9"
        owed = pending_signin.current_pending(request, PendingSignIn.Owes.FACTOR, now=now)
        return bool(owed and pending_signin.take_try(request, owed, f"{number:06}", now=now))

    assert Counter(all_at_once(guess))[True] == 2
    assert PendingSignIn.objects.get().failures == pending_signin.TRIES


def test_codes_at_once_of_many_half_sign_ins_meet_one_counter(account: Account) -> None:
    """Whoever knows the password begins as many as they like."""
    now = timezone.now()

    def guess(number: int) -> bool:
        response, request = HttpResponse(), HttpRequest()
        pending_signin.begin_pending(
            response, account, PendingSignIn.Owes.FACTOR, shared_computer=False, wanted="", line=None, now=now
        )
        request.COOKIES[pending_signin.COOKIE] = response.cookies[pending_signin.COOKIE].value
        request.META["REMOTE_ADDR"] = "203.0.113.9"
        owed = pending_signin.current_pending(request, PendingSignIn.Owes.FACTOR, now=now)
        return bool(owed and pending_signin.take_try(request, owed, f"{number:06}", now=now))

    assert Counter(all_at_once(guess))[True] == throttle.FREE_TRIES + 1


def test_codes_at_once_of_a_stolen_session_are_five(account: Account) -> None:
    looked_at, now = [], timezone.now()

    def guess(number: int) -> bool:
        def right() -> bool:
            looked_at.append(number)
            return False

        return (
            otp_attempt_limit.count_otp_attempt(
                account, ClientAddress("203.0.113.9"), f"{number:06}", right, now=now
            ).wait
            is None
        )

    assert Counter(all_at_once(guess))[True] == len(looked_at) == throttle.FREE_TRIES + 1


def test_right_codes_at_once_leave_no_trace(account: Account) -> None:
    now = timezone.now()
    home = ClientAddress("203.0.113.9")
    answers = all_at_once(
        lambda number: (
            otp_attempt_limit.count_otp_attempt(account, home, f"{number:06}", lambda: number < 4, now=now).right
        )
    )
    assert Counter(answers)[True] <= 4
    assert max(failure.count for failure in Failure.objects.all()) <= TOGETHER - Counter(answers)[True]
