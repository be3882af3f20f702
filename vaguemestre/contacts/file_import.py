"""A file of contacts: kept aside, shown as it would be taken, then taken whole or not at all."""

import secrets
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.contacts import cards, tables, undo, vcards
from vaguemestre.contacts.cards import Card, card_of
from vaguemestre.contacts.duplicates import completed_card, name_key
from vaguemestre.contacts.import_report import FileRefusedError, Numbered, Report
from vaguemestre.contacts.models import Contact, Upload
from vaguemestre.contacts.tables import columns

LARGEST = 10 * 1024 * 1024


class UploadGoneError(Exception):
    """Imported already, given up, or replaced by another file."""


@dataclass(slots=True)
class Slot:
    """A card that is there, or will be."""

    card: Card
    contact: Contact | None = None
    changed: bool = False


@dataclass(slots=True)
class ImportPlan:
    """`same`: cards that say nothing new."""

    report: Report
    new: list[Slot] = field(default_factory=list)
    completed: list[Slot] = field(default_factory=list)
    same: int = 0

    @property
    def empty(self) -> bool:
        return not (self.new or self.completed)


@dataclass(frozen=True, slots=True)
class ImportResult:
    new: int
    completed: int
    word: str  # for "Undo"


def receive_file(account: Account, name: str, data: bytes, *, now: datetime) -> Upload:
    """Kept aside in place of the one before. Raises FileRefusedError."""
    if len(data) > LARGEST:
        raise FileRefusedError(_("This file is larger than 10 MB. Export without the photos, or in several files."))
    if not data.strip():
        raise FileRefusedError(_("This file is empty."))
    meaning = None
    if is_vcard(data):
        vcards.read_vcards(data)
    else:
        meaning = tables.parse_table(data).guessed()
    fields = {
        "key": secrets.token_hex(16), "name": name[-255:], "packed": zlib.compress(data, 1), "columns": meaning,
        "group": "", "sent_at": now,
    }  # fmt: skip
    return Upload.objects.update_or_create(account=account, defaults=fields)[0]


def is_vcard(data: bytes) -> bool:
    start = data[:4096].replace(b"\x00", b"").upper()
    return b"BEGIN:VCARD" in start.replace(b" ", b"")


def upload_data(upload: Upload) -> bytes:
    return zlib.decompress(bytes(upload.packed))


def plan_import(upload: Upload) -> ImportPlan:
    """Raises FileRefusedError. Four queries whatever the sizes."""
    return plan_of_report(upload.account, _read(upload), upload.group)


def plan_of_report(account: Account, report: Report, group: str = "") -> ImportPlan:
    made = ImportPlan(report)
    known = _Known(account)
    for numbered in made.report.cards:
        card = _joined(numbered, group)
        slot = known.of(card)
        if slot is None:
            slot = Slot(card)
            known.put(slot)
            made.new.append(slot)
            continue
        fuller = completed_card(slot.card, card)
        if fuller == slot.card:
            made.same += 1
            continue
        if slot.contact is None:
            made.same += 1  # the same person twice in the file
        elif not slot.changed:
            slot.changed = True
            made.completed.append(slot)
        slot.card = fuller
        known.put(slot)
    return made


def import_upload(upload: Upload, *, now: datetime) -> ImportResult:
    """All of it in one transaction. Raises UploadGoneError, FileRefusedError and cards.BookFullError."""
    with transaction.atomic():
        held = Upload.objects.select_for_update().filter(key=upload.key).first()
        if held is None:
            raise UploadGoneError
        done = _taken(held.account, plan_import(held), now)
        held.delete()
    return done


def import_report(account: Account, report: Report, *, now: datetime) -> ImportResult:
    """Of cards that another program's own store held. In the caller's transaction. Raises cards.BookFullError."""
    with transaction.atomic():
        return _taken(account, plan_of_report(account, report), now)


def _taken(account: Account, made: ImportPlan, now: datetime) -> ImportResult:
    before = [slot.contact for slot in made.completed if slot.contact is not None]
    contacts = cards.add_contacts(account, [slot.card for slot in made.new], now=now)
    word = undo.remember_act(account, now=now, cards=before, made=[one.pk for one in contacts])
    cards.change_contacts([(slot.contact, slot.card) for slot in made.completed if slot.contact], now=now)
    return ImportResult(len(made.new), len(made.completed), word)


def _read(upload: Upload) -> Report:
    data = upload_data(upload)
    if upload.columns is None:
        return vcards.read_vcards(data)
    meaning = [field if field in columns.FIELDS else columns.SKIP for field in upload.columns]
    return tables.read_contacts(tables.parse_table(data), meaning)


def _joined(numbered: Numbered, group: str) -> Card:
    card = numbered.card
    return replace(card, groups=tuple(dict.fromkeys([*card.groups, group]))) if group else card


class _Known:
    """Who is there: by uid, by address, by name; each looked up at once, however many share it.

    An address alone does not make two names one person: an office has one for several people. Nor does a name: there
    are homonyms."""

    def __init__(self, account: Account) -> None:
        self.by_uid: dict[str, Slot] = {}
        self.by_both: dict[tuple[str, str], Slot] = {}
        self.by_address: dict[str, Slot] = {}
        self.nameless: dict[str, Slot] = {}  # by address
        self.by_name: dict[str, Slot] = {}
        self.unreachable: dict[str, Slot] = {}  # without an address, by name
        cards = Contact.objects.filter(account=account).prefetch_related("addresses", "numbers", "groups")
        for contact in cards:
            self.put(Slot(card_of(contact), contact))

    def put(self, slot: Slot) -> None:
        """Also again, once it says more."""
        key, addresses = _key(slot.card), [line.value for line in slot.card.addresses]
        if slot.card.uid:
            self.by_uid.setdefault(slot.card.uid, slot)
        for address in addresses:
            self.by_address.setdefault(address, slot)
            self.by_both.setdefault((address, key), slot)
            if not key:
                self.nameless.setdefault(address, slot)
        if key:
            self.by_name.setdefault(key, slot)
            if not addresses:
                self.unreachable.setdefault(key, slot)

    def of(self, card: Card) -> Slot | None:
        if card.uid and (found := self.by_uid.get(card.uid)):
            return found
        return next((slot for slot in self._alike(card, _key(card)) if slot is not None), None)

    def _alike(self, card: Card, key: str) -> Iterator[Slot | None]:
        """Same address and same name; same address, and one of both has no name; same name, and one no address."""
        addresses = [line.value for line in card.addresses]
        yield from (self.by_both.get((address, key)) for address in addresses)
        yield from (self.by_address.get(address) for address in addresses if not key)
        yield from (slot for address in addresses if (slot := self.nameless.get(address)) and not _key(slot.card))
        if key and not addresses:
            yield self.by_name.get(key)
        elif key and (slot := self.unreachable.get(key)) and not slot.card.addresses:
            yield slot


def _key(card: Card) -> str:
    return name_key(f"{card.given} {card.family}".strip() or card.display or card.organisation)
