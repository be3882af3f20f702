"""What tells a message from every other of its folder: its own name, or who wrote it when; and its size."""

import re
from collections.abc import Iterator
from hashlib import blake2b

from vaguemestre.mailbox.imap.body_structure import string_octets
from vaguemestre.mailbox.imap.fetch_rows import parse_fetch_rows
from vaguemestre.mailbox.imap.folder_connection import FolderConnection, require_ok
from vaguemestre.mailbox.imap.folder_list import KnownFolder
from vaguemestre.mailbox.values import Uid

_FIELDS = b"BODY.PEEK[HEADER.FIELDS (MESSAGE-ID DATE FROM SUBJECT)]"
_NAME = re.compile(rb"(?i)^message-id[ \t]*:(.*)", re.MULTILINE)
_OTHERS = re.compile(rb"(?i)^(date|from|subject)[ \t]*:(.*)", re.MULTILINE)
_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_A_TRIP = 5000  # numbers asked for at once


def fingerprint(header: bytes, size: int) -> bytes:
    """Of a message of so many bytes (CRLF lines). The size keeps apart what a list sent again with a footer."""
    unfolded = _FOLD.sub(b"", header)
    names = [b" ".join(value.split()) for value in _NAME.findall(unfolded)[:1]]
    if not names or not names[0]:
        found = dict(sorted((field.lower(), b" ".join(value.split())) for field, value in _OTHERS.findall(unfolded)))
        names = [field + b"=" + value for field, value in found.items()]
    return blake2b(b"%d\n%s" % (size, b"\n".join(names)), digest_size=16).digest()


def fetch_fingerprints(
    link: FolderConnection, known: KnownFolder, since: int, below: int
) -> Iterator[tuple[Uid, bytes]]:
    """Of the messages with those numbers. From the index and the cache of headers; a trip for some thousands."""
    for low in range(max(1, since), below, _A_TRIP):
        window = b"%d:%d" % (low, min(below, low + _A_TRIP) - 1)
        answer = link.read_in(known, [b"UID FETCH %s (UID RFC822.SIZE %s)" % (window, _FIELDS)])
        for status in answer.statuses:
            require_ok(status)
        for message in parse_fetch_rows(answer.data):
            size = string_octets(message.items.get("RFC822.SIZE"))
            header = next(
                (string_octets(value) for name, value in message.items.items() if name.startswith("BODY[")), b""
            )
            if size.isdigit():
                yield message.uid, fingerprint(header, int(size))
