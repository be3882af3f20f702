"""Commands of the operator that are killed where it hurts most: the next call is whole, and says what was left."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from django.utils import timezone

from tests.processes import OwnData
from vaguemestre.letters.retention import PREFIX
from vaguemestre.people import testing
from vaguemestre.people.testing import REMPARTS, row

# Endless: whoever updates the row never ends its transaction.
ENDLESS = """CREATE TRIGGER endless BEFORE UPDATE OF printed_at ON letters_batch
    WHEN EXISTS (SELECT 1 FROM letters_batch WHERE printed_at IS NOT NULL)
    BEGIN SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n); END"""


@pytest.fixture
def feed(data: OwnData) -> Path:
    """Two teachers, each of another department."""
    file = data.folder / "feed.csv"
    rows = [row(1), row(2, department="02", **REMPARTS)]
    file.write_text(testing.text(rows, dated=timezone.localdate()), encoding="utf-8")
    return file


def writing(data: OwnData, name: str = "vaguemestre") -> "closing[sqlite3.Connection]":
    return closing(sqlite3.connect(data.folder / "db" / f"{name}.sqlite3", isolation_level=None))


def kill_once(data: OwnData, command: tuple[str, ...], reached: Callable[[], object]) -> None:
    process = data.start(*command)
    while not reached():
        assert process.poll() is None, data.log()
        time.sleep(0.01)
    process.kill()
    process.wait()


def said(data: OwnData, *command: str) -> str:
    (data.folder / "log").touch()
    before = len(data.log())
    assert data.start(*command).wait() == 0, data.log()
    return data.log()[before:]


def test_an_import_killed_before_it_told_the_mail_servers_is_finished_by_the_next(data: OwnData, feed: Path) -> None:
    (data.folder / "db" / "mail.sqlite3").touch()
    command = ("people", "import", str(feed))
    with writing(data, "mail") as other:
        other.execute("BEGIN IMMEDIATE")  # whoever tells them waits
        kill_once(data, command, lambda: data.value("SELECT count(*) FROM people_snapshot"))
    assert data.value("SELECT count(*) FROM accounts_account WHERE kind = 'person'") == 2
    assert "les serveurs de messagerie" in said(data, *command).lower()
    with writing(data, "mail") as told:
        known = told.execute("SELECT count(*) FROM mail_account WHERE NOT shared AND key <> 'a0000000'").fetchone()
    assert known == (2,)
    assert data.value("SELECT count(*) FROM accounts_projectionrequest") == 0
    assert "les serveurs de messagerie" not in said(data, *command).lower()


def test_letters_killed_within_their_second_batch_are_all_printed_once(data: OwnData, feed: Path) -> None:
    folder = data.folder / "letters"
    for command in (("people", "import", str(feed)), ("letters", "seal")):
        said(data, *command)
    with writing(data) as tables:
        tables.execute(ENDLESS)
        kill_once(data, ("letters", "print"), lambda: len(list(folder.glob("*.pdf"))) == 1 and cut_short(folder))
        tables.execute("DROP TRIGGER endless")
    number = data.value("SELECT number FROM letters_batch WHERE printed_at IS NULL")
    told = said(data, "letters", "print")
    assert f"Le lot {number} n’est pas encore imprimé (lettres\N{NO-BREAK SPACE}: 1)" in told
    assert f"vaguemestre letters print --batch {number}" in told
    assert data.value("SELECT count(*) FROM letters_letter WHERE state = 'printed'") == 1
    said(data, "letters", "print", "--batch", str(number))
    assert data.value("SELECT count(*) FROM letters_letter WHERE state = 'printed' AND sealed IS NULL") == 2
    assert len(list(folder.glob(f"{PREFIX}*.pdf"))) == 2
    assert "Aucune lettre à imprimer." in said(data, "letters", "print")


def cut_short(folder: Path) -> list[Path]:
    return list(folder.glob(f".{PREFIX}*.partial"))
