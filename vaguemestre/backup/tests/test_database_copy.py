"""The database as one file, and back: on whichever database the tests run."""

import contextlib
import secrets
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from vaguemestre.audit import journal
from vaguemestre.backup.database import database_copy
from vaguemestre.backup.database.database_copy import Database, database_of, give_back, put_back, take_copy
from vaguemestre.backup.errors import BackupError, TargetFullError

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def empty(theirs: Path) -> Iterator[Database]:
    """A database of the same kind with nothing in it."""
    settings = dict(connection.settings_dict)
    if connection.vendor == "sqlite":
        yield theirs / "second.sqlite3"
        return
    name = f"copy_{secrets.token_hex(4)}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        yield database_of({**settings, "NAME": name})
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name}")


def test_it_comes_back_with_every_row(tmp_path: Path, theirs: Path, empty: Database) -> None:
    journal.record("a0000009", "account.locked", "a0000001", reason="une ligne")
    taken = take_copy(database_of(connection.settings_dict), theirs, tmp_path / "work")
    assert taken.parent == tmp_path / "work"
    assert taken.stat().st_mode & 0o777 == 0o600
    kept = taken.read_bytes()
    give_back(empty, taken, theirs)
    assert _acts(empty) == ["account.locked"]
    taken.write_bytes(kept)
    give_back(empty, taken, theirs)  # over what is there
    assert _acts(empty) == ["account.locked"]
    assert {file.name for file in theirs.iterdir()} <= {"second.sqlite3"}
    assert not taken.exists()


def test_a_link_in_its_place_is_not_followed_and_nobody_else_may_read(tmp_path: Path, theirs: Path) -> None:
    copy, there, foreign = theirs / "copy", theirs / "vaguemestre.sqlite3", tmp_path / "foreign"
    with contextlib.closing(sqlite3.connect(copy)) as made:
        made.execute("CREATE TABLE audit_entry (act)")
    foreign.write_text("of somebody else")
    for name in (there.name, f".{there.name}.draft"):
        (theirs / name).symlink_to(foreign)
    owner = theirs.stat().st_uid
    copy.chmod(0o644)
    put_back(there, copy)
    assert foreign.read_text() == "of somebody else"
    assert _acts(there) == []
    assert not there.is_symlink()
    assert (there.stat().st_mode & 0o777, there.stat().st_uid) == (0o600, owner)


def test_what_is_laid_in_place_of_the_copy_is_not_taken(
    tmp_path: Path, theirs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lay(_database: Database, target: Path, **_options: object) -> None:
        target.symlink_to("/etc/passwd")

    monkeypatch.setattr(database_copy, "copy_database", lay)
    with pytest.raises(BackupError):
        take_copy(theirs / "any", theirs, tmp_path / "work")
    assert not list((tmp_path / "work").iterdir())


def test_what_is_not_there_is_said_and_not_made(tmp_path: Path, theirs: Path) -> None:
    with pytest.raises(BackupError, match="open"):
        take_copy(theirs / "absent", theirs, tmp_path / "work")
    assert not list(theirs.iterdir())


@pytest.mark.parametrize("words", ["database or disk is full", "could not write: No space left on device"])
def test_a_full_disk_is_said(words: str) -> None:
    with pytest.raises(TargetFullError):
        database_copy._succeed(["sh", "-c", f"echo '{words}' >&2; exit 1"], database_copy._as_owner(Path("/tmp"), {}))  # noqa: S108


def test_a_password_is_in_no_argument_and_in_no_environment(theirs: Path) -> None:
    with database_copy._access("postgresql://one:se:same@host/vg", theirs) as (address, environment):
        file = Path(environment["PGPASSFILE"])
        assert "same" not in address
        assert "same" not in file.name
        assert file.read_text() == "*:*:*:*:se\\:same\n"
        assert (file.stat().st_mode & 0o777, file.stat().st_uid) == (0o600, theirs.stat().st_uid)
    assert not list(theirs.iterdir())


def _acts(database: Database) -> list[str]:
    query = "SELECT act FROM audit_entry"
    if isinstance(database, Path):
        with contextlib.closing(sqlite3.connect(database)) as opened:
            return [act for (act,) in opened.execute(query)]
    with psycopg.connect(database) as opened:
        return [act for (act,) in opened.execute(query.encode())]
