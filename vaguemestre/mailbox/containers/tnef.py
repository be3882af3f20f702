"""winmail.dat: what Outlook wraps its attachments in when it takes the reader for another Outlook ([MS-OXTNEF])."""

import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass, field

from vaguemestre.mailbox.errors import UnpackError
from vaguemestre.mailbox.file_names import safe_filename
from vaguemestre.mailbox.messages import Part, Piece

TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
FILE_LIMIT = 200
PROPERTY_LIMIT = 5000
_SIGN = b"\x78\x9f\x3e\x22"
# Attributes
_BODY, _TITLE, _DATA, _NEXT_FILE, _MESSAGE_PROPERTIES, _FILE_PROPERTIES = 0x800C, 0x8010, 0x800F, 0x9002, 0x9003, 0x9005
# Properties
_TEXT, _OBJECT, _SHORT_NAME, _LONG_NAME = 0x1000, 0x3701, 0x3704, 0x3707
_WIDTHS = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_STRING, _UNICODE, _BINARY, _EMBEDDED = 0x1E, 0x1F, 0x0102, 0x0D
_A_MESSAGE = bytes.fromhex("0703020000000000c000000000000046")  # an embedded message follows, in the same wrapping


@dataclass(slots=True)
class Winmail:
    text: str = ""
    files: list[Piece] = field(default_factory=list)


@dataclass(slots=True)
class _File:
    name: str = ""
    content: bytes = b""


def read_tnef(raw: bytes) -> Winmail:
    """What is cut off is kept as far as it goes. Raises `UnpackError` when it is no such file."""
    if raw[:4] != _SIGN:
        raise UnpackError("sign")
    found, files = Winmail(), list[_File]()
    for number, data in _attributes(raw):
        if number == _NEXT_FILE and len(files) < FILE_LIMIT:
            files.append(_File())
        elif number == _MESSAGE_PROPERTIES:
            found.text = _words(_properties(data).get(_TEXT, b"")) or found.text
        elif number == _BODY:
            found.text = found.text or _words(data)
        elif files:
            _learn(files[-1], number, data)
    found.files = [_piece(place, file) for place, file in enumerate(files, 1)]
    return found


def _learn(file: _File, number: int, data: bytes) -> None:
    if number == _TITLE:
        file.name = file.name or _words(data)
    elif number == _DATA:
        file.content = data
    elif number == _FILE_PROPERTIES:
        known = _properties(data)
        file.name = _words(known.get(_LONG_NAME, b"")) or file.name or _words(known.get(_SHORT_NAME, b""))
        inner = known.get(_OBJECT, b"")
        if inner.startswith(_A_MESSAGE) and not file.content:
            file.content = inner[len(_A_MESSAGE) :]


def _piece(place: int, file: _File) -> Piece:
    name = safe_filename(file.name)
    wrapped = file.content.startswith(_SIGN)
    kind = "application/ms-tnef" if wrapped else mimetypes.guess_type(name)[0] or "application/octet-stream"
    part = Part(path=None, type=kind, encoding="8bit", size=len(file.content), filename=name or f"piece-{place}")
    return Piece(part, file.content)


def _attributes(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Level, number, length, data, checksum: one after the other."""
    place = 6
    while place + 9 <= len(raw):
        number = int.from_bytes(raw[place + 1 : place + 3], "little")
        length = int.from_bytes(raw[place + 5 : place + 9], "little")
        place += 9
        yield number, raw[place : place + length]
        place += length + 2


def _properties(data: bytes) -> dict[int, bytes]:
    """Number → value of those that are texts or bytes; the others are only stepped over."""
    known: dict[int, bytes] = {}
    cursor = _Cursor(data)
    for _ in range(min(cursor.number(), PROPERTY_LIMIT)):
        kind, number = cursor.number(2), cursor.number(2)
        if number >= 0x8000:
            cursor.skip_name()
        value = cursor.value(kind)
        if value is None:
            break  # unknown or cut: nothing behind it can be found
        known.setdefault(number, value if kind & 0xFFF != _STRING else b"\0" + value)
    return known


@dataclass(slots=True)
class _Cursor:
    data: bytes
    place: int = 0

    def number(self, width: int = 4) -> int:
        return int.from_bytes(self.take(width), "little")

    def take(self, size: int) -> bytes:
        found = self.data[self.place : self.place + size]
        self.place += size
        return found

    def skip_name(self) -> None:
        self.take(16)
        if self.number() == 0:
            self.take(4)
        else:
            self.padded()

    def padded(self) -> bytes:
        size = self.number()
        found = self.take(size)
        self.take(-size % 4)
        return found

    def value(self, kind: int) -> bytes | None:
        if self.place >= len(self.data):
            return None
        several, base = kind & 0x1000, kind & 0xFFF
        if base in _WIDTHS:
            for _ in range(min(self.number(), PROPERTY_LIMIT) if several else 1):
                self.take(_WIDTHS[base])
            return b""
        if base not in {_STRING, _UNICODE, _BINARY, _EMBEDDED}:
            return None
        values = [self.padded() for _ in range(min(self.number(), PROPERTY_LIMIT))]
        return values[0] if values else b""


def _words(value: bytes) -> str:
    """A text of eight bits comes marked with a leading zero by `_properties`, or bare from an attribute."""
    if value[:1] == b"\0":
        return value[1:].rstrip(b"\0").decode("cp1252", "replace")
    if len(value) % 2 == 0 and b"\0" in value[:-1]:
        return value.decode("utf-16-le", "replace").rstrip("\0")
    return value.rstrip(b"\0").decode("cp1252", "replace")
