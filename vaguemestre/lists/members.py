"""The people a question finds within a perimeter: one query, run each time."""

from datetime import date

from django.db.models import Q, QuerySet

from vaguemestre.lists.perimeter import Perimeter
from vaguemestre.lists.question import Question
from vaguemestre.people.models import Person

_NOBODY = Q(pk__in=())


def people_found(question: Question, perimeter: Perimeter, today: date) -> QuerySet[Person]:
    """People in post today and for whom every line holds, and those added, but not those removed: each once,
    however many such posts they have. An aggregate counts `distinct`."""
    chosen = _by_lines(question, perimeter, today)
    if question.added:
        chosen |= Q(account__in=question.added) & within(perimeter, today)
    found = people_in_post(today).filter(chosen)
    return (found.exclude(account__in=question.removed) if question.removed else found).distinct()


def people_by_lines(question: Question, perimeter: Perimeter, today: date) -> QuerySet[Person]:
    """Without the names added or removed: what may be counted outside one's own place."""
    return people_in_post(today).filter(_by_lines(question, perimeter, today)).distinct()


def _by_lines(question: Question, perimeter: Perimeter, today: date) -> Q:
    if not question.asks_something:
        return _NOBODY
    kinds = question.kinds_asked
    if kinds is not None and not kinds:
        return _NOBODY
    lines = {
        "postings__school__department": question.departments, "postings__school": question.places,
        "postings__school__kind": kinds, "postings__function": question.functions,
        "postings__discipline": question.disciplines, "category": question.categories, "corps": question.corps,
    }  # fmt: skip
    asked = Q(**{f"{column}__in": values for column, values in lines.items() if values})
    return asked & within(perimeter, today)


def within(perimeter: Perimeter, today: date) -> Q:
    """Today and within the perimeter: the same post as that of the lines beside it in one filter."""
    current = Q(postings__starts__lte=today) & (Q(postings__ends=None) | Q(postings__ends__gte=today))
    if perimeter.everybody:
        return current
    inside = Q(postings__school__department__in=perimeter.departments)
    inside |= Q(postings__discipline__in=perimeter.disciplines) | Q(postings__school__in=perimeter.places)
    return current & inside


def people_in_post(today: date) -> QuerySet[Person]:
    return Person.objects.filter(Q(duty_end=None) | Q(duty_end__gte=today), present=True, duty_start__lte=today)
