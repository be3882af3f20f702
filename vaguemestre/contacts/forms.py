"""The form of one card: as many lines as there are, and two more."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.http import QueryDict
from django.utils.translation import gettext as _

from vaguemestre.contacts import address_normalisation, groups
from vaguemestre.contacts.cards import MOST_LINES, Card, CardLine, settle_card
from vaguemestre.contacts.models import LONGEST_NAME, LONGEST_NOTE, Kind

BLANK = 1  # lines offered beside those that are filled
MAIL_KINDS = (Kind.NONE, Kind.WORK, Kind.HOME)
NUMBER_KINDS = (Kind.NONE, Kind.MOBILE, Kind.WORK, Kind.HOME, Kind.FAX)


@dataclass(slots=True)
class TypedCard:
    """What stands in the form, mistakes included. `problems` by field."""

    card: Card
    revision: int = 0
    problems: dict[str, str] = field(default_factory=dict)
    blank: int = BLANK

    @property
    def mails(self) -> list[CardLine]:
        return _with_blanks(self.card.addresses, self.blank)

    @property
    def telephones(self) -> list[CardLine]:
        return _with_blanks(self.card.numbers, self.blank)

    @property
    def wrong(self) -> set[str]:
        return {
            line.value for line in self.card.addresses if address_normalisation.normalise_address(line.value) is None
        }


def parse_card_form(sent: QueryDict, before: Card | None) -> TypedCard:
    """`before`: the card as it is kept, of which a form does not show everything."""
    base = before or Card()
    mails = _lines(sent.getlist("adresse"), sent.getlist("adresse_genre"), base.addresses, MAIL_KINDS)
    numbers = _lines(sent.getlist("numero"), sent.getlist("numero_genre"), base.numbers, NUMBER_KINDS)
    filled = replace(
        base,
        given=_one(sent, "prenom"),
        family=_one(sent, "nom"),
        display=_one(sent, "affiche"),
        organisation=_one(sent, "organisation"),
        function=_one(sent, "fonction"),
        note=_tidy(sent.get("note", "").replace("\r\n", "\n"), "\n")[:LONGEST_NOTE].strip(),
        addresses=_distinct(mails),
        numbers=tuple(dict.fromkeys(numbers))[:MOST_LINES],
        groups=tuple(
            dict.fromkeys(groups.tidy_name(name) for name in sent.getlist("groupe") if groups.fold_name(name))
        ),
    )
    card = settle_card(filled)
    revision = sent.get("revision", "")
    found = TypedCard(card, int(revision) if revision.isascii() and revision.isdecimal() and len(revision) < 9 else 0)
    if any(address_normalisation.normalise_address(line.value) is None for line in card.addresses):
        found.problems["adresse"] = _("This is not an e-mail address. It looks like name@school.example.")
    elif card.empty:
        found.problems["prenom"] = _("Give at least a name, an address or a number.")
    return found


def _distinct(mails: Iterable[CardLine]) -> tuple[CardLine, ...]:
    """Addresses in their own form; what is none, as it was typed, so that its author can mend it."""
    found: dict[str, CardLine] = {}
    for line in mails:
        address = address_normalisation.normalise_address(line.value) or line.value
        found.setdefault(address, replace(line, value=address))
    return tuple(found.values())[:MOST_LINES]


def _lines(
    values: list[str], kinds: list[str], before: tuple[CardLine, ...], allowed: Iterable[Kind]
) -> list[CardLine]:
    """What a form does not show of a line stays with it as long as its value does."""
    rest = {line.value: line.rest for line in before}
    known = {kind.value for kind in allowed}
    found = []
    for place, value in enumerate(values[: 2 * MOST_LINES]):
        tidy = " ".join(_tidy(value).split())
        kind = kinds[place] if place < len(kinds) and kinds[place] in known else ""
        if tidy:
            longest = address_normalisation.LONGEST if "@" in tidy else 60
            found.append(CardLine(tidy[:longest], kind, rest.get(tidy, "")))
    return found


def _one(sent: QueryDict, name: str) -> str:
    return " ".join(_tidy(sent.get(name, "")).split())[:LONGEST_NAME].strip()


def _tidy(text: str, kept: str = "") -> str:
    return "".join(sign if sign >= " " or sign in kept else " " for sign in text).replace("\x7f", "")


def _with_blanks(lines: tuple[CardLine, ...], blank: int) -> list[CardLine]:
    return [*lines, *[CardLine("")] * (blank if len(lines) < MOST_LINES else 0)]
