"""Cards that seem to be about one person: offered, looked at, made one, and two again by one press."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from vaguemestre.accounts.models import Account
from vaguemestre.contacts import cards, undo
from vaguemestre.contacts.cards import MOST_LINES, Card, CardLine, card_of
from vaguemestre.contacts.models import LONGEST_EXTRA, LONGEST_NOTE, Contact, ContactAddress
from vaguemestre.contacts.search_words import search_words

MOST_TOGETHER = 8  # an address that more cards share is an office's


def name_key(name: str) -> str:
    """`Lefèvre Élodie` and `Élodie LEFEVRE` are one name."""
    return " ".join(sorted(search_words(name)))


def find_duplicates(account: Account) -> list[list[int]]:
    """Numbers of cards that share an address or a name, the surest first. Two queries whatever the number of cards."""
    same: dict[str, set[int]] = defaultdict(set)
    for address, contact in ContactAddress.objects.filter(contact__account=account).values_list("address", "contact"):
        same[f"@{address}"].add(contact)
    for pk, given, family, display in Contact.objects.filter(account=account).values_list(
        "pk", "given", "family", "display"
    ):
        if key := name_key(f"{given} {family}".strip() or display):
            same[key].add(pk)
    sets = {tuple(sorted(numbers)): key for key, numbers in same.items() if 2 <= len(numbers) <= MOST_TOGETHER}
    holding: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    for one in sets:
        for number in one:
            holding[number].append(one)
    largest = [one for one in sets if not any(set(one) < set(other) for other in holding[one[0]])]
    return [list(one) for one in sorted(largest, key=lambda one: (not sets[one].startswith("@"), one))]


def merge_contacts(contacts: Sequence[Contact], *, now: datetime) -> str:
    """The first stays, with what the others say. Answers the word for "Undo"."""
    first, *others = contacts
    with transaction.atomic():
        word = undo.remember_act(first.account, now=now, cards=contacts)
        cards.change_contact(first, merged_card([card_of(one) for one in contacts]), seen=None, now=now)
        cards.remove_contacts([one.pk for one in others])
    return word


def merged_card(cards: Sequence[Card]) -> Card:
    """Nothing is lost: what cannot stand beside the first card's word goes into the note."""
    result = cards[0]
    for card in cards[1:]:
        result = completed_card(result, card)
    return result


def completed_card(card: Card, other: Card) -> Card:
    """`card`, with what only `other` says."""
    named = bool(card.given or card.family)
    return replace(
        card,
        given=card.given if named else other.given,
        family=card.family if named else other.family,
        name_rest=card.name_rest or (() if named else other.name_rest),
        display=card.display or ("" if card.given or card.family else other.display),
        organisation=card.organisation or other.organisation,
        units=card.units or (other.units if not card.organisation else ()),
        function=card.function or other.function,
        note=_note(card, other),
        addresses=_lines(card.addresses, other.addresses),
        numbers=_lines(card.numbers, other.numbers),
        groups=tuple(dict.fromkeys([*card.groups, *other.groups])),
        extra=_extra(card.extra, other.extra),
    )


def merge_order(contacts: Iterable[Contact]) -> list[Contact]:
    """Who stays comes first: the card that says most, then the older."""
    return sorted(contacts, key=lambda one: (-_weight(card_of(one)), one.pk))


def _weight(card: Card) -> int:
    facts = (card.given, card.family, card.organisation, card.function, card.note)
    return sum(map(bool, facts)) + len(card.addresses) + len(card.numbers) + len(card.groups) + len(card.extra)


def _note(card: Card, other: Card) -> str:
    pieces = [card.note]
    for mine, theirs in ((card.organisation, other.organisation), (card.function, other.function)):
        if mine and theirs and name_key(mine) != name_key(theirs):
            pieces.append(theirs)
    if other.note and other.note not in card.note:
        pieces.append(other.note)
    return "\n".join(piece for piece in dict.fromkeys(pieces) if piece)[:LONGEST_NOTE]


def _lines(mine: tuple[CardLine, ...], theirs: tuple[CardLine, ...]) -> tuple[CardLine, ...]:
    known = {_bare(line.value) for line in mine}
    return (*mine, *(line for line in theirs if _bare(line.value) not in known))[:MOST_LINES]


def _bare(value: str) -> str:
    """`01 22 33` and `01.22.33` are one number; an address stays what it is."""
    return value if "@" in value else "".join(sign for sign in value if sign.isdigit() or sign == "+") or value


def _extra(mine: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    kept, size = list(mine), sum(len(line.encode()) + 1 for line in mine)
    for line in theirs:
        size += len(line.encode()) + 1
        if line not in kept and size <= LONGEST_EXTRA:
            kept.append(line)
    return tuple(kept)
