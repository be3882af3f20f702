"""One message and the content of its parts: only what is asked for travels."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from vaguemestre.mailbox.containers.nested_parts import piece_at, piece_of
from vaguemestre.mailbox.errors import MailboxRefusedError, NoSuchMessageError, UnpackError
from vaguemestre.mailbox.imap.body_structure import string_octets, value_at
from vaguemestre.mailbox.imap.fetch_rows import WHOLE_ROW, FetchRow, envelope_addresses, parse_fetch_rows
from vaguemestre.mailbox.imap.folder_connection import FolderConnection, require_ok
from vaguemestre.mailbox.imap.folder_list import KnownFolder
from vaguemestre.mailbox.imap.whole_rows import read_whole_rows
from vaguemestre.mailbox.imap.wire.connection import Answer
from vaguemestre.mailbox.imap.wire.parser import Value
from vaguemestre.mailbox.imap.wire.reader import Spooled
from vaguemestre.mailbox.messages import Message, Part, Row
from vaguemestre.mailbox.mime.body_choice import below_head, choose_body
from vaguemestre.mailbox.mime.header_text import end_of_head, header_text, message_ids, parse_block
from vaguemestre.mailbox.mime.transfer_encoding import decode_chunks, encoded_size
from vaguemestre.mailbox.values import SEEN, BelowHead, PartPath, PiecePath, Uid

HEADER_LIMIT = 131072
_MESSAGE = WHOLE_ROW[:-1] + b" BODY.PEEK[HEADER]<0.%d>)" % HEADER_LIMIT


def read_message(
    link: FolderConnection, known: KnownFolder, uid: Uid, *, listing: bool = False
) -> tuple[Message, Answer]:
    """`listing`: the list of folders comes in the same trip."""
    trail = link.memory.trail(known.id)
    guess = trail.place_of(uid) if trail else None
    beside = [b"FETCH %d (UID)" % place for place in (guess - 1, guess + 1) if place > 0] if guess else []
    commands = [b"UID FETCH %d %s" % (uid, _MESSAGE), *beside, *(link.list_commands if listing else ())]
    answer = link.read_in(known, commands)
    places = {message.place: message for message in parse_fetch_rows(answer.data)}
    found = next((message for message in places.values() if message.uid == uid and message.whole), None)
    if found is None:
        raise NoSuchMessageError(str(uid))
    if answer.named("EXPUNGE"):
        places = {found.place: found}
    newer, older = _beside(link, found, places)
    row = _remember(link, known, found)
    selected = link.selected
    total = max(selected.total if selected else 0, found.place)
    return _message(row, found, total, newer, older), answer


def _beside(link: FolderConnection, found: FetchRow, places: Mapping[int, FetchRow]) -> tuple[Uid | None, Uid | None]:
    total = link.selected.total if link.selected else found.place
    wanted = [place for place in (found.place + 1, found.place - 1) if 0 < place <= total]
    missing = [place for place in wanted if place not in places]
    if missing:
        more = link.connection.round_trip([b"FETCH %d (UID)" % place for place in missing])
        places = {**places, **{message.place: message for message in parse_fetch_rows(more.data)}}
    newer, older = places.get(found.place + 1), places.get(found.place - 1)
    return (newer.uid if newer else None, older.uid if older else None)


def _remember(link: FolderConnection, known: KnownFolder, found: FetchRow) -> Row:
    row = read_whole_rows(link, [found])[found.uid]
    link.memory.rows.put(known.id, known.validity, row)
    return row


def _message(row: Row, found: FetchRow, total: int, newer: Uid | None, older: Uid | None) -> Message:
    raw = found.items.get("ENVELOPE")
    envelope: Sequence[Value] = raw if isinstance(raw, list) else []
    headers = parse_block(_section(found, "BODY[HEADER]"))
    content = choose_body(row.structure)
    below_head(content, row.structure, headers.raw)
    return Message(
        row=row,
        headers=headers,
        to=envelope_addresses(value_at(envelope, 5)),
        cc=envelope_addresses(value_at(envelope, 6)),
        # Without a Reply-To the server repeats From here.
        reply_to=envelope_addresses(value_at(envelope, 4)) if "Reply-To" in headers else (),
        message_id=next(iter(message_ids(header_text(string_octets(value_at(envelope, 9))))), ""),
        in_reply_to=next(iter(message_ids(header_text(string_octets(value_at(envelope, 8))))), ""),
        references=message_ids(headers.get("References")),
        text=content.text,
        html=content.html,
        attachments=tuple(content.attachments),
        inline=content.inline,
        note=content.note,
        position=total - found.place + 1,
        folder_total=total,
        newer=newer,
        older=older,
    )


def mark_seen(link: FolderConnection, message: Message) -> Message:
    if message.row.seen:
        return message
    link.writes()
    require_ok(link.connection.round_trip([b"UID STORE %d +FLAGS.SILENT (\\Seen)" % message.row.uid]).statuses[0])
    return replace(message, row=replace(message.row, flags=message.row.flags | {SEEN}))


def read_part(
    link: FolderConnection, known: KnownFolder, uid: Uid, path: PartPath, *, limit: int | None = None
) -> Iterator[bytes]:
    """Decoded pieces. All has arrived when this returns. What lies inside a part comes out of the whole of that."""
    if isinstance(path, PiecePath) and path.places:
        return iter([_inside(link, known, uid, path)[:limit]])
    if isinstance(path, BelowHead):
        return _below_head(link, known, uid, limit)
    part = _part(link, known, uid, path)
    section = f"BODY[{path}]"
    window = b"" if limit is None else b"<0.%d>" % encoded_size(limit, part.encoding)
    raw = _fetch_section(link, known, uid, section, b"BODY.PEEK[%s]%s" % (path.encode("ascii"), window))
    return decode_chunks(content_chunks(raw), part.encoding)


def _inside(link: FolderConnection, known: KnownFolder, uid: Uid, path: PiecePath) -> bytes:
    outer = piece_of(_part(link, known, uid, path.part), b"".join(read_part(link, known, uid, path.part)))
    try:
        return piece_at(outer, path.places).content
    except (UnpackError, LookupError) as error:
        raise NoSuchMessageError(f"{uid}, piece {path}") from error


def read_source(link: FolderConnection, known: KnownFolder, uid: Uid, *, limit: int | None = None) -> Iterator[bytes]:
    window = b"" if limit is None else b"<0.%d>" % limit
    return content_chunks(_fetch_section(link, known, uid, "BODY[]", b"BODY.PEEK[]" + window))


def _below_head(link: FolderConnection, known: KnownFolder, uid: Uid, limit: int | None) -> Iterator[bytes]:
    encoding = _row(link, known, uid).structure.encoding
    window = None if limit is None else HEADER_LIMIT + encoded_size(limit, encoding)
    whole = b"".join(read_source(link, known, uid, limit=window))
    return decode_chunks([whole[end_of_head(whole) :]], encoding)


def _part(link: FolderConnection, known: KnownFolder, uid: Uid, path: PartPath) -> Part:
    part = next((one for one in _row(link, known, uid).structure.walk() if one.path == path), None)
    if part is None:
        raise NoSuchMessageError(f"{uid}, part {path}")
    return part


def _row(link: FolderConnection, known: KnownFolder, uid: Uid) -> Row:
    """From memory or from the server."""
    row = link.memory.rows.get(known.id, known.validity, uid)
    if row is None:
        answer = link.read_in(known, [b"UID FETCH %d %s" % (uid, WHOLE_ROW)])
        whole = next((one for one in parse_fetch_rows(answer.data) if one.uid == uid and one.whole), None)
        if whole is None:
            raise NoSuchMessageError(str(uid))
        row = _remember(link, known, whole)
    return row


def _fetch_section(link: FolderConnection, known: KnownFolder, uid: Uid, section: str, item: bytes) -> Value:
    answer = link.read_in(known, [b"UID FETCH %d (UID %s)" % (uid, item)])
    status = answer.statuses[-1]
    if status.kind == "BAD":  # Dovecot's word for a part that is not there
        raise NoSuchMessageError(f"{uid} {section}")
    if not status.ok and status.code not in {"EXPUNGEISSUED", "EXPUNGED"}:
        raise MailboxRefusedError(status.code, status.text)
    for message in parse_fetch_rows(answer.data):
        if message.uid == uid and (name := _name_of(message, section)):
            return message.items[name]
    raise NoSuchMessageError(f"{uid} {section}")


def _section(found: FetchRow, section: str) -> bytes:
    name = _name_of(found, section)
    return string_octets(found.items[name]) if name else b""


def _name_of(found: FetchRow, section: str) -> str | None:
    """The answer to `BODY.PEEK[1]<0.9>` is named `BODY[1]<0>`."""
    return next((name for name in found.items if name.partition("<")[0] == section), None)


def content_chunks(value: Value) -> Iterator[bytes]:
    return value.pieces() if isinstance(value, Spooled) else iter([string_octets(value)])
