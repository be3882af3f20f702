"""Who sees an application, by what HR says of them. The portal shows by it, every token is refused by it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from django.db.models import Prefetch
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.people.functions import current_postings
from vaguemestre.people.models import Person, Posting
from vaguemestre.sso import active_delegations
from vaguemestre.sso.models import Application, Audience, Delegation
from vaguemestre.web.compiled_query import CompiledQuery


def seen_by(account: Account, now: datetime) -> list[Application]:
    """By name. Two queries for all applications, one for the person's posts."""
    active = Application.objects.filter(active=True).order_by("name", "pk")
    applications = active.prefetch_related(Prefetch("audiences", Audience.objects.order_by("pk")))
    posts = _Posts(account.person, now)
    return [one for one in applications if _fits_one(one.audiences.all(), account.person, posts)]


def keys_seen_by(account: Account, now: datetime) -> set[int]:
    """The same as keys, in one query beside the posts', and no object made: the page of applications asks often."""
    active = Audience.objects.filter(application__active=True)
    rows = active.values_list("application", "category", "function", "department", "uai")
    posts = _Posts(account.person, now)
    return {key for key, *said in rows if _fits(_Row(*said), account.person, posts)}


def may_open(account: Account, application: Application, now: datetime) -> bool:
    """By what HR says of them, or because a head lends it (one query more)."""
    if not application.active or application.for_mail:  # a mailbox is everybody's
        return application.active
    return opens_to(account.person, application, now) or application.pk in lent_to(account, now)


def opens_to(person: Person, application: Application, now: datetime) -> bool:
    """By what HR says alone: what this person could lend."""
    return _fits_one(_rows_of(application), person, _Posts(person, now))


def lent_to(account: Account, now: datetime) -> dict[int, Delegation]:
    """What is lent to this person at this second, by the application's key; of two, the one that lasts longest. Nobody
    lends what they may no longer open themselves."""
    if not active_delegations.standing_delegations(
        account, now
    ).exists():  # nearly everybody: the question below is the dearest of the page
        return {}
    mine = (
        active_delegations.active_delegations(now)
        .filter(receiver=account)
        .select_related("application", "giver__person")
        .order_by("ends")
    )
    found = mine.prefetch_related("application__audiences", "giver__person__postings")
    return {one.application_id: one for one in found if opens_to(one.giver.person, one.application, now)}


def lent_to_any(accounts: Collection[str], now: datetime) -> set[tuple[str, int]]:
    """The same of many at once: which account may open which application because a head lends it."""
    if not accounts:
        return set()
    theirs = active_delegations.active_delegations(now).filter(receiver__in=accounts).select_related("giver__person")
    found = theirs.prefetch_related("application__audiences", "giver__person__postings")
    return {(one.receiver_id, one.application_id) for one in found if opens_to(one.giver.person, one.application, now)}


_ROWS = CompiledQuery(lambda client_id: Audience.objects.filter(application__client_id=client_id).order_by("pk"))


def _rows_of(application: Application) -> Iterable[Audience]:
    known = "audiences" in getattr(application, "_prefetched_objects_cache", {})
    return application.audiences.all() if known else _ROWS.all(application.client_id)


class _Row(NamedTuple):
    """The columns of an `Audience`."""

    category: str | None
    function: str | None
    department: str | None
    uai: str | None


@dataclass
class _Posts:
    """Read when a row asks for them: most say nothing of posts."""

    person: Person
    now: datetime

    @cached_property
    def held(self) -> list[Posting]:
        return current_postings(self.person, today=timezone.localdate(self.now))


def _fits_one(audiences: Iterable[Audience], person: Person, posts: _Posts) -> bool:
    return any(_fits(one, person, posts) for one in audiences)


def _fits(audience: "Audience | _Row", person: Person, posts: _Posts) -> bool:
    if audience.category not in (None, "", person.category):
        return False
    if audience.department not in (None, "", person.department):
        return False
    if not audience.function and not audience.uai:
        return True
    # One and the same post: a head elsewhere who teaches an hour here is no head of this school.
    return any(
        audience.function in (None, "", post.function) and audience.uai in (None, "", post.school_id)
        for post in posts.held
    )
