"""Two imports at once: in processes of their own on SQLite, and in two threads on whatever database the run has."""

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from vaguemestre.accounts.models import Account, LocalPart
from vaguemestre.arrivals import effects
from vaguemestre.launcher.secrets import MAKERS
from vaguemestre.people import testing
from vaguemestre.people.applying import Overtaken
from vaguemestre.people.models import Person
from vaguemestre.people.snapshot import compare
from vaguemestre.people.testing import row


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with secrets and tables."""
    for name in ("db", "imports", "run", "secrets", "tmp"):
        (tmp_path / name).mkdir()
    for name, maker in MAKERS.items():
        (tmp_path / "secrets" / name).write_bytes(maker())
    assert manage(tmp_path, "migrate", "--skip-checks", "-v0").wait() == 0
    return tmp_path


def manage(data: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("VAGUEMESTRE_", "COVERAGE"))}
    environment |= {"VAGUEMESTRE_DATA": str(data), "VAGUEMESTRE_MODE": "test", "PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, "-m", "vaguemestre", *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def test_two_processes_take_turns(data: Path) -> None:
    """Both feeds are of the same day and hold the same crowd of homonyms; each has one person more."""
    files = {900: data / "a.csv", 901: data / "b.csv"}
    for number, file in files.items():
        crowd = [row(one, first_name="Jean", last_name="Martin") for one in (*range(1, 300), number)]
        file.write_text(testing.text(crowd, dated=timezone.localdate()), encoding="utf-8")
    imports = [manage(data, "people", "import", str(file)) for file in files.values()]
    outputs = [process.communicate()[0].decode() for process in imports]
    assert [process.returncode for process in imports] == [0, 0], outputs
    with sqlite3.connect(data / "db" / "vaguemestre.sqlite3") as database:
        counts = [database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES]  # noqa: S608 - ours
        parts = database.execute("SELECT count(*), count(DISTINCT undotted) FROM accounts_localpart").fetchone()
    assert counts == [301, 301, 301, 301]
    assert parts == (602, 602)


TABLES = ("people_person", "people_posting", "accounts_account", "letters_letter")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not settings.DATA, reason="needs a database that two threads can open: run bin/test")
def test_two_threads_compared_before_either_applied(tmp_path: Path) -> None:
    """The worst case, without the turn: the second to write is told to compare again, and nobody shares an address."""
    now = timezone.now()
    today = timezone.localdate(now)
    compared = threading.Barrier(2)
    outcomes: list[str] = []

    def import_one(name: str, rows: list[dict[str, str]]) -> None:
        folder = tmp_path / name
        folder.mkdir()
        feed = testing.feed(folder, rows, dated=today)
        changes = compare(feed, today)
        compared.wait()
        try:
            effects.take_effect(changes, now=now, by="operator:test")
            outcomes.append("applied")
        except Overtaken:
            outcomes.append("overtaken")
        finally:
            connection.close()

    rows = [row(number, first_name="Jean", last_name="Martin") for number in range(1, 60)]
    threads = [threading.Thread(target=import_one, args=(name, rows)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["applied", "overtaken"]
    assert Person.objects.count() == Account.objects.count() == 59
    assert LocalPart.objects.filter(account__isnull=False).count() == 2 * 59
