"""Who is in the directory, for whoever looks: staff in post whose account is open. The only ways to an entry.

The help desk sees the same page as everybody: what else it may know stands in its console."""

from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.directory.models import Entry, Place


def listed(today: date) -> QuerySet[Entry]:
    """Neither leavers, nor those whose duty has not begun, nor an account that is locked or shut as stolen, nor whom
    the authority hides. Asked of the account and the person themselves: an index that lags shows nobody too long."""
    hidden = academy().directory
    entries = Entry.objects.filter(
        Q(account__closes_on=None) | Q(account__closes_on__gt=today),
        Q(account__person__duty_end=None) | Q(account__person__duty_end__gte=today),
        account__state=Account.State.OPEN, account__opens_on__lte=today, account__locked_at=None,
        account__frozen_at=None, account__person__present=True, account__person__duty_start__lte=today,
    )  # fmt: skip
    if hidden.hidden_functions:
        entries = entries.exclude(category__in=hidden.hidden_functions)
        entries = entries.exclude(function__in=hidden.hidden_functions)
    if hidden.hidden_people:
        entries = entries.exclude(account__identifier__in=hidden.hidden_people)
    return entries


def posted_at(place: Place, today: date) -> QuerySet[Entry]:
    """Also those for whom it is the second or third post."""
    posts = place.school.postings.filter(Q(ends=None) | Q(ends__gte=today), starts__lte=today)
    return listed(today).filter(account__person__in=posts.values("person"))


def entry_named(local_part: str, today: date) -> Entry:
    """Raises Http404 for "hidden" and "does not exist" alike."""
    entry = (
        listed(today).filter(local_part=local_part).select_related("account__person", "school")
        .prefetch_related("account__person__postings__school").first()
    )  # fmt: skip
    if entry is None:
        raise Http404("directory")
    return entry


def place_of(uai: str) -> Place:
    place = Place.objects.select_related("school").filter(pk=uai).first()
    if place is None:
        raise Http404("directory")
    return place


def own_entry(account: Account) -> Entry | None:
    """One's own, seen or not: whose school comes first."""
    return Entry.objects.filter(pk=account.key).first()
