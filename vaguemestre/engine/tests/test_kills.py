"""The ledger of what Postfix hands over and what lies in the mailbox, each delivery being killed at some moment."""

import json
import os
import re
import signal
import smtplib
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from vaguemestre.engine.template_variables import mail_host
from vaguemestre.engine.testing import Neighbour
from vaguemestre.engine.testing.queue import home_of
from vaguemestre.engine.testing.sieve import put
from vaguemestre.engine.tests.test_delivery import as_postfix_had_it
from vaguemestre.instance import read_instance
from vaguemestre.testing import (
    MailAccount,
    data_folder,
    deliver,
    deliver_locally,
    letter,
    make_mail_account,
    wait_for_mail,
)

KILLS = int(os.environ.get("KILLS", "1000"))
NUMBER = re.compile(rb"^Subject: numero-(\d+)", re.MULTILINE)


def serving() -> list[int]:
    """Processes of this Dovecot alone that deliver."""
    master = (data_folder() / "run" / "dovecot" / "master.pid").read_text().strip()
    stats = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            stats.append(stat.read_text().split())
        except OSError:  # it is gone
            continue
    return [int(pid) for pid, name, _state, parent, *_rest in stats if name == "(lmtp)" and parent == master]


def postfix_line(number: int, to: str) -> bytes:
    """Of a day that is over: what bears it is late."""
    host = mail_host(read_instance())
    line = f"Received: from x.example (x.example [192.0.2.1])\r\n\tby {host} (Postfix) with ESMTP id "
    return f"{line}4kill{number:08}\r\n\tfor <{to}>; Tue,  1 Dec 2026 12:00:00 +0000 (UTC)\r\n".encode()


def as_postfix_writes_it(number: int, to: str) -> bytes:
    return postfix_line(number, to) + letter(to, subject=f"numero-{number}").as_bytes().replace(b"\n", b"\r\n")


def hand_over(message: bytes, to: str, *, dies: str = "", after: float = 0) -> bool:
    """Whether Dovecot said that it has it. Who dies, so many seconds after the final dot: "dovecot" or "postfix"."""
    try:
        with smtplib.LMTP(str(data_folder() / "run" / "dovecot" / "lmtp"), timeout=60) as lmtp:
            lmtp.ehlo()
            lmtp.mail("anne@librairie.example")
            lmtp.rcpt(to)
            lmtp.docmd("DATA")
            victims = serving()
            lmtp.send(message + b"\r\n.\r\n")
            time.sleep(after)
            if dies == "postfix":
                lmtp.close()
                return False
            if dies == "dovecot":
                kill(victims)
            return lmtp.getreply()[0] == 250
    except (smtplib.SMTPException, OSError):  # also where the one before was killed in accepting this one
        return False


def kill(processes: list[int]) -> None:
    for pid in processes:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


type Death = Callable[[MailAccount], None]


@pytest.fixture
def die_once_it_is_stored(neighbours: dict[str, Neighbour]) -> Death:
    """A message is delivered late to that account by a Dovecot that is killed after storing it and before noting so: in
    between it tells of it (push.lua). Postfix tries until Dovecot has it."""

    def die(account: MailAccount) -> None:
        killed: list[int] = []

        def hear(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
            told = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
            stored = any(event["kind"] == "new" for event in told["events"])
            if told["user"] == account.key and stored and not killed:
                killed.extend(serving())
                kill(killed)
            start_response("204 No Content", [])
            return []

        kill(serving())  # who was not heard for once says nothing for some seconds
        message = as_postfix_writes_it(1, account.address)
        with neighbours["events"].serving(hear):
            while not hand_over(message, account.address):
                pass
        assert killed

    return die


@pytest.mark.parametrize("folder", ["INBOX", "Classe"])
def test_killed_between_storing_and_answering_it_doubles_nothing(
    mail_account: MailAccount, die_once_it_is_stored: Death, folder: str
) -> None:
    if folder != "INBOX":
        put(mail_account, f'require ["fileinto", "mailbox"]; fileinto :create "{folder}";')
    die_once_it_is_stored(mail_account)
    assert len(wait_for_mail(mail_account, folder=folder)) == 1


def test_what_was_redirected_before_it_was_stored_is_not_redirected_again(
    mail_account: MailAccount, die_once_it_is_stored: Death
) -> None:
    colleague = make_mail_account("Karim", "Belkacem")
    put(mail_account, f'require "copy"; redirect :copy "{colleague.address}";')
    die_once_it_is_stored(mail_account)
    assert [len(wait_for_mail(account)) for account in (mail_account, colleague)] == [1, 1]


def test_what_was_stored_before_it_was_redirected_is_redirected_all_the_same(
    mail_account: MailAccount, die_once_it_is_stored: Death
) -> None:
    """For that it is stored twice."""
    colleague = make_mail_account("Karim", "Belkacem")
    put(mail_account, f'require ["copy", "fileinto"]; redirect :copy "{colleague.address}"; fileinto "Archive";')
    die_once_it_is_stored(mail_account)
    assert len(wait_for_mail(colleague)) == 1
    assert len(wait_for_mail(mail_account, 2, folder="Archive")) == 2


def test_redirected_twice_it_lies_there_once(mail_account: MailAccount) -> None:
    """By a Dovecot that was killed after the first time. Postfix gives each copy a number of its own."""
    colleague = make_mail_account("Karim", "Belkacem")
    put(mail_account, f'require "copy"; redirect :copy "{colleague.address}";')
    deliver(letter(mail_account.address), mail_account.address)
    [stored] = wait_for_mail(colleague)
    again = as_postfix_had_it(stored)
    first = re.search(rb"\(Postfix\) with ESMTP id (\w+)", again)
    assert first is not None
    deliver_locally(again.replace(first[1], b"4another", 1), colleague.address)
    deliver_locally(
        again.replace(first[1], b"4third", 1).replace(b"(Postfix) with", b"(Postfix) With"), colleague.address
    )
    assert len(wait_for_mail(colleague, 2)) == 2


@contextmanager
def program_that_looks(text: str) -> Iterator[None]:
    """Instead of Dovecot's own; without text there is none."""
    program = data_folder() / "engine" / "dovecot" / "redelivery" / "stored"
    whole = program.read_text()
    program.write_text(text)
    if not text:
        program.unlink()
    try:
        yield
    finally:
        program.write_text(whole)
        program.chmod(0o755)


@pytest.mark.parametrize("trouble", ["", "exit 75", "sleep 60"], ids=["absent", "refuses", "hangs"])
def test_where_the_mailbox_cannot_be_asked_the_message_is_stored(
    mail_account: MailAccount, die_once_it_is_stored: Death, trouble: str
) -> None:
    with program_that_looks(trouble and f"#!/bin/sh\n{trouble}\n"):
        die_once_it_is_stored(mail_account)
    assert len(wait_for_mail(mail_account, 2)) == 2


def test_only_for_what_is_late_the_mailbox_is_asked(mail_account: MailAccount) -> None:
    with program_that_looks("#!/bin/sh\nexit 0\n"):  # of any message: it is there
        deliver(letter(mail_account.address), mail_account.address)
        assert len(wait_for_mail(mail_account)) == 1
        deliver_locally(as_postfix_writes_it(1, mail_account.address), mail_account.address)
        assert len(wait_for_mail(mail_account)) == 1


def test_a_late_mail_that_is_another_one_is_stored(mail_account: MailAccount) -> None:
    """Of the same Message-ID; to another address of the same person; one of which the mailbox holds what a redirect
    brought round."""
    to, number = mail_account.address, postfix_line(2, mail_account.address)
    message = as_postfix_writes_it(1, to)
    forms = [message, message.replace(b"4kill00000001", b"4kill00000011"), number + message]
    for form in forms:
        deliver_locally(form, to)
    deliver_locally(message, to.replace("@", "+projet@"))
    assert len(wait_for_mail(mail_account, 4)) == 4
    # Not a word of what was noted: the mailbox alone knows them.
    notes = home_of(mail_account) / ".dovecot.lda-dupes"
    notes.unlink()
    for form in forms:
        deliver_locally(form, to)
    notes.unlink()
    deliver_locally(message, to.replace("@", "+autre@"))
    assert len(wait_for_mail(mail_account, 5)) == 5


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("dies", ["dovecot", "postfix"])
def test_whoever_dies_nothing_is_lost(mail_account: MailAccount, dies: str) -> None:
    """And nothing is doubled, but by a Dovecot that is killed within the milliseconds between storing and noting it."""
    begun = time.monotonic()
    assert hand_over(as_postfix_writes_it(0, mail_account.address), mail_account.address)
    whole = time.monotonic() - begun
    died_after: dict[int, float] = {}
    for number in range(1, KILLS + 1):
        message = as_postfix_writes_it(number, mail_account.address)
        died_after[number] = whole * (number % 101) / 100
        if not hand_over(message, mail_account.address, dies=dies, after=died_after[number]):
            while not hand_over(message, mail_account.address):
                pass
    lying = Counter(int(NUMBER.search(raw)[1]) for raw in wait_for_mail(mail_account, KILLS + 1))  # type: ignore[index]
    doubled = {number: round(1000 * died_after[number], 1) for number, times in lying.items() if times > 1}
    sys.stderr.write(f"{KILLS} deaths of {dies} within {1000 * whole:.0f} ms, doubled: {doubled}\n")
    assert set(lying) == set(range(KILLS + 1))
    assert dies == "dovecot" or not doubled
