"""People and places by what somebody typed, within a perimeter: to name them in a list, or to look for them in it."""

from collections.abc import Collection
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.identity.access import account_named
from vaguemestre.accounts.models import Account
from vaguemestre.lists.members import people_in_post, within
from vaguemestre.lists.perimeter import Perimeter
from vaguemestre.people import folding
from vaguemestre.people.models import Person, Posting, School

MOST = 8
SHORTEST = 2  # characters


def find_people(typed: str, perimeter: Perimeter, today: date) -> list[Person]:
    """By name, identifier or address, with their posts. One more than `MOST` where there are more. Away
    from home those whom the directory shows. Three queries."""
    words = folding.words(typed)
    if len("".join(words)) < SHORTEST:
        return []
    named = Q()
    for word in words:
        named &= Q(search_name__startswith=word) | Q(search_name__contains=f" {word}")
    account = account_named(typed)
    found = _reachable(perimeter, today).filter(named | Q(pk=account.person_id) if account else named)
    return list(found[: MOST + 1])


def named_people(keys: Collection[str], perimeter: Perimeter, today: date) -> list[Person]:
    """Among keys that a form sent or a list kept: those that are still within the perimeter."""
    return list(_reachable(perimeter, today).filter(account__in=keys)) if keys else []


def find_places(typed: str, perimeter: Perimeter) -> list[School]:
    """By name, town or UAI. One query."""
    words = folding.words(typed)
    if len("".join(words)) < SHORTEST:
        return []
    places = School.objects.order_by("city", "name", "uai")
    if perimeter.is_home:
        places = places.filter(uai__in=perimeter.places)
    elif perimeter.departments and not perimeter.everybody:
        places = places.filter(Q(department__in=perimeter.departments) | Q(uai__in=perimeter.places))
    found = [one for one in places if _has(words, one)]
    return found[: MOST + 1]


def _reachable(perimeter: Perimeter, today: date) -> QuerySet[Person]:
    people = people_in_post(today).filter(within(perimeter, today)).exclude(account=None).select_related("account")
    if not perimeter.is_home:
        hidden = academy().directory
        people = people.filter(
            account__state=Account.State.OPEN, account__locked_at=None, account__frozen_at=None
        ).exclude(Q(category__in=hidden.hidden_functions) | Q(account__identifier__in=hidden.hidden_people))
        if hidden.hidden_functions:
            people = people.exclude(postings__function__in=hidden.hidden_functions)
    posts = Prefetch("postings", Posting.objects.select_related("school"))
    return people.distinct().order_by("search_name", "pk").prefetch_related(posts)


def _has(words: Collection[str], place: School) -> bool:
    held = f" {' '.join(folding.words(f'{place.uai} {place.name} {place.city}'))}"
    return all(f" {word}" in held for word in words)
