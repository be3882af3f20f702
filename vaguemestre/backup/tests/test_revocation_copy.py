"""The copy of the revocations continues where it was, and begins again where the journal did."""

import contextlib
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from vaguemestre.backup.places import runs
from vaguemestre.backup.places.configuration import BackupConfiguration
from vaguemestre.backup.places.repository import Repository
from vaguemestre.backup.revoked import revocation_copy
from vaguemestre.backup.revoked.revocations import read_lines
from vaguemestre.backup.run import backup_run

NOW = datetime.now(UTC)
CHECKOUT = Path(__file__).parents[3]


@pytest.fixture
def journal(store: BackupConfiguration, database: Mapping[str, Any]) -> Path:
    backup_run.open_repositories(store)
    file = Path(database["NAME"])
    with contextlib.closing(sqlite3.connect(file)) as made, made:
        made.execute("CREATE TABLE audit_entry (id INTEGER, at TEXT, act TEXT, subject TEXT, details TEXT)")
    return file


def write(journal: Path, number: int, subject: str) -> None:
    with contextlib.closing(sqlite3.connect(journal)) as opened, opened:
        row = (number, str(NOW), "account.locked", subject, "{}")
        opened.execute("INSERT INTO audit_entry VALUES (?, ?, ?, ?, ?)", row)


def copied(store: BackupConfiguration) -> list[str]:
    elsewhere = runs.secrets_repository(store)
    newest = elsewhere.snapshots(part="revocations")[-1]
    return [one.subject for one in read_lines(elsewhere.read(newest.id, revocation_copy.FILE).decode())]


def test_ids_that_went_back_are_read_from_the_beginning(
    store: BackupConfiguration, database: Mapping[str, Any], journal: Path
) -> None:
    for number in (700, 701):
        write(journal, number, f"a0000{number}")
    assert revocation_copy.copy_revocations(store, database, CHECKOUT, now=NOW) == 2
    with contextlib.closing(sqlite3.connect(journal)) as opened, opened:
        opened.execute("DELETE FROM audit_entry")  # an older one was brought back
    write(journal, 3, "a0000003")
    write(journal, 701, "a0000999")  # and went on beyond the number that was known
    assert revocation_copy.copy_revocations(store, database, CHECKOUT, now=NOW) == 2
    assert copied(store) == ["a0000003", "a0000999"]


def test_what_was_not_copied_away_is_copied_the_next_time(
    store: BackupConfiguration, database: Mapping[str, Any], journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(journal, 1, "a0000001")
    revocation_copy.copy_revocations(store, database, CHECKOUT, now=NOW)
    write(journal, 2, "a0000002")

    def dying(*_words: object, **_options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Repository, "back_up", dying)
        with pytest.raises(KeyboardInterrupt):
            revocation_copy.copy_revocations(store, database, CHECKOUT, now=NOW)
    soon = NOW + timedelta(seconds=20)
    assert revocation_copy.copy_revocations(store, database, CHECKOUT, now=soon) == 1
    assert copied(store) == ["a0000001", "a0000002"]
    assert revocation_copy.copy_revocations(store, database, CHECKOUT, now=soon) == 0
