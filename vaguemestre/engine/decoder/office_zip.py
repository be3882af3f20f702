"""The text of a zipped office document: of Word, Excel and PowerPoint, and of LibreOffice. Runs in the bounded child.

Read as it is unpacked, piece by piece, so that no size that the document claims for itself is believed.
"""

import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

UNPACKED_LIMIT = 60 * 1024 * 1024
PIECE = 1 << 16
# Slides are read, the models behind them are not: "Click to edit the title" stands in each.
_PARTS = re.compile(
    r"(?i)(?:(word|xl|ppt)/(?:(?!slidelayouts|slidemasters|\w+masters|theme)\w+/)?[\w.-]+|content|styles)\.xml"
)
_OPEN_DOCUMENT = frozenset({"content.xml", "styles.xml"})
# Where a word ends, whatever follows.
_MICROSOFT_ENDS = frozenset({"p", "br", "cr", "tab", "si", "is", "c", "comment", "text"})
_OPEN_ENDS = frozenset({"p", "h", "s", "tab", "line-break"})
_BROKEN = (BadZipFile, zlib.error, expat.ExpatError, struct.error, EOFError, OSError, RuntimeError, ValueError)

type Write = Callable[[str], object]


class TooMuchError(Exception):
    """More than a document that somebody reads can hold; or a trick."""


def write_text(document: BinaryIO, write: Write) -> None:
    """What was written before something is wrong remains good."""
    left = UNPACKED_LIMIT
    try:
        with ZipFile(document) as archive:
            for part in _parts(archive):
                left = _write_part(archive, part, write, left)
    except (*_BROKEN, TooMuchError):
        return


def _parts(archive: ZipFile) -> Iterator[ZipInfo]:
    """Cells last: a sheet may hold a million numbers, and its words are kept apart from it."""
    text = "mimetype" in archive.namelist() and b"opendocument.text" in archive.open("mimetype").read(100)
    found = [
        part
        for part in archive.infolist()
        if _PARTS.fullmatch(part.filename)
        and part.compress_type in {ZIP_STORED, ZIP_DEFLATED}
        # What stands at the top of each page of a letter; for slides, the models again.
        and (part.filename != "styles.xml" or text)
    ]
    yield from sorted(found, key=lambda part: "worksheets/" in part.filename.lower())


def _write_part(archive: ZipFile, part: ZipInfo, write: Write, left: int) -> int:
    """How much may still be unpacked. A part that is broken ends there; the next may be whole."""
    words = _OpenDocument(write) if part.filename in _OPEN_DOCUMENT else _Microsoft(write)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse  # no office program writes one: entities are for bombs
    parser.StartElementHandler, parser.EndElementHandler = words.start, words.end
    parser.CharacterDataHandler = words.data
    try:
        with archive.open(part) as opened:
            while piece := opened.read(PIECE):
                left -= len(piece)
                if left < 0:
                    raise TooMuchError
                parser.Parse(piece)
    except _BROKEN:
        pass
    write("\n")
    return left


def _refuse(*_: object) -> None:
    raise TooMuchError


class _Words:
    """What both have in common: text as it comes, and one line end between two words that are not one."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._apart = True

    def _say(self, text: str) -> None:
        self._write(text)
        self._apart = False

    def _part(self) -> None:
        if not self._apart:
            self._write("\n")
            self._apart = True


class _Microsoft(_Words):
    """Text stands in elements called `t`, one for each change of looks: a word may be made of several. A cell holds the
    number of its words in a list, or what a formula has given, or a number: looked for are those without a fraction."""

    def __init__(self, write: Write) -> None:
        super().__init__(write)
        self._open = ""  # the element whose text counts
        self._cell = ""
        self._value = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local in {"t", "text", "v"}:
            self._open, self._value = local, ""
        elif local == "c":
            self._cell = attributes.get("t", "n")

    def data(self, text: str) -> None:
        if self._open == "v":
            self._value += text[: 10_000 - len(self._value)]
        elif self._open:
            self._say(text)

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local == "v" and (self._cell == "str" or (self._cell == "n" and self._value.isdecimal())):
            self._say(self._value)
        if local == self._open:
            self._open = ""
        if local in _MICROSOFT_ENDS:
            self._part()


class _OpenDocument(_Words):
    """Text stands in paragraphs and headings; what was taken out under revision is kept apart, and is no text."""

    def __init__(self, write: Write) -> None:
        super().__init__(write)
        self._depth = 0
        self._removed = 0

    def start(self, name: str, _attributes: Mapping[str, str]) -> None:
        local = name.rpartition(":")[2]
        self._depth += local in {"p", "h"}
        self._removed += local == "tracked-changes"

    def data(self, text: str) -> None:
        if self._depth and not self._removed:
            self._say(text)

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        self._depth -= local in {"p", "h"}
        self._removed -= local == "tracked-changes"
        if local in _OPEN_ENDS:
            self._part()
