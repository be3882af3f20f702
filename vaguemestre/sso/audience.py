"""Who sees an application, by what HR says of them. The portal shows by it, every token is refused by it."""

from collections.abc import Iterable
from datetime import datetime

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
    postings = _postings(account.person, now)
    return [one for one in applications if _fits_one(one.audiences.all(), account.person, postings)]


def may_open(account: Account, application: Application, now: datetime) -> bool:
    if not application.active:
        return False
    return _fits_one(application.audiences.all(), account.person, _postings(account.person, now))


def _postings(person: Person, now: datetime) -> list[Posting]:
    return current_postings(person, today=timezone.localdate(now))


def _fits_one(audiences: Iterable[Audience], person: Person, postings: list[Posting]) -> bool:
    return any(_fits(one, person, postings) for one in audiences)


def _fits(audience: Audience, person: Person, postings: list[Posting]) -> bool:
    if audience.category not in (None, "", person.category):
        return False
    if audience.department not in (None, "", person.department):
        return False
    if not audience.function and not audience.uai:
        return True
    # One and the same post: a head elsewhere who teaches an hour here is no head of this school.
    return any(
        audience.function in (None, "", post.function) and audience.uai in (None, "", post.school_id)
        for post in postings
    )
