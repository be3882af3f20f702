"""Completing a name over the people of a whole authority, and one page of the directory's search.

    python -m bench.completion [--database postgresql] [--count 36000] [--rounds 20]

An empty data folder gets a feed of that many people through the real import. Then, in each round, for every text:

- floor: one bare SELECT of a row by its key, and the rows fetched;
- completion: `suggestions.suggestions`, and the fragment drawn: what the composer waits for, but for the network;
- search: the first page of the directory's search, and how many there are.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from bench import feed

# Two letters that begin thousands of names, whole names, words in any order with and without accents, nobody.
TEXTS = ("ma", "le", "mart", "martin", "marie martin", "MARTÍN Marie", "ber j", "lefevre amiens", "dupont ma", "zzz")


@dataclass
class Timed:
    floor: list[float] = field(default_factory=list)
    completion: list[float] = field(default_factory=list)
    search: list[float] = field(default_factory=list)
    asked: int = 0
    found: int = 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--count", type=int, default=36_000)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    with _database(options.database), tempfile.TemporaryDirectory(prefix="vaguemestre-bench-") as name:
        folder = Path(name)
        data = feed._data_folder(folder)
        feed.make(folder / "feed.csv", count=options.count)
        feed._run(data, "people", "import", str(folder / "feed.csv"))
        os.environ.update(
            VAGUEMESTRE_DATA=str(data), VAGUEMESTRE_MODE="test", DJANGO_SETTINGS_MODULE="vaguemestre.settings"
        )
        import django

        django.setup()
        measure(options.rounds)
    return 0


@contextmanager
def _database(name: str) -> Iterator[None]:
    if name == "sqlite":
        yield
        return
    from tools import postgresql

    with tempfile.TemporaryDirectory(prefix="vaguemestre-pg-") as folder:
        Path(folder).chmod(0o755)
        with postgresql.cluster(Path(folder) / "cluster") as address:
            os.environ["VAGUEMESTRE_DATABASE"] = address
            yield


def measure(rounds: int) -> None:
    from datetime import date

    from django.db import connection

    from vaguemestre.directory import index
    from vaguemestre.directory.models import Entry

    today = date.today()
    begun = time.monotonic()
    people = index.rebuild(today=today)
    built, begun = time.monotonic() - begun, time.monotonic()
    index.reconcile(today=today)
    compared = time.monotonic() - begun
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as its own daemon does, a minute later
    viewer = Entry.objects.exclude(school=None).select_related("account").order_by("pk")[people // 2].account
    timed = {text: Timed() for text in TEXTS}
    for round_ in range(rounds + 3):
        for text, one in timed.items():
            _look(viewer.pk, text, one, today, counted=round_ >= 3)
    _report(connection.vendor, people, built, compared, timed)


def _look(key: str, text: str, one: Timed, today: object, *, counted: bool) -> None:
    from datetime import date

    from django.db import connection
    from django.template.loader import render_to_string
    from django.test.utils import CaptureQueriesContext

    from vaguemestre.accounts.models import Account
    from vaguemestre.directory import search as directory_search, suggestions

    assert isinstance(today, date)
    viewer = Account(pk=key)

    def floor() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT local_part FROM directory_entry WHERE account_id = %s", [key])
            cursor.fetchall()

    def complete() -> None:
        found = suggestions.suggestions(viewer, text, today=today)
        render_to_string("directory/suggestions.html", {"found": found})

    def search() -> None:
        found = directory_search.search_entries(directory_search.search_words(text), today)
        one.found = found.count()
        list(found[:50])

    for times, act in ((one.floor, floor), (one.completion, complete), (one.search, search)):
        took = _milliseconds(act)
        if counted:
            times.append(took)
    if not one.asked:
        with CaptureQueriesContext(connection) as asked:
            complete()
        one.asked = len(asked)


def _milliseconds(act: Callable[[], None]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def _report(vendor: str, people: int, built: float, compared: float, timed: dict[str, Timed]) -> None:
    print(f"{vendor}, {people:,} people; index made in {built:.1f} s, compared in {compared:.1f} s\n")
    print("| typed | floor | completion, median | 95 % | queries | search page | people found |")
    print("|---|---|---|---|---|---|---|")
    for text, one in timed.items():
        late = quantiles(one.completion, n=20)[-1]
        print(
            f"| {text} | {median(one.floor):.2f} ms | {median(one.completion):.1f} ms | {late:.1f} ms | {one.asked} "
            f"| {median(one.search):.1f} ms | {one.found:,} |"
        )


if __name__ == "__main__":
    raise SystemExit(main())
