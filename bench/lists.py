"""The preview of a list over the people of a whole authority, beside a bare SELECT of the people that it finds.

    python -m bench.lists [--database postgresql] [--count 36000] [--rounds 20]

An empty data folder gets a feed of that many people through the real import. Then, in each round, for every question:

- floor: the rows of exactly those people, by their primary key, fetched;
- preview: `preview.preview`, for an account whose perimeter is everybody.
"""

import argparse
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench import feed
from bench.completion import _database, _milliseconds

if TYPE_CHECKING:
    from vaguemestre.lists.question import Question

BOUND = 10  # times the floor


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
        return measure(options.rounds)


def measure(rounds: int) -> int:
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as its own daemon does, a minute later
    worst = 0.0
    print(f"{connection.vendor}\n\n| question | people | floor | preview | ratio |\n|---|---|---|---|---|")
    for question in questions():
        found, floor, took = _measure(question, rounds)
        worst = max(worst, took / floor)
        said = question.as_text().replace("|", " ")
        print(f"| {said} | {found:,} | {floor:.2f} ms | {took:.2f} ms | {took / floor:.1f} |")
    print(f"\nworst {worst:.1f}, at most {BOUND}")
    return int(worst > BOUND)


def questions() -> "list[Question]":
    """Broad, narrow, and such that each line alone is broad and all together are narrow."""
    from django.db.models import Count

    from vaguemestre.lists.question import Question
    from vaguemestre.people.models import Person, Posting

    def usual_corps() -> str:
        rows = Person.objects.exclude(corps=None).values_list("corps").annotate(n=Count("pk")).order_by("-n")
        return str(rows[0][0])

    def usual(column: str, rank: int) -> frozenset[str]:
        rows = Posting.objects.exclude(**{column: None}).values(column).annotate(n=Count("pk")).order_by("-n", column)
        return frozenset([rows[min(rank, rows.count() - 1)][column]])

    somme, place = frozenset({"80"}), usual("school", 0)
    discipline, rare = usual("discipline", 0), usual("discipline", 10**6)
    return [
        Question(degrees=frozenset({"1", "2"})), Question(departments=somme), Question(places=place),
        Question(kinds=frozenset({"college"}), departments=somme), Question(disciplines=discipline),
        Question(disciplines=rare), Question(functions=frozenset({"INS"})), Question(functions=frozenset({"DIR"})),
        Question(categories=frozenset({"PSYEN"})), Question(categories=frozenset({"PE"}), departments=somme),
        Question(corps=frozenset({usual_corps()})),
        Question(disciplines=discipline, kinds=frozenset({"lp"}), departments=somme),
        Question(places=place, disciplines=rare), Question(categories=frozenset({"MED"}), departments=somme),
    ]  # fmt: skip


def _measure(question: "Question", rounds: int) -> tuple[int, float, float]:
    from django.db import connection
    from django.utils import timezone

    from vaguemestre.lists.members import people_found
    from vaguemestre.lists.perimeter import Perimeter
    from vaguemestre.lists.preview import preview

    today, everybody = timezone.localdate(), Perimeter(everybody=True)
    wanted = list(people_found(question, everybody, today).values_list("pk", flat=True))
    _keep(wanted)

    def ask() -> None:
        preview(question, everybody, today)

    def floor() -> None:
        with connection.cursor() as cursor:
            # CROSS: SQLite would else walk the whole index of categories, and the floor be none.
            cursor.execute("SELECT p.id, p.category FROM wanted w CROSS JOIN people_person p WHERE p.id = w.id")
            cursor.fetchall()

    floors, previews = [], []
    for round_ in range(rounds + 3):
        one, other = _milliseconds(floor), _milliseconds(ask)
        if round_ >= 3:
            floors.append(one)
            previews.append(other)
    return len(wanted), median(floors), median(previews)


def _keep(wanted: Sequence[int]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS wanted")
        cursor.execute("CREATE TEMPORARY TABLE wanted (id bigint PRIMARY KEY)")
        cursor.executemany("INSERT INTO wanted VALUES (%s)", [[one] for one in wanted])
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE wanted")


if __name__ == "__main__":
    raise SystemExit(main())
