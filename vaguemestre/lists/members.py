"""Whom a question finds among those whom the asker's post lets them reach: one query, made anew each time."""

from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from vaguemestre.lists.perimeter import Perimeter
from vaguemestre.lists.question import Question
from vaguemestre.people.models import Person, Posting

_NOBODY = Q(pk__in=())


def people_found(question: Question, perimeter: Perimeter, today: date) -> QuerySet[Person]:
    """Whoever is in post today and for whom every line holds, and those added, but not those removed."""
    chosen = Q(account__in=question.added, pk__in=_posts(perimeter, today).values("person"))
    if question.asks_something:
        chosen |= _by_lines(question, perimeter, today)
    return _in_post(today).filter(chosen).exclude(account__in=question.removed)


def people_by_lines(question: Question, perimeter: Perimeter, today: date) -> QuerySet[Person]:
    """As if nobody had been added or removed: what may be counted outside one's own place."""
    return _in_post(today).filter(_by_lines(question, perimeter, today) if question.asks_something else _NOBODY)


def _by_lines(question: Question, perimeter: Perimeter, today: date) -> Q:
    posts = _posts(perimeter, today)
    for column, values in (
        ("school__department", question.departments), ("school", question.places),
        ("function", question.functions), ("discipline", question.disciplines),
    ):  # fmt: skip
        if values:
            posts = posts.filter(**{f"{column}__in": values})
    if (kinds := question.kinds_asked) is not None:
        posts = posts.filter(school__kind__in=kinds)
    found = Q(pk__in=posts.values("person"))
    if question.categories:
        found &= Q(category__in=question.categories)
    if question.corps:
        found &= Q(corps__in=question.corps)
    return found


def _posts(perimeter: Perimeter, today: date) -> QuerySet[Posting]:
    current = Posting.objects.filter(Q(ends=None) | Q(ends__gte=today), starts__lte=today)
    if perimeter.everybody:
        return current
    within = [
        Q(school__department__in=perimeter.departments), Q(discipline__in=perimeter.disciplines),
        Q(school__in=perimeter.places),
    ]  # fmt: skip
    return current.filter(reduce(or_, within))


def _in_post(today: date) -> QuerySet[Person]:
    return Person.objects.filter(Q(duty_end=None) | Q(duty_end__gte=today), present=True, duty_start__lte=today)
