"""A question in words, and why somebody is in a list or not."""

from collections.abc import Collection, Iterable, Mapping

from django.utils.text import capfirst
from django.utils.translation import gettext as _, ngettext

from vaguemestre.academy.facts import academy
from vaguemestre.lists.criteria import DEGREES, FUNCTIONS
from vaguemestre.lists.perimeter import Perimeter
from vaguemestre.lists.question import Question
from vaguemestre.people.categories import CATEGORIES
from vaguemestre.people.functions import KINDS
from vaguemestre.people.models import School
from vaguemestre.web.number_text import number_text

NAMED = 3  # values of one line; more are counted


def place_names(uais: Collection[str]) -> dict[str, str]:
    """One query."""
    return {one.uai: f"{one.name} ({one.city})" for one in School.objects.filter(uai__in=uais)} if uais else {}


def perimeter_text(perimeter: Perimeter, names: Mapping[str, str]) -> str:
    if perimeter.everybody:
        return _("the whole authority")
    return _joined([
        *(department_text(one) for one in sorted(perimeter.departments)), *sorted(perimeter.disciplines),
        *(names.get(one, one) for one in sorted(perimeter.places)),
    ])  # fmt: skip


def question_text(question: Question, names: Mapping[str, str]) -> str:
    """In one line. `names`: of its places."""
    parts = [
        _joined(str(FUNCTIONS[one]) for one in sorted(question.functions)),
        _joined(CATEGORIES[one].masculine for one in sorted(question.categories)), _joined(sorted(question.corps)),
        _joined(KINDS[one] for one in sorted(question.kinds)), _joined(str(DEGREES[one]) for one in question.degrees),
        _places(question.places, names), _joined(department_text(one) for one in sorted(question.departments)),
        _joined(sorted(question.disciplines)), _named(len(question.added), len(question.removed)),
    ]  # fmt: skip
    return capfirst(", ".join(part for part in parts if part))


def department_text(code: str) -> str:
    found = academy().department(code)
    return found.name if found else code


def _places(uais: frozenset[str], names: Mapping[str, str]) -> str:
    if len(uais) <= NAMED:
        return _joined(names.get(one, one) for one in sorted(uais))
    return ngettext("%s place", "%s places", len(uais)) % number_text(len(uais))


def _named(added: int, removed: int) -> str:
    parts = []
    if added:
        parts.append(ngettext("with %s person by name", "with %s people by name", added) % added)
    if removed:
        parts.append(ngettext("without %s person by name", "without %s people by name", removed) % removed)
    return ", ".join(parts)


def _joined(words: Iterable[str]) -> str:
    """The values of one line: any of them."""
    return _(" or ").join(words)
