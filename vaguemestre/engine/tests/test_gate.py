"""The real gate behind the real Dovecot, on the real tables."""

import imaplib
import json
import smtplib
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone

from vaguemestre.accounts.attempts import attempt_log, throttle
from vaguemestre.accounts.models import Failure, SignIn
from vaguemestre.engine import gate
from vaguemestre.engine.testing.gate import log_of
from vaguemestre.testing import (
    PASSWORD,
    MailAccount,
    imap_connection,
    locked_mail_file,
    make_mail_account,
    secret,
    submission,
    tls_context,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person(gate_server: int) -> MailAccount:
    return make_mail_account()


def fail(account: MailAccount, passwords: Iterable[str]) -> None:
    """Wrong passwords, each counted before the next is tried."""
    for number, password in enumerate(passwords, start=1):
        with pytest.raises(imaplib.IMAP4.error):
            imap_connection(account, password=password)
        _wait_until(lambda wanted=number: _times(account) >= wanted)  # type: ignore[misc]


def _wait_until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not reached() and time.monotonic() < deadline:
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


def test_a_good_sign_in_leaves_no_count_behind(person: MailAccount) -> None:
    """Counted before it is verified, given back when Dovecot tells how it went."""
    imap_connection(person).logout()
    submission(person).quit()
    log_of(person, 2)
    assert {failure.count for failure in Failure.objects.all()} == {0}


def test_a_trouble_of_dovecots_own_is_nobodys_try(person: MailAccount) -> None:
    """The right password was told "Trop d'essais" once Dovecot was back."""

    def come_in_vain(number: int) -> None:
        with pytest.raises(imaplib.IMAP4.error, match="UNAVAILABLE"):
            imap_connection(person, password=f"{PASSWORD} {number}")

    with locked_mail_file(), ThreadPoolExecutor(4) as pool:
        list(pool.map(come_in_vain, range(throttle.FREE_TRIES + 1)))
    _wait_until(lambda: not any(failure.count for failure in Failure.objects.all()))
    imap_connection(person).logout()
    assert log_of(person) == [("imap", "good")]


def test_guesses_sent_at_once_are_no_more_than_one_after_the_other(
    gate_server: int, person: MailAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked in Dovecot's words, by somebody who waits: it lets in whom it has not heard of in half a second, and so
    does the gate where it cannot count in a fifth of one, both on a busy machine."""
    monkeypatch.setattr(gate, "WRITES_WITHIN_MS", 60_000)
    together = Barrier(12)

    def guess(number: int) -> object:
        told = {"login": person.address, "remote": "192.0.2.1", "protocol": "imap", "mechanism": "PLAIN"}
        together.wait()
        return ask(gate_server, "allow", {**told, "pwhash": f"{number:04x}"})[1]["status"]

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(guess, range(12)))
    assert answers.count(gate.GO_ON) == throttle.FREE_TRIES + 1
    assert answers.count(gate.REFUSE) == 12 - (throttle.FREE_TRIES + 1)


def test_what_is_held_has_the_words_of_a_wrong_password(person: MailAccount) -> None:
    """On both protocols; for the right password, a wrong one, and a name that is nobody's."""
    # Dovecot may still be waiting for the gate of the test before, and lets in whom it cannot ask about: until it asks.
    fail(make_mail_account("Karim", "Belkacem"), ["guess"])
    for number in range(throttle.EVERYWHERE.limit):
        elsewhere = throttle.CountedAttempt("x", person.account, f"198.51.{number}.0/24")
        throttle.count_failure(elsewhere, f"guess {number}", now=timezone.now())
    said = {refusal(person, password) for password in (person.password, "wrong")}
    assert said == {refusal(person, "wrong", name="nobody")}
    sent = {sending_refusal(person, password) for password in (person.password, "wrong")}
    assert sent == {sending_refusal(person, "wrong", name="nobody")}
    assert not SignIn.objects.filter(account=person.account, result="good").exists()


def refusal(account: MailAccount, password: str, *, name: str | None = None) -> str:
    with pytest.raises(imaplib.IMAP4.error) as refused:
        imap_connection(account, name=name, password=password)
    return str(refused.value)


def sending_refusal(account: MailAccount, password: str, *, name: str | None = None) -> str:
    with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
        submission(account, name=name, password=password)
    return str(refused.value)


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


def test_while_others_write_it_still_reads(person: MailAccount) -> None:
    """An import on SQLite: nothing can be counted beforehand, and whoever must wait is told so all the same."""
    fail(person, [f"guess {number}" for number in range(throttle.FREE_TRIES + 1)])
    colleague = make_mail_account("Karim", "Belkacem")
    with transaction.atomic():
        assert list(Failure.objects.select_for_update())
        assert "essais" in refusal(person, person.password)
        imap_connection(colleague).logout()


def test_without_a_database_people_get_in(person: MailAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate's own thread finds no database; Dovecot and the projected file do the rest."""
    monkeypatch.setitem(connections.settings["default"], "NAME", "/nonexistent/database")
    imap_connection(person).logout()


def agents_of(account: MailAccount, wanted: str) -> list[tuple[str, int]]:
    """The program is told after the sign-in: until a line names it."""
    lines = SignIn.objects.filter(account=account.account).order_by("id").values_list("agent", "times")
    deadline = time.monotonic() + 10
    while wanted not in dict(lines.all()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return list(lines.all())


def say_id(connection: imaplib.IMAP4, *words: str) -> None:
    imaplib.Commands["ID"] = ("NONAUTH", "AUTH", "SELECTED")
    said = " ".join('"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in words)
    assert connection._simple_command("ID", f"({said})")[0] == "OK"


def test_a_program_that_says_its_name_stands_in_the_log_by_it(person: MailAccount) -> None:
    """Thunderbird says it once it is signed in, others before. Its second time is on the same line."""
    for times in (1, 2):
        connection = imap_connection(person)
        say_id(connection, "name", "Thunderbird", "version", "153.7.0", "vendor", "Mozilla")
        connection.logout()
        deadline = time.monotonic() + 10
        while agents_of(person, "Thunderbird 153.7.0") != [("Thunderbird 153.7.0", times)]:
            assert time.monotonic() < deadline, agents_of(person, "")
            time.sleep(0.02)
    host, port = settings.MAIL["imaps"]
    early = imaplib.IMAP4_SSL(host, port, ssl_context=tls_context())
    say_id(early, "name", "NeoMutt\x07 <b>", "version", "x" * 200)
    early.login(person.address, person.password)
    early.logout()
    known = "NeoMutt <b> " + "x" * 30
    assert agents_of(person, known) == [("Thunderbird 153.7.0", 2), (known, 1)]


def test_only_the_mail_server_may_say_which_program_it_was(gate_server: int) -> None:
    address, body = f"http://127.0.0.1:{gate_server}/program", json.dumps({"fields": {}}).encode()
    for shown in ("", "Basic Z2F0ZTo=", "Basic eDp5"):
        request = urllib.request.Request(address, body, {"Authorization": shown})
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request)  # noqa: S310
        assert refused.value.code == 403


def test_sign_ins_of_mail_programs_are_counted_by_door(person: MailAccount) -> None:
    def counted(door: str, result: str) -> int:
        return next(
            counts[0] for labels, counts in attempt_log.signins.totals() if list(labels.values()) == [door, result]
        )

    before = counted("imap", "wrong"), counted("imap", "good"), counted("smtp", "good")
    fail(person, ["faux"])
    imap_connection(person).logout()
    submission(person).quit()
    deadline = time.monotonic() + 10
    while counted("smtp", "good") == before[2] and time.monotonic() < deadline:
        time.sleep(0.02)
    after = counted("imap", "wrong"), counted("imap", "good"), counted("smtp", "good")
    assert [later - earlier for earlier, later in zip(before, after, strict=True)] == [1, 1, 1]
