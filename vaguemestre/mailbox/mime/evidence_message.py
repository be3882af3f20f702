"""A message sent on as evidence: inside another one, as it came (RFC 2046, 5.2.1)."""

import re
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from email.utils import format_datetime

from vaguemestre.mailbox.messages import Address
from vaguemestre.mailbox.mime import header_fields
from vaguemestre.mailbox.mime.message_builder import text_part

ROOM = 64 * 1024  # bytes around the message, and for lines that are cut
HEAD_LIMIT = 128 * 1024
_LONGEST = 998  # RFC 5322, 2.1.1


def build_evidence(
    *,
    reporter: Address,
    to: Address,
    subject: str,
    text: str,
    date: datetime,
    message_id: str,
    source: Iterable[bytes],
    whole: bool,
) -> Iterator[bytes]:
    """In pieces, as `source` comes. Without `whole`, its header fields alone."""
    boundary = f"=_{secrets.token_hex(16)}"
    line = f"--{boundary}".encode("ascii")
    yield b"".join(
        [
            header_fields.address_field("From", [reporter]),
            header_fields.address_field("To", [to]),
            header_fields.text_field("Subject", subject),
            header_fields.text_field("Date", format_datetime(date)),
            header_fields.identifier_field("Message-ID", [message_id]),
            b"MIME-Version: 1.0\r\n",
            f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'.encode("ascii"),
            line, b"\r\n", text_part(text), b"\r\n", line, b"\r\n",
            b"Content-Type: message/rfc822\r\n" if whole else b"Content-Type: text/rfc822-headers\r\n",
            b'Content-Transfer-Encoding: 8bit\r\nContent-Disposition: attachment; filename="signalement.eml"\r\n\r\n',
        ]
    )  # fmt: skip
    yield from _lines(source if whole else [_head(source)])
    yield b"\r\n" + line + b"--\r\n"


def _head(source: Iterable[bytes]) -> bytes:
    held = b""
    for piece in source:
        held += piece
        if len(held) > HEAD_LIMIT or re.search(rb"\r?\n\r?\n", held):
            break
    return re.split(rb"\r?\n\r?\n", held[:HEAD_LIMIT], maxsplit=1)[0] + b"\r\n"


def _lines(source: Iterable[bytes]) -> Iterator[bytes]:
    """With line ends that travel, no zero byte, and no line longer than a server takes."""
    rest = b""
    for piece in source:
        *lines, rest = (rest + piece).replace(b"\0", b"").split(b"\n")
        yield b"".join(_cut(line) for line in lines)
        # All but the last part: carried on to the next piece, a line without end would cost its length squared.
        whole = max(0, len(rest) - 2) // _LONGEST * _LONGEST  # its end may have begun, and is none of its length
        if whole:
            yield _cut(rest[:whole])
            rest = rest[whole:]
    yield _cut(rest)


def _cut(line: bytes) -> bytes:
    line = line.rstrip(b"\r")
    parts = [line[start : start + _LONGEST] for start in range(0, len(line), _LONGEST)] or [b""]
    return b"".join(part + b"\r\n" for part in parts)
