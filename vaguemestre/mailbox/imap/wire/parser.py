"""From the segments of one response to values. One regular expression cuts tokens; nesting is counted, not recursed."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from vaguemestre.mailbox.imap.wire.faults import ProtocolError
from vaguemestre.mailbox.imap.wire.reader import Segment, Spooled

DEPTH_LIMIT = 1000
_SHORT = 300  # bytes of a line that is remembered


class Atom(bytes):
    """A bare word: a keyword, a number, a flag. Strings that the server quoted are plain `bytes`."""

    __slots__ = ()


type Value = Atom | bytes | Spooled | list[Value] | None


@dataclass(frozen=True, slots=True)
class Status:
    """OK, NO, BAD, BYE or PREAUTH. `code` is its first word in capitals, `arguments` the rest inside the brackets."""

    tag: str  # "*" when untagged
    kind: str
    code: str
    arguments: str
    text: str

    @property
    def ok(self) -> bool:
        return self.kind == "OK"


@dataclass(frozen=True, slots=True)
class Data:
    """`* 12 FETCH (…)` is number 12, name "FETCH", one list."""

    name: str
    number: int
    values: list[Value]


@dataclass(frozen=True, slots=True)
class Continuation:
    text: bytes


type Response = Status | Data | Continuation

_STATUS = re.compile(
    rb"(?i)(?P<tag>[^ \r\n]+) (?P<kind>OK|NO|BAD|BYE|PREAUTH)(?: +\[(?P<code>[^\] ]+)(?: (?P<arguments>[^\]]*))?\])?"
    rb"[ ]*(?P<text>[^\r\n]*)\r?\n\Z"
)
_UNTAGGED = re.compile(rb"\* (?:([0-9]{1,10}) )?([A-Za-z][A-Za-z0-9.\-]*)(?=[ \r\n(])")
# Groups: 1 literal (ends its segment), 2 quoted, 3 atom (a section in brackets belongs to it), 4 open, 5 close.
_TOKEN = re.compile(
    rb"[ ]*(?:(~?\{[0-9]+\+?\}\r?\n\Z)"
    rb'|"([^"\\\r\n]*(?:\\.[^"\\\r\n]*)*)"'
    rb'|((?:[^\x00-\x20\x7f()"{\[]|\[[^\]\r\n]*\])+)'
    rb"|(\()|(\)))"
)
_END = re.compile(rb"[ ]*\r?\n?\Z")
# What a list that is looked at again is made of, fifty times: read at once, not token by token.
_FLAGS = re.compile(rb"\* ([0-9]{1,10}) FETCH \(UID ([0-9]{1,10}) FLAGS \(([^()\"{\[\]\x00-\x1f]*)\)\)\r\n\Z")
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
_LITERAL, _QUOTED, _ATOM, _OPEN, _CLOSE = 1, 2, 3, 4, 5
_UID_NAME, _FLAGS_NAME = Atom(b"UID"), Atom(b"FLAGS")


def parse_response(segments: list[Segment]) -> Response:
    """What is returned is not to be changed: a line that comes again is the same object."""
    line = segments[0]
    if not isinstance(line, bytes):
        raise ProtocolError("response without a line")
    if len(segments) == 1 and len(line) <= _SHORT and line.startswith(b"* "):
        return _short(line)
    return _response(segments, line)


@lru_cache(maxsize=8192)
def _short(line: bytes) -> Response:
    """Flags of a message, a folder and its counts: what every list asks for again, and is seldom told otherwise."""
    if flags := _FLAGS.match(line):
        return _flags(flags)
    return _response([line], line)


def _response(segments: list[Segment], line: bytes) -> Response:
    if line.startswith(b"+"):
        return Continuation(line[1:].strip())
    if status := _STATUS.match(line):
        return _status(status)
    if (untagged := _UNTAGGED.match(line)) is None:
        raise ProtocolError(f"not a response: {line[:60]!r}")
    values = _values([line[untagged.end() :], *segments[1:]])
    return Data(untagged[2].decode("ascii").upper(), int(untagged[1] or 0), values)


def _flags(match: re.Match[bytes]) -> Data:
    words: list[Value] = [Atom(word) for word in match[3].split()]
    return Data("FETCH", int(match[1]), [[_UID_NAME, Atom(match[2]), _FLAGS_NAME, words]])


def _status(match: re.Match[bytes]) -> Status:
    tag, kind, code, arguments, text = (
        (match[group] or b"").decode("utf-8", "replace") for group in ("tag", "kind", "code", "arguments", "text")
    )
    return Status(tag, kind.upper(), code.upper(), arguments, text)


def _values(segments: list[Segment]) -> list[Value]:
    top: list[Value] = []
    stack = [top]
    for index in range(0, len(segments), 2):
        line = segments[index]
        if not isinstance(line, bytes):
            raise ProtocolError("literal in the place of a line")
        literal = segments[index + 1] if index + 1 < len(segments) else None
        _tokens(line, literal, stack)
    if len(stack) != 1:
        raise ProtocolError("list not closed")
    return top


def _tokens(line: bytes, literal: Segment | None, stack: list[list[Value]]) -> None:
    position, current, match_at = 0, stack[-1], _TOKEN.match
    while token := match_at(line, position):
        position = token.end()
        kind = token.lastindex
        if kind == _ATOM:
            word = token[_ATOM]
            current.append(None if word in (b"NIL", b"nil") else Atom(word))
        elif kind == _QUOTED:
            text = token[_QUOTED]
            current.append(_ESCAPE.sub(rb"\1", text) if b"\\" in text else text)
        elif kind == _OPEN:
            current = _opened(stack)
        elif kind == _CLOSE:
            current = _closed(stack)
        elif literal is not None:
            current.append(literal)
            return
        else:
            break
    if literal is not None or not _END.match(line, position):
        raise ProtocolError(f"not understood: {line[position : position + 60]!r}")


def _opened(stack: list[list[Value]]) -> list[Value]:
    if len(stack) > DEPTH_LIMIT:
        raise ProtocolError("lists too deep")
    inner: list[Value] = []
    stack[-1].append(cast(Value, inner))
    stack.append(inner)
    return inner


def _closed(stack: list[list[Value]]) -> list[Value]:
    if len(stack) == 1:
        raise ProtocolError("list closed twice")
    stack.pop()
    return stack[-1]
