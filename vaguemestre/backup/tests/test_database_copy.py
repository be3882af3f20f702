"""The database as one file, and back: on whichever database the tests run."""

import contextlib
import pwd
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from vaguemestre.audit import journal
from vaguemestre.backup.database_copy import copy_database, put_back

pytestmark = pytest.mark.django_db(transaction=True)
USER = pwd.getpwnam("vaguemestre").pw_uid


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """A database of the same kind with nothing in it."""
    settings = dict(connection.settings_dict)
    if connection.vendor == "sqlite":
        yield {**settings, "NAME": tmp_path / "second.sqlite3"}
        return
    name = f"copy_{secrets.token_hex(4)}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        yield {**settings, "NAME": name}
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name}")


def test_it_comes_back_with_every_row(tmp_path: Path, empty: dict[str, Any]) -> None:
    journal.record("a0000009", "account.locked", "a0000001", reason="une ligne")
    file = copy_database(connection.settings_dict, tmp_path / "work", USER)
    assert file.stat().st_size
    put_back(empty, file, USER)
    assert _acts(empty) == ["account.locked"]
    put_back(empty, file, USER)  # over what is there
    assert _acts(empty) == ["account.locked"]


def test_a_link_in_its_place_is_not_followed_and_nobody_else_may_read(tmp_path: Path) -> None:
    file, database, foreign = tmp_path / "copy", tmp_path / "vaguemestre.sqlite3", tmp_path / "foreign"
    file.write_text("content")
    foreign.write_text("of somebody else")
    for name in (database.name, f".{database.name}.restored"):
        (tmp_path / name).symlink_to(foreign)
    put_back({"ENGINE": "django.db.backends.sqlite3", "NAME": database}, file, USER)
    assert foreign.read_text() == "of somebody else"
    assert database.read_text() == "content"
    assert not database.is_symlink()
    assert (database.stat().st_mode & 0o777, database.stat().st_uid) == (0o600, USER)


def _acts(database: Mapping[str, Any]) -> list[str]:
    query = "SELECT act FROM audit_entry"
    if connection.vendor == "sqlite":
        with contextlib.closing(sqlite3.connect(database["NAME"])) as opened:
            return [act for (act,) in opened.execute(query)]
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    with psycopg.connect(**{name: database[key] for name, key in names.items() if database.get(key)}) as opened:
        return [act for (act,) in opened.execute(query)]
