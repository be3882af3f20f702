"""Header fields as people read them: encoded words undone, 8-bit bytes understood, nothing that misleads the eye."""

import binascii
import re
from base64 import b64decode
from datetime import MAXYEAR, UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from itertools import islice
from quopri import decodestring

from vaguemestre.mailbox.messages import Address, Headers
from vaguemestre.mailbox.mime.charsets import decode

FIELD_LIMIT = 8192  # bytes of one field that are looked at: decoding is not free
ADDRESS_LIMIT = 2000
_SHORT = 300
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
# Two encoded words beside one another are one text: the space between them is not there.
_RUN = re.compile(_WORD.pattern + r"(?:\s*" + re.sub(r"\((?!\?)", "(?:", _WORD.pattern) + ")*")
# Controls, and the marks that turn the direction of what follows.
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_SPACES = re.compile(r"[\s\u2028\u2029]+")
_FOLD = re.compile(rb"\r?\n(?=[ \t])")
# A well-formed tag of BCP 47; no language of more than three letters has ever been registered ("english" is a word).
_TAG = re.compile(
    r"(?i)[a-z]{2,3}(?:-[a-z]{3}){0,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"
    r"(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
)
_NO_LANGUAGE = {"und", "mul", "mis", "zxx"}  # unknown, several, without a code, none
_TAG_LIMIT = 35  # what RFC 5646 has everybody take
_EMPTY = re.compile(rb"(?:\A|(?<=\n))\r?\n")
_BLANK, _MOST_BLANKS = re.compile(rb"(?<=\n)[ \t]+\r?\n"), 20
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:[ \t]*(.*)", re.DOTALL)
# Every message has some of these; prose may have "Note: " at the beginning of a line.
_USUAL_FIELD = re.compile(
    rb"(?i)(?:return-path|received|from|sender|reply-to|to|cc|bcc|subject|date|message-id|references|in-reply-to"
    rb"|mime-version|content-[a-z-]+)[ \t]*:"
)
_POSTMARK = re.compile(rb">?From ")  # first line of a message in an mbox file
_NO_TEXT = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LONGEST_HEAD = 131072


def header_text(raw: bytes, *, limit: int = 1000) -> str:
    """One header value as text, on one line."""
    if raw.isascii() and b"=?" not in raw and (text := raw[:limit].decode("ascii")).isprintable():
        return " ".join(text.split())
    text = _RUN.sub(_words, decode(raw[:FIELD_LIMIT], limit=FIELD_LIMIT))
    return clean_text(text)[:limit]


def clean_text(text: str) -> str:
    return _SPACES.sub(" ", _UNSAFE.sub("", text)).strip()


def parse_address(name: bytes | None, local: bytes | None, domain: bytes | None) -> Address:
    """From the parts of an ENVELOPE, where a broken address may lack any of them."""
    parts = name or b"", local or b"", domain or b""
    return _address(*parts) if sum(map(len, parts)) > _SHORT else _short_address(*parts)


@lru_cache(maxsize=4096)
def _short_address(name: bytes, local: bytes, domain: bytes) -> Address:
    """The letters of a list name the same people. What strangers can make long is not remembered."""
    return _address(name, local, domain)


def _address(name: bytes, local: bytes, domain: bytes) -> Address:
    user, host = header_text(local, limit=200), header_text(domain, limit=255)
    # Dovecot's words for what it could not read.
    user = "" if user in {"MISSING_MAILBOX", "undisclosed-recipients"} else user
    host = "" if host in {"MISSING_DOMAIN", "syntax-error"} else host
    return Address(header_text(name, limit=200), f"{user}@{host}" if user and host else user or host)


def parse_block(block: bytes) -> Headers:
    """The fields of a header block; lines that are no field are passed over."""
    fields: list[tuple[str, str]] = []
    for line in _FOLD.sub(b"", block).split(b"\n"):
        if match := _FIELD.match(line.strip(b"\r")):
            name, value = match[1].decode("ascii"), match[2]
            if name.lower() == "references":
                value = value[-FIELD_LIMIT:]  # the latest messages of a thread come last
            fields.append((name, header_text(value, limit=FIELD_LIMIT)))
    return Headers(tuple(fields), block)


def end_of_head(raw: bytes) -> int:
    """Where the text begins: below the first empty line, or below one of blanks alone where what follows is no head
    (the server takes that one for a fold, and the text for fields), or at a line that is no field where none follows
    that messages have: 0 of a text without any head."""
    empty = _EMPTY.search(raw)
    end = empty.end() if empty else len(raw)
    for blank in islice(_BLANK.finditer(raw, 0, end), _MOST_BLANKS):
        lines = raw[blank.end() : min(end, blank.end() + FIELD_LIMIT)].split(b"\n")
        if any(line.strip() and line[:1] not in b" \t" and not _FIELD.match(line) for line in lines[:-1] or lines):
            return blank.end()
    stray = _stray_line(raw[: min(end, _LONGEST_HEAD)])
    return end if stray is None else stray


def _stray_line(head: bytes) -> int | None:
    """Where the last of its fields is over and something else follows; 0 where none is one that messages have."""
    at, stray, after_field, is_usual = 0, None, False, False
    for line in head.split(b"\n"):
        if _USUAL_FIELD.match(line):
            stray, after_field, is_usual = None, True, True
        elif stray is None and _FIELD.match(line):
            after_field = True
        elif stray is None and not _is_no_text(line, after_field=after_field, is_first=at == 0):
            stray = at
        at += len(line) + 1
    if stray is None or _NO_TEXT.search(head, stray):
        return None
    return stray if is_usual else 0


def _is_no_text(line: bytes, *, after_field: bool, is_first: bool) -> bool:
    """A blank one, the rest of a field, what an mbox file has above a message."""
    return not line.strip() or (after_field and line[:1] in b" \t") or (is_first and _POSTMARK.match(line) is not None)


def message_ids(value: str) -> tuple[str, ...]:
    """The identifiers of References or In-Reply-To; never more than a sane thread holds."""
    return tuple(re.findall(r"<[^<>\s]{1,400}>", value)[-100:])


def language_of(headers: Headers) -> str:
    """The first language that the sender says the message is in; empty where none is said, or nothing that is one."""
    said = re.sub(r"\([^()]*\)", " ", ",".join(headers.all("Content-Language"))[:FIELD_LIMIT])
    tags = (tag for tag in re.split(r"[,\s]+", said) if len(tag) <= _TAG_LIMIT and _TAG.fullmatch(tag))
    return next((tag for tag in tags if tag.lower() not in _NO_LANGUAGE), "")


def parse_date(raw: bytes | None) -> datetime | None:
    """The sender's own clock, or None when it makes no sense, or when its hour here would be past the last year."""
    if not raw:
        return None
    try:
        moment = parsedate_to_datetime(raw[:200].decode("ascii", "replace"))
        found = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return found if found.year < MAXYEAR else None


def _words(run: re.Match[str]) -> str:
    """Words that follow one another in one charset are joined before decoding: some programs cut inside a character."""
    pieces: list[tuple[str, bytes]] = []
    for charset, encoding, text in _WORD.findall(run[0]):
        name = charset.partition("*")[0].lower()
        data = _undo(encoding, text)
        if pieces and pieces[-1][0] == name:
            pieces[-1] = (name, pieces[-1][1] + data)
        else:
            pieces.append((name, data))
    return "".join(decode(data, charset) for charset, data in pieces)


def _undo(encoding: str, text: str) -> bytes:
    raw = text.encode("ascii", "ignore")
    if encoding in "qQ":
        return decodestring(raw.replace(b"_", b" "))
    try:
        return b64decode(raw + b"=" * (-len(raw) % 4))
    except binascii.Error:
        return raw
