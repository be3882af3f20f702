"""What somebody finds in ARENA: a fixed number of queries, however many applications there are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from vaguemestre.accounts.models import Account
from vaguemestre.sso import audience
from vaguemestre.sso.models import Application, Favourite, Opening, QuickLink

MOST_FAVOURITES = 40


@dataclass(frozen=True, slots=True)
class Tile:
    """One application as its cell shows it. `giver` and `until`: it is there because somebody lends it."""

    slug: str
    name: str
    summary: str
    domain: str
    needs_key: bool
    shut_reason: str
    shut_until: datetime | None
    favourite: bool
    opened_at: datetime | None
    giver: str = ""
    until: datetime | None = None

    @property
    def shut(self) -> bool:
        return bool(self.shut_reason)


def arena_tiles(account: Account, now: datetime) -> list[Tile]:
    """By name. Reads the person's postings: prefetch them."""
    lent = audience.lent_to(account, now)
    own = audience.keys_seen_by(account, now)
    starred = set(Favourite.objects.filter(account=account).values_list("application", flat=True))
    opened = dict(Opening.objects.filter(account=account).values_list("application", "at"))
    # Columns, not objects: two hundred of these are several milliseconds of every page.
    found = [
        Tile(
            slug, name, summary, domain, needs_key,
            shut_reason=reason if reason and (until is None or now < until) else "", shut_until=until,
            favourite=pk in starred, opened_at=opened.get(pk),
            giver=lent[pk].giver.display_name if pk not in own else "", until=lent[pk].ends if pk not in own else None,
        )
        for pk, slug, name, summary, domain, needs_key, reason, until in _columns()
        if pk in own or pk in lent
    ]  # fmt: skip
    return sorted(found, key=lambda tile: tile.name.casefold())


def note_opening(account: Account, application: Application, now: datetime) -> None:
    Opening.objects.update_or_create(account=account, application=application, defaults={"at": now})


def add_favourite(account: Account, application: Application) -> None:
    """Twice is once. Beyond what a page can hold, the star stays empty."""
    with transaction.atomic():
        if Favourite.objects.filter(account=account).count() < MOST_FAVOURITES:
            Favourite.objects.get_or_create(account=account, application=application)


def drop_favourite(account: Account, application: Application) -> None:
    Favourite.objects.filter(account=account, application=application).delete()


def purge(account_key: str, _now: datetime) -> None:
    """`accounts.ports.account_purgers`. Delegations stay as long as the account's row: the journal names them by it."""
    for table in (Favourite, Opening, QuickLink):
        table.objects.filter(account=account_key).delete()


def _columns() -> "QuerySet[Application, tuple[Any, ...]]":
    names = ("pk", "slug", "name", "summary", "domain", "needs_key", "shut_reason", "shut_until")
    return Application.objects.filter(active=True).values_list(*names)
