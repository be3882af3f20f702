"""Two imports at once: in processes of their own on SQLite, and in two threads on whatever database the run has."""

import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from tests.processes import OwnData
from vaguemestre.accounts.models import Account, LocalPart
from vaguemestre.arrivals import feed_effects
from vaguemestre.people import testing
from vaguemestre.people.feed_writer import FeedOvertakenError
from vaguemestre.people.models import Person
from vaguemestre.people.snapshot import compare
from vaguemestre.people.testing import row

TABLES = ("people_person", "people_posting", "accounts_account WHERE kind = 'person'", "letters_letter")


def test_two_processes_take_turns(data: OwnData) -> None:
    """Both feeds are of the same day and hold the same crowd of homonyms; each has one person more."""
    imports = []
    for number in (900, 901):
        file = data.folder / f"{number}.csv"
        crowd = [row(one, first_name="Jean", last_name="Martin") for one in (*range(1, 300), number)]
        file.write_text(testing.text(crowd, dated=timezone.localdate()), encoding="utf-8")
        imports.append(data.start("people", "import", str(file)))
    assert [process.wait() for process in imports] == [0, 0], data.log()
    assert [data.value(f"SELECT count(*) FROM {table}") for table in TABLES] == [301] * 4  # noqa: S608 - names above
    names = 2 * 301 + 1  # and the mailbox of their school
    assert data.value("SELECT count(*) FROM accounts_localpart") == names
    assert data.value("SELECT count(DISTINCT undotted) FROM accounts_localpart") == names


def test_no_space_left(data: OwnData) -> None:
    """The disk is full half-way: one clear line, nothing is left behind, and it works once there is space."""
    file = data.folder / "feed.csv"
    file.write_text(testing.text(row(number) for number in range(1, 2000)), encoding="utf-8")
    database = (data.folder / "db" / "vaguemestre.sqlite3").stat().st_size
    assert data.start("people", "import", str(file), file_limit=database + 100_000).wait() == 6
    assert "Traceback" not in data.log()
    assert [data.value(f"SELECT count(*) FROM {table}") for table in TABLES] == [0] * 4  # noqa: S608 - names above
    assert data.start("people", "import", str(file)).wait() == 0
    assert [data.value(f"SELECT count(*) FROM {table}") for table in TABLES] == [1999] * 4  # noqa: S608 - names above


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
            feed_effects.take_effect(changes, now=now, by="operator:test")
            outcomes.append("applied")
        except FeedOvertakenError:
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
    assert LocalPart.objects.filter(account__kind=Account.Kind.PERSON).count() == 2 * 59
