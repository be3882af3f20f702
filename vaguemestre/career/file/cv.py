"""« Votre CV »: its lines, in the order that a reader expects, and the sheet of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from django.db import transaction
from django.utils import timezone
from django.utils.text import capfirst

from vaguemestre.accounts.models import Account
from vaguemestre.career.file import durations
from vaguemestre.career.models import CvLine
from vaguemestre.letters.typesetting import typeset

MOST = 200
SHEET = "cv.typ"


class CvFullError(Exception):
    """More lines than a CV has."""


@dataclass(frozen=True, slots=True)
class Part:
    key: str
    name: str
    lines: list[CvLine]


def parts_of(account: Account) -> list[Part]:
    """One query. Latest first; languages by name."""
    lines = list(CvLine.objects.filter(account=account))
    return [Part(part.value, str(part.label), _in_order(part, lines)) for part in CvLine.Part]


def save_cv_line(account: Account, part: str, said: dict[str, Any], *, line: CvLine | None, now: datetime) -> CvLine:
    """A new line, or `line` as it is said now. Raises CvFullError."""
    with transaction.atomic():
        if line is None:
            if CvLine.objects.filter(account=account).count() >= MOST:
                raise CvFullError
            line = CvLine(account=account, part=part)
        for name in ("title", "place", "starts", "ends", "level", "text"):
            if name in said:
                setattr(line, name, said[name])
        line.changed_at = now
        line.save()
    return line


def period_text(line: CvLine) -> str:
    if line.starts and line.ends:
        return str(line.starts) if line.starts == line.ends else f"{line.starts} – {line.ends}"
    return durations.since_year(line.starts) if line.starts else str(line.ends or "")


class _Entry(TypedDict):
    when: str
    title: str
    place: str
    text: str


class _Section(TypedDict):
    name: str
    lines: list[_Entry]


class _Sheet(TypedDict):
    title: str
    name: str
    function: str
    place: str
    address: str
    made: str
    sections: list[_Section]


def cv_pdf(account: Account, now: datetime) -> bytes:
    """A PDF. Raises TypesettingError."""
    return typeset(_sheet(account, now), SHEET, room="career")


def _sheet(account: Account, now: datetime) -> _Sheet:
    person = account.person
    posting = person.main_posting
    return {
        "title": f"CV, {person.full_name}",
        "name": person.full_name,
        "function": capfirst(person.function_label),
        "place": f"{posting.school.name}, {posting.school.city}" if posting else "",
        "address": account.address,
        "made": durations.day_text(timezone.localdate(now)),
        "sections": [
            {"name": part.name, "lines": [_entry(line) for line in part.lines]}
            for part in parts_of(account)
            if part.lines
        ],
    }


def _entry(line: CvLine) -> _Entry:
    level = str(line.get_level_display()) if line.level else ""
    return {"when": level or period_text(line), "title": line.title, "place": line.place, "text": line.text}


def _in_order(part: CvLine.Part, lines: list[CvLine]) -> list[CvLine]:
    mine = [line for line in lines if line.part == part]
    if part == CvLine.Part.LANGUAGE:
        return sorted(mine, key=lambda line: line.title.casefold())
    return sorted(mine, key=lambda line: (line.ends or 9999, line.starts or 0, line.pk), reverse=True)
