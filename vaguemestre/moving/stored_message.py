"""One message of a file as it is to be stored: its lines, its day, its marks. All of it was written by others."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from vaguemestre.mailbox.imap.messages.fingerprints import fingerprint
from vaguemestre.mailbox.mime.header_text import header_text
from vaguemestre.mailbox.values import ANSWERED, DRAFT, FLAGGED, FORWARDED, SEEN, Flag, InvalidValueError

HEADER_LIMIT = 1024 * 1024  # bytes that are looked at
OLDEST = datetime(1970, 1, 2, tzinfo=UTC)
KEYWORDS = 10
KEYWORD_LIMIT = 50  # Dovecot's: it would refuse the message for a longer one
_END = re.compile(rb"\r?\n\r?\n")
_BARE = re.compile(rb"(?<!\r)\n")
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:[ \t]*(.*(?:\n[ \t].*)*)")
_ANY_FIELD = re.compile(rb"(?m)^[!-9;-~]{1,200}[ \t]*:")
# What programs wrote into the file beside the message. Taken off: brought twice, it is the same message again.
_MARKS = re.compile(
    rb"(?im)^(?:X-)?(?:Status|Mozilla-Status2?|Mozilla-Keys|Mozilla-Account-Key|UIDL|X-UID|IMAPbase|IMAP)[ \t]*:"
    rb".*\n(?:[ \t].*\n)*"
)
_LETTERS = {"R": SEEN, "A": ANSWERED, "F": FLAGGED, "T": DRAFT}
_MOZILLA = {0x1: SEEN, 0x2: ANSWERED, 0x4: FLAGGED, 0x1000: FORWARDED}
_MOZILLA_DELETED = 0x8


class NoMessageError(Exception):
    """Not a message: no header, or nothing at all. `reason` is a word for the report."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class StoredMessage:
    raw: bytes  # CRLF lines, no NUL
    flags: tuple[Flag, ...]
    date: datetime
    identity: bytes
    subject: str


def message_to_store(
    raw: bytes, separator: bytes, *, now: datetime, flags: Sequence[Flag] | None = None, date: datetime | None = None
) -> StoredMessage:
    """Raises NoMessageError. `flags` and `date`: of a mailbox; else what the file says, read when it says nothing."""
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if separator == b"" and raw.startswith((b"From ", b">From ")):
        separator, _, raw = raw.partition(b"\n")  # a file of one message that a program saved with its line
    text = _BARE.sub(b"\r\n", raw.replace(b"\0", b"\x80")) if b"\n" in raw else raw
    header, body = _cut(text)
    if not _ANY_FIELD.match(header):
        raise NoMessageError("empty" if not raw.strip() else "form")
    fields = list(_fields(header))
    marked = _marks(fields)
    if marked is None and flags is None:
        raise NoMessageError("deleted")
    kept = _MARKS.sub(b"", header) + body
    subject = next((value for name, value in fields if name == "subject"), b"")
    return StoredMessage(
        kept, tuple(flags) if flags is not None else marked or (), _between(date, now) or _date(fields, separator, now),
        fingerprint(header, len(kept)), header_text(subject.replace(b"\r\n", b""), limit=120),
    )  # fmt: skip


def _cut(text: bytes) -> tuple[bytes, bytes]:
    """The header with the end of its last line, and the rest with the empty line."""
    found = _END.search(text, 0, HEADER_LIMIT)
    cut = found.start() + 2 if found else len(text) if len(text) <= HEADER_LIMIT else 0
    return text[:cut], text[cut:]


def _fields(header: bytes) -> Iterator[tuple[str, bytes]]:
    for match in _FIELD.finditer(header.replace(b"\r\n", b"\n")):
        yield match[1].decode("ascii").lower(), match[2]


def _marks(fields: Sequence[tuple[str, bytes]]) -> tuple[Flag, ...] | None:
    """None for what its program had deleted already and only not yet taken out of its file."""
    found: set[Flag] = set()
    said = False
    for name, value in fields:
        word = value.strip()[:400].decode("ascii", "replace")
        if name in {"status", "x-status"} and len(word) <= 8:
            said = said or name == "status"
            found |= {_LETTERS[letter] for letter in word if letter in _LETTERS}
        elif name == "x-mozilla-status" and re.fullmatch(r"[0-9A-Fa-f]{4}", word):
            said, bits = True, int(word, 16)
            if bits & _MOZILLA_DELETED:
                return None
            found |= {flag for bit, flag in _MOZILLA.items() if bits & bit}
        elif name == "x-mozilla-keys":
            found |= set(_keywords(word))
    return tuple(sorted(found if said else found | {SEEN}))


def _keywords(words: str) -> Iterator[Flag]:
    for word in words.split()[:KEYWORDS]:
        try:
            if not word.startswith("\\") and len(word) <= KEYWORD_LIMIT:
                yield Flag(word)
        except InvalidValueError:
            continue


def _date(fields: Sequence[tuple[str, bytes]], separator: bytes, now: datetime) -> datetime:
    """When it came: our own server's, or the last one's, word; else when it was written, or put into the file."""
    received = next((value.rpartition(b";")[2] for name, value in fields if name == "received"), b"")
    written = next((value for name, value in fields if name == "date"), b"")
    filed = separator.strip().split(b" ", 2)[-1] if separator.count(b" ") > 1 else b""
    for words in (received, written, filed):
        if date := _between(_read(words), now):
            return date
    return now


def _between(date: datetime | None, now: datetime) -> datetime | None:
    return date if date is not None and OLDEST < date < now + timedelta(days=2) else None


def _read(words: bytes) -> datetime | None:
    text = " ".join(words[:200].decode("ascii", "replace").split())
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        try:
            date = datetime.strptime(text[:24], "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC)
        except ValueError:
            return None
    try:
        return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
