"""Who sees an application, by what HR says of them. The portal shows by it, every token is refused by it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Prefetch
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.people.functions import current_postings
from vaguemestre.people.models import Person, Posting
from vaguemestre.sso.models import Application, Audience


def seen_by(account: Account, now: datetime) -> list[Application]:
    """By name. Two queries for all applications, one for the person's posts."""
    active = Application.objects.filter(active=True).order_by("name", "pk")
    applications = active.prefetch_related(Prefetch("audiences", Audience.objects.order_by("pk")))
    posts = _Posts(account.person, now)
    return [one for one in applications if _fits_one(one.audiences.all(), account.person, posts)]


def may_open(account: Account, application: Application, now: datetime) -> bool:
    if not application.active:
        return False
    return _fits_one(application.audiences.all(), account.person, _Posts(account.person, now))


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


def _fits(audience: Audience, person: Person, posts: _Posts) -> bool:
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
