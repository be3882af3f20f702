"""Header fields written for the wire: seven bits, lines short, and no way for a value to become a field.

The library's own folding encodes some long names twice (Python 3.13), hence these few lines.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from vaguemestre.mailbox.messages import Address
from vaguemestre.mailbox.mime.header_text import clean_text
from vaguemestre.mailbox.values import InvalidReason, InvalidValueError

_LINE = 76
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_DOT_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"(?i)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")
_WORD_LIMIT = 400  # of a word that is left as it is, since a line cannot be cut inside


def text_field(name: str, value: str) -> bytes:
    return _field(name, _words(clean_text(value)))


def address_field(name: str, addresses: Sequence[Address]) -> bytes:
    """Raises `InvalidValueError` for an address that cannot be written."""
    tokens = []
    for place, person in enumerate(addresses):
        spec = wire_address(person.address)
        *before, last = [*_phrase(clean_text(person.name)[:200]), f"<{spec}>"] if person.name.strip() else [spec]
        tokens += [*before, last + ("," if place < len(addresses) - 1 else "")]
    return _field(name, tokens)


def identifier_field(name: str, values: Iterable[str]) -> bytes:
    """Message-IDs as they came, without what none can hold."""
    kept = ("".join(c for c in value.strip("<> ") if "!" <= c <= "~" and c not in "<>")[:400] for value in values)
    tokens = [f"<{value}>" for value in kept if value]
    return _field(name, tokens) if tokens else b""


def disposition_field(filename: str, way: str = "attachment") -> bytes:
    """A file's name, by RFC 2231 when it is more than ASCII."""
    if filename.isascii():
        escaped = filename.replace("\\", "\\\\").replace('"', '\\"')
        return _field("Content-Disposition", [f"{way};", f'filename="{escaped}"'])
    # Never cut inside a character: Dovecot decodes each piece by itself.
    pieces = ["utf-8''"]
    for character in filename:
        encoded = quote(character, safe="!#$&+-.^_`{}~")
        if len(pieces[-1]) + len(encoded) > 50:
            pieces.append("")
        pieces[-1] += encoded
    if len(pieces) == 1:
        return _field("Content-Disposition", [f"{way};", f"filename*={pieces[0]}"])
    parts = [f"filename*{place}*={piece};" for place, piece in enumerate(pieces)]
    return _field("Content-Disposition", [f"{way};", *parts[:-1], parts[-1].removesuffix(";")])


def wire_address(address: str) -> str:
    """The address as it is written on the wire: ASCII, a foreign domain in its own encoding."""
    local, _, domain = address.rpartition("@")
    try:
        host = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise InvalidValueError("address", InvalidReason.FORM) from error
    if not _DOT_ATOM.fullmatch(local) or not _DOMAIN.fullmatch(host) or len(local) + len(host) > 253:
        raise InvalidValueError("address", InvalidReason.FORM)
    return f"{local}@{host}"


def _field(name: str, tokens: Iterable[str]) -> bytes:
    """Folded between tokens."""
    lines, line = [], f"{name}:"
    for token in tokens:
        if len(line) + 1 + len(token) > _LINE and line.strip() and line != f"{name}:":
            lines.append(line)
            line = ""
        line += f" {token}"
    return "\r\n".join([*lines, line]).encode("ascii") + b"\r\n"


def _phrase(name: str) -> list[str]:
    if _ATOMS.fullmatch(name) and "=?" not in name:
        return name.split()
    if name.isascii() and name.isprintable() and "=?" not in name:
        return ['"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"']
    return list(_encoded(name))


def _words(value: str) -> list[str]:
    words = value.split(" ")
    if value.isascii() and value.isprintable() and "=?" not in value and max(map(len, words)) <= _WORD_LIMIT:
        return [word for word in words if word]
    return list(_encoded(value))


def _encoded(value: str) -> Iterator[str]:
    """Encoded words, none cut inside a character."""
    piece = b""
    for character in value:
        octets = character.encode("utf-8", "replace")
        if len(piece) + len(octets) > 45:
            yield f"=?utf-8?B?{b64encode(piece).decode('ascii')}?="
            piece = b""
        piece += octets
    if piece:
        yield f"=?utf-8?B?{b64encode(piece).decode('ascii')}?="
