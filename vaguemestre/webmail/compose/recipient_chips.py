"""The recipients of the writing sheet, one chip a person: how they are drawn, and what their buttons do."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.http import QueryDict
from django.utils.translation import gettext as _, ngettext

from vaguemestre.accounts.models import Account
from vaguemestre.contacts.lookup import names_of
from vaguemestre.web.number_text import number_text
from vaguemestre.webmail.compose.draft_content import FIELDS, DraftContent
from vaguemestre.webmail.people.address_list import Recipient, parse_recipients, recipients_text
from vaguemestre.webmail.people.correspondents import Colleague, find_colleagues, is_outside

SHOWN = 30  # more people than that are counted, not drawn one by one
LINE = 28  # letters, about, of a phone's line; a chip has room for some more
OFFERED = 6  # people of the exchange, beside the recipients
ALL_OTHERS = "*"  # in a button's value: those of the field that are not drawn


@dataclass(frozen=True, slots=True)
class RecipientChip:
    """`role`: of a colleague, function and school, since homonyms exist."""

    label: str
    address: str
    value: str
    role: str
    outside: bool
    valid: bool


@dataclass(frozen=True, slots=True)
class RecipientField:
    """`rest` keeps in one hidden value those who are not drawn; `typed` is what waits in the box to be mended. `few`,
    `others_words`: what a phone says of many while one is not in the field; nothing where somebody must be
    mended."""

    name: str
    label: str
    add: str
    people: list[RecipientChip]
    rest: str
    rest_words: str
    typed: str
    others: list[tuple[str, str]]  # where else a chip may go: name and words
    few: str
    others_words: str


def recipient_fields(account: Account, letter: DraftContent, typed: Mapping[str, str]) -> list[RecipientField]:
    """Three queries, or none where there is nobody of ours; two for those of others who are written to by their address
    alone."""
    people = {name: _in_order(parse_recipients(getattr(letter, name))) for name in FIELDS}
    drawn = [one for found in people.values() for one in found[:SHOWN] if one.valid]
    roles = find_colleagues(one.address for one in drawn)
    bare = [one.address.lower() for one in drawn if not one.name and is_outside(one.address)]
    names = {address: role.name for address, role in roles.items()} | (names_of(account, bare) if bare else {})
    return [_field(name, found, roles, names, typed.get(FIELDS[name], "")) for name, found in people.items()]


@dataclass(frozen=True, slots=True)
class OfferedPeople:
    """Who took part in what is answered and does not get the answer: one press adds one, or all."""

    shown: list[RecipientChip]
    rest_words: str  # of those that are not drawn: one press adds everybody


def offered_people(letter: DraftContent) -> OfferedPeople:
    people = _left_out(letter)
    shown = people if len(people) <= OFFERED else people[: OFFERED - 1]
    left = len(people) - len(shown)
    words = ngettext("%s other person", "%s other people", left) % number_text(left) if left else ""
    chips = [RecipientChip(one.label, one.address, str(one), "", is_outside(one.address), one.valid) for one in shown]
    return OfferedPeople(chips, words)


def _left_out(letter: DraftContent) -> list[Recipient]:
    taken = {one.address.lower() for name in FIELDS for one in parse_recipients(getattr(letter, name))}
    return [one for one in parse_recipients(letter.others) if one.valid and one.address.lower() not in taken]


def press_chip(letter: DraftContent, pressed: QueryDict) -> tuple[DraftContent, dict[str, str]]:
    """After the button of a chip: added, taken away ("a:jean@…"), put elsewhere ("a:cc:jean@…"), or back in its box to
    be mended: then it is the second value, by field."""
    if added := pressed.get("ajouter", ""):
        people = _left_out(letter) if added == ALL_OTHERS else parse_recipients(added)
        return _with(letter, FIELDS["to"], [*_of(letter, FIELDS["to"]), *people]), {}
    if removal := pressed.get("retirer", ""):
        return _without(letter, *_named(removal)), {}
    if move := pressed.get("deplacer", ""):
        field, address = _named(move)
        target, address = _named(address)
        return _moved(letter, field, target, address), {}
    if mending := pressed.get("modifier", ""):
        field, address = _named(mending)
        taken = next((str(one) for one in _of(letter, field) if one.address == address), "")
        return _without(letter, field, address), {field: taken}
    return letter, {}


def exchange_recipient(letter: DraftContent, address: str, other: Account) -> DraftContent:
    """Somebody in the place of another, in whatever field that one stands."""
    there = Recipient(other.display_name, other.address)
    for field in FIELDS.values():
        people = _of(letter, field)
        if any(one.address.lower() == address.lower() for one in people):
            letter = _with(letter, field, [there if one.address.lower() == address.lower() else one for one in people])
    return letter


def _without(letter: DraftContent, field: str, address: str) -> DraftContent:
    people = _of(letter, field)
    left = people[:SHOWN] if address == ALL_OTHERS else [one for one in people if one.address != address]
    return _with(letter, field, left)


def _moved(letter: DraftContent, field: str, target: str, address: str) -> DraftContent:
    one = next((one for one in _of(letter, field) if one.address == address), None)
    if one is None or target not in FIELDS.values() or target == field:
        return letter
    there = [other for other in _of(letter, target) if other.address.lower() != address.lower()]
    return _with(_without(letter, field, address), target, [*there, one])


def _with(letter: DraftContent, field: str, people: list[Recipient]) -> DraftContent:
    """A field that does not exist changes nothing."""
    text = recipients_text(people)
    if field == FIELDS["to"]:
        return replace(letter, to=text)
    if field == FIELDS["cc"]:
        return replace(letter, cc=text)
    return replace(letter, bcc=text) if field == FIELDS["bcc"] else letter


def _of(letter: DraftContent, field: str) -> list[Recipient]:
    attribute = next((attribute for attribute, name in FIELDS.items() if name == field), None)
    return _in_order(parse_recipients(getattr(letter, attribute))) if attribute else []


def _in_order(people: list[Recipient]) -> list[Recipient]:
    """What must be mended first: it is always in sight."""
    return sorted(people, key=lambda one: one.valid)


def _named(value: str) -> tuple[str, str]:
    field, _colon, rest = value.partition(":")
    return field, rest


def _by_name(one: Recipient, names: Mapping[str, str]) -> Recipient:
    """Whose address was typed alone has a name all the same."""
    return one if one.name or not one.valid else replace(one, name=names.get(one.address.lower(), ""))


def _field(
    name: str, people: list[Recipient], roles: Mapping[str, Colleague], names: Mapping[str, str], typed: str
) -> RecipientField:
    words = {
        "to": (_("To"), _("Add a recipient")),
        "cc": (_("Copy"), _("Add a recipient in copy")),
        "bcc": (_("Hidden copy"), _("Add a recipient in hidden copy")),
    }
    label, add = words[name]
    rest, few = people[SHOWN:], _few([_by_name(one, names) for one in people])
    beyond = len(people) - len(few)
    return RecipientField(
        name=FIELDS[name],
        label=label,
        add=add,
        people=[_person(one, roles, names) for one in people[:SHOWN]],
        rest=recipients_text(rest),
        rest_words=ngettext("and %s more", "and %s more", len(rest)) % number_text(len(rest)) if rest else "",
        typed=typed,
        others=[(FIELDS[other], words[other][0]) for other in FIELDS if other != name],
        few=", ".join(few),
        others_words=ngettext("and %s more", "and %s more", beyond) % number_text(beyond) if few else "",
    )


def _few(people: list[Recipient]) -> list[str]:
    """The first names, when all of them would take more than two lines."""
    lines, filled = 1, 0
    for one in people:
        wide = min(len(one.label) + 4, LINE)
        lines, filled = (lines, filled + wide) if filled + wide <= LINE + 4 else (lines + 1, wide)
    if lines <= 2 or not all(one.valid for one in people):
        return []
    two = [one.label for one in people[:2]]
    return two if len(", ".join(two)) <= LINE else two[:1]


def _person(one: Recipient, roles: Mapping[str, Colleague], names: Mapping[str, str]) -> RecipientChip:
    """What is sent stays as it was typed."""
    role = roles.get(one.address.lower())
    return RecipientChip(
        label=_by_name(one, names).label,
        address=one.address,
        value=str(one),
        role=", ".join(part for part in (role.function, role.place) if part) if role else "",
        outside=one.valid and is_outside(one.address),
        valid=one.valid,
    )
