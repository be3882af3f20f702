"""A copy of a mailbox, and what of it comes back into the living one: by Dovecot's own tool, on real mailboxes."""

import imaplib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from vaguemestre.engine import message_withdrawal as withdrawal
from vaguemestre.engine.mailbox_restoration import MailboxCopy, RestorationError, uid_sets
from vaguemestre.shared_mailboxes.models import MailboxRights
from vaguemestre.shared_mailboxes.testing import make_box
from vaguemestre.testing import MailAccount, append, data_folder, imap_connection, letter

PLACE = "Restauration 2026-11-12"


@pytest.fixture
def program(mail_account: MailAccount) -> Iterator[imaplib.IMAP4_SSL]:
    connection = imap_connection(mail_account)
    yield connection
    connection.logout()


def put(account: MailAccount, folder: str, *subjects: str, flags: str = "") -> None:
    for subject in subjects:
        append(account, letter(account.address, subject=subject, Message_ID=f"<{subject}@essai>"), folder, flags)


def copy(account: MailAccount, place: Path, *, mended: bool = True) -> MailboxCopy:
    """As a backup has it: the home, file by file, without what the index for searching is writing meanwhile."""
    [home] = (data_folder() / "mail").glob(f"*/{account.key}")
    shutil.copytree(
        home, place, dirs_exist_ok=True, ignore=shutil.ignore_patterns("fts-flatcurve", "virtual", "*.lock*")
    )
    for path in (place, *place.parents):
        if path.stat().st_mode & 0o005 != 0o005:
            path.chmod(0o755)
    for path in (place, *place.rglob("*")):
        shutil.chown(path, "vmail", "vmail")
    copied = MailboxCopy(data_folder(), account.key, place)
    if mended:
        copied.mend()
    return copied


def subjects(program: imaplib.IMAP4, folder: str) -> list[str]:
    answer, total = program.select(f'"{folder}"', readonly=True)
    if answer != "OK" or total == [b"0"]:
        return []
    parts = program.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]
    return [part[1].decode().strip().removeprefix("Subject: ") for part in parts if isinstance(part, tuple)]


def empty(program: imaplib.IMAP4, folder: str, numbers: str = "1:*") -> None:
    assert program.select(f'"{folder}"')[0] == "OK"
    program.store(numbers, "+FLAGS.SILENT", r"(\Deleted)")
    assert program.expunge()[0] == "OK"


def counts(copied: MailboxCopy) -> dict[str, tuple[int, int]]:
    return {folder.name: (folder.messages, len(folder.missing)) for folder in copied.folders()}


def bring_back(copied: MailboxCopy, name: str, target: str = PLACE) -> None:
    [folder] = [folder for folder in copied.folders() if folder.name == name]
    copied.bring_back(folder, target)


def test_what_is_gone_comes_back_with_flags_and_days(
    mail_account: MailAccount, program: imaplib.IMAP4_SSL, tmp_path: Path
) -> None:
    old = letter(mail_account.address, subject="Ancien").as_bytes().replace(b"\n", b"\r\n")
    program.append("INBOX", r"(\Seen \Flagged)", '"01-Feb-2020 10:00:00 +0100"', old)
    put(mail_account, "INBOX", "Deux", "Trois")
    copied = copy(mail_account, tmp_path / "home")
    empty(program, "INBOX", "1:2")
    put(mail_account, "INBOX", "Depuis")
    assert counts(copied) == {"INBOX": (3, 2)}
    bring_back(copied, "INBOX")
    assert subjects(program, "INBOX") == ["Trois", "Depuis"], "the mailbox's own are untouched"
    assert subjects(program, f"{PLACE}/R&AOk-ception") == ["Ancien", "Deux"]
    said = str(program.fetch("1", "(FLAGS INTERNALDATE)")[1])
    assert r"\Seen" in said
    assert r"\Flagged" in said
    assert "01-Feb-2020" in said
    assert f"{PLACE}/R&AOk-ception" in str(program.lsub())


def test_a_shared_mailbox_lies_in_the_store_as_all_mail_does_and_so_do_its_members_marks(
    mail_account: MailAccount, tmp_path: Path
) -> None:
    box = make_box()
    box.give(mail_account, MailboxRights.MEMBER)
    member = box.opened_by(mail_account)
    for subject in ("Un", "Deux"):
        raw = letter(box.address, subject=subject, Message_ID=f"<{subject}@essai>").as_bytes()
        member.append("INBOX", "", "", raw.replace(b"\n", b"\r\n"))
    member.select("INBOX")
    member.store("1", "+FLAGS", r"(\Seen)")
    assert list((data_folder() / "mail").glob(f"*/{mail_account.key}/boites/{box.key}"))
    copied = copy(box, tmp_path / "home")
    empty(member, "INBOX")
    assert counts(copied) == {"INBOX": (2, 2)}
    bring_back(copied, "INBOX")
    assert subjects(member, f"{PLACE}/R&AOk-ception") == ["Un", "Deux"]


def test_twice_the_same_makes_no_doubles(mail_account: MailAccount, program: imaplib.IMAP4_SSL, tmp_path: Path) -> None:
    put(mail_account, "INBOX", "Un", "Deux")
    copied = copy(mail_account, tmp_path / "home")
    empty(program, "INBOX", "1")
    bring_back(copied, "INBOX")
    assert counts(copied) == {"INBOX": (2, 0)}
    program.create("Classe")
    program.select(f'"{PLACE}/R&AOk-ception"')
    assert program.uid("MOVE", "1:*", "Classe")[0] == "OK"
    assert counts(copied) == {"INBOX": (2, 0)}, "moved, it is still there"
    bring_back(copied, "INBOX")
    assert subjects(program, "Classe") == ["Un"]
    assert subjects(program, f"{PLACE}/R&AOk-ception") == []
    empty(program, "INBOX")
    bring_back(copied, "INBOX")
    assert subjects(program, f"{PLACE}/R&AOk-ception") == ["Deux"], "a second one joins the first"


def test_a_folder_that_no_longer_exists_whatever_its_name(
    mail_account: MailAccount, program: imaplib.IMAP4_SSL, tmp_path: Path
) -> None:
    for name in ("Classe", "Classe*", "Classe/6&AOg-me"):
        assert program.create(f'"{name}"')[0] == "OK"
        put(mail_account, f'"{name}"', f"De {name[:7]}")
    copied = copy(mail_account, tmp_path / "home")
    for name in ("Classe/6&AOg-me", "Classe*", "Classe"):
        assert program.delete(f'"{name}"')[0] == "OK"
    assert counts(copied) == {"Classe": (1, 1), "Classe*": (1, 1), "Classe/6ème": (1, 1)}
    bring_back(copied, "Classe*")
    assert subjects(program, f"{PLACE}/Classe*") == ["De Classe*"]
    assert subjects(program, f"{PLACE}/Classe") == []
    bring_back(copied, "Classe/6ème")
    assert subjects(program, f"{PLACE}/Classe/6&AOg-me") == ["De Classe/"]


def test_what_an_administrator_took_out_does_not_come_back(
    mail_account: MailAccount, program: imaplib.IMAP4_SSL, tmp_path: Path
) -> None:
    put(mail_account, "INBOX", "Piege", "Bon")
    copied = copy(mail_account, tmp_path / "home")
    since = mail_account.account.created_at - timedelta(minutes=1)  # Dovecot counts in whole seconds
    [found] = withdrawal.find_copies(mail_account.key, "<Piege@essai>", "", since)
    withdrawal.withdraw_copies(mail_account.key, "essai", [found])
    empty(program, "INBOX")
    assert counts(copied) == {"INBOX": (2, 1)}


def test_one_message_by_its_id(mail_account: MailAccount, program: imaplib.IMAP4_SSL, tmp_path: Path) -> None:
    put(mail_account, "INBOX", "Un", "Deux")
    copied = copy(mail_account, tmp_path / "home")
    empty(program, "INBOX")
    [folder] = copied.folders("<Deux@essai>")
    copied.bring_back(folder, PLACE)
    assert subjects(program, f"{PLACE}/R&AOk-ception") == ["Deux"]
    assert copied.folders("<Jamais@essai>") == []


def test_a_copy_made_while_mail_came_in_is_mended(
    mail_account: MailAccount, program: imaplib.IMAP4_SSL, tmp_path: Path
) -> None:
    put(mail_account, "INBOX", "Un", "Deux")
    copied = copy(mail_account, tmp_path / "home", mended=False)
    [first, second] = sorted((tmp_path / "home").rglob("u.*"))
    shutil.copy(second, second.with_name("u.9"))
    shutil.chown(second.with_name("u.9"), "vmail", "vmail")
    first.unlink()
    copied.mend()
    empty(program, "INBOX")
    [folder] = copied.folders()
    copied.bring_back(folder, PLACE)
    assert set(subjects(program, f"{PLACE}/R&AOk-ception")) == {"Deux"}


def test_room_that_is_left(mail_account: MailAccount, tmp_path: Path) -> None:
    put(mail_account, "INBOX", "Un")
    copied = copy(mail_account, tmp_path / "home")
    with closing(sqlite3.connect(data_folder() / "db" / "mail.sqlite3")) as connection, connection:
        connection.execute("UPDATE mail_account SET quota_mb = 1 WHERE key = ?", (mail_account.key,))
    assert 1_000_000 < (copied.room() or 0) < 1024 * 1024


def test_only_a_key_is_a_key() -> None:
    for key in ("", "*", "a1", "-A", "a0000001 ", "a0000001/../a0000002", "root"):
        with pytest.raises(RestorationError):
            MailboxCopy(Path("/nonexistent"), key, Path("/nonexistent"))


def test_sets_of_numbers() -> None:
    assert uid_sets([]) == []
    assert uid_sets([3, 1, 2, 7, 7]) == ["1:3,7"]
    sets = uid_sets(range(1, 200_000, 2))
    assert max(map(len, sets)) <= 50_000
    assert ",".join(sets).split(",") == [str(number) for number in range(1, 200_000, 2)]
