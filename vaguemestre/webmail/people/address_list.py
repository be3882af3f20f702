"""Addresses as people type and paste them: one or two thousand, with names, commas, semicolons, new lines.

What is not an address is kept as it was typed, so that its author can see it and mend it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import quote

from vaguemestre.mailbox.messages import Address

LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
DOMAIN = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}"
ADDRESS = re.compile(rf"(?=.{{3,254}}$)(?=[^@]{{1,64}}@){LOCAL}@{DOMAIN}")
# A quoted name (of which the end is not looked for at any distance: there may be a quote at each sign), what stands in
# angle brackets, a separator, or any other single sign.
TOKEN = re.compile(r'"(?:[^"\\]|\\.){0,300}+"|<[^<>]*>|[,;\n\r\t]|[^",;\n\r\t<>]+|.', re.DOTALL)
SEPARATORS = ",;\n\r\t"
SPECIALS = re.compile(r'[()<>@,;:\\".\[\]]')


@dataclass(frozen=True, slots=True)
class Recipient:
    """`address` holds what was typed when `valid` is false."""

    name: str
    address: str
    valid: bool = True

    @property
    def label(self) -> str:
        return self.name or self.address

    def __str__(self) -> str:
        if not self.name:
            return self.address
        name = f'"{quote(self.name)}"' if SPECIALS.search(self.name) else self.name
        return f"{name} <{self.address}>"


def parse_recipients(text: str) -> list[Recipient]:
    """In the order typed, each address once."""
    found: dict[str, Recipient] = {}
    for piece in _joined_names(_pieces(text)):
        for part in _parted(piece):
            recipient = _recipient(part)
            found.setdefault(recipient.address.lower(), recipient)
    return list(found.values())


def recipients_text(people: Iterable[Recipient | Address]) -> str:
    """The form that is kept and read again: one a line."""
    lines = []
    for person in people:
        recipient = person if isinstance(person, Recipient) else recipient_of(person)
        if recipient.address:
            lines.append(str(recipient))
    return "\n".join(lines)


def without_duplicates(to: str, cc: str, bcc: str) -> tuple[str, str, str]:
    """Nobody twice: whoever stands in two fields stays in the first."""
    seen: set[str] = set()
    fields = []
    for text in (to, cc, bcc):
        people = [one for one in parse_recipients(text) if one.address.lower() not in seen]
        seen.update(one.address.lower() for one in people)
        fields.append(recipients_text(people))
    return fields[0], fields[1], fields[2]


def recipient_of(person: Address) -> Recipient:
    name = " ".join(person.name.split())
    return Recipient("" if name == person.address else name, person.address, is_address(person.address))


def is_address(text: str) -> bool:
    """An encoded word is none, though each of its signs may stand in one: programs on the way would decode it."""
    return ADDRESS.fullmatch(text) is not None and "=?" not in text


def _pieces(text: str) -> list[tuple[str, str]]:
    """What stands between separators, each with the separator before it."""
    pieces, before, current = [], "", ""
    for token in TOKEN.findall(text):
        if token in SEPARATORS:
            pieces.append((before, current.strip()))
            before, current = token, ""
        else:
            current += token
    return [piece for piece in (*pieces, (before, current.strip())) if piece[1]]


def _joined_names(pieces: list[tuple[str, str]]) -> list[str]:
    """`Dupont, Jean <jean.dupont@…>`, as some programs copy it: the family name was not an address."""
    joined: list[str] = []
    for before, piece in pieces:
        if before == "," and joined and "@" not in joined[-1] and "<" in piece and not piece.startswith(("<", '"')):
            piece = f"{joined.pop()}, {piece}"
        joined.append(piece)
    return joined


def _parted(piece: str) -> list[str]:
    """Addresses with nothing but blanks between them."""
    words = piece.split()
    return words if len(words) > 1 and all(map(is_address, words)) else [piece]


def _recipient(piece: str) -> Recipient:
    match = re.fullmatch(r"(.*?)<([^<>]*)>\s*", piece, re.DOTALL)
    name, address = (match[1], match[2]) if match else _bare(piece)
    address = _ascii(address.strip().removeprefix("mailto:"))
    if not is_address(address):
        return Recipient("", " ".join(piece.split())[:254], valid=False)
    return Recipient(_name(name), address)


def _bare(piece: str) -> tuple[str, str]:
    """`Jean Dupont jean.dupont@ac-amiens.fr`, copied from a table. Two addresses are no name and an address."""
    words = piece.split()
    named = words and "@" in words[-1] and "@" not in "".join(words[:-1])
    return (" ".join(words[:-1]), words[-1]) if named else ("", piece)


def _name(raw: str) -> str:
    name = " ".join(raw.split()).strip()
    if name.endswith(":"):  # of a group, whose first member this is
        return ""
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return name.strip("' ").strip()[:120]


def _ascii(address: str) -> str:
    """A domain with accents, as it travels."""
    local, at, domain = address.rpartition("@")
    if not at or domain.isascii():
        return address
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return address
