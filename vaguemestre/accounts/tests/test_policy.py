"""What the gate asks: one set of counters and one log for the portal and for mail programs."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from vaguemestre.accounts import passwords
from vaguemestre.accounts.models import Account, SignIn
from vaguemestre.accounts.policy import ALLOWED, MailSignIn, allow, report
from vaguemestre.accounts.signin import Remote, attempt
from vaguemestre.accounts.testing import PASSWORD, cheap_hash, make_account

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 15, 8, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def account() -> Account:
    return make_account("Jean", "Martin")


def program(trace: str = "", **facts: str) -> MailSignIn:
    return MailSignIn(**({"login": "jean.martin", "remote": "192.0.2.10", "secret_trace": trace} | facts))


def fail(times: int, **facts: str) -> None:
    for number in range(times):
        report(program(f"{number:03x}", **facts), success=False, rejected=False, now=NOW)


def test_a_good_sign_in_is_let_through_and_logged(account: Account) -> None:
    assert allow(program(), now=NOW) == ALLOWED
    report(program(), success=True, rejected=False, now=NOW)
    line = SignIn.objects.get()
    assert (line.account, line.channel, line.result, line.address) == (account, "imap", "good", "192.0.2.10")


def test_a_program_that_comes_back_all_day_has_one_line_an_hour(account: Account) -> None:
    for minute in range(0, 50, 5):
        report(program(), success=True, rejected=False, now=NOW + timedelta(minutes=minute))
    assert SignIn.objects.get().times == 10
    report(program(), success=True, rejected=False, now=NOW + timedelta(hours=3))
    assert SignIn.objects.count() == 2


def test_failures_in_a_mail_program_slow_the_portal(account: Account) -> None:
    fail(5)
    outcome = attempt("jean.martin", PASSWORD, remote=Remote("192.0.2.10"), now=NOW)
    assert outcome.result == SignIn.Result.THROTTLED


def test_failures_on_the_portal_slow_a_mail_program(account: Account) -> None:
    for number in range(5):
        attempt("jean.martin", f"faux {number}", remote=Remote("192.0.2.10"), now=NOW)
    with translation.override("fr"):
        decision = allow(program(protocol="smtp"), now=NOW)
    assert not decision.allowed
    assert decision.message == "Trop d’essais. Recommencez dans 1 minute, ou appelez votre DSDEN."


def test_what_the_policy_refused_is_logged_but_not_counted_again(account: Account) -> None:
    fail(5)
    for number in range(5):
        report(program(f"a{number}"), success=False, rejected=True, now=NOW)
    assert allow(program(), now=NOW + timedelta(minutes=1)) == ALLOWED
    assert SignIn.objects.get(result="throttled").times == 5


def test_smtp_is_its_own_channel(account: Account) -> None:
    report(program(protocol="smtp"), success=True, rejected=False, now=NOW)
    assert SignIn.objects.get().channel == "smtp"


@pytest.mark.parametrize("mechanism", ["OAUTHBEARER", "xoauth2"])
def test_the_webmails_token_costs_nothing_and_is_not_logged(
    account: Account, mechanism: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    webmail = program(login=account.key, mechanism=mechanism)
    with django_assert_num_queries(0):
        assert allow(webmail, now=NOW) == ALLOWED
        report(webmail, success=True, rejected=False, now=NOW)


def test_the_log_says_why(account: Account) -> None:
    newcomer = make_account("Lili", "Hocquet", password=None)
    passwords.set_provisional(newcomer, cheap_hash("k7mr-w4pz-9nhb"), now=NOW)
    locked = make_account("Luc", "Verrou")
    Account.objects.filter(pk=locked.pk).update(locked_at=NOW)
    for login in ("lhocquet", "lverrou", "jmartin", "nobody"):
        report(program(login=login), success=False, rejected=False, now=NOW)
    results = {line.account_id: line.result for line in SignIn.objects.all()}
    assert results == {newcomer.key: "first-signin", locked.key: "locked", account.key: "wrong", None: "unknown"}


def test_a_forgotten_program_with_an_old_password_locks_nobody(account: Account) -> None:
    for minute in range(120):
        report(program("abc"), success=False, rejected=False, now=NOW + timedelta(minutes=minute))
    assert allow(program(), now=NOW + timedelta(hours=2)) == ALLOWED


def test_two_queries(account: Account, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2):
        allow(program(), now=NOW)


def test_an_internal_look_up_has_no_address(account: Account) -> None:
    report(program(remote=""), success=True, rejected=False, now=NOW)
    assert SignIn.objects.get().address is None
