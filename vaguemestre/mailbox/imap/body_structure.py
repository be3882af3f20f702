"""BODYSTRUCTURE read as a tree of parts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from vaguemestre.mailbox.file_names import safe_filename
from vaguemestre.mailbox.imap.wire.parser import Value
from vaguemestre.mailbox.imap.wire.reader import Spooled
from vaguemestre.mailbox.messages import Part
from vaguemestre.mailbox.mime.body_choice import UNKNOWN
from vaguemestre.mailbox.mime.charsets import decode
from vaguemestre.mailbox.mime.header_text import header_text
from vaguemestre.mailbox.values import PartPath

DEPTH_LIMIT = 100  # as deep as Dovecot looks
PART_LIMIT = 500
# RFC 2231: name, name*, name*0, name*0*
_CONTINUED = re.compile(r"([^*]+)(?:\*([0-9]{1,3}))?(\*)?")


def string_octets(value: Value) -> bytes:
    """A string of the server, whatever form it travelled in; b"" for what is none."""
    if isinstance(value, bytes):
        return value
    return value.head(65536) if isinstance(value, Spooled) else b""


def value_at(values: Sequence[Value], index: int) -> Value:
    return values[index] if index < len(values) else None


def read_structure(value: Value) -> Part:
    """Never fails: what a broken message or server makes unreadable becomes a part that one may download."""
    return _Builder().build(value, "", 0) or UNKNOWN


@dataclass(slots=True)
class _Builder:
    left: int = PART_LIMIT

    def build(self, value: Value, prefix: str, depth: int) -> Part | None:
        if not isinstance(value, list) or not value or self.left <= 0 or depth > DEPTH_LIMIT:
            return None
        self.left -= 1
        if isinstance(value[0], list):
            return self._multipart(value, prefix, depth)
        return _single(value, PartPath(prefix or "1"))

    def _multipart(self, value: list[Value], prefix: str, depth: int) -> Part:
        children = [child for child in value if isinstance(child, list)]
        count = next((place for place, child in enumerate(value) if not isinstance(child, list)), len(value))
        parts = [
            self.build(child, f"{prefix}.{place}" if prefix else str(place), depth + 1)
            for place, child in enumerate(children[: min(count, PART_LIMIT)], 1)
        ]
        subtype = _token(value_at(value, count)) or "mixed"
        return Part(
            path=None,
            type=f"multipart/{subtype}",
            parameters=_parameters(value_at(value, count + 1)),
            parts=tuple(part for part in parts if part is not None),
        )


def _single(value: list[Value], path: PartPath) -> Part:
    main, sub, encoding = _token(value[0]), _token(value_at(value, 1)), _token(value_at(value, 5)) or "7bit"
    kind = f"{main or 'application'}/{sub or 'octet-stream'}"
    parameters = _parameters(value_at(value, 2))
    # After the seven basic fields: lines for a text; envelope, structure and lines for a message; then MD5.
    extension = 8 if main == "text" else 10 if kind == "message/rfc822" else 7
    disposition = value_at(value, extension + 1)
    details = disposition if isinstance(disposition, list) else []
    size = string_octets(value_at(value, 6))
    filename = _filename(_parameters(value_at(details, 1)), parameters)
    # A type that cannot be read is text (RFC 2045, 5.2), unless what goes with it says that it is a file.
    if main in {"", "text"} and not sub and not filename and encoding != "base64":
        kind = "text/plain"
    return Part(
        path=path,
        type=kind,
        parameters=parameters,
        encoding=encoding,
        size=int(size) if size.isdigit() else 0,
        content_id=header_text(string_octets(value_at(value, 3)), limit=400).strip("<> "),
        disposition=_token(value_at(details, 0)),
        filename=filename,
        subject=_subject(value_at(value, 7)) if kind == "message/rfc822" else "",
    )


def _token(value: Value) -> str:
    return _word(string_octets(value)[:100])


@lru_cache(maxsize=256)
def _word(octets: bytes) -> str:
    text = decode(octets).strip().lower()
    return text if re.fullmatch(r"[a-z0-9!#$&^_.+\-]+", text) else ""


def _subject(envelope: Value) -> str:
    return header_text(string_octets(value_at(envelope, 1))) if isinstance(envelope, list) else ""


def _filename(disposition: Mapping[str, str], parameters: Mapping[str, str]) -> str:
    return safe_filename(_undecoded(disposition.get("filename") or parameters.get("name") or ""))


def _undecoded(name: str) -> str:
    """Dovecot gives up on a name cut inside a character (RFC 2231 in pieces) and hands on its percent signs."""
    if not name.isascii() or "%" not in name:
        return name
    try:
        text = unquote_to_bytes(name).decode("utf-8")
    except UnicodeDecodeError:
        return name
    return name if text.isascii() else text


def _parameters(value: Value) -> dict[str, str]:
    """Pairs, with RFC 2231's pieces put together and its charsets undone, and RFC 2047's words where they stand."""
    if not isinstance(value, list):
        return {}
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bool, bytes]]] = {}
    for name, raw in list(zip(value[::2], value[1::2], strict=False))[:100]:
        match = _CONTINUED.fullmatch(decode(string_octets(name)[:200]).lower())
        if match is None:
            continue
        if match[2] is None and match[3] is None:
            plain.setdefault(match[1], header_text(string_octets(raw), limit=2000))
        else:
            pieces.setdefault(match[1], {})[int(match[2] or 0)] = (match[3] is not None, string_octets(raw)[:8192])
    return plain | {name: _joined(found) for name, found in pieces.items()}


def _joined(pieces: dict[int, tuple[bool, bytes]]) -> str:
    charset, data = "", b""
    for place, (encoded, raw) in sorted(pieces.items()):
        text = raw
        if encoded and place == min(pieces) and raw.count(b"'") >= 2:
            name, _, text = raw.split(b"'", 2)
            charset = name.decode("ascii", "replace")
        data += unquote_to_bytes(text) if encoded else text
    return header_text(decode(data, charset).encode("utf-8"), limit=2000)
