"""A visiting card (vCard 2.1, 3.0 and 4.0) as what one reads on it."""

import re
from dataclasses import dataclass, field
from quopri import decodestring

from vaguemestre.mailbox import charsets
from vaguemestre.mailbox.headers import clean

INPUT_LIMIT = 1024 * 1024
CARD_LIMIT = 50
VALUE_LIMIT = 20
_FOLD = re.compile(r"\r?\n[ \t]")
_SOFT = re.compile(r"=\r?\n")  # 2.1 goes on after an equals sign
_ESCAPE = re.compile(r"\\(.)")


@dataclass(slots=True)
class Card:
    name: str = ""
    organisation: str = ""
    title: str = ""
    mails: list[str] = field(default_factory=list)
    telephones: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    note: str = ""


def read(raw: bytes) -> list[Card]:
    """Never fails; empty when there is no card."""
    text = charsets.decode(raw[:INPUT_LIMIT], limit=INPUT_LIMIT)
    if "QUOTED-PRINTABLE" in text.upper():
        text = _SOFT.sub("", text)
    cards: list[Card] = []
    for line in _FOLD.sub("", text).splitlines():
        name, _colon, value = line.partition(":")
        key, *parameters = name.rpartition(".")[2].upper().split(";")
        if key == "BEGIN" and value.strip().upper() == "VCARD":
            if len(cards) == CARD_LIMIT:
                break
            cards.append(Card())
        elif cards:
            _learn(cards[-1], key, _undone(value, parameters))
    return [card for card in cards if card.name or card.mails or card.organisation]


def _learn(card: Card, key: str, value: str) -> None:
    match key:
        case "FN":
            card.name = _line(value)
        case "N":
            family, given, *_rest = [*_fields(value), "", ""]
            card.name = card.name or f"{given} {family}".strip()
        case "ORG":
            card.organisation = card.organisation or ", ".join(part for part in _fields(value) if part)
        case "TITLE" | "ROLE":
            card.title = card.title or _line(value)
        case "NOTE":
            card.note = card.note or _unescaped(value)[:2000]
        case "EMAIL":
            _add(card.mails, _line(value).removeprefix("mailto:"))
        case "TEL":
            _add(card.telephones, _line(value).removeprefix("tel:"))
        case "ADR":
            _add(card.addresses, ", ".join(part for part in _fields(value) if part))


def _add(values: list[str], value: str) -> None:
    if value and value not in values and len(values) < VALUE_LIMIT:
        values.append(value)


def _undone(value: str, parameters: list[str]) -> str:
    if not any("QUOTED-PRINTABLE" in parameter for parameter in parameters):
        return value
    charset = next((parameter.partition("=")[2] for parameter in parameters if parameter.startswith("CHARSET=")), "")
    return charsets.decode(decodestring(value.encode("latin-1", "replace")), charset)


def _fields(value: str) -> list[str]:
    """Between semicolons that are not escaped."""
    return [_line(part) for part in re.split(r"(?<!\\);", value)]


def _line(value: str) -> str:
    return clean(_unescaped(value))[:300]


def _unescaped(value: str) -> str:
    return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)
