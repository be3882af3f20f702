"""Looking somebody up by the beginnings of words, in any order, whatever the accents."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from vaguemestre.accounts.models import Account
from vaguemestre.contacts.address_normalisation import normalise_address
from vaguemestre.contacts.models import Collected, ContactAddress, Group
from vaguemestre.contacts.search_words import search_words

GATHERED = 200  # rows that are put in order; more answer to hardly anything typed


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """One address. `times` and `last_at`: how often and when last it was written to; `kept`: it has a card."""

    name: str
    address: str
    function: str = ""
    organisation: str = ""
    kept: bool = False
    times: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FoundGroup:
    """`people`: the first address of each member that has one."""

    number: int
    name: str
    people: tuple[FoundPerson, ...]


def find_matching(account: Account, typed: str, limit: int) -> list[FoundPerson]:
    """Cards and people written to, each address once: first who is written to most. Three queries; none for nothing."""
    wanted = search_words(typed)
    if not wanted:
        return []
    collected = _collected(account, wanted)
    found = {
        one.address: FoundPerson(
            str(one.contact), one.address, one.contact.function, one.contact.organisation, kept=True,
            times=row.times if (row := collected.get(one.address)) else 0, last_at=row.last_at if row else None,
        )
        for one in _addresses(account, wanted)
    }  # fmt: skip
    for row in collected.values():
        if row.address not in found:
            found[row.address] = FoundPerson(row.name, row.address, times=row.times, last_at=row.last_at)
    return sorted(found.values(), key=_rank)[:limit]


def most_written(account: Account, limit: int) -> list[FoundPerson]:
    """Whom this person writes to most. One query."""
    rows = Collected.objects.filter(account=account).order_by("-times", "-last_at")[:limit]
    return [FoundPerson(one.name, one.address, times=one.times, last_at=one.last_at) for one in rows]


def has_address(account: Account, address: str) -> bool:
    """Whether a card of this person has the address. One query; none for what is no address."""
    wanted = normalise_address(address)
    return bool(wanted) and ContactAddress.objects.filter(contact__account=account, address=wanted).exists()


def names_of(account: Account, wanted: Collection[str]) -> dict[str, str]:
    """By address, in small letters: as its card says, else as it was last written to. Two queries."""
    written = Collected.objects.filter(account=account, address__in=wanted).exclude(name="")
    kept = ContactAddress.objects.filter(contact__account=account, address__in=wanted).select_related("contact")
    names = dict(written.values_list("address", "name"))
    return names | {one.address: str(one.contact) for one in kept if str(one.contact)}


def find_groups(account: Account, typed: str, limit: int) -> list[FoundGroup]:
    """Three queries; none for nothing."""
    wanted = search_words(typed)
    if not wanted:
        return []
    named = [group for group in Group.objects.filter(account=account) if _begins(group.folded, wanted)][:limit]
    return [FoundGroup(group.pk, group.name, group_members(group)) for group in _with_members(named)]


def group_members(group: Group) -> tuple[FoundPerson, ...]:
    people = []
    for contact in group.contacts.all():
        if first := next(iter(contact.addresses.all()), None):
            people.append(FoundPerson(str(contact), first.address, contact.function, contact.organisation, kept=True))
    return tuple(people)


def has_card(account: Account, address: str) -> bool:
    return ContactAddress.objects.filter(contact__account=account, address=address).exists()


def prefix_query(field: str, wanted: Sequence[str]) -> Q:
    """Every word begins one of what is searched."""
    condition = Q()
    for word in wanted:
        condition &= Q(**{f"{field}__contains": f" {word}"})
    return condition


def _addresses(account: Account, wanted: Sequence[str]) -> QuerySet[ContactAddress]:
    """A card that holds the words, by all its addresses; the first address first."""
    cards = ContactAddress.objects.filter(prefix_query("contact__search", wanted), contact__account=account)
    return cards.select_related("contact").order_by("position", "contact__sort", "pk")[:GATHERED]


def _collected(account: Account, wanted: Sequence[str]) -> dict[str, Collected]:
    """By address: those that answer, and those of cards that do."""
    own = Collected.objects.filter(account=account)
    of_cards = ContactAddress.objects.filter(prefix_query("contact__search", wanted), contact__account=account)
    rows = own.filter(prefix_query("search", wanted) | Q(address__in=of_cards.values("address")))
    return {row.address: row for row in rows.order_by("-last_at")[:GATHERED]}


def _with_members(groups: Sequence[Group]) -> QuerySet[Group]:
    return Group.objects.filter(pk__in=[group.pk for group in groups]).prefetch_related("contacts__addresses")


def _begins(folded: str, wanted: Sequence[str]) -> bool:
    return all(f" {word}" in f" {folded}" for word in wanted)


def _rank(one: FoundPerson) -> tuple[int, float, str, str]:
    return -one.times, -(one.last_at.timestamp() if one.last_at else 0.0), one.name, one.address
