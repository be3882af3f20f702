"""Moved into Junk or out of it, from any program: the message waits for Rspamd, and is handed to it."""

import http.server
import os
import socket
import socketserver
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from vaguemestre.engine import spam_training
from vaguemestre.engine.testing.learning import lessons, move
from vaguemestre.testing import (
    MailAccount,
    append,
    data_folder,
    deliver_locally,
    imap_connection,
    letter,
    wait_for_mail,
)

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)


def test_what_is_moved_into_junk_is_a_lesson(mail_account: MailAccount) -> None:
    append(mail_account, letter(mail_account.address, subject="Gagnez un voyage", text="Cliquez vite."))
    move(mail_account, "INBOX", "Junk")
    [(kind, content)] = lessons(mail_account)
    assert kind == "spam"
    assert b"Subject: Gagnez un voyage" in content
    assert b"Cliquez vite." in content
    [kept] = wait_for_mail(mail_account, folder="Junk")
    assert b"Gagnez un voyage" in kept


def test_what_is_taken_out_of_it_too(mail_account: MailAccount) -> None:
    append(mail_account, letter(mail_account.address, subject="Le devis"), folder="Junk")
    move(mail_account, "Junk", "INBOX")
    assert [kind for kind, _content in lessons(mail_account)] == ["ham"]


def test_a_second_thought_comes_second(mail_account: MailAccount) -> None:
    append(mail_account, letter(mail_account.address))
    move(mail_account, "INBOX", "Junk")
    lessons(mail_account)
    move(mail_account, "Junk", "INBOX")
    assert [kind for kind, _content in lessons(mail_account, 2)] == ["spam", "ham"]


@pytest.mark.parametrize(
    ("source", "target"), [("Junk", "Trash"), ("INBOX", "Archive"), ("Sent", "Junk"), ("INBOX", "Trash")]
)
def test_what_says_nothing_of_a_message_is_no_lesson(mail_account: MailAccount, source: str, target: str) -> None:
    append(mail_account, letter(mail_account.address), folder=source)
    move(mail_account, source, target)
    # A lesson after it, so that the absence of the first is no matter of patience: they are written in order.
    imap_connection(mail_account).create("Notes")
    append(mail_account, letter(mail_account.address, subject="Témoin"), folder="Notes")
    move(mail_account, "Notes", "Junk")
    [(kind, content)] = lessons(mail_account)
    assert kind == "spam"
    assert b"moin" in content


def test_what_the_filter_files_is_no_lesson(mail_account: MailAccount) -> None:
    deliver_locally(letter(mail_account.address, X_Spam="Yes"), mail_account.address)
    wait_for_mail(mail_account, folder="Junk")
    assert lessons(mail_account, 0) == []


def test_a_full_spool_holds_nobody_up(mail_account: MailAccount) -> None:
    folder = data_folder() / spam_training.FOLDER
    full = [folder / f"{mail_account.key}.{number}.spam" for number in range(1, 201)]
    for file in full:
        file.touch()
    append(mail_account, letter(mail_account.address))
    move(mail_account, "INBOX", "Junk")
    wait_for_mail(mail_account, folder="Junk")
    assert len(list(folder.glob(f"{mail_account.key}.*"))) == len(full)
    spam_training.forget_account(mail_account.key, NOW)
    assert lessons(mail_account, 0) == []


def test_the_product_may_read_and_delete_and_others_may_not() -> None:
    folder = data_folder() / spam_training.FOLDER
    assert folder.stat().st_mode & 0o7777 == 0o2770
    assert (folder.owner(), folder.group()) == ("vmail", "vaguemestre")


class Teacher(socketserver.ThreadingUnixStreamServer):
    """What Rspamd's controller is to the product."""

    status = 200
    heard: list[tuple[str, str, bytes]]


class Answer(http.server.BaseHTTPRequestHandler):
    server: Teacher

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.path, self.headers["Deliver-To"], content))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass

    def address_string(self) -> str:
        return "socket"


@pytest.fixture
def place(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    (tmp_path / spam_training.FOLDER).mkdir()
    (tmp_path / spam_training.SOCKET).parent.mkdir(parents=True)
    return tmp_path


@pytest.fixture
def rspamd(place: Path) -> Iterator[Teacher]:
    with Teacher(str(place / spam_training.SOCKET), Answer) as server:
        server.heard = []
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


def put(place: Path, name: str, *, age: timedelta = timedelta(seconds=30)) -> Path:
    file = place / spam_training.FOLDER / name
    file.write_bytes(name.encode())
    moment = (NOW - age).timestamp()
    os.utime(file, (moment, moment))
    return file


def test_lessons_are_handed_in_oldest_first_and_then_gone(place: Path, rspamd: Teacher) -> None:
    put(place, "a0000001.7.ham", age=timedelta(minutes=1))
    put(place, "a0000002.9.spam", age=timedelta(minutes=5))
    spam_training.teach("", NOW)
    assert [(path, user) for path, user, _content in rspamd.heard] == [
        ("/learnspam", "a0000002"),
        ("/learnham", "a0000001"),
    ]
    assert rspamd.heard[0][2] == b"a0000002.9.spam"
    assert list((place / spam_training.FOLDER).iterdir()) == []


@pytest.mark.parametrize("status", [204, 208, 404])
def test_what_it_will_not_learn_does_not_come_back(place: Path, rspamd: Teacher, status: int) -> None:
    rspamd.status = status
    put(place, "a0000001.7.spam")
    spam_training.teach("", NOW)
    assert list((place / spam_training.FOLDER).iterdir()) == []


def test_what_it_cannot_learn_now_waits(place: Path, rspamd: Teacher) -> None:
    rspamd.status = 503
    kept = put(place, "a0000001.7.spam")
    with pytest.raises(OSError, match="503"):
        spam_training.teach("", NOW)
    assert kept.exists()
    rspamd.status = 200
    spam_training.teach("", NOW)
    assert not kept.exists()


def test_lessons_wait_where_no_rspamd_runs_and_when_it_is_dead(place: Path) -> None:
    kept = put(place, "a0000001.7.spam")
    spam_training.teach("", NOW)
    assert kept.exists()
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(place / spam_training.SOCKET))
    with pytest.raises(ConnectionRefusedError):
        spam_training.teach("", NOW)
    assert kept.exists()


def test_letters_do_not_wait_for_ever_and_are_not_taken_while_they_are_written(place: Path, rspamd: Teacher) -> None:
    old, odd = put(place, "a0000001.7.spam", age=timedelta(days=8)), put(place, "autre", age=timedelta(days=8))
    fresh = put(place, "a0000001.9.spam", age=timedelta(seconds=1))
    spam_training.teach("", NOW)
    assert rspamd.heard == []
    assert not old.exists()
    assert not odd.exists()
    assert fresh.exists()
    spam_training.teach("", NOW + timedelta(minutes=1))
    assert not fresh.exists()
    assert len(rspamd.heard) == 1
