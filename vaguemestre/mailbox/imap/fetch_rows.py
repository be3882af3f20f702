"""FETCH answers as rows. What never changes in a row is kept in memory, so that a repeated list asks for flags only."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from threading import Lock

from vaguemestre.mailbox.imap.body_structure import read_structure, string_octets, value_at
from vaguemestre.mailbox.imap.wire.parser import Atom, Data, Value
from vaguemestre.mailbox.messages import Address, Row
from vaguemestre.mailbox.mime.body_choice import choose_body
from vaguemestre.mailbox.mime.header_text import ADDRESS_LIMIT, clean_text, header_text, parse_address, parse_date
from vaguemestre.mailbox.values import ATTACHED, NOT_ATTACHED, MailboxId, Uid

FLAGS_ONLY = b"(UID FLAGS)"
WHOLE_ROW = b"(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE PREVIEW BODY.PEEK[HEADER.FIELDS (LIST-ID)])"
_LIST_FIELD = "BODY[HEADER.FIELDS (LIST-ID)]"
SHOWN_RECIPIENTS = 20
PREVIEW_LIMIT = 256
MESSAGE_ID_LIMIT = 200
# Written by the server: which session looked first, and what the structure says better.
_NOBODYS = {"\\Recent", ATTACHED, NOT_ATTACHED}
type Items = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class FetchRow:
    """One message of a FETCH answer: its place in the folder at that moment, its UID, what was asked."""

    place: int
    uid: Uid
    items: Items

    @property
    def flags(self) -> frozenset[str]:
        flags = self.items.get("FLAGS")
        return _flags(tuple(map(string_octets, flags))) if isinstance(flags, list) else frozenset()

    @property
    def whole(self) -> bool:
        return "ENVELOPE" in self.items


@lru_cache(maxsize=1024)
def _flags(words: tuple[bytes, ...]) -> frozenset[str]:
    """A folder has few different sets of them."""
    return frozenset(word.decode("ascii", "replace") for word in words) - _NOBODYS


def parse_fetch_rows(data: Iterable[Data]) -> list[FetchRow]:
    """Messages by UID, several answers about one message joined; notices that bear no UID are passed over."""
    found: dict[int, dict[str, Value]] = {}
    places: dict[int, int] = {}
    for response in data:
        values = response.values[0] if response.name == "FETCH" and response.values else None
        if not isinstance(values, list):
            continue
        items = {
            _name(name): value for name, value in zip(values[::2], values[1::2], strict=False) if isinstance(name, Atom)
        }
        uid = string_octets(items.get("UID"))
        if uid.isdigit() and 0 < int(uid) <= 0xFFFF_FFFF:
            found.setdefault(int(uid), {}).update(items)
            places[int(uid)] = response.number
    return [FetchRow(places[uid], Uid(uid), items) for uid, items in found.items()]


@lru_cache(maxsize=256)
def _name(item: Atom) -> str:
    return item.decode("ascii", "replace").upper()


def read_row(message: FetchRow) -> Row:
    items = message.items
    raw = items.get("ENVELOPE")
    envelope: list[Value] = raw if isinstance(raw, list) else []
    structure = read_structure(items.get("BODYSTRUCTURE"))
    content = choose_body(structure)
    size = string_octets(items.get("RFC822.SIZE"))
    return Row(
        uid=message.uid,
        flags=message.flags,
        received=datetime.fromtimestamp(parse_timestamp(items.get("INTERNALDATE")), UTC),
        sent=parse_date(string_octets(value_at(envelope, 0))),
        size=int(size) if size.isdigit() else 0,
        subject=header_text(string_octets(value_at(envelope, 1))),
        message_id=string_octets(value_at(envelope, 9)).decode("ascii", "replace")[:MESSAGE_ID_LIMIT],
        sender=next(iter(envelope_addresses(value_at(envelope, 2), 1)), None)
        or next(iter(envelope_addresses(value_at(envelope, 3), 1)), None),
        to=envelope_addresses(value_at(envelope, 5), SHOWN_RECIPIENTS),
        cc=envelope_addresses(value_at(envelope, 6), SHOWN_RECIPIENTS),
        recipients=sum(_count(value_at(envelope, place)) for place in (5, 6, 7)),
        preview=clean_text(string_octets(items.get("PREVIEW")).decode("utf-8", "replace"))[:PREVIEW_LIMIT],
        structure=structure,
        has_attachments=content.has_attachments,
        has_html=content.html is not None,
        files=tuple(content.attachments) if content.has_attachments else (),
        from_list=bool(string_octets(items.get(_LIST_FIELD)).strip()),
    )


def envelope_addresses(value: Value, limit: int = ADDRESS_LIMIT) -> tuple[Address, ...]:
    """Groups ("undisclosed-recipients:;") have an entry without host at their start and end: no address."""
    if not isinstance(value, list):
        return ()
    found = []
    for entry in value:
        if not isinstance(entry, list) or value_at(entry, 3) is None:
            continue
        found.append(
            parse_address(
                string_octets(value_at(entry, 0)), string_octets(value_at(entry, 2)), string_octets(value_at(entry, 3))
            )
        )
        if len(found) == limit:
            break
    return tuple(one for one in found if one.label)


def _count(value: Value) -> int:
    entries = value if isinstance(value, list) else []
    return sum(isinstance(entry, list) and value_at(entry, 3) is not None for entry in entries)


def parse_date_time(value: Value) -> datetime:
    """`27-Nov-2026 09:02:04 +0000`; the epoch where there is none."""
    text = string_octets(value).decode("ascii", "replace").strip().replace("-", " ", 2)
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return datetime(1970, 1, 1, tzinfo=UTC)


def parse_timestamp(value: Value) -> int:
    """The same as seconds since the epoch, for many: of each day, the calendar is asked once."""
    text = string_octets(value).strip()
    clock = text[-14:-12], text[-11:-9], text[-8:-6]
    if not all(map(bytes.isdigit, clock)):
        return 0
    hours, minutes, seconds = map(int, clock)
    return max(0, _midnight(text[:-15], text[-5:]) + 3600 * hours + 60 * minutes + seconds)


@lru_cache(maxsize=4096)
def _midnight(day: bytes, zone: bytes) -> int:
    return int(parse_date_time(b"%s 00:00:00 %s" % (day, zone)).timestamp())


class RowCache:
    """Rows without their flags, by folder identity, its validity, and UID; the least used leave first."""

    def __init__(self, limit: int = 20_000) -> None:
        self._limit = limit
        self._rows: OrderedDict[tuple[MailboxId, int, int], Row] = OrderedDict()
        self._lock = Lock()

    def get(self, folder: MailboxId, validity: int, uid: int) -> Row | None:
        key = (folder, validity, int(uid))
        with self._lock:
            row = self._rows.get(key)
            if row is not None:
                self._rows.move_to_end(key)
            return row

    def put(self, folder: MailboxId, validity: int, row: Row) -> None:
        with self._lock:
            self._rows[folder, validity, int(row.uid)] = replace(row, flags=frozenset())
            while len(self._rows) > self._limit:
                self._rows.popitem(last=False)
