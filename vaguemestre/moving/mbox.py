"""Files of mail read as a stream: one message after the other, with the place where the next one begins.

The standard library's reader lists the places of all messages first, and takes any line that begins with "From " for
one: a file of two gigabytes would be read twice, and a letter that says "From Monday on" cut in two.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

LARGEST = 50 * 1024 * 1024  # bytes of one message: twice what we let anybody send
_PIECE = 65536  # of a line: one without end is not held whole
_DATED = re.compile(rb"From .*\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b.*\b\d{4}\b")
_BARE = re.compile(rb"From(?: \S*)?[ \t]*\r?\n")
_FIELD = re.compile(rb"[!-9;-~]{1,200}[ \t]*:|>?From ")
_QUOTED = re.compile(rb">+From ")


@dataclass(frozen=True, slots=True)
class MboxMessage:
    """`after`: where the file continues. `raw` is None for a message that is too large: it was passed over."""

    raw: bytes | None
    separator: bytes  # the "From " line, which may hold a date; empty outside an mbox
    after: int


def looks_like_mbox(head: bytes) -> bool:
    first, _, rest = head.lstrip(b"\r\n").partition(b"\n")
    return bool(_separates(first + b"\n") and _FIELD.match(rest))


def read_mbox(file: BinaryIO, start: int = 0) -> Iterator[MboxMessage]:
    """From a place that an earlier reading told. What stands before the first message is passed over."""
    file.seek(start)
    reader = _Lines(file, start)
    separator = _first(reader)
    while separator:
        held, size, blank, following = bytearray(), 0, False, b""
        for line, whole in reader:
            if whole and blank and _separates(line) and _FIELD.match(reader.next_line()):
                following = line
                break
            size += len(line)
            if size <= LARGEST:
                held += line[1:] if _QUOTED.match(line) and reader.starts else line
            blank = line in {b"\n", b"\r\n"} and reader.starts
        after = reader.place - len(following)
        yield MboxMessage(_unended(bytes(held)) if size <= LARGEST else None, separator, after)
        separator = following


def _first(reader: "_Lines") -> bytes:
    for line, whole in reader:
        if whole and _separates(line):
            return line
    return b""


def _separates(line: bytes) -> bool:
    return line.startswith(b"From") and bool(_DATED.match(line) or _BARE.fullmatch(line))


def _unended(raw: bytes) -> bytes:
    """Without the empty line that stands between two messages."""
    for end in (b"\r\n\r\n", b"\n\n"):
        if raw.endswith(end):
            return raw[: -len(end) // 2]
    return raw


class _Lines:
    """Lines, those without end in pieces. `starts`: the piece that was given last is the beginning of its line."""

    def __init__(self, file: BinaryIO, place: int) -> None:
        self._file = file
        self._ahead = b""
        self._open = False  # the line given last continues
        self.place = place
        self.starts = True

    def __iter__(self) -> Iterator[tuple[bytes, bool]]:
        while line := self._take():
            self.starts, self._open = not self._open, not line.endswith(b"\n")
            self.place += len(line)
            yield line, self.starts and not self._open

    def next_line(self) -> bytes:
        if not self._ahead:
            self._ahead = self._file.readline(_PIECE)
        return self._ahead

    def _take(self) -> bytes:
        line, self._ahead = self._ahead or self._file.readline(_PIECE), b""
        return line
