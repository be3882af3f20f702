"""The real gate behind the real Dovecot, on the real tables."""

import imaplib
import json
import smtplib
import time
import urllib.error
import urllib.request
from collections.abc import Iterable

import pytest
from django.conf import settings
from django.db import connections

from vaguemestre.accounts import throttle
from vaguemestre.accounts.models import SignIn
from vaguemestre.testing import MailAccount, imap_connection, make_mail_account, secret, submission, tls_context

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person(gate_server: int) -> MailAccount:
    return make_mail_account()


def log_of(account: MailAccount, count: int = 1) -> list[tuple[str, str]]:
    """Dovecot answers the client first and tells the gate then."""
    deadline = time.monotonic() + 10
    lines = SignIn.objects.filter(account=account.account).order_by("id").values_list("channel", "result")
    while lines.count() < count and time.monotonic() < deadline:
        time.sleep(0.02)
    return list(lines)


def fail(account: MailAccount, passwords: Iterable[str]) -> None:
    """Wrong passwords, each counted before the next is tried."""
    for number, password in enumerate(passwords, start=1):
        with pytest.raises(imaplib.IMAP4.error):
            imap_connection(account, password=password)
        deadline = time.monotonic() + 10
        while _times(account) < number and time.monotonic() < deadline:
            time.sleep(0.02)


def _times(account: MailAccount) -> int:
    return sum(SignIn.objects.filter(account=account.account, result="wrong").values_list("times", flat=True))


def ask(port: int, command: str, told: object, *, word: str | None = None) -> tuple[int, dict[str, object]]:
    word = secret("policy.key") if word is None else word
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/policy?command={command}", json.dumps(told).encode(),
        {"Content-Type": "application/json", "X-Vaguemestre-Gate": word},
    )  # fmt: skip
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, {}


def test_each_sign_in_of_a_mail_program_is_written_down(person: MailAccount) -> None:
    imap_connection(person).logout()
    submission(person).quit()
    with pytest.raises(imaplib.IMAP4.error):
        imap_connection(person, password="not this one")
    assert log_of(person, 3) == [("imap", "good"), ("smtp", "good"), ("imap", "wrong")]


def test_the_log_keeps_the_address_it_came_from(person: MailAccount) -> None:
    imap_connection(person).logout()
    assert log_of(person) == [("imap", "good")]
    assert SignIn.objects.get(account=person.account).address == "127.0.0.1"


def test_the_webmails_own_machine_may_say_whose_request_it_carries(person: MailAccount) -> None:
    host, port = settings.MAIL["imaps"]
    connection = imaplib.IMAP4_SSL(host, port, ssl_context=tls_context())
    connection.xatom("ID", '("x-originating-ip" "192.0.2.80" "x-originating-port" "4000")')
    connection.login(person.address, person.password)
    connection.logout()
    assert log_of(person) == [("imap", "good")]
    assert SignIn.objects.get(account=person.account).address == "192.0.2.80"


def test_whoever_guesses_is_slowed_on_both_protocols_and_told_so(person: MailAccount) -> None:
    fail(person, [f"guess {number}" for number in range(throttle.FREE_TRIES + 1)])
    with pytest.raises(imaplib.IMAP4.error, match="essais"):
        imap_connection(person)  # even the right one: nothing is verified any more
    with pytest.raises(smtplib.SMTPAuthenticationError, match="essais"):
        submission(person)


def test_a_mail_program_that_repeats_an_old_password_is_one_try(person: MailAccount) -> None:
    fail(person, ["the old one"] * (throttle.FREE_TRIES + 2))
    imap_connection(person).logout()


def test_a_colleague_behind_the_same_address_is_not_slowed(person: MailAccount) -> None:
    fail(person, [f"guess {number}" for number in range(throttle.FREE_TRIES + 1)])
    colleague = make_mail_account("Karim", "Belkacem")
    imap_connection(colleague).logout()


def test_a_locked_account_is_written_as_such(person: MailAccount) -> None:
    person.account.state = "closed"
    person.account.closes_on = person.account.opens_on
    person.account.save()
    from vaguemestre.engine import projection

    projection.project([person.key])
    with pytest.raises(imaplib.IMAP4.error):
        imap_connection(person)
    assert log_of(person) == [("imap", "closed")]


def test_only_dovecot_may_ask(gate_server: int) -> None:
    told = {"login": "x", "remote": "192.0.2.1", "protocol": "imap", "mechanism": "PLAIN", "pwhash": "1"}
    assert ask(gate_server, "allow", told)[0] == 200
    assert ask(gate_server, "allow", told, word="guess")[0] == 403
    assert ask(gate_server, "allow", told, word="")[0] == 403


@pytest.mark.parametrize("told", [[], "x", {"login": "x" * 20_000}])
def test_what_is_not_a_question_is_refused(gate_server: int, told: object) -> None:
    assert ask(gate_server, "allow", told)[0] == 400


def test_without_a_database_people_get_in(person: MailAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate's own thread finds no database; Dovecot and the projected file do the rest."""
    monkeypatch.setitem(connections.settings["default"], "NAME", "/nonexistent/database")
    imap_connection(person).logout()
