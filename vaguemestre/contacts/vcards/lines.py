"""Content lines (RFC 6350, 3.3): a group, a name, parameters, a value. Linear in the size of the file, always."""

import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass

from vaguemestre.mailbox.mime.charsets import decode

FOLD = 75  # bytes, without the line's end
_NAME = re.compile(r"(?:(?P<group>[A-Za-z0-9-]{1,64})\.)?(?P<name>[A-Za-z0-9-]{1,64})")
_TOKENS = re.compile(r"\\.|[^\\;,]+|.", re.DOTALL)
_HEAD_SIGNS = re.compile(r'[":;]')
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f]")
_ENCODINGS = {"QUOTED-PRINTABLE", "BASE64", "B", "8BIT", "7BIT"}


@dataclass(frozen=True, slots=True)
class Property:
    """`params` by name in capitals, their quotes kept; `value` still has its escapes: `text_value`, `components` and
    `list_value` take them off."""

    number: int  # of its first line in the file
    group: str
    spelled: str
    params: tuple[tuple[str, str], ...]
    value: str

    @property
    def name(self) -> str:
        return self.spelled.upper()

    def param(self, name: str) -> str:
        return ",".join(value.replace('"', "") for key, value in self.params if key == name)

    @property
    def types(self) -> set[str]:
        return {one.strip().lower() for one in self.param("TYPE").split(",") if one.strip()}

    @property
    def is_binary(self) -> bool:
        return self.param("ENCODING").upper() in {"B", "BASE64"}


def logical_lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Lines put together again, each with the number of its first one. A fold may stand inside a letter."""
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    pieces: list[bytes] = []
    first, keeps_blank, soft = 1, False, False
    for number, line in enumerate(lines, 1):
        if pieces and soft:
            pieces.append(line)
        elif pieces and line[:1] in (b" ", b"\t"):
            pieces.append(line if keeps_blank else line[1:])
        else:
            if pieces:
                yield first, b"".join(pieces)
            pieces, first = [line], number
            keeps_blank = _keeps_blanks(line, keeps_blank)
        soft = line.endswith(b"=") and _is_soft(pieces[0])
        if soft:
            pieces[-1] = pieces[-1][:-1]
    if pieces:
        yield first, b"".join(pieces)


def parse_line(number: int, line: bytes, *, old: bool) -> Property | None:
    """None for what is no content line. `old`: a vCard 2.1, of which the value comes back as a later one has it."""
    head, value = _split(_decoded(line))
    words = head.split(";") if '"' not in head else _outside_quotes(head)
    match = _NAME.fullmatch(words[0].strip())
    if match is None:
        return None
    params = tuple(_param(word) for word in words[1:] if word.strip())
    found = Property(number, match["group"] or "", match["name"], params, value)
    return _renewed(found, line) if old or found.param("ENCODING").upper() == "QUOTED-PRINTABLE" else found


def text_value(value: str) -> str:
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] in "nN" else match[1], value, flags=re.DOTALL)


def components(value: str) -> list[str]:
    """What stands between semicolons, without escapes."""
    return [text_value(part) for part in _parted(value, ";")]


def list_value(value: str) -> list[str]:
    return [text_value(part) for part in _parted(value, ",")]


def escape_text(plain: str) -> str:
    return re.sub(r"([\\,;])", r"\\\1", plain).replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def fold_line(line: str) -> bytes:
    """With its end. Never cut inside a letter (RFC 6350, 3.2)."""
    octets = line.encode()
    if len(octets) <= FOLD:
        return octets + b"\r\n"
    pieces, start, room = [], 0, FOLD
    while start < len(octets):
        end = min(start + room, len(octets))
        while end < len(octets) and octets[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(octets[start:end])
        start, room = end, FOLD - 1  # the blank of a fold counts
    return b"\r\n ".join(pieces) + b"\r\n"


def _keeps_blanks(line: bytes, before: bool) -> bool:
    """vCard 2.1 folds where a blank stands already, and the blank is part of the text."""
    start = line[:20].strip().upper()
    if start.startswith(b"BEGIN"):
        return False
    return start.endswith(b"2.1") if start.startswith(b"VERSION") else before


def _is_soft(line: bytes) -> bool:
    return b"QUOTED-PRINTABLE" in line[:200].upper().split(b":", 1)[0]


def _decoded(line: bytes) -> str:
    try:
        found = line.decode("utf-8")
    except UnicodeDecodeError:
        found = line.decode("cp1252", "replace")
    return _CONTROL.sub("", found)


def _split(line: str) -> tuple[str, str]:
    """At the first colon that no quotes hold; at the first of all when a quote is never closed."""
    quoted = False
    for match in _HEAD_SIGNS.finditer(line):
        if match[0] == '"':
            quoted = not quoted
        elif match[0] == ":" and not quoted:
            return line[: match.start()], line[match.end() :]
    head, _, value = line.partition(":")
    return head, value


def _outside_quotes(head: str) -> list[str]:
    words, start, quoted = [], 0, False
    for match in _HEAD_SIGNS.finditer(head):
        if match[0] == '"':
            quoted = not quoted
        elif match[0] == ";" and not quoted:
            words.append(head[start : match.start()])
            start = match.end()
    return [*words, head[start:]]


def _param(word: str) -> tuple[str, str]:
    """`TYPE=home`; in vCard 2.1 `HOME` alone says the same."""
    name, sign, value = word.partition("=")
    if sign:
        raw = value.strip()
        return name.strip().upper(), raw if raw.count('"') in {0, 2} else raw.replace('"', "")
    bare = name.strip()
    return ("ENCODING" if bare.upper() in _ENCODINGS else "TYPE"), bare


def _renewed(found: Property, line: bytes) -> Property:
    """What stood in another charset, in quoted-printable, with 2.1's few escapes."""
    value, encoding = found.value, found.param("ENCODING").upper()
    charset = found.param("CHARSET") or "utf-8"
    if encoding == "QUOTED-PRINTABLE":
        value = decode(quopri.decodestring(value.encode("utf-8", "replace")), charset)
    elif found.param("CHARSET") and not line.isascii():
        value = decode(line.split(b":", 1)[-1], charset)
    if not found.is_binary:
        value = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", value)
        value = re.sub(r"\\(?!;)", r"\\\\", value).replace(",", "\\,")
        value = value.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    params = tuple(
        ("ENCODING", "b") if key == "ENCODING" else (key, value)
        for key, value in found.params
        if key != "CHARSET" and not (key == "ENCODING" and not found.is_binary)
    )
    return Property(found.number, found.group, found.spelled, params, value)


def _parted(value: str, sign: str) -> list[str]:
    parts: list[list[str]] = [[]]
    for match in _TOKENS.finditer(value):
        if match[0] == sign:
            parts.append([])
        else:
            parts[-1].append(match[0])
    return ["".join(part) for part in parts]
