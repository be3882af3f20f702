"""Finding people, places and functions by words, in any order, without accent nor capital."""

from collections.abc import Sequence
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from vaguemestre.directory.access import listed
from vaguemestre.directory.folded import LONGEST, kept, typed
from vaguemestre.directory.models import Entry, Place, Word
from vaguemestre.people.categories import CATEGORIES, Category

SHORTEST = 2  # letters; one alone names thousands
_LAST = "z" * LONGEST  # after every word that begins so, in whatever order a database sorts letters and digits


def named(words: Sequence[str], today: date) -> QuerySet[Entry]:
    """One word at least begins a name, the others a name, a function, a school or a town: "martin tilleuls"."""
    begins = reduce(or_, (Q(word__range=(word, word + _LAST)) for word in words))
    entries = listed(today).filter(pk__in=Word.objects.filter(begins).values("entry"))
    if len(words) > 1:
        for word in words:
            entries = entries.filter(_begins(word))
    return entries


def nearest(words: Sequence[str], beside: Entry | None, today: date, *, most: int) -> list[Entry]:
    """Of one's own school, then of its department, then of the others; whole words before beginnings; by name."""
    entries = named(words, today)
    near = Case(
        When(school=beside.school_id, then=Value(0)) if beside and beside.school_id else When(pk="", then=Value(0)),
        When(department=beside.department if beside else "", then=Value(1)),
        default=Value(2), output_field=IntegerField(),
    )  # fmt: skip
    whole = Case(When(_whole(words), then=Value(0)), default=Value(1), output_field=IntegerField())
    ranked = entries.exclude(pk=beside.pk if beside else "").order_by(near, whole, "sort", "pk")
    return list(ranked[:most])


def about(words: Sequence[str], today: date) -> QuerySet[Entry]:
    """For a page of results: every word somewhere; those who are named so come first."""
    entries = listed(today)
    for word in words:
        entries = entries.filter(_begins(word))
    by_name = reduce(lambda one, word: one & Q(names__contains=f" {word}"), words, Q())
    first = Case(When(by_name, then=Value(0)), default=Value(1), output_field=IntegerField())
    return entries.order_by(first, "sort", "pk")


def places(words: Sequence[str]) -> QuerySet[Place]:
    found = Place.objects.select_related("school").order_by("sort", "pk")
    for word in words:
        found = found.filter(words__contains=f" {word}")
    return found


def functions(words: Sequence[str]) -> list[Category]:
    """In either gender."""
    return [
        category
        for category in CATEGORIES.values()
        if all(f" {word}" in kept(category.masculine, category.feminine) for word in words)
    ]


def long_enough(text: str) -> list[str]:
    """The words of what was typed; none when it is too short to mean somebody."""
    words = typed(text)
    return words if len("".join(words)) >= SHORTEST else []


def _begins(word: str) -> Q:
    return Q(names__contains=f" {word}") | Q(about__contains=f" {word}")


def _whole(words: Sequence[str]) -> Q:
    return reduce(lambda one, word: one & Q(names__contains=f" {word} "), words, Q())
