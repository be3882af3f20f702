"""Who is in the directory, for whoever looks: staff in post whose account is open. The only ways to an entry.

The help desk sees the same page as everybody: what else it may know stands in its console."""

from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.legal_dates import midnight
from vaguemestre.accounts.models import Account
from vaguemestre.directory.models import Entry, Establishment, Word
from vaguemestre.people.categories import CATEGORIES, Category


def listed_entries(today: date) -> QuerySet[Entry]:
    """Neither leavers, nor those whose duty has not begun, nor an account that is locked, suspended or shut as stolen,
    nor whom the authority hides. Asked of the account and the person: an index that lags shows nobody too long."""
    return Entry.objects.filter(_in_sight("", today))


def words_of_listed(today: date) -> QuerySet[Word]:
    return Word.objects.filter(_in_sight("entry__", today))


def _in_sight(entry: str, today: date) -> Q:
    account, hidden = f"{entry}account__", academy().directory
    seen = Q(**{f"{account}state": Account.State.OPEN, f"{account}locked_at": None, f"{account}frozen_at": None})
    seen &= Q(**{f"{account}opens_on__lte": today, f"{account}person__present": True})
    seen &= Q(**{f"{account}person__duty_start__lte": today})
    seen &= Q(**{f"{account}closes_on": None}) | Q(**{f"{account}closes_on__gt": today})
    seen &= Q(**{f"{account}mail_blocked_until": None}) | Q(**{f"{account}mail_blocked_until__lte": midnight(today)})
    seen &= Q(**{f"{account}person__duty_end": None}) | Q(**{f"{account}person__duty_end__gte": today})
    if hidden.hidden_functions:
        for field in ("category", "function"):
            seen &= ~Q(**{f"{entry}{field}__in": hidden.hidden_functions})
    if hidden.hidden_people:
        seen &= ~Q(**{f"{account}identifier__in": hidden.hidden_people})
    return seen


def functions() -> list[Category]:
    hidden = academy().directory.hidden_functions
    return [category for category in CATEGORIES.values() if category.code not in hidden]


def entries_posted_at(place: Establishment, today: date) -> QuerySet[Entry]:
    """Also those for whom it is the second or third post."""
    posts = place.school.postings.filter(Q(ends=None) | Q(ends__gte=today), starts__lte=today)
    return listed_entries(today).filter(account__person__in=posts.values("person"))


def entry_named(local_part: str, today: date) -> Entry:
    """Raises Http404 for "hidden" and "does not exist" alike."""
    entry = (
        listed_entries(today).filter(local_part=local_part).select_related("account__person", "school")
        .prefetch_related("account__person__postings__school").first()
    )  # fmt: skip
    if entry is None:
        raise Http404("directory")
    return entry


def place_of(uai: str) -> Establishment:
    place = Establishment.objects.select_related("school").filter(pk=uai).first()
    if place is None:
        raise Http404("directory")
    return place


def own_entry(account: Account) -> Entry | None:
    """One's own, seen or not: whose school comes first."""
    return Entry.objects.filter(pk=account.key).first()
