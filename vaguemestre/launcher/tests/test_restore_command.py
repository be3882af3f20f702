"""A restore refuses before its first act; what was cut short does not start; the database it goes into is named."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tools import postgresql
from vaguemestre.backup import unfinished_restore
from vaguemestre.launcher import run
from vaguemestre.launcher.data_folder import folder
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.restoration import restored_server
from vaguemestre.launcher.restoration.restore_command import one_runs

DUMP = "vaguemestre.dump"


@pytest.mark.parametrize(
    ("state", "runs"),
    [
        ("ActiveState=active\nSubState=running", True),
        ("ActiveState=activating\nSubState=start", True),  # a backup: a oneshot is never "running"
        ("ActiveState=activating\nSubState=auto-restart", True),
        ("ActiveState=active\nSubState=exited", False),
        ("ActiveState=inactive\nSubState=dead", False),
        ("ActiveState=failed\nSubState=failed", False),
    ],
)
def test_a_unit_at_work_is_seen(state: str, runs: bool) -> None:
    other = "ActiveState=active\nSubState=running\nEnvironment=VAGUEMESTRE_DATA=/srv/other"
    shown = f'{other}\n\nEnvironment="VAGUEMESTRE_DATA=/srv/vg" LANG=C\n{state}\n'
    assert one_runs(shown, Path("/srv/vg")) is runs


def test_what_was_cut_short_does_not_start(open_folder: Path) -> None:
    unfinished_restore.keep(open_folder, unfinished_restore.UnfinishedRestore(None, None, ""))
    for start in (
        lambda: run.prepare_only(["--data", str(open_folder)]),
        lambda: run.running(open_folder, None).__enter__(),
    ):
        with pytest.raises(LauncherError, match="vaguemestre backup restore"):
            start()
    assert not (open_folder / "instance.toml").exists()


def test_the_key_is_written_among_the_others(tmp_path: Path) -> None:
    file = tmp_path / "instance.toml"
    file.write_text('host = "a"\ndatabase = "postgresql:///production"\n\n[sms]\nurl = "https://b"\n')
    restored_server.write(file, "postgresql:///drill")
    assert file.read_text() == 'host = "a"\n\ndatabase = "postgresql:///drill"\n[sms]\nurl = "https://b"\n'


@pytest.fixture
def data(open_folder: Path) -> Path:
    folder.lay_out(open_folder)
    return open_folder


@pytest.fixture
def server(data: Path) -> Iterator[str]:
    try:
        postgresql.programs()
    except LauncherError:
        pytest.skip("no PostgreSQL here")
    with postgresql.cluster(data / "postgresql") as address:
        yield address


def test_a_database_must_be_named_where_there_is_one(data: Path) -> None:
    with pytest.raises(LauncherError, match="--database"):
        restored_server.require_free(data, "", DUMP, force=True, ours=False)
    with pytest.raises(LauncherError, match="SQLite"):
        restored_server.require_free(data, "postgresql:///x", "vaguemestre.sqlite3", force=True, ours=False)
    assert restored_server.public_name("postgresql://one:sesame@host/x") == "user=one dbname=x host=host"


def test_one_with_tables_is_refused_or_copied_first(data: Path, server: str) -> None:
    restored_server.require_free(data, server, DUMP, force=False, ours=False)
    with psycopg.connect(server) as connection:
        connection.execute("CREATE TABLE letter (text text)")
    with pytest.raises(LauncherError, match="--force"):
        restored_server.require_free(data, server, DUMP, force=False, ours=False)
    assert not list((data / "db").iterdir())
    restored_server.require_free(data, server, DUMP, force=False, ours=True)
    assert not list((data / "db").iterdir())
    restored_server.require_free(data, server, DUMP, force=True, ours=False)
    (copy,) = (data / "db").iterdir()
    assert copy.read_bytes()[:5] == b"PGDMP"
