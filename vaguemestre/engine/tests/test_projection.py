import imaplib
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from django.utils import timezone

from vaguemestre.accounts.lifecycle import creation
from vaguemestre.accounts.models import Account, ProjectionRequest
from vaguemestre.accounts.projection import announce_change, is_confirmed
from vaguemestre.engine import projection
from vaguemestre.engine.projection.file import ProjectionUnavailableError, path
from vaguemestre.testing import (
    Cast,
    MailAccount,
    deliver,
    imap_connection,
    letter,
    make_account,
    make_person,
    wait_for_mail,
)


@pytest.fixture
def file(mail_account: MailAccount) -> Path:
    found = path()
    assert found is not None
    return found


def read(file: Path, query: str, *values: object) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)
    try:
        return connection.execute(query, values).fetchall()
    finally:
        connection.close()


def names(file: Path, key: str) -> set[object]:
    return {name for (name,) in read(file, "SELECT name FROM mail_login WHERE key = ? AND receives", key)}


def test_it_holds_nothing_but_what_daemons_need(file: Path) -> None:
    tables = ("mail_account", "mail_app_password", "mail_login")
    columns = {row[1] for table in tables for row in read(file, f"PRAGMA table_info({table})")}
    assert columns == {
        "key", "version", "password", "own_password", "quota_mb", "language", "department", "shut", "opens_at",
        "closes_at", "blocked_until", "frozen", "needs_app", "hash", "id", "scope", "withdrawn", "name", "receives",
        "shared",
    }  # fmt: skip


def test_daemons_may_read_it_and_nobody_else(file: Path) -> None:
    assert file.stat().st_mode & 0o777 == 0o640
    assert file.group() == "postfix"
    assert read(file, "PRAGMA journal_mode") == [("delete",)]


def test_the_request_is_settled_once_the_file_is_written(mail_account: MailAccount) -> None:
    announce_change([mail_account.account])
    assert not is_confirmed(mail_account.account)
    projection.project([mail_account.key])
    assert is_confirmed(mail_account.account)


def test_a_rename_keeps_every_former_name(mail_account: MailAccount, file: Path) -> None:
    before = names(file, mail_account.key)
    mail_account.account.person.last_name = "Vasseur"
    mail_account.account.person.save()
    creation.rename_accounts(mail_account.account, now=timezone.now())
    projection.project([mail_account.key])
    after = names(file, mail_account.key)
    assert before < after
    assert len(after) == len(before) + 1


def test_rebuilding_makes_the_same_file_in_place(cast: Cast, file: Path) -> None:
    inode = file.stat().st_ino
    count = projection.rebuild()
    assert count == 6  # the cast and the mailbox of this test; those of other tests are gone
    rows = read(file, "SELECT * FROM mail_account ORDER BY key"), read(file, "SELECT * FROM mail_login ORDER BY name")
    projection.project(list(Account.every.values_list("key", flat=True)))
    assert rows == (
        read(file, "SELECT * FROM mail_account ORDER BY key"), read(file, "SELECT * FROM mail_login ORDER BY name"),
    )  # fmt: skip
    assert file.stat().st_ino == inode


def test_daemons_that_hold_the_file_open_see_the_rebuild(mail_account: MailAccount) -> None:
    imap_connection(mail_account).logout()
    projection.rebuild()
    imap_connection(mail_account).logout()
    deliver(letter(mail_account.address), mail_account.address)
    wait_for_mail(mail_account)


def test_reconciling_repairs_what_a_lost_commit_left(mail_account: MailAccount, file: Path) -> None:
    projection.rebuild()
    announce_change([mail_account.account])  # and the process dies before it projects
    account = make_account(make_person("Karim", "Belkacem"))
    with projection.file.written(file) as connection:
        connection.execute("UPDATE mail_account SET key = 'a0000001' WHERE key = ?", (mail_account.key,))
    assert projection.reconcile() == 3  # stale, never projected, and one that should not be there
    assert is_confirmed(mail_account.account)
    assert names(file, account.key)
    assert not read(file, "SELECT 1 FROM mail_account WHERE key = 'a0000001'")
    assert projection.reconcile() == 0
    assert not ProjectionRequest.objects.exists()


def test_the_first_account_written_after_an_upgrade_brings_everybody_along(cast: Cast, file: Path) -> None:
    projection.rebuild()
    with projection.file.written(file) as connection:
        connection.execute("PRAGMA user_version = 1")
    projection.project([cast.teacher.key])
    assert read(file, "SELECT count(*) FROM mail_account") == [(6 + 1,)]  # and the service's own mailbox


def test_a_file_of_another_version_is_rebuilt(mail_account: MailAccount, file: Path) -> None:
    with projection.file.written(file) as connection:
        connection.execute("PRAGMA user_version = 999")
        connection.execute("DROP VIEW mail_standing")
    assert projection.reconcile() == 1
    deadline = time.monotonic() + 15  # each of Dovecot's processes says "try again" once
    while True:
        try:
            imap_connection(mail_account).logout()
            return
        except imaplib.IMAP4.error:
            assert time.monotonic() < deadline


def test_a_missing_file_says_what_to_do(
    mail_account: MailAccount, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vaguemestre.engine.projection.file.path", lambda: tmp_path / "mail.sqlite3")
    with pytest.raises(ProjectionUnavailableError, match="engine render"):
        projection.project([mail_account.key])


def test_a_locked_file_is_waited_for_and_kills_nobody(mail_account: MailAccount, file: Path) -> None:
    """What a careless backup does. Mail waits or is put off; when the lock is gone everything continues."""
    release = threading.Event()
    held = threading.Event()

    def hold() -> None:
        connection = sqlite3.connect(file, isolation_level=None)
        connection.execute("BEGIN EXCLUSIVE")
        held.set()
        release.wait(10)
        connection.execute("ROLLBACK")
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    threading.Timer(4, release.set).start()  # Postfix bears two seconds: longer is what ends its proxymap
    # smtplib's errors: put off (451), or the conversation ended
    patiently(lambda: deliver(letter(mail_account.address), mail_account.address), OSError)
    holder.join()
    # the connection may be closed on who signs in as the lock goes; a refusal is not borne
    patiently(lambda: imap_connection(mail_account).logout(), imaplib.IMAP4.abort, OSError)
    wait_for_mail(mail_account)


def patiently(act: Callable[[], object], *borne: type[Exception]) -> None:
    """Ten seconds and more; what the last attempt says stands."""
    for _attempt in range(20):
        with suppress(*borne):
            act()
            return
        time.sleep(0.5)
    act()


def test_projecting_waits_for_its_turn(mail_account: MailAccount, file: Path) -> None:
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN IMMEDIATE")
    threading.Timer(0.5, lambda: connection.execute("ROLLBACK")).start()
    projection.project([mail_account.key])
    imap_connection(mail_account).logout()


def half_written(file: Path) -> None:
    with projection.file.written(file) as connection:
        connection.execute("DELETE FROM mail_account")
        raise ZeroDivisionError


def test_a_crash_in_the_middle_leaves_the_old_file(mail_account: MailAccount, file: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        half_written(file)
    imap_connection(mail_account).logout()
