"""A copy precedes every migration, on both databases; the way back is open until mail was let in."""

import contextlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from tools import postgresql
from vaguemestre import __version__
from vaguemestre.instance import Instance
from vaguemestre.launcher.data_folder import folder, upgrade_record
from vaguemestre.launcher.databases import copies, database, database_facts
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.processes import restarts
from vaguemestre.launcher.restoration import back


@pytest.fixture
def data(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder.lay_out(open_folder)
    (open_folder / "instance.toml").write_text("")
    monkeypatch.setenv("VAGUEMESTRE_DATA", str(open_folder))
    monkeypatch.delenv("VAGUEMESTRE_DATABASE", raising=False)
    with contextlib.closing(sqlite3.connect(copies.sqlite_file(open_folder))) as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("CREATE TABLE letter (text)")
        made.execute("INSERT INTO letter VALUES ('before')")
        made.commit()
    return open_folder


def letters(file: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(file)) as opened:
        return [row[0] for row in opened.execute("SELECT text FROM letter")]


def write_letter(data: Path, text: str) -> None:
    with contextlib.closing(sqlite3.connect(copies.sqlite_file(data))) as opened:
        opened.execute("INSERT INTO letter VALUES (?)", [text])
        opened.commit()


class Migrations:
    """In place of the product's own, which need all of its tables: the first `fails` times they die in the middle."""

    def __init__(self, data: Path, fails: int = 0) -> None:
        self.data, self.fails, self.done = data, fails, False

    def succeeds(self, *_arguments: object) -> bool:
        return self.done

    def manage(self, *_arguments: object) -> None:
        write_letter(self.data, "migrated")
        self.fails -= 1
        if self.fails >= 0:
            raise LauncherError("killed")
        self.done = True


@pytest.fixture
def migrating(data: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    def begin(fails: int) -> None:
        migrations = Migrations(data, fails)
        monkeypatch.setattr(database, "succeeds", migrations.succeeds)
        monkeypatch.setattr(database, "manage", migrations.manage)

    return begin


def test_the_copy_is_of_before_and_for_the_product_alone(data: Path, migrating: Callable[[int], None]) -> None:
    upgrade_record.sign(data, "0.1.0")
    migrating(0)
    database.migrate(data, Instance(data=data))
    upgrade = upgrade_record.read(data)
    assert upgrade
    assert upgrade.copy
    assert (upgrade.former, upgrade.version, upgrade.let_in) == ("0.1.0", __version__, None)
    copy = data / "db" / upgrade.copy
    assert letters(copy) == ["before"]
    assert copy.stat().st_mode & 0o777 == 0o600
    assert copy.owner() == folder.WEB_USER
    assert upgrade_record.former_version(data) == __version__


def test_one_that_was_killed_goes_on_with_the_copy_of_before_its_beginning(
    data: Path, migrating: Callable[[int], None]
) -> None:
    migrating(1)
    with pytest.raises(LauncherError):
        database.migrate(data, Instance(data=data))
    first = upgrade_record.read(data)
    database.migrate(data, Instance(data=data))
    assert upgrade_record.read(data) == first
    assert first
    assert first.copy
    assert letters(data / "db" / first.copy) == ["before"]


def test_a_start_without_migrations_copies_nothing(data: Path, migrating: Callable[[int], None]) -> None:
    migrating(0)
    database.migrate(data, Instance(data=data))
    before = sorted((data / "db").iterdir())
    database.migrate(data, Instance(data=data))
    assert sorted((data / "db").iterdir()) == before


def test_three_copies_are_kept(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for second in range(5):
        monkeypatch.setattr("time.strftime", lambda _form, second=second: f"20261130-12000{second}")
        copies.take(data, Instance(data=data))
    assert [file.name[-9] for file in sorted((data / "db").glob("vaguemestre-*.sqlite3"))] == ["2", "3", "4"]


def test_without_room_nothing_changes(
    data: Path, migrating: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    migrating(0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=copies.LEFT_FREE))
    with pytest.raises(LauncherError, match=r"MB|Mo"):
        database.migrate(data, Instance(data=data))
    assert letters(copies.sqlite_file(data)) == ["before"]
    assert upgrade_record.read(data) is None


def test_put_back_what_was_written_since_is_gone_with_its_journal(data: Path) -> None:
    name = copies.take(data, Instance(data=data))
    assert name
    write_letter(data, "since")
    copies.put_back(data, Instance(data=data), name)
    assert letters(copies.sqlite_file(data)) == ["before"]
    assert copies.sqlite_file(data).owner() == folder.WEB_USER


@pytest.mark.parametrize(
    ("program", "lets_in"), [("valkey", False), ("web", False), ("postfix", True), ("tasks", True)]
)
def test_the_first_start_of_what_people_use_closes_the_way_back(data: Path, program: str, lets_in: bool) -> None:
    upgrade_record.keep(data, upgrade_record.Upgrade("0.1.0", __version__))
    restarts.wait_turn(data, program)
    upgrade = upgrade_record.read(data)
    assert upgrade
    assert bool(upgrade.let_in) is lets_in


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(back, "_stop", lambda: None)  # systemd of the machine that tests


@pytest.mark.usefixtures("stopped")
def test_back_is_refused_once_mail_was_let_in(data: Path) -> None:
    name = copies.take(data, Instance(data=data))
    write_letter(data, "since")
    upgrade_record.keep(data, upgrade_record.Upgrade("0.1.0", __version__, name))
    restarts.wait_turn(data, "postfix")
    with pytest.raises(LauncherError, match=r"maintenance on .*docs/operating/upgrade\.md") as refused:
        back.run([], data)
    assert Path(str(refused.value).split()[-1]).is_file()
    assert letters(copies.sqlite_file(data)) == ["before", "since"]


@pytest.mark.usefixtures("stopped")
def test_back_where_no_table_was_changed_loses_nothing_and_is_open_after_mail_was_let_in(data: Path) -> None:
    upgrade_record.keep(data, upgrade_record.Upgrade("0.1.0", __version__))
    restarts.wait_turn(data, "postfix")
    write_letter(data, "since")
    assert back.run([], data) == 0
    assert letters(copies.sqlite_file(data)) == ["before", "since"]
    assert (upgrade_record.read(data), upgrade_record.former_version(data)) == (None, "0.1.0")


@pytest.mark.usefixtures("stopped")
def test_back_is_refused_when_nothing_is_noted(data: Path) -> None:
    with pytest.raises(LauncherError, match=upgrade_record.FILE):
        back.run([], data)


@pytest.mark.usefixtures("stopped")
def test_back_in_a_checkout(data: Path) -> None:
    name = copies.take(data, Instance(data=data))
    write_letter(data, "since")
    upgrade_record.keep(data, upgrade_record.Upgrade("0.1.0", __version__, name))
    assert back.run([], data) == 0
    assert letters(copies.sqlite_file(data)) == ["before"]
    assert upgrade_record.read(data) is None
    assert upgrade_record.former_version(data) == "0.1.0"


@pytest.fixture
def server(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    try:
        postgresql.programs()
    except LauncherError:
        pytest.skip("no PostgreSQL here")
    with postgresql.cluster(data / "postgresql") as address:
        monkeypatch.setenv("VAGUEMESTRE_DATABASE", address)
        yield address


def ask(server: str, *statements: str) -> list[str]:
    with psycopg.connect(server) as connection:
        for statement in statements:
            answer = connection.execute(statement.encode())
        return [row[0] for row in answer.fetchall()] if answer.description else []


TABLES = (
    "CREATE TABLE letter (number serial PRIMARY KEY, text text)",
    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$",
    "CREATE TRIGGER kept BEFORE DELETE ON letter FOR EACH ROW EXECUTE FUNCTION refuse()",
    "INSERT INTO letter (text) VALUES ('before')",
)
MIGRATED = ("ALTER TABLE letter ADD since text", "CREATE TABLE later (letter int REFERENCES letter)")


def test_a_copy_of_postgresql_and_back(data: Path, server: str) -> None:
    instance = Instance(data=data, database=server)
    assert copies.take(data, instance) is None, "there was nothing to copy"
    ask(server, *TABLES)
    name = copies.take(data, instance)
    assert name
    assert (data / "db" / name).stat().st_mode & 0o777 == 0o600
    ask(server, *MIGRATED, "INSERT INTO letter (text) VALUES ('since')")
    copies.put_back(data, instance, name)
    assert ask(server, "SELECT text FROM letter") == ["before"]
    assert ask(server, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == ["letter"]
    with pytest.raises(psycopg.errors.RaiseException):
        ask(server, "DELETE FROM letter")

    (data / "db" / name).write_bytes((data / "db" / name).read_bytes()[:-200])
    ask(server, "INSERT INTO letter (text) VALUES ('kept')")
    with pytest.raises(LauncherError):
        copies.put_back(data, instance, name)
    assert ask(server, "SELECT text FROM letter ORDER BY number") == ["before", "kept"]


def pretend(folder: Path, name: str, script: Sequence[str]) -> None:
    file = folder / name
    file.write_text("\n".join(["#!/bin/sh", *script, ""]))
    file.chmod(0o755)


def test_an_older_client_is_said_in_words(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(open_folder, "pg_dump", ["echo 'pg_dump (PostgreSQL) 15.18 (Debian 15.18-0)'"])
    monkeypatch.setenv("PATH", f"{open_folder}:/usr/bin:/bin")
    database_facts.require_client(15)
    with pytest.raises(LauncherError, match="postgresql-client-17") as refused:
        database_facts.require_client(17)
    assert "15" in str(refused.value)
