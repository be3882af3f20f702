"""Careers as the HR system knows them beside the feed: the day of each échelon, the posts of before. A CSV file, read
once or again: what is there already is only completed.

Columns, separated by semicolons: hr_key; corps; grade; step; since; place; city; function; discipline; share; starts;
ends. A line tells an échelon (with `corps` and `since`) or a post (with `place` and `starts`)."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from vaguemestre.career.models import GradeStep, Post, Source
from vaguemestre.people.functions import Function
from vaguemestre.people.models import Person

COLUMNS = (
    "hr_key",
    "corps",
    "grade",
    "step",
    "since",
    "place",
    "city",
    "function",
    "discipline",
    "share",
    "starts",
    "ends",
)
LATEST_STEP = 20


class CareerFileError(ValueError):
    """Not such a file at all: nothing was written."""


@dataclass
class Outcome:
    steps: int = 0
    posts: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)  # line of the file, and why


def take_in(lines: Iterable[str], today: date) -> Outcome:
    """Everything that can be read, in one transaction. Raises CareerFileError."""
    reader = csv.DictReader(lines, delimiter=";")
    if not set(COLUMNS) <= set(reader.fieldnames or ()):
        raise CareerFileError(_("The first line must name the columns: %(columns)s") % {"columns": ";".join(COLUMNS)})
    outcome = Outcome()
    persons = dict(Person.objects.exclude(hr_key=None).values_list("hr_key", "pk"))
    with transaction.atomic():
        for line in reader:
            try:
                _take(persons, {name: (line[name] or "").strip() for name in COLUMNS}, outcome, today)
            except (ValueError, TypeError) as error:
                outcome.refused.append((reader.line_num, str(error)))
    return outcome


def _take(persons: dict[str | None, int], line: dict[str, str], outcome: Outcome, today: date) -> None:
    person = persons.get(line["hr_key"])
    if person is None:
        raise ValueError(_("nobody has this key"))
    if line["place"]:
        _post(person, line)
        outcome.posts += 1
    else:
        _step(person, line, today)
        outcome.steps += 1


def _step(person: int, line: dict[str, str], today: date) -> None:
    since, step = _day(line["since"]), _number(line["step"], LATEST_STEP)
    if since is None or not line["corps"] or step is None:
        raise ValueError(_("corps, step or since is missing"))
    if since > today:
        raise ValueError(_("this day is still to come"))
    GradeStep.objects.update_or_create(
        person_id=person, corps=line["corps"][:60], grade=line["grade"][:60], step=step,
        defaults={"since": since, "source": Source.FILE}, create_defaults={
            "since": since, "source": Source.FILE, "seen_on": since,
        },
    )  # fmt: skip


def _post(person: int, line: dict[str, str]) -> None:
    starts, ends = _day(line["starts"]), _day(line["ends"])
    if starts is None or (ends and ends < starts):
        raise ValueError(_("starts is missing, or comes after ends"))
    if line["function"] and line["function"] not in Function:
        raise ValueError(_("unknown function"))
    Post.objects.update_or_create(
        person_id=person, place=line["place"][:200], starts=starts, source=Source.FILE,
        defaults={
            "city": line["city"][:100], "function": line["function"], "discipline": line["discipline"][:80],
            "share": _number(line["share"], 100), "ends": ends,
        },
    )  # fmt: skip


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _number(text: str, most: int) -> int | None:
    if not text:
        return None
    number = int(text)
    if not 1 <= number <= most:
        raise ValueError(_("a number out of bounds: %(number)s") % {"number": text[:10]})
    return number
