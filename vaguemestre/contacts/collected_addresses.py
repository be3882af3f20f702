"""Remembering to whom somebody has written."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Protocol

from django.db import transaction
from django.db.models import F, QuerySet

from vaguemestre.accounts.models import Account
from vaguemestre.contacts import address_normalisation
from vaguemestre.contacts.lookup import prefix_query
from vaguemestre.contacts.models import LONGEST_NAME, Collected, ContactAddress
from vaguemestre.contacts.search_words import search_words, searchable_text

KEPT = 2000  # people of one account
MOST_AT_ONCE = 100  # of one message: a mailing to a whole school must not push out everybody one writes to


class Addressee(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str: ...


def collect_addresses(account: Account, people: Iterable[Addressee], now: datetime) -> None:
    """For a message that has been accepted for sending. At most six statements, whatever its size."""
    named = _named(account, people)
    if not named:
        return
    with transaction.atomic():
        known = {one.address: one for one in Collected.objects.filter(account=account, address__in=named)}
        Collected.objects.filter(pk__in=[one.pk for one in known.values()]).update(times=F("times") + 1, last_at=now)
        renamed = [one for address, one in known.items() if named[address] and named[address] != one.name]
        for one in renamed:
            one.name, one.search = named[one.address], searchable_text(named[one.address], one.address)
        Collected.objects.bulk_update(renamed, ["name", "search"])
        fresh = [address for address in named if address not in known]
        Collected.objects.bulk_create(
            (
                Collected(
                    account=account, address=address, name=named[address], last_at=now,
                    search=searchable_text(named[address], address),
                )
                for address in fresh
            ),
            ignore_conflicts=True,
        )  # fmt: skip
        if fresh:
            _forget_the_oldest(account)


def known_addresses(account: Account, wanted: Collection[str]) -> set[str]:
    """Those of these addresses, in small letters, that were written to or have a card. One query."""
    written = Collected.objects.filter(account=account, address__in=wanted).order_by()
    kept = ContactAddress.objects.filter(contact__account=account, address__in=wanted).order_by()
    return set(written.values_list("address", flat=True).union(kept.values_list("address", flat=True)))


def is_written_to(account: Account, address: str) -> bool:
    """One query; none for what is no address."""
    wanted = address_normalisation.normalise_address(address)
    return bool(wanted) and Collected.objects.filter(account=account, address=wanted).exists()


def addresses_without_card(account: Account, typed: str, *, start: int, count: int) -> tuple[list[Collected], bool]:
    """Those without a card, the last written to first, and whether there are more. One query."""
    kept = ContactAddress.objects.filter(contact__account=account).values("address")
    found = Collected.objects.filter(account=account).exclude(address__in=kept)
    if typed:
        wanted = search_words(typed)
        found = found.filter(prefix_query("search", wanted)) if wanted else found.none()
    rows = list(found.order_by("-last_at", "-pk")[start : start + count + 1])
    return rows[:count], len(rows) > count


def all_collected(account: Account) -> QuerySet[Collected]:
    return Collected.objects.filter(account=account).order_by("-last_at", "-pk")


def _named(account: Account, people: Iterable[Addressee]) -> dict[str, str]:
    """Name by address, oneself left out."""
    named: dict[str, str] = {}
    for person in people:
        address = address_normalisation.normalise_address(person.address)
        if address and not named.get(address):
            name = " ".join(person.name.split())[:LONGEST_NAME]
            named[address] = "" if address_normalisation.normalise_address(name) else name
    if len(named) > MOST_AT_ONCE:
        return {}
    for own in account.addresses:
        named.pop(own.lower(), None)
    return named


def _forget_the_oldest(account: Account) -> None:
    kept = Collected.objects.filter(account=account).order_by("-last_at", "-pk")
    beyond = kept.values_list("last_at", "pk")[KEPT : KEPT + 1].first()
    if beyond is not None:
        last_at, pk = beyond
        Collected.objects.filter(account=account, last_at__lt=last_at).delete()
        Collected.objects.filter(account=account, last_at=last_at, pk__lte=pk).delete()
