"""One box: a name in any order, an identifier, an address, a school by its UAI or its name, or a whole NUMEN."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Case, Q, QuerySet, Value, When

from vaguemestre.accounts.identity.access import account_named
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.roles.agent_scope import Agent, accounts_seen_by
from vaguemestre.people import numen
from vaguemestre.people.access import person_by_numen
from vaguemestre.people.folding import words
from vaguemestre.people.models import Person, School
from vaguemestre.people.uai import InvalidUaiError, Uai

MOST = 50
LONGEST = 120  # characters; more is no name
SHORTEST = 2
IN_ORDER = ("person__last_name", "person__first_name", "key")
# Said, and no part of a name.
BETWEEN = frozenset({"a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les"})


@dataclass(frozen=True)
class SearchResult:
    """`more`: there are others, the agent must be more precise. `school`: everybody of it was asked for."""

    accounts: Sequence[Account] = field(default_factory=tuple)
    more: bool = False
    school: School | None = None


def is_numen(typed: str) -> bool:
    """What must never stand in an address: alone, or among other words."""
    return numen.found_in(typed) is not None


def find_by_numen(agent: Agent, typed: str) -> Account | None:
    """Within what this agent serves."""
    found = numen.found_in(typed)
    person = person_by_numen(found) if found else None
    return accounts_seen_by(agent).filter(person=person).first() if person else None


def find_accounts(agent: Agent, typed: str) -> SearchResult:
    """Best first: whoever is named exactly, then by name. At most `MOST`."""
    typed = typed.strip()[:LONGEST]
    if uai := _uai(typed):
        return _of_school(agent, uai)
    exact = account_named(typed)
    if "@" in typed:
        return _shown(_seen(agent).filter(pk=exact.pk if exact else ""))
    looked_for = words(typed)
    if len("".join(looked_for)) < SHORTEST:
        return SearchResult()
    named = _seen(agent).filter(person__in=_persons_named(looked_for))
    found = _shown(named.order_by(_whole_names_first(looked_for), *IN_ORDER))
    if not found.accounts:
        found = _by_beginning(agent, "".join(looked_for))
    return _first(exact, agent, found if found.accounts or exact else _at_a_school(agent, looked_for))


def _by_beginning(agent: Agent, identifier: str) -> SearchResult:
    """Nobody bears such a name: perhaps it is the beginning of an identifier."""
    return _shown(_seen(agent).filter(identifier__startswith=identifier))


def _whole_names_first(looked_for: Sequence[str]) -> Case:
    """Martin before Martine and Martinez: among fifty of two hundred are those who were named. A word alone is a family
    name: the column begins with the first name."""
    whole = Q()
    for word in looked_for:
        named = Q(person__search_name__contains=f" {word} ") | Q(person__search_name__endswith=f" {word}")
        whole &= named | Q(person__search_name__startswith=f"{word} ") if len(looked_for) > 1 else named
    return Case(When(whole, then=Value(0)), default=Value(1))


def _at_a_school(agent: Agent, looked_for: Sequence[str]) -> SearchResult:
    """Nobody either: perhaps some of the words are those of the school, as callers say them. "Martin, aux Tilleuls"."""
    schools = School.objects.values_list("uai", "name", "city")
    places = [(uai, " ".join(words(f"{name} {city}"))) for uai, name, city in schools]
    people, somewhere = _seen(agent), False
    for word in looked_for:
        if word in BETWEEN:
            continue
        there = [uai for uai, said in places if word in said]
        somewhere = somewhere or bool(there)
        people = people.filter(Q(person__search_name__contains=word) | Q(person__postings__school__in=there))
    return _shown(people.distinct()) if somewhere else SearchResult()


def _persons_named(looked_for: Sequence[str]) -> QuerySet[Person, int]:
    """By themselves: the database then reads the narrow index of names instead of the files of everybody."""
    persons = Person.objects.all()
    for word in looked_for:
        persons = persons.filter(search_name__contains=word)
    return persons.values_list("pk", flat=True)


def _first(exact: Account | None, agent: Agent, found: SearchResult) -> SearchResult:
    """Whoever bears exactly this identifier or former address stands at the top, also when fifty others match."""
    if exact is None:
        return found
    mine = list(_seen(agent).filter(pk=exact.pk))
    others = [account for account in found.accounts if account.pk != exact.pk]
    return SearchResult((mine + others)[:MOST], found.more)


def _of_school(agent: Agent, uai: Uai) -> SearchResult:
    school = School.objects.filter(uai=uai.value).first()
    if school is None:
        return SearchResult()
    posted = _seen(agent).filter(person__postings__school=school).distinct()
    found = _shown(posted)
    return SearchResult(found.accounts, found.more, school)


def _seen(agent: Agent) -> QuerySet[Account]:
    accounts = accounts_seen_by(agent).prefetch_related("person__postings__school")
    return accounts.order_by(*IN_ORDER)


def _shown(accounts: QuerySet[Account]) -> SearchResult:
    rows = list(accounts[: MOST + 1])
    return SearchResult(rows[:MOST], len(rows) > MOST)


def _uai(typed: str) -> Uai | None:
    try:
        return Uai(typed)
    except InvalidUaiError:
        return None
