"""The text of a Word document of 97 to 2003 ([MS-DOC]). Runs in the bounded child.

Its letters lie in pieces, of eight bits or of sixteen, in an order that a table tells; between them stand signs for
paragraphs, cells, pictures and fields. A table of looks says what was taken out under revision: that is no text.
"""

import re
import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator

_OF_97, _OF_95 = 0xA5EC, 0xA5DC
_COMPLEX, _ENCRYPTED, _TABLE_1 = 0x0004, 0x0100, 0x0200
_LOOKS, _PIECES = 12, 33  # places in the header's list of tables
_PAGE = 512
_SLICE = 1 << 16  # letters written at a time
_CODE, _RESULT, _END = "\x13", "\x14", "\x15"  # a field: what makes it, what it shows
_FIELD = re.compile(f"([{_CODE}{_RESULT}{_END}])")
_REMOVED = 0x0800
_LENGTHS = (1, 1, 2, 4, 2, 2, 0, 3)  # of what follows a property, by its topmost bits; 0: it says so itself
_SIGNS = {**dict.fromkeys(range(32), ""), **dict.fromkeys(b"\x07\x0b\x0c\r\n", "\n"), 0x09: "\t", 0x1E: "-"}


def write_text(read_stream: Callable[[str], bytes], write: Callable[[str], object]) -> None:
    main = read_stream("WordDocument")
    sign, version, flags = struct.unpack_from("<HH6xH", main)
    if sign not in {_OF_97, _OF_95} or flags & _ENCRYPTED:
        return
    text = _Text(write)
    if sign == _OF_95 or version < 105:
        if not flags & _COMPLEX:
            begin, end = struct.unpack_from("<II", main, 24)
            text.say(main[begin:end].decode("cp1252", "replace"))
        return
    tables = read_stream("1Table" if flags & _TABLE_1 else "0Table")
    removed = _removed(main, _table(main, tables, _LOOKS))
    for begin, letters, width in _pieces(_table(main, tables, _PIECES)):
        for start, end in _kept(removed, begin, min(begin + letters * width, len(main))):
            for place in range(start, end, _SLICE * width):
                octets = main[place : min(end, place + _SLICE * width)]
                text.say(octets.decode("cp1252" if width == 1 else "utf-16-le", "replace"))


def _table(main: bytes, tables: bytes, number: int) -> bytes:
    """The header is three lists, each after its length: one of it was longer in each version."""
    place = 32
    for width in (2, 4):
        place += 2 + width * int.from_bytes(main[place : place + 2], "little")
    begin, size = struct.unpack_from("<II", main, place + 2 + 8 * number)
    return tables[begin : begin + size]


def _pieces(table: bytes) -> Iterator[tuple[int, int, int]]:
    """Where each begins, how many letters it has, and of how many bytes."""
    place = 0
    while table[place : place + 1] == b"\x01":  # looks of whole pieces
        place += 3 + int.from_bytes(table[place + 1 : place + 3], "little")
    if table[place : place + 1] != b"\x02":
        return
    table = table[place + 5 : place + 5 + int.from_bytes(table[place + 1 : place + 5], "little")]
    count = (len(table) - 4) // 12
    for number in range(count):
        first, last = struct.unpack_from("<II", table, 4 * number)
        (where,) = struct.unpack_from("<I", table, 4 * (count + 1) + 8 * number + 2)
        if last > first:
            narrow = where & 0x4000_0000
            yield (where & 0x3FFF_FFFF) // (2 if narrow else 1), last - first, 1 if narrow else 2


def _removed(main: bytes, table: bytes) -> list[tuple[int, int]]:
    """Parts of the document that were taken out under revision, in order."""
    found: list[tuple[int, int]] = []
    count = (len(table) - 4) // 8
    for number in range(count):
        (page,) = struct.unpack_from("<I", table, 4 * (count + 1 + number))
        begin = (page & 0x3F_FFFF) * _PAGE
        looks = main[begin : begin + _PAGE]
        if len(looks) < _PAGE:
            continue
        runs = min(looks[-1], 101)
        for run in range(runs):
            at = 2 * looks[4 * (runs + 1) + run]
            if at and _takes_out(looks[at + 1 : at + 1 + looks[at]]):
                found.append(struct.unpack_from("<II", looks, 4 * run))
    return sorted(found)


def _takes_out(properties: bytes) -> bool:
    place = 0
    while place + 3 <= len(properties):
        number = int.from_bytes(properties[place : place + 2], "little")
        if number == _REMOVED and properties[place + 2] == 1:
            return True
        place += 2 + (_LENGTHS[number >> 13] or 1 + properties[place + 2])
    return False


def _kept(removed: list[tuple[int, int]], begin: int, end: int) -> Iterator[tuple[int, int]]:
    for start, stop in removed[max(0, bisect_right(removed, (begin, begin)) - 1) :]:
        if start >= end:
            break
        if start > begin:
            yield begin, start
        begin = max(begin, stop)
    if begin < end:
        yield begin, end


class _Text:
    """Without the code of its fields, one of which may hold others."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._fields: list[bool] = []  # of each that is open: whether this is still its code
        self._silent = 0

    def say(self, text: str) -> None:
        for part in _FIELD.split(text):
            if part in (_CODE, _RESULT, _END):
                self._field(part)
            else:
                self._letters(part)

    def _letters(self, text: str) -> None:
        if not self._silent:
            self._write(text.translate(_SIGNS))

    def _field(self, sign: str) -> None:
        if sign == _CODE:
            self._fields.append(True)
            self._silent += 1
        elif self._fields:
            self._silent -= self._fields.pop()
            if sign == _RESULT:
                self._fields.append(False)
