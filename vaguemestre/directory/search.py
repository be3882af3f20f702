"""Finding people, places and functions by words, in any order, without accent nor capital."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import reduce

from django.db.models import Case, Exists, IntegerField, Q, QuerySet, Value, When

from vaguemestre.accounts.models import Account
from vaguemestre.directory import access
from vaguemestre.directory.access import listed_entries, words_of_listed
from vaguemestre.directory.models import Entry, Establishment, Word
from vaguemestre.directory.search_words import LONGEST, stored_words, typed_words
from vaguemestre.people.categories import Category

SHORTEST = 2  # letters; one alone names thousands
_LAST = "z" * LONGEST  # after every word that begins so, in whatever order a database sorts letters and digits


def find_nearest(words: Sequence[str], account: Account, today: date, *, most: int) -> list[Entry]:
    """Of one's own school first, then of its department, then of the others; in each by the word that begins so, the
    whole word before longer ones, then by name. One word at least begins a name, the others may be of the function, the
    school or the town: "martin tilleuls". Four queries at most, however many people answer."""
    beside, first = _beside(words, account)
    tiers: list[Callable[[], Iterable[Entry]]] = [lambda: _begun(words, first, today, "", most)]
    if beside:
        tiers.insert(0, lambda: _begun(words, first, today, beside.department, most))
        if beside.school_id:
            tiers.insert(0, lambda: _at_school(words, first, today, beside.school_id or "", most))
    found: dict[str, Entry] = {}
    for tier in tiers:
        if len(found) < most:
            found |= {entry.pk: entry for entry in tier() if entry.pk not in found and entry.pk != account.pk}
    return list(found.values())[:most]


def _beside(words: Sequence[str], account: Account) -> tuple[Entry | None, str]:
    """One's own entry, and the longest of the words that begins anybody's name."""
    begins = {f"begins{place}": Exists(Word.objects.filter(_range(word))) for place, word in enumerate(words)}
    own = Entry.objects.filter(pk=account.pk).annotate(**begins).first()
    naming = [word for place, word in enumerate(words) if own is None or getattr(own, f"begins{place}")]
    return own, max(naming or words, key=len)


def _at_school(words: Sequence[str], first: str, today: date, school: str, most: int) -> Iterable[Entry]:
    """A few hundred people: their names are looked through."""
    entries = listed_entries(today).filter(school=school, names__contains=f" {first}")
    for word in words:
        entries = entries.filter(_begins("", word))
    found = sorted(entries, key=lambda entry: (_word_of(entry, first), entry.sort, entry.pk))
    return found[: most + 1]


def _begun(words: Sequence[str], first: str, today: date, department: str, most: int) -> Iterable[Entry]:
    """Read off the index until there are enough. Somebody stands there by several words: thrice as many hold enough."""
    found = words_of_listed(today).filter(_range(first)).select_related("entry").order_by("word", "sort", "entry")
    if department:
        found = found.filter(department=department)
    for word in words:
        if word != first:
            found = found.filter(_begins("entry__", word))
    return [one.entry for one in found[: 3 * most]]


def _word_of(entry: Entry, first: str) -> str:
    return min(word for word in entry.names.split() if word.startswith(first))


def _range(word: str) -> Q:
    return Q(word__range=(word, word + _LAST))


def search_entries(words: Sequence[str], today: date) -> QuerySet[Entry]:
    """For a page of results: every word somewhere; those who are named so come first."""
    wanted = Entry.objects.all()  # by themselves: the database reads through this one table before it asks the others
    for word in words:
        wanted = wanted.filter(_begins("", word))
    entries = listed_entries(today).filter(pk__in=wanted.values("pk"))
    by_name = reduce(lambda one, word: one & Q(names__contains=f" {word}"), words, Q())
    first = Case(When(by_name, then=Value(0)), default=Value(1), output_field=IntegerField())
    return entries.order_by(first, "sort", "pk")


def search_establishments(words: Sequence[str]) -> QuerySet[Establishment]:
    found = Establishment.objects.select_related("school").order_by("sort", "pk")
    for word in words:
        found = found.filter(words__contains=f" {word}")
    return found


def search_functions(words: Sequence[str]) -> list[Category]:
    """In either gender."""
    return [
        category
        for category in access.functions()
        if all(f" {word}" in stored_words(category.masculine, category.feminine) for word in words)
    ]


def search_words(text: str) -> list[str]:
    """The words of what was typed; none when it is too short to mean somebody."""
    words = typed_words(text)
    return words if len("".join(words)) >= SHORTEST else []


def _begins(entry: str, word: str) -> Q:
    return Q(**{f"{entry}names__contains": f" {word}"}) | Q(**{f"{entry}about__contains": f" {word}"})
