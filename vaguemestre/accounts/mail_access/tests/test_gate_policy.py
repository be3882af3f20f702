"""What the gate asks: one set of counters and one log for the portal and for mail programs."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from vaguemestre.accounts.attempts import throttle
from vaguemestre.accounts.attempts.client_address import ClientAddress
from vaguemestre.accounts.mail_access import app_passwords, gate_policy
from vaguemestre.accounts.mail_access.gate_policy import (
    ALLOWED,
    GateClaim,
    GateDecision,
    GateReport,
    MailSignIn,
    decide,
    decide_uncounted,
    report_signin,
)
from vaguemestre.accounts.models import Account, Failure, Notice, SignIn
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.passwords import passwords
from vaguemestre.accounts.signin.attempt import attempt_signin
from vaguemestre.accounts.testing import PASSWORD, cheap_hash, make_account
from vaguemestre.courier.models import Parcel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("traces_apart")]
NOW = datetime(2026, 9, 15, 8, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def account() -> Account:
    return make_account("Jean", "Martin")


def program(trace: str = "", **facts: str) -> MailSignIn:
    return MailSignIn(**({"login": "jean.martin", "remote": "192.0.2.10", "secret_trace": trace} | facts))


def fail(times: int, **facts: str) -> None:
    for number in range(times):
        report_signin(program(f"{number:03x}", **facts), GateReport(False), now=NOW)


def test_a_good_sign_in_is_let_through_and_logged(account: Account) -> None:
    assert decide(program(), now=NOW) == ALLOWED
    report_signin(program(), GateReport(True), now=NOW)
    line = SignIn.objects.get()
    assert (line.account, line.channel, line.result, line.address) == (account, "imap", "good", "192.0.2.10")


def test_a_program_that_comes_back_all_day_has_one_line_an_hour(account: Account) -> None:
    for minute in range(0, 50, 5):
        report_signin(program(), GateReport(True), now=NOW + timedelta(minutes=minute))
    assert SignIn.objects.get().times == 10
    report_signin(program(), GateReport(True), now=NOW + timedelta(hours=3))
    assert SignIn.objects.count() == 2


def test_failures_in_a_mail_program_slow_the_portal(account: Account) -> None:
    fail(5)
    outcome = attempt_signin("jean.martin", PASSWORD, remote=ClientAddress("192.0.2.10"), now=NOW)
    assert outcome.result == SignIn.Result.THROTTLED


def test_failures_on_the_portal_slow_a_mail_program(account: Account) -> None:
    for number in range(5):
        attempt_signin("jean.martin", f"faux {number}", remote=ClientAddress("192.0.2.10"), now=NOW, human=lambda: True)
    with translation.override("fr"):
        decision = decide(program(protocol="smtp"), now=NOW)
    assert not decision.allowed
    assert decision.message == "Trop d’essais. Recommencez dans 1 minute, ou appelez votre DSDEN."


def test_what_the_policy_refused_is_logged_but_not_counted_again(account: Account) -> None:
    fail(5)
    for number in range(5):
        report_signin(program(f"a{number}"), GateReport(False, rejected=True), now=NOW)
    assert decide(program(), now=NOW + timedelta(minutes=1)) == ALLOWED
    assert SignIn.objects.get(result="throttled").times == 5


def test_smtp_is_its_own_channel(account: Account) -> None:
    report_signin(program(protocol="smtp"), GateReport(True), now=NOW)
    assert SignIn.objects.get().channel == "smtp"


@pytest.mark.parametrize("mechanism", ["OAUTHBEARER", "xoauth2"])
def test_the_webmails_token_costs_nothing_and_is_not_logged(
    account: Account, mechanism: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    webmail = program(login=account.key, mechanism=mechanism)
    with django_assert_num_queries(0):
        assert decide(webmail, now=NOW) == ALLOWED
        report_signin(webmail, GateReport(True), now=NOW)


def test_the_log_says_why(account: Account) -> None:
    newcomer = make_account("Lili", "Hocquet", password=None)
    passwords.set_provisional(newcomer, cheap_hash("k7mr-w4pz-9nhb"), now=NOW)
    locked = make_account("Luc", "Verrou")
    Account.objects.filter(pk=locked.pk).update(locked_at=NOW)
    for login in ("lhocquet", "lverrou"):
        report_signin(program(login=login), GateReport(False, secret_right=True), now=NOW)
    for login in ("jmartin", "nobody"):
        report_signin(program(login=login), GateReport(False), now=NOW)
    results = {line.account_id: line.result for line in SignIn.objects.all()}
    assert results == {newcomer.key: "first-signin", locked.key: "locked", account.key: "wrong", None: "unknown"}


def test_a_forgotten_program_with_an_old_password_locks_nobody(account: Account) -> None:
    for minute in range(120):
        report_signin(program("abc"), GateReport(False), now=NOW + timedelta(minutes=minute))
    assert decide(program(), now=NOW + timedelta(hours=2)) == ALLOWED


def test_a_program_with_its_own_password_is_logged_by_name_and_seen_once_a_minute(account: Account) -> None:
    password, _clear = app_passwords.make_app_password(account, "Thunderbird", "both", NOW)
    for seconds in (0, 20, 40, 70):
        report_signin(program(), GateReport(True, app=str(password.pk)), now=NOW + timedelta(seconds=seconds))
        password.refresh_from_db()
        assert password.last_used_at == NOW + timedelta(seconds=0 if seconds < 60 else 70)
    assert SignIn.objects.get().agent == "Thunderbird"
    assert (password.last_used_address, password.last_used_for) == ("192.0.2.10", "imap")


@pytest.mark.parametrize("app", ["", "0", "99999", "x", "' OR 1"])
def test_a_password_that_is_nobodys_is_only_not_named(account: Account, app: str) -> None:
    report_signin(program(), GateReport(True, app=app), now=NOW)
    assert SignIn.objects.get().agent == ""


def test_a_right_secret_that_opens_nothing_is_no_guess(account: Account) -> None:
    Account.objects.update(second_factor=True)
    for number in range(20):
        report_signin(program(f"{number:03x}"), GateReport(False, secret_right=True), now=NOW)
    assert decide(program(), now=NOW) == ALLOWED
    assert SignIn.objects.get().result == SignIn.Result.APP_PASSWORD


def test_frozen_is_a_reason_for_sending_only(account: Account) -> None:
    Account.objects.update(frozen_at=NOW)
    report_signin(program(protocol="smtp"), GateReport(False, secret_right=True), now=NOW)
    assert SignIn.objects.get().result == SignIn.Result.FROZEN


def told(account: Account) -> list[str]:
    return [
        notices.notice_text(notice) for notice in account.notices.filter(kind=Notice.Kind.NEW_DEVICE).order_by("id")
    ]


def test_a_mail_program_on_a_new_network_is_told_once(account: Account) -> None:
    report_signin(program(remote="192.0.2.10"), GateReport(True), now=NOW)
    report_signin(program(remote="192.0.2.99", protocol="smtp"), GateReport(True), now=NOW + timedelta(days=9))
    with translation.override("fr"):
        assert told(account) == [
            "Un logiciel de messagerie s’est connecté à votre compte depuis un nouveau lieu\u00a0: réseau 192.0.2."
        ]
    assert Parcel.objects.get().to == account.address


def test_one_word_a_day_however_many_networks(account: Account) -> None:
    for hour in range(0, 30, 5):
        report_signin(program(remote=f"198.51.{hour}.1"), GateReport(True), now=NOW + timedelta(hours=hour))
    assert [notice.at for notice in account.notices.order_by("at")] == [NOW, NOW + timedelta(hours=25)]


def test_where_the_person_has_signed_in_by_another_door_it_is_no_news(account: Account) -> None:
    attempt_signin("jmartin", PASSWORD, remote=ClientAddress("192.0.2.77"), now=NOW)
    report_signin(program(), GateReport(True), now=NOW)
    for told_so in (GateReport(False), GateReport(False, secret_right=True), GateReport(False, rejected=True)):
        report_signin(program(remote="203.0.113.9"), told_so, now=NOW)
    report_signin(program(remote=""), GateReport(True), now=NOW)
    assert not told(account)


def test_an_application_password_is_told_at_its_first_use_only(account: Account) -> None:
    password, _clear = app_passwords.make_app_password(account, "Thunderbird", "both", NOW)
    for number in range(3):
        report_signin(
            program(remote=f"198.51.{number}.1"),
            GateReport(True, app=str(password.pk)),
            now=NOW + timedelta(days=number),
        )
    with translation.override("fr"):
        assert told(account) == [
            "Un logiciel de messagerie s’est connecté pour la première fois avec le mot de passe d’application"
            " «\u00a0Thunderbird\u00a0», réseau 198.51.0."
        ]


def test_queries_of_a_question(account: Account, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """The account; the counters made, read and written, in one transaction."""
    with django_assert_num_queries(1 + 5):
        decide(program(), now=NOW)
    with django_assert_num_queries(2):
        decide_uncounted(program(), now=NOW)


def test_a_try_counts_before_it_is_verified(account: Account) -> None:
    """Guesses that come at once: none has been told of yet."""
    answers = [decide(program(f"{number:03x}"), now=NOW).allowed for number in range(8)]
    assert answers == [True] * 5 + [False] * 3
    for number in range(5):
        report_signin(program(f"r{number}"), GateReport(False), now=NOW)
    assert {failure.count for failure in Failure.objects.all()} == {5}


def test_a_good_one_is_given_back_whatever_its_trace_and_forgives_nobody(account: Account) -> None:
    for number in range(3):
        decide(program(f"{number:03x}"), now=NOW)
        report_signin(program(f"r{number}"), GateReport(False), now=NOW)
    for told in (GateReport(True), GateReport(False, secret_right=True)):
        decide(program("abc"), now=NOW)
        report_signin(program("def"), told, now=NOW)
        assert {failure.count for failure in Failure.objects.all()} == {3}


def test_five_connections_of_one_program_are_no_guesses(account: Account) -> None:
    programs = [program("abc", session=str(number)) for number in range(5)]
    assert all(decide(one, now=NOW).allowed for one in programs)
    for one in programs:
        report_signin(one, GateReport(True), now=NOW)
    assert {failure.count for failure in Failure.objects.all()} == {0}


def test_what_was_never_told_of_is_dropped(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_policy, "MOST_TAKEN", 3)
    kept = GateClaim()
    slot = throttle.take_slot(throttle.CountedAttempt("jeanmartin", account, "192.0.2.0/24"), "abc", now=NOW)
    for number in range(3):
        kept.keep(program(session=str(number)), slot, NOW)
    kept.keep(program(session="late"), slot, NOW + gate_policy.TOLD_WITHIN)
    assert kept.pop(program(session="0")) is None
    assert kept.pop(program(session="late")) is slot


def test_what_is_held_is_refused_in_the_words_of_a_wrong_password(account: Account) -> None:
    for number in range(20):
        report_signin(program(f"{number:03x}", remote=f"203.0.{number}.1"), GateReport(False), now=NOW)
    assert decide(program(), now=NOW) == decide_uncounted(program(), now=NOW) == GateDecision(False, "")


def test_an_internal_look_up_has_no_address(account: Account) -> None:
    report_signin(program(remote=""), GateReport(True), now=NOW)
    assert SignIn.objects.get().address is None
