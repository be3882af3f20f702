"""The text of a document in RTF, as Word and WordPad have written it since the nineties. Runs in the bounded child.

A line of signs: groups in braces, words that begin with a backslash, and text between. What is not known is passed
over, as the format wants it; whoever breaks off in the middle has been read until there.
"""

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

MOST_GROUPS = 10_000  # one inside the other
_TOKEN = re.compile(
    rb"\\bin(?P<bin>\d{1,9}) ?|\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,9})? ?|(?P<octets>(?:\\'[0-9a-fA-F]{2})+)"
    rb"|\\(?P<sign>[^a-zA-Z])|(?P<brace>[{}])|[\r\n]+|(?P<text>[^\\{}\r\n]+)|\\",
    re.DOTALL,
)
_ENDS = {b"par", b"line", b"tab", b"cell", b"nestcell", b"row", b"sect", b"page", b"column"}
# Groups that hold no text of the document. One that begins with \* is for those who know its word: none of its text.
_NO_TEXT = {
    b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"objdata", b"themedata", b"datastore",
    b"listtable", b"rsidtbl", b"latentstyles", b"fldinst", b"filetbl", b"revtbl", b"xe", b"tc",
}  # fmt: skip
_SIGNS = {b"~": "\N{NO-BREAK SPACE}", b"-": "\N{SOFT HYPHEN}", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}"}
_QUOTES = {b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”", b"endash": "–", b"emdash": "—"}


@dataclass(frozen=True, slots=True)
class _Group:
    silent: bool = False
    stands_for: int = 1  # how many signs for older programs follow one in Unicode


class _Document:
    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._group = _Group()
        self._outer: list[_Group] = []
        self._charset = "cp1252"
        self._passed = 0  # signs that repeat one in Unicode

    def read(self, document: bytes) -> None:
        place = 0
        while len(self._outer) < MOST_GROUPS and (token := _TOKEN.match(document, place)):
            place = token.end() + int(token["bin"] or 0)
            if token["word"]:
                self._word(token["word"], int(token["number"] or 1), token["number"] is not None)
            elif token["octets"]:
                self._say(bytes.fromhex(token["octets"].replace(b"\\'", b"").decode("ascii")))
            elif token["text"]:
                self._say(token["text"])
            elif token["brace"]:
                self._brace(opens=token["brace"] == b"{")
            elif token["sign"]:
                self._sign(token["sign"])

    def _brace(self, *, opens: bool) -> None:
        self._passed = 0
        if opens:
            self._outer.append(self._group)
        elif self._outer:
            self._group = self._outer.pop()

    def _word(self, word: bytes, number: int, numbered: bool) -> None:
        if word in _NO_TEXT:
            self._group = replace(self._group, silent=True)
        elif word == b"shptxt":  # of a box, inside a group of its drawing
            self._group = replace(self._group, silent=False)
        elif word == b"u" and numbered:
            self._letter(chr(number % 65536))
            self._passed = self._group.stands_for
        elif word == b"uc":
            self._group = replace(self._group, stands_for=min(max(number, 0), 100))
        elif word == b"ansicpg":
            self._charset = known_charset(f"cp{number}")
        elif word in _ENDS:
            self._letter("\n")
        elif word in _QUOTES:
            self._letter(_QUOTES[word])

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._group = replace(self._group, silent=True)
        elif sign in b"\r\n":
            self._letter("\n")
        else:
            self._letter(_SIGNS.get(sign, ""))

    def _say(self, octets: bytes) -> None:
        passed, self._passed = min(self._passed, len(octets)), max(0, self._passed - len(octets))
        self._letter(octets[passed:].decode(self._charset, "replace"))

    def _letter(self, text: str) -> None:
        if not self._group.silent:
            self._write(text)


def write_text(document: bytes, write: Callable[[str], object]) -> None:
    _Document(write).read(document)


def known_charset(charset: str) -> str:
    try:
        return codecs.lookup(charset).name
    except LookupError:
        return "cp1252"
