"""Cards made, changed and taken away. What is derived of a card (order, letter, words to look for) is written here."""

import secrets
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.contacts import groups as contact_groups
from vaguemestre.contacts.models import Contact, ContactAddress, ContactNumber
from vaguemestre.contacts.search_words import plain_text, searchable_text

MOST = 10_000  # cards of one account
MOST_LINES = 20  # addresses, and numbers, of one card
BATCH = 500


class BookFullError(Exception):
    """The address book holds as many cards as it may."""


class ChangedMeanwhileError(Exception):
    """Another window saved this card since this one showed it."""


@dataclass(frozen=True, slots=True)
class CardLine:
    """An address or a number. `rest`: what else its content line said (`vcards.lines.Property`)."""

    value: str
    kind: str = ""
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says, wherever it comes from: a form, a vCard, a line of a table."""

    given: str = ""
    family: str = ""
    display: str = ""
    name_rest: tuple[str, ...] = ()
    organisation: str = ""
    units: tuple[str, ...] = ()
    function: str = ""
    note: str = ""
    addresses: tuple[CardLine, ...] = ()
    numbers: tuple[CardLine, ...] = ()
    groups: tuple[str, ...] = ()  # by name
    extra: tuple[str, ...] = ()
    uid: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        written = self.display or f"{self.given} {self.family}".strip() or self.organisation
        return written or (self.addresses[0].value if self.addresses else "")

    @property
    def empty(self) -> bool:
        return not (self.name or self.numbers)


def settle_card(card: Card) -> Card:
    """Without a shown name that only says again what the rest says: it would stay behind when that changes."""
    spoken = replace(card, display="").name
    return replace(card, display="") if card.display == spoken else card


def add_contact(account: Account, card: Card, *, now: datetime) -> Contact:
    """Raises BookFullError."""
    return add_contacts(account, [card], now=now)[0]


def add_contacts(account: Account, cards: Sequence[Card], *, now: datetime) -> list[Contact]:
    """All or none. The number of statements goes by hundreds of cards. Raises BookFullError."""
    if not cards:
        return []
    with transaction.atomic():
        if Contact.objects.filter(account=account).count() + len(cards) > MOST:
            raise BookFullError(_("An address book holds at most 10,000 contacts."))
        contacts = [_filled(Contact(account=account, uid=card.uid or new_uid()), card, now) for card in cards]
        Contact.objects.bulk_create(contacts, batch_size=BATCH)
        _write_lines(zip(contacts, cards, strict=True))
        _join(account, zip(contacts, cards, strict=True))
    return contacts


def restore_contacts(account: Account, kept: Sequence[tuple[int, Card, str]], *, now: datetime) -> None:
    """Cards that were taken away: their number, what they said, their uid."""
    contacts = [_filled(Contact(pk=pk, account=account, uid=uid), card, now) for pk, card, uid in kept]
    cards = [card for _pk, card, _uid in kept]
    Contact.objects.bulk_create(contacts, batch_size=BATCH)
    _write_lines(zip(contacts, cards, strict=True))
    _join(account, zip(contacts, cards, strict=True))


def change_contact(contact: Contact, card: Card, *, seen: int | None, now: datetime) -> None:
    """`seen`: the revision that was on the screen; None when its author has been asked. Raises
    ChangedMeanwhileError."""
    with transaction.atomic():
        found = Contact.objects.filter(pk=contact.pk)
        held = found.select_for_update().get()
        if seen is not None and held.revision != seen:
            raise ChangedMeanwhileError
        _filled(held, card, now).revision += 1
        held.save()
        held.addresses.all().delete()
        held.numbers.all().delete()
        _write_lines([(held, card)])
        held.groups.clear()
        _join(held.account, [(held, card)])


def change_contacts(changes: Sequence[tuple[Contact, Card]], *, now: datetime) -> None:
    """For an import, whose plan was made in the same transaction."""
    contacts = [_filled(contact, card, now) for contact, card in changes]
    if not contacts:
        return
    for contact in contacts:
        contact.revision += 1
    numbers = [contact.pk for contact in contacts]
    with transaction.atomic():
        Contact.objects.bulk_update(contacts, FIELDS, batch_size=BATCH)
        for start in range(0, len(numbers), BATCH):
            some = numbers[start : start + BATCH]
            ContactAddress.objects.filter(contact__in=some).delete()
            ContactNumber.objects.filter(contact__in=some).delete()
            Contact.groups.through.objects.filter(contact__in=some).delete()
        _write_lines(changes)
        _join(contacts[0].account, changes)


def card_of(contact: Contact) -> Card:
    """What is kept, as it can be changed. Reads addresses, numbers and groups."""
    return Card(
        given=contact.given, family=contact.family, display=contact.display, name_rest=tuple(contact.name_rest),
        organisation=contact.organisation, units=tuple(contact.units), function=contact.function, note=contact.note,
        addresses=tuple(CardLine(one.address, one.kind, one.rest) for one in contact.addresses.all()),
        numbers=tuple(CardLine(one.number, one.kind, one.rest) for one in contact.numbers.all()),
        groups=tuple(group.name for group in contact.groups.all()),
        extra=tuple(contact.extra.split("\n")) if contact.extra else (), uid=contact.uid,
    )  # fmt: skip


def new_uid() -> str:
    return f"urn:uuid:{uuid.UUID(bytes=secrets.token_bytes(16), version=4)}"


FIELDS = (
    "given", "family", "display", "name_rest", "organisation", "units", "function", "note", "extra", "search", "sort",
    "letter", "revision", "changed_at",
)  # fmt: skip


def _filled(contact: Contact, card: Card, now: datetime) -> Contact:
    contact.given, contact.family, contact.display = card.given, card.family, card.display
    contact.name_rest, contact.units = list(card.name_rest), list(card.units)
    contact.organisation, contact.function, contact.note = card.organisation, card.function, card.note
    contact.extra = "\n".join(card.extra)
    addresses = [one.value for one in card.addresses]
    contact.search = searchable_text(
        card.given, card.family, card.display, card.organisation, *card.units, card.function, *addresses
    )
    contact.sort = plain_text(f"{card.family} {card.given}".strip() or card.name)[:400]
    contact.letter = contact.sort[:1].upper() if contact.sort[:1].isalpha() else "#"
    contact.changed_at = now
    return contact


def _write_lines(written: Iterable[tuple[Contact, Card]]) -> None:
    addresses, numbers = [], []
    for contact, card in written:
        for place, line in enumerate(card.addresses):
            addresses.append(
                ContactAddress(contact=contact, position=place, address=line.value, kind=line.kind, rest=line.rest)
            )
        for place, line in enumerate(card.numbers):
            numbers.append(
                ContactNumber(contact=contact, position=place, number=line.value, kind=line.kind, rest=line.rest)
            )
    ContactAddress.objects.bulk_create(addresses, batch_size=BATCH)
    ContactNumber.objects.bulk_create(numbers, batch_size=BATCH)


def _join(account: Account, written: Iterable[tuple[Contact, Card]]) -> None:
    """Into the groups that the cards name; those that are not there yet are made."""
    pairs = [(contact, name) for contact, card in written for name in card.groups]
    groups = contact_groups.groups_named(account, (name for _contact, name in pairs))
    through = Contact.groups.through
    through.objects.bulk_create(
        (through(contact_id=contact.pk, group_id=groups[folded].pk)
            for contact, name in pairs
            if (folded := contact_groups.fold_name(name))
        ),
        batch_size=BATCH, ignore_conflicts=True,
    )  # fmt: skip


def remove_contacts(contacts: Collection[int]) -> None:
    """By id, of cards that `access` has given."""
    Contact.objects.filter(pk__in=contacts).delete()
