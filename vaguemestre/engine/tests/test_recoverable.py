"""What is deleted for good is laid aside for some days, whoever deleted it; nobody sees it and no quota counts it."""

import imaplib
import json
import sqlite3
import time
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.engine import mailboxes, retention
from vaguemestre.engine.mailboxes import RECOVERABLE
from vaguemestre.engine.template_variables import facts
from vaguemestre.engine.testing import Neighbour
from vaguemestre.instance import read_instance
from vaguemestre.testing import MailAccount, append, data_folder, imap_connection, letter, make_mail_account

DAYS = academy().mail.recover_days


@pytest.fixture
def program(mail_account: MailAccount) -> imaplib.IMAP4_SSL:
    """Thunderbird or a phone."""
    return imap_connection(mail_account)


def put(account: MailAccount, folder: str, *subjects: str) -> None:
    for subject in subjects:
        append(account, letter(account.address, subject=subject), folder)


def expunge(program: imaplib.IMAP4_SSL, folder: str, numbers: str = "1:*") -> None:
    assert program.select(folder)[0] == "OK"
    program.store(numbers, "+FLAGS.SILENT", r"(\Deleted)")
    assert program.expunge()[0] == "OK"


def laid_aside(account: MailAccount) -> list[str]:
    connection = imap_connection(account)
    found = []
    answer, total = connection.select(RECOVERABLE, readonly=True)
    if answer == "OK" and total != [b"0"]:
        parts = connection.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]
        found = [part[1].decode().strip().removeprefix("Subject: ") for part in parts if isinstance(part, tuple)]
    connection.logout()
    return found


def used(program: imaplib.IMAP4_SSL) -> str:
    return str(program.getquotaroot("INBOX")[1][1])


def in_days(days: float) -> datetime:
    return timezone.now() + timedelta(days=days)


def test_another_program_empties_the_bin(mail_account: MailAccount, program: imaplib.IMAP4_SSL) -> None:
    before = used(program)
    append(mail_account, letter(mail_account.address, subject="Photos", text="x" * 40_000), "Trash", r"(\Flagged)")
    assert used(program) != before
    expunge(program, "Trash")
    assert laid_aside(mail_account) == ["Photos"]
    assert used(program) == before, "a bin that was emptied gives its room back"
    program.select(RECOVERABLE, readonly=True)
    flags = str(program.fetch("1", "(FLAGS)")[1])
    assert "Flagged" in flags
    assert "Deleted" not in flags


def test_it_is_in_no_list_no_search_and_no_export(mail_account: MailAccount, program: imaplib.IMAP4_SSL) -> None:
    put(mail_account, "INBOX", "Perdu")
    expunge(program, "INBOX")
    assert laid_aside(mail_account) == ["Perdu"]
    lists = [program.list(), program.list("Recoverable/"), program.list('""', '"Recoverable/%"'), program.lsub()]
    assert "Recoverable" not in str(lists)
    assert not any(one.name.startswith("Recoverable") for one in mailboxes.folders(mail_account.key))
    assert program.select("Virtual/All", readonly=True)[1] == [b"0"]


def test_what_is_moved_or_copied_is_not_lost(mail_account: MailAccount, program: imaplib.IMAP4_SSL) -> None:
    put(mail_account, "INBOX", "Déplacé", "Copié")
    program.select("INBOX")
    program.uid("MOVE", "1", "Archive")
    program.uid("COPY", "2", "Archive")
    expunge(program, "INBOX")
    assert laid_aside(mail_account) == []
    expunge(program, "Archive")
    assert len(laid_aside(mail_account)) == 2, "the last of its copies"


@pytest.mark.parametrize("folder", ["Drafts", "Junk", "Junk/Lettres", "Junk/Lettres/2025", '"Plus tard"'])
def test_what_is_replaced_or_unwanted_is_not_kept(
    mail_account: MailAccount, program: imaplib.IMAP4_SSL, folder: str
) -> None:
    """A letter being written leaves no trace of each pause, a message put off none of its former hour."""
    program.create(folder)
    put(mail_account, folder, "Brouillon")
    program.select(folder)
    program.send(b"r1 REPLACE 1 %s {18+}\r\nSubject: Suite\r\n\r\n\r\n" % folder.encode())
    while not (line := program.readline()).startswith(b"r1 "):
        continue
    assert line.startswith(b"r1 OK"), line
    expunge(program, folder)
    assert laid_aside(mail_account) == []


def test_a_folder_of_the_junk_that_is_deleted(mail_account: MailAccount, program: imaplib.IMAP4_SSL) -> None:
    program.create("Junk/Lettres")
    put(mail_account, "Junk/Lettres", "Gagné")
    assert "Junk/*" not in str(program.list())
    assert program.delete("Junk/Lettres")[0] == "OK"
    assert laid_aside(mail_account) == []


def test_a_folder_that_is_deleted(mail_account: MailAccount, program: imaplib.IMAP4_SSL) -> None:
    program.create("Trash/2025")
    put(mail_account, "Trash/2025", "Un", "Deux")
    assert program.delete("Trash/2025")[0] == "OK"
    assert laid_aside(mail_account) == ["Un", "Deux"]


def test_the_bin_that_empties_itself_then_its_own_time(
    mail_account: MailAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(mail_account, "Trash", "Ancien")
    with monkeypatch.context() as patch:
        # That day lies far ahead: what is laid aside now would be old then.
        patch.setattr(retention, "RECOVERABLE", "Nulle part")
        retention.sweep(mail_account.key, in_days(academy().mail.trash_days + 1))
    assert laid_aside(mail_account) == ["Ancien"]
    retention.sweep(mail_account.key, in_days(DAYS - 1))
    assert laid_aside(mail_account) == ["Ancien"]
    retention.sweep(mail_account.key, in_days(DAYS + 1))
    assert laid_aside(mail_account) == []


def test_counted_from_its_deletion(mail_account: MailAccount, program: imaplib.IMAP4_SSL) -> None:
    """Not from when it came: an old message deleted today has all its days."""
    old = letter(mail_account.address).as_bytes().replace(b"\n", b"\r\n")
    program.append("Trash", "", '"01-Jan-2020 10:00:00 +0100"', old)
    time.sleep(1.1)  # the store counts in seconds
    began = time.time()
    expunge(program, "Trash")
    program.select(RECOVERABLE, readonly=True)
    said = program.fetch("1", "(SAVEDATE)")[1][0]
    assert isinstance(said, bytes)
    saved = datetime.strptime(said.decode().split('"')[1], "%d-%b-%Y %H:%M:%S %z")
    assert int(began) <= saved.timestamp() <= time.time()


def test_nobody_stores_there_what_no_quota_counts(mail_account: MailAccount, program: imaplib.IMAP4_SSL) -> None:
    put(mail_account, "INBOX", "Un", "Deux")
    expunge(program, "INBOX", "1")
    raw = b"Subject: Cache\r\n\r\nCache\r\n"
    tried: list[tuple[str, Any]] = [
        program.append(RECOVERABLE, "", "", raw),
        program.uid("COPY", "2", RECOVERABLE),
        program.uid("MOVE", "2", RECOVERABLE),
        program.create("Recoverable/Cachette"),
        program.rename(RECOVERABLE, "Cachette"),
        program.delete(RECOVERABLE),
    ]
    assert [answer for answer, _said in tried] == ["NO"] * len(tried), tried
    assert laid_aside(mail_account) == ["Un"]
    program.select(RECOVERABLE)
    program.store("1", "+FLAGS", r"(\Seen)")
    assert program.uid("MOVE", "1", "INBOX")[0] == "OK"
    assert laid_aside(mail_account) == []


def test_a_full_mailbox_takes_nothing_back(mail_account: MailAccount, program: imaplib.IMAP4_SSL) -> None:
    program.logout()
    account = make_mail_account("Karim", "Belkacem")
    with closing(sqlite3.connect(data_folder() / "db" / "mail.sqlite3")) as connection, connection:
        connection.execute("UPDATE mail_account SET quota_mb = 1 WHERE key = ?", (account.key,))
    program = imap_connection(account)
    raw = b"Subject: Gros\r\n\r\n" + (b"x" * 70 + b"\r\n") * 12_000
    program.append("INBOX", "", "", raw)
    expunge(program, "INBOX")
    while program.append("INBOX", "", "", raw)[0] == "OK":
        pass
    program.select(RECOVERABLE)
    for verb in ("COPY", "MOVE"):
        answer, said = program.uid(verb, "1", "INBOX")
        assert (answer, "OVERQUOTA" in str(said)) == ("NO", True), said
    assert laid_aside(account) == ["Gros"]


def test_a_purge_leaves_nothing_of_it(mail_account: MailAccount, program: imaplib.IMAP4_SSL) -> None:
    put(mail_account, "INBOX", "Confidentiel")
    expunge(program, "INBOX")
    put(mail_account, "INBOX", "Dernier")
    program.logout()
    mailboxes.delete_mailbox(mail_account.key, timezone.now())
    [home] = Path(data_folder() / "mail").glob(f"*/{mail_account.key}")
    assert [file for file in home.rglob("u.*") if file.is_file()] == []
    assert not any(b"Confidentiel" in file.read_bytes() for file in home.rglob("*") if file.is_file())
    mailboxes.delete_mailbox(mail_account.key, timezone.now())  # and once more: nothing is left to delete


def test_pages_do_not_hear_of_it(
    mail_account: MailAccount, program: imaplib.IMAP4_SSL, neighbours: dict[str, Neighbour]
) -> None:
    told: list[str] = []

    def listen(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        said = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        told.extend(event["folder"] for event in said["events"] if said["user"] == mail_account.key)
        start_response("200 OK", [("Content-Length", "0")])
        return []

    with neighbours["events"].serving(listen):
        put(mail_account, "Trash", "Un")
        expunge(program, "Trash")
        retention.sweep(mail_account.key, in_days(DAYS + 1))
    assert "Trash" in told
    assert not any(folder.startswith("Recoverable") for folder in told)


def test_an_authority_that_keeps_nothing(monkeypatch: pytest.MonkeyPatch, daemons: None) -> None:
    assert facts(read_instance(), Path("/nonexistent"))["recoverable"] == RECOVERABLE
    nothing = academy().model_copy(update={"mail": academy().mail.model_copy(update={"recover_days": 0})})
    monkeypatch.setattr("vaguemestre.engine.template_variables.academy", lambda: nothing)
    assert facts(read_instance(), Path("/nonexistent"))["recoverable"] == ""
