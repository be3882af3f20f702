"""The text of an Excel document of 5.0 to 2003 ([MS-XLS]). Runs in the bounded child.

One record after the other; a long one is cut, and a text that is cut says again how wide its letters are. The words of
all sheets are in one list, which comes first.
"""

import struct
from collections.abc import Callable, Iterator

from vaguemestre.engine.decoder.rtf import known_charset

_BEGIN, _PASSWORD, _CHARSET, _GOES_ON = 0x0809, 0x002F, 0x0042, 0x003C
_WORDS, _DRAWN = 0x00FC, 0x01B6
_LABELS = {0x0204: 6, 0x00D6: 6, 0x0207: 0}  # written in a cell, with looks, made by a formula: where the text begins
_NUMBER, _SHORT, _SHORTS, _FORMULA = 0x0203, 0x027E, 0x00BD, 0x0006
_OF_97 = 0x0600
_LARGEST = 1e15  # beyond, digits are missing
_SIGNS = dict.fromkeys(range(32), "\n")

type Write = Callable[[str], object]


def write_text(read_stream: Callable[[str], bytes], write: Write) -> None:
    held = read_stream("Workbook") or read_stream("Book")
    book = _Book(write)
    for kind, pieces in _records(held):
        if kind == _PASSWORD:
            return
        book.take(kind, pieces)


def _records(held: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """Each with its continuations."""
    pending: tuple[int, list[bytes]] = (0, [b""])
    place = 0
    while place + 4 <= len(held):
        kind, size = struct.unpack_from("<HH", held, place)
        content = held[place + 4 : place + 4 + size]
        place += 4 + size
        if kind == _GOES_ON:
            pending[1].append(content)
        else:
            yield pending
            pending = kind, [content]
    yield pending


class _Book:
    def __init__(self, write: Write) -> None:
        self._write = write
        self._wide = True  # from 97 on a text says itself how wide its letters are; before, they are of a charset
        self._charset = "cp1252"

    def take(self, kind: int, pieces: list[bytes]) -> None:
        content = pieces[0]
        if kind == _BEGIN:
            self._wide = content[:2] == _OF_97.to_bytes(2, "little")
        elif kind == _CHARSET:
            self._charset = known_charset(f"cp{int.from_bytes(content[:2], 'little')}")
        elif kind == _WORDS:
            self._words(_Pieces(pieces))
        elif kind == _DRAWN and pieces[1:]:  # in a box or a comment
            self._say(_Pieces(pieces[1:]).letters(int.from_bytes(content[10:12], "little")))
        elif kind in _LABELS:
            self._label(_Pieces([content[_LABELS[kind] :], *pieces[1:]]))
        else:
            for number in _numbers(kind, content):
                self._say(number)

    def _say(self, text: str) -> None:
        self._write(text.translate(_SIGNS) + "\n")

    def _words(self, pieces: "_Pieces") -> None:
        pieces.octets(4)
        for _ in range(pieces.number(4)):
            if pieces.done:
                return
            count, how = pieces.number(2), pieces.number(1)
            looks = 4 * pieces.number(2) if how & 8 else 0
            spoken = pieces.number(4) if how & 4 else 0
            self._say(pieces.letters(count, wide=bool(how & 1)))
            pieces.skip(looks + spoken)

    def _label(self, pieces: "_Pieces") -> None:
        count = pieces.number(2)
        if self._wide:
            self._say(pieces.letters(count, wide=bool(pieces.number(1) & 1)))
        else:
            self._say(pieces.octets(count).decode(self._charset, "replace"))


class _Pieces:
    """A record and what it continues in, read from the beginning."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces
        self._number = 0
        self._place = 0

    @property
    def done(self) -> bool:
        self._step()
        return self._number >= len(self._pieces)

    def _step(self) -> None:
        while self._number < len(self._pieces) and self._place >= len(self._pieces[self._number]):
            self._number, self._place = self._number + 1, 0

    def octets(self, size: int) -> bytes:
        taken = b""
        while size > len(taken) and not self.done:
            piece = self._pieces[self._number][self._place : self._place + size - len(taken)]
            self._place += len(piece)
            taken += piece
        return taken

    def skip(self, size: int) -> None:
        while size > 0 and not self.done:
            stepped = min(size, len(self._pieces[self._number]) - self._place)
            self._place += stepped
            size -= stepped

    def number(self, size: int) -> int:
        return int.from_bytes(self.octets(size), "little")

    def letters(self, count: int, *, wide: bool | None = None) -> str:
        """`wide`: None when the next byte says it."""
        said: list[str] = []
        while count > 0 and self._number < len(self._pieces):
            piece = self._pieces[self._number]
            if self._place >= len(piece):
                self._number, self._place, wide = self._number + 1, 0, None
            elif wide is None:
                wide = bool(piece[self._place] & 1)
                self._place += 1
            else:
                octets = piece[self._place : self._place + count * (2 if wide else 1)]
                self._place += len(octets)
                said.append(octets.decode("utf-16-le" if wide else "latin-1", "replace"))
                count -= len(octets) // 2 if wide else len(octets)
        return "".join(said)


def _numbers(kind: int, content: bytes) -> Iterator[str]:
    """As they would be looked for: those without a fraction."""
    values: list[float] = []
    if kind == _NUMBER or (kind == _FORMULA and content[12:14] != b"\xff\xff"):
        values = [_double(content[6:14])]
    elif kind == _SHORT:
        values = [_short(content[6:10])]
    elif kind == _SHORTS:
        values = [_short(content[place : place + 4]) for place in range(6, len(content) - 5, 6)]
    yield from (str(int(value)) for value in values if 0 <= value < _LARGEST and value == int(value))


def _short(octets: bytes) -> float:
    """Thirty bits of a number: whole, or the upper ones; perhaps in hundredths."""
    number = int.from_bytes(octets, "little", signed=True)
    value = float(number >> 2) if number & 2 else _double(bytes(4) + (number & ~3).to_bytes(4, "little", signed=True))
    return value / 100 if number & 1 else value


def _double(octets: bytes) -> float:
    (value,) = struct.unpack("<d", octets.ljust(8, b"\0"))
    return float(value)
