"""The service writes to itself: what its messages find, and that nobody else notices them."""

import contextlib
import json
import smtplib
import socket
import sqlite3
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from django.conf import LazySettings
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.mail_access.access_tokens import mail_token
from vaguemestre.accounts.models import SignIn
from vaguemestre.engine import mail_gauges, mail_heartbeat, projection
from vaguemestre.engine.heartbeat_mailbox import KEY, STATE_FILE, address
from vaguemestre.engine.mail_heartbeat import READING, RECEIVING, SENDING, Heartbeat
from vaguemestre.engine.mailboxes import RECOVERABLE
from vaguemestre.engine.template_variables import door_and_source
from vaguemestre.engine.testing.programs import hung
from vaguemestre.engine.testing.sign_in import by_token
from vaguemestre.instance import Instance
from vaguemestre.testing import MailAccount, data_folder, deliver, letter, submission, wait_for_mail
from vaguemestre.web import health_checks

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def state_file(daemons: None, gate_server: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """As before the first one; nothing is waited for long."""
    file = data_folder() / STATE_FILE
    file.unlink(missing_ok=True)
    monkeypatch.setattr(mail_heartbeat, "PATIENCE", 4.0)
    projection.rebuild()
    yield file
    file.unlink(missing_ok=True)


def mailbox(folder: str = "INBOX") -> int:
    """How many messages lie in the service's own."""
    connection = by_token(_Own(), mail_token(KEY, now=timezone.now()))
    try:
        opened, told = connection.select(f'"{folder}"', readonly=True)
        return int(told[0] or b"0") if opened == "OK" else 0  # one that nothing was ever put into is not there
    finally:
        connection.logout()


class _Own(MailAccount):
    """For `by_token`."""

    def __init__(self) -> None:
        pass

    @property
    def key(self) -> str:
        return KEY


def beaten(now: datetime, *, messages: int = 2) -> Heartbeat:
    """Once so many messages have come."""
    deadline = time.monotonic() + 20
    while mailbox() < messages:
        assert time.monotonic() < deadline, f"{mailbox()} messages"
        time.sleep(0.1)
    return mail_heartbeat.beat(now)


def test_messages_arrive_by_both_doors_and_are_deleted() -> None:
    now = timezone.now()
    first = mail_heartbeat.beat(now)
    assert (first.faults, sorted(first.messages)) == ({}, [RECEIVING, SENDING])
    second = beaten(now + MINUTE)
    assert second.faults == {}
    assert second.good_at == (now + MINUTE).timestamp()
    assert {one.token for one in first.messages.values()}.isdisjoint(one.token for one in second.messages.values())
    beaten(now + 2 * MINUTE)
    deadline = time.monotonic() + 20
    while mailbox() < 2:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert mailbox() == 2, "those of before are deleted"
    assert mailbox(RECOVERABLE) == 0, "and not laid aside"


def test_nobody_notices_them(mail_account: MailAccount) -> None:
    def delivered() -> float:
        told = mail_gauges.postfix_gauges(timezone.now())
        return sum(one.value for one in told if one.name == "deliveries_total")

    before = delivered()
    mail_heartbeat.beat(timezone.now())
    beaten(timezone.now())
    deliver(letter(mail_account.address), mail_account.address)
    wait_for_mail(mail_account)
    deadline = time.monotonic() + 20
    while delivered() == before:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert delivered() == before + 1
    assert not SignIn.objects.exclude(account=mail_account.account).exists()
    assert projection.reconcile() == 0, "no account has it, and it stays all the same"
    with sqlite3.connect(data_folder() / "db" / "mail.sqlite3") as connection:
        assert connection.execute("SELECT count(*) FROM mail_account WHERE key = ?", [KEY]).fetchone() == (1,)


def test_others_cannot_write_to_it(mail_account: MailAccount) -> None:
    own = address(academy().domain)
    for source in (None, "192.0.2.25"):
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            deliver(letter(own), own, source=source)
    with submission(mail_account) as program, pytest.raises(smtplib.SMTPRecipientsRefused):
        program.sendmail(mail_account.address, [own], letter(own, sender=mail_account.address).as_bytes())


def test_a_sender_check_that_hangs_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    monkeypatch.setattr(mail_heartbeat, "_loaded_at", now)
    with hung("sendercheck"):
        assert list(mail_heartbeat.beat(now).faults) == [SENDING]
        assert mail_heartbeat.read_heartbeat() is None, "the daemons may still be starting"
    mail_heartbeat.beat(now)
    with hung("sendercheck"):
        found = beaten(now + MINUTE, messages=1)
        assert list(found.faults) == [SENDING]
        assert not health_checks.sending().answers
        assert health_checks.receiving().answers
    found = beaten(now + 2 * MINUTE, messages=1)
    assert found.faults == {}
    assert health_checks.sending().answers


def test_a_mailbox_that_does_not_open_is_found_and_nothing_is_sent_to_it(settings: LazySettings) -> None:
    now = timezone.now()
    mail_heartbeat.beat(now)
    settings.MAIL = {**settings.MAIL, "mailboxes": data_folder() / "run" / "nobody"}
    found = beaten(now + MINUTE)
    assert list(found.faults) == [READING]
    assert found.good_at == now.timestamp()
    assert mailbox() == 2


def test_a_message_that_does_not_arrive_is_told_and_few_are_sent_after_it(state_file: Path) -> None:
    now = timezone.now()
    second = now.timestamp()
    lost = {RECEIVING: ["0" * 32, second - 200, second - 200], SENDING: ["1" * 32, second - 700, second - 700]}
    state_file.write_text(json.dumps({"at": second - 60, "good_at": second - 260, "faults": {}, "messages": lost}))
    found = mail_heartbeat.beat(now)
    assert found.faults == {
        door: f"not in the mailbox after {age} s" for door, age in ((RECEIVING, 200), (SENDING, 700))
    }
    assert found.messages[RECEIVING].token == "0" * 32
    assert found.messages[SENDING].token != "1" * 32
    assert found.messages[SENDING].since == second - 700


def test_what_is_not_tried_any_more_is_not_well(state_file: Path) -> None:
    now = timezone.now()
    assert mail_heartbeat.find_trouble(SENDING, now) is None, "none was tried yet"
    mail_heartbeat.beat(now)
    assert mail_heartbeat.find_trouble(SENDING, now + 9 * MINUTE) == ""
    assert mail_heartbeat.find_trouble(SENDING, now + 12 * MINUTE) == "no trial message for 12 minutes"
    assert mail_heartbeat.find_trouble(READING, now + 12 * MINUTE) == ""
    figures = {one.name: one.value for one in mail_heartbeat.heartbeat_gauges(now + 12 * MINUTE)}
    assert figures == {"mail_heartbeat_age_seconds": 720, "mail_heartbeat_failing": 0}


def test_a_late_greeting_is_no_fault(settings: LazySettings) -> None:
    """Postfix looks up who calls: while the resolver is silent it greets after ten seconds, and mail comes in."""
    with late_door(settings.INSTANCE, mail_heartbeat.PATIENCE + 1) as port:
        ports = settings.INSTANCE.ports.model_copy(update={"smtp": port})
        settings.INSTANCE = settings.INSTANCE.model_copy(update={"ports": ports})
        assert mail_heartbeat.beat(timezone.now()).faults == {}


@contextlib.contextmanager
def late_door(instance: Instance, seconds: float) -> Iterator[int]:
    door, source = door_and_source(instance.listen)

    def hand_on(taken: socket.socket, given: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while said := taken.recv(4096):
                given.sendall(said)
            given.shutdown(socket.SHUT_WR)

    def serve(listening: socket.socket) -> None:
        with contextlib.suppress(OSError), listening.accept()[0] as client:
            time.sleep(seconds)
            with socket.create_connection((door, instance.ports.smtp), source_address=(source, 0)) as server:
                asked = Thread(target=hand_on, args=(client, server))
                asked.start()
                hand_on(server, client)
                asked.join()

    with socket.create_server((door, 0)) as listening:
        Thread(target=serve, args=(listening,), daemon=True).start()
        yield int(listening.getsockname()[1])


def test_a_server_that_hangs_keeps_the_clock_from_nothing(state_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And sooner than in a minute it is looked at again."""
    with hung("sendercheck"):
        state_file.write_text(json.dumps(Heartbeat(faults={SENDING: "451"})._asdict()))
        now, begun = timezone.now(), time.monotonic()
        again = mail_heartbeat.beat_aside("", now)
        assert time.monotonic() - begun < mail_heartbeat.PATIENCE
        assert again == now + mail_heartbeat.SOON
        deadline = time.monotonic() + 30
        while (mail_heartbeat.read_heartbeat() or Heartbeat()).at == 0:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    with contextlib.suppress(FileNotFoundError):
        state_file.unlink()
