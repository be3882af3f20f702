"""Whether somebody is in a list, and why: by facts that the directory shows anyway."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from vaguemestre.lists.criteria import DEGREES as DEGREE_WORDS, FUNCTIONS
from vaguemestre.lists.members import people_found
from vaguemestre.lists.perimeter import Perimeter
from vaguemestre.lists.preview import is_at_home
from vaguemestre.lists.question import DEGREES, Question
from vaguemestre.lists.question_text import department_text
from vaguemestre.people.functions import KINDS, current_postings
from vaguemestre.people.models import Person, Posting


@dataclass(frozen=True, slots=True)
class Membership:
    """`is_in`: None where it cannot be shown."""

    person: Person
    is_in: bool | None
    reason: str


def memberships(people: Sequence[Person], question: Question, perimeter: Perimeter, today: date) -> list[Membership]:
    """`people` are of the perimeter, with their accounts, posts and schools. One query."""
    if question.corps and not is_at_home(question, perimeter):
        reason = _("Not shown: this list depends on the corps, which the directory does not show.")
        return [Membership(one, None, reason) for one in people]
    keys = [one.pk for one in people]
    found = set(people_found(question, perimeter, today).filter(pk__in=keys).values_list("pk", flat=True))
    return [
        Membership(one, one.pk in found, _reason(one, question, perimeter, today, is_in=one.pk in found))
        for one in people
    ]


def _reason(person: Person, question: Question, perimeter: Perimeter, today: date, *, is_in: bool) -> str:
    key = person.account.pk
    if key in question.removed:
        return _("No: removed by name.")
    posts = [one for one in current_postings(person, today=today) if perimeter.covers(one)]
    tried = [_facts(person, one, question) for one in posts]
    best = min(tried, key=lambda facts: sum(not holds for _text, holds in facts), default=[])
    if is_in:
        if key in question.added and (not question.asks_something or not all(holds for _text, holds in best)):
            return _("Yes: added by name.")
        return _sentence(_("Yes: %s."), _("Yes."), [text for text, _holds in best])
    return _sentence(_("No: %s."), _("No."), [text for text, holds in best if not holds])


def _sentence(template: str, bare: str, words: Iterable[str]) -> str:
    said = ", ".join(dict.fromkeys(words))
    return template % said if said else bare


def _facts(person: Person, posting: Posting, question: Question) -> list[tuple[str, bool]]:
    """For each line of the question: the person's own fact, and whether it is among those wanted."""
    school = posting.school
    degree = next((code for code, kinds in DEGREES.items() if school.kind in kinds), "")
    facts = {
        "functions": (posting.function, str(FUNCTIONS.get(posting.function, posting.function))),
        "categories": (person.category, person.function_label), "corps": (person.corps or "", person.corps or ""),
        "kinds": (school.kind, KINDS.get(school.kind, school.kind)),
        "degrees": (degree, str(DEGREE_WORDS.get(degree, KINDS.get(school.kind, school.kind)))),
        "places": (school.uai, f"{school.name} ({school.city})"),
        "departments": (school.department, department_text(school.department)),
        "disciplines": (posting.discipline or "", posting.discipline or _("no discipline")),
    }  # fmt: skip
    return [
        (text, value in getattr(question, line)) for line, (value, text) in facts.items() if getattr(question, line)
    ]
