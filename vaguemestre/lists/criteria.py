"""The sentence that one fills in: a question as fields with their choices, as much as a perimeter leaves open."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from vaguemestre.academy.facts import academy
from vaguemestre.lists.perimeter import Perimeter
from vaguemestre.lists.question import Question
from vaguemestre.people.categories import CATEGORIES
from vaguemestre.people.functions import KINDS, Function
from vaguemestre.people.models import Person, Posting

FUNCTIONS: Mapping[str, str | Promise] = {
    Function.TEACHING: _("teaching staff"),
    Function.HEAD: _("heads"),
    Function.DEPUTY: _("deputy heads"),
    Function.INSPECTION: _("inspectors"),
    Function.SCHOOL_LIFE: "CPE",
    Function.SUPERVISION: "AED",
    Function.SUPPORT: "AESH",
    Function.PSYCHOLOGY: _("psychologists"),
    Function.HEALTH: _("health staff"),
    Function.SOCIAL: _("social workers"),
    Function.OFFICE: _("administrative staff"),
    Function.HR_OFFICER: _("HR officers"),
    Function.HELP_DESK: _("help desk agents"),
    Function.ADMINISTRATOR: _("administrators of the service"),
}
DEGREES = {"1": _("first degree"), "2": _("second degree")}


@dataclass(frozen=True, slots=True)
class Choice:
    """One field of the sentence. `rows`: what each select shows as chosen; the last is empty where another value may
    follow, and the first where none is chosen."""

    line: str
    label: str | Promise
    everything: str | Promise  # the sentence without this line
    options: Sequence[tuple[str, str | Promise]]
    rows: Sequence[str]
    french: bool = False  # values as the HR feed gives them


_FIRST = {
    "functions": (_("Staff who are"), _("of any function")), "kinds": (_("posted in"), _("any kind of place")),
    "departments": (_("in the department"), _("whole authority")),
    "disciplines": (_("discipline"), _("any discipline")),
}  # fmt: skip
_OTHERS = {
    "degrees": (_("degree"), _("both degrees")), "categories": (_("category"), _("any category")),
    "corps": (_("corps"), _("any corps")),
}  # fmt: skip


def read_question(data: QueryDict) -> Question:
    """From a submitted form. Raises QuestionError."""
    told = {one.name: [value for value in data.getlist(one.name) if value] for one in fields(Question)}
    return Question.from_text(json.dumps(told))


def bounded(question: Question, perimeter: Perimeter) -> Question:
    """The perimeter of a single post as lines of the question: it means the same for who shares it."""
    if perimeter == Perimeter(places=perimeter.places) and not question.places:
        return replace(question, places=perimeter.places)
    if perimeter == Perimeter(departments=perimeter.departments) and not question.departments:
        return replace(question, departments=perimeter.departments)
    if perimeter == Perimeter(disciplines=perimeter.disciplines) and not question.disciplines:
        return replace(question, disciplines=perimeter.disciplines)
    return question


def sentence(question: Question, perimeter: Perimeter) -> tuple[list[Choice], list[Choice]]:
    """The usual fields, and the others. Three queries at most."""
    options = _options(perimeter)
    return _choices(_FIRST, options, question), _choices(_OTHERS, options, question)


def _choices(
    lines: Mapping[str, tuple[str | Promise, str | Promise]],
    options: Mapping[str, Sequence[tuple[str, str | Promise]]],
    question: Question,
) -> list[Choice]:
    return [
        Choice(
            line, label, everything, options[line], _rows(options[line], getattr(question, line)),
            french=line in ("kinds", "categories", "disciplines", "corps"),
        )
        for line, (label, everything) in lines.items()
        if len(options[line]) > 1
    ]  # fmt: skip


def _rows(options: Sequence[tuple[str, str | Promise]], chosen: frozenset[str]) -> list[str]:
    kept = [value for value, _text in options if value in chosen]
    return [*kept, ""] if len(kept) < len(options) else kept


def _options(perimeter: Perimeter) -> dict[str, Sequence[tuple[str, str | Promise]]]:
    """A line with one option or none is no choice, and is not shown."""
    found: dict[str, Sequence[tuple[str, str | Promise]]] = {
        "functions": list(FUNCTIONS.items()), "kinds": [], "departments": [], "degrees": [],
        "categories": [(one.code, capfirst(one.masculine)) for one in CATEGORIES.values()],
        "corps": _values(perimeter, "corps"), "disciplines": _values(perimeter, "discipline"),
    }  # fmt: skip
    if not perimeter.is_home:
        found |= {"kinds": list(KINDS.items()), "degrees": list(DEGREES.items())}
        reached = [
            (one.code, one.name)
            for one in academy().departments
            if perimeter.everybody or perimeter.disciplines or one.code in perimeter.departments
        ]
        found["departments"] = reached
    if perimeter == Perimeter(disciplines=perimeter.disciplines):
        found["disciplines"] = [(one, one) for one in sorted(perimeter.disciplines)]
    return found


def _values(perimeter: Perimeter, column: str) -> list[tuple[str, str]]:
    """Those of one's own place; elsewhere those of the whole authority, so that no choice reveals who is where."""
    rows = Person.objects.all() if column == "corps" else Posting.objects.all()
    if perimeter.is_home:
        place = "postings__school__in" if column == "corps" else "school__in"
        rows = rows.filter(**{place: perimeter.places})
    found = rows.exclude(**{column: None}).order_by(column).values_list(column, flat=True).distinct()
    return [(one, one) for one in found if one]
