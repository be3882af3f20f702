"""Tables kept from one run of tests to the next."""

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tools import database_template


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(database_template, "KEPT", tmp_path / "kept")
    file = tmp_path / "test.sqlite3"
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(file), "TEST": {"NAME": file}}


@pytest.fixture
def migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "0001_initial.py"
    file.write_text("a table")
    monkeypatch.setattr(database_template, "_sources", lambda: [file])
    return file


def migrate(database: dict[str, Any]) -> None:
    with contextlib.closing(sqlite3.connect(database["NAME"])) as connection:
        connection.execute("CREATE TABLE person (name)")


def tables(database: dict[str, Any]) -> list[str]:
    with contextlib.closing(sqlite3.connect(database["NAME"])) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM sqlite_schema")]


def test_what_is_kept_comes_back(database: dict[str, Any], migration: Path) -> None:
    assert not database_template.restore(database)
    migrate(database)
    database_template.keep(database)
    database["TEST"]["NAME"].unlink()
    assert database_template.restore(database)
    assert tables(database) == ["person"]


def test_after_a_change_of_a_migration_tables_are_made_anew(database: dict[str, Any], migration: Path) -> None:
    migrate(database)
    database_template.keep(database)
    migration.write_text("another table")
    assert not database_template.restore(database)
    database_template.keep(database)
    assert len(list(database_template.KEPT.iterdir())) == 1


def test_a_database_in_memory_is_left_alone(database: dict[str, Any]) -> None:
    assert not database_template.restore({**database, "NAME": ":memory:", "TEST": {"NAME": None}})
