"""Which program a mail connection was: said before or after, by whom, and what a stranger can do with it."""

from datetime import UTC, datetime, timedelta

import pytest

from vaguemestre.accounts import mail_programs, policy, sign_in_log
from vaguemestre.accounts.mail_programs import Saying
from vaguemestre.accounts.models import Account, SignIn
from vaguemestre.accounts.policy import MailSignIn, Report
from vaguemestre.testing import Cast

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
HERE = "192.0.2.7 40001"


@pytest.fixture
def account(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Account:
    monkeypatch.setattr(mail_programs, "saying", Saying())
    return cast.teacher


def sign_in(account: Account, *, good: bool = True, port: str = "40001", now: datetime = NOW) -> None:
    asked = MailSignIn(account.identifier, remote="192.0.2.7", secret_trace="12", port=port)
    policy.report(asked, Report(success=good), now=now)


def lines(account: Account) -> list[tuple[str, int]]:
    return list(SignIn.objects.filter(account=account).order_by("agent").values_list("agent", "times"))


def test_said_before_or_after_it_is_one_line(account: Account) -> None:
    policy.program(HERE, "Thunderbird 153", now=NOW)
    sign_in(account)
    sign_in(account, port="40002", now=NOW + timedelta(minutes=5))
    policy.program("192.0.2.7 40002", "Thunderbird 153", now=NOW + timedelta(minutes=5))
    assert lines(account) == [("Thunderbird 153", 2)]


def test_another_connection_of_the_same_port_is_another_program(account: Account) -> None:
    policy.program(HERE, "Thunderbird 153", now=NOW)
    later = NOW + mail_programs.SAID_WITHIN + timedelta(seconds=1)
    sign_in(account, now=later)
    assert lines(account) == [("", 1)]
    policy.program(HERE, "Mutt", now=later + mail_programs.SAID_WITHIN + timedelta(seconds=1))
    assert lines(account) == [("", 1)]


def test_a_time_moves_to_the_line_of_its_program(account: Account) -> None:
    sign_in(account, port="1")
    sign_in(account, port="2")
    policy.program("192.0.2.7 2", "Thunderbird 153", now=NOW)
    assert lines(account) == [("", 1), ("Thunderbird 153", 1)]


def test_a_guess_that_gives_itself_names_is_counted_on_one_line(account: Account) -> None:
    for number in range(5):
        policy.program(f"192.0.2.7 {number}", f"name {number}", now=NOW)
        sign_in(account, good=False, port=str(number))
    assert lines(account) == [("", 5)]


def test_a_program_with_a_new_name_each_time_does_not_fill_the_log(account: Account) -> None:
    for number in range(3 * sign_in_log.MOST_PROGRAMS):
        sign_in(account, port=str(number))
        policy.program(f"192.0.2.7 {number}", f"name {number}", now=NOW)
    assert len(lines(account)) <= sign_in_log.MOST_PROGRAMS + 1
    assert sum(times for _agent, times in lines(account)) == 3 * sign_in_log.MOST_PROGRAMS


def test_what_strangers_say_is_forgotten(account: Account) -> None:
    for number in range(mail_programs.MOST + 10):
        mail_programs.saying.says(f"192.0.2.8 {number}", "x", NOW)
    assert len(mail_programs.saying._programs) == mail_programs.MOST


def test_names_are_short_and_can_be_printed() -> None:
    assert mail_programs.program("Thunder\u202ebird\n\x00", "1" * 500) == "Thunderbird " + "1" * 30
    assert mail_programs.program(" \n", "1.0") == ""
    assert mail_programs.in_words("Thunderbird 153", "du bureau") == "Thunderbird 153 – du bureau"
    assert mail_programs.in_words("Thunderbird 153", "Thunderbird") == "Thunderbird 153"
    assert mail_programs.in_words("", "du bureau") == "du bureau"
