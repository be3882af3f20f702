"""What somebody finds in ARENA: a fixed number of queries, however many applications there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from vaguemestre.accounts.models import Account
from vaguemestre.sso import audience
from vaguemestre.sso.models import Application, Delegation, Favourite, Opening, QuickLink

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


def tiles(account: Account, now: datetime) -> list[Tile]:
    """By name. Reads the person's postings: prefetch them."""
    lent = audience.lent_to(account, now)
    starred = set(Favourite.objects.filter(account=account).values_list("application", flat=True))
    opened = dict(Opening.objects.filter(account=account).values_list("application", "at"))
    own = audience.seen_by(account, now)
    found = {row.pk: _tile(row, starred, opened, None, now) for row in own}
    for pk, loan in lent.items():
        if pk not in found:
            found[pk] = _tile(loan.application, starred, opened, loan, now)
    return sorted(found.values(), key=lambda tile: tile.name.casefold())


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
    """`settings.ACCOUNT_PURGERS`. Delegations stay as long as the account's row: the journal names them by it."""
    for table in (Favourite, Opening, QuickLink):
        table.objects.filter(account=account_key).delete()


def _tile(
    row: Application, starred: set[int], opened: Mapping[int, datetime], loan: Delegation | None, now: datetime
) -> Tile:
    return Tile(
        row.slug, row.name, row.summary, row.domain, row.needs_key,
        shut_reason=row.shut_reason if row.is_shut(now) else "", shut_until=row.shut_until,
        favourite=row.pk in starred, opened_at=opened.get(row.pk),
        giver=loan.giver.display_name if loan else "", until=loan.ends if loan else None,
    )  # fmt: skip
