"""Which program a mail connection was: said before or after, by whom, and what a stranger can do with it."""

from datetime import UTC, datetime, timedelta

import pytest

from vaguemestre.accounts.attempts import attempt_log
from vaguemestre.accounts.mail_access import client_names, gate_policy
from vaguemestre.accounts.mail_access.client_names import ClientName
from vaguemestre.accounts.mail_access.gate_policy import GateReport, MailSignIn
from vaguemestre.accounts.models import Account, SignIn
from vaguemestre.testing import Cast

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
HERE = "192.0.2.7 40001"


@pytest.fixture
def account(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Account:
    monkeypatch.setattr(client_names, "saying", ClientName())
    return cast.teacher


def sign_in(account: Account, *, good: bool = True, port: str = "40001", now: datetime = NOW) -> None:
    asked = MailSignIn(account.identifier, remote="192.0.2.7", secret_trace="12", port=port)
    gate_policy.report_signin(asked, GateReport(success=good), now=now)


def lines(account: Account) -> list[tuple[str, int]]:
    return list(SignIn.objects.filter(account=account).order_by("agent").values_list("agent", "times"))


def test_said_before_or_after_it_is_one_line(account: Account) -> None:
    gate_policy.note_program(HERE, "Thunderbird 153", now=NOW)
    sign_in(account)
    sign_in(account, port="40002", now=NOW + timedelta(minutes=5))
    gate_policy.note_program("192.0.2.7 40002", "Thunderbird 153", now=NOW + timedelta(minutes=5))
    assert lines(account) == [("Thunderbird 153", 2)]


def test_another_connection_of_the_same_port_is_another_program(account: Account) -> None:
    gate_policy.note_program(HERE, "Thunderbird 153", now=NOW)
    later = NOW + client_names.SAID_WITHIN + timedelta(seconds=1)
    sign_in(account, now=later)
    assert lines(account) == [("", 1)]
    gate_policy.note_program(HERE, "Mutt", now=later + client_names.SAID_WITHIN + timedelta(seconds=1))
    assert lines(account) == [("", 1)]


def test_a_time_moves_to_the_line_of_its_program(account: Account) -> None:
    sign_in(account, port="1")
    sign_in(account, port="2")
    gate_policy.note_program("192.0.2.7 2", "Thunderbird 153", now=NOW)
    assert lines(account) == [("", 1), ("Thunderbird 153", 1)]


def test_a_guess_that_gives_itself_names_is_counted_on_one_line(account: Account) -> None:
    for number in range(5):
        gate_policy.note_program(f"192.0.2.7 {number}", f"name {number}", now=NOW)
        sign_in(account, good=False, port=str(number))
    assert lines(account) == [("", 5)]


def test_a_program_with_a_new_name_each_time_does_not_fill_the_log(account: Account) -> None:
    for number in range(3 * attempt_log.MOST_PROGRAMS):
        sign_in(account, port=str(number))
        gate_policy.note_program(f"192.0.2.7 {number}", f"name {number}", now=NOW)
    assert len(lines(account)) <= attempt_log.MOST_PROGRAMS + 1
    assert sum(times for _agent, times in lines(account)) == 3 * attempt_log.MOST_PROGRAMS


def test_what_strangers_say_is_forgotten(account: Account) -> None:
    for number in range(client_names.MOST + 10):
        client_names.saying.says(f"192.0.2.8 {number}", "x", NOW)
    assert len(client_names.saying._programs) == client_names.MOST


def test_names_are_short_and_can_be_printed() -> None:
    assert client_names.program_text("Thunder\u202ebird\n\x00", "1" * 500) == "Thunderbird " + "1" * 30
    assert client_names.program_text(" \n", "1.0") == ""
    assert client_names.client_text("Thunderbird 153", "du bureau") == "Thunderbird 153 – du bureau"
    assert client_names.client_text("Thunderbird 153", "Thunderbird") == "Thunderbird 153"
    assert client_names.client_text("", "du bureau") == "du bureau"
