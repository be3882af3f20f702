"""A message stored in a folder, beside what is there or in the place of one."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from typing import IO, NamedTuple

from vaguemestre.mailbox.errors import MailboxUnavailableError
from vaguemestre.mailbox.imap.folder_connection import FolderConnection, require_ok
from vaguemestre.mailbox.imap.folder_list import KnownFolder
from vaguemestre.mailbox.imap.uid_sets import UidSet
from vaguemestre.mailbox.imap.wire.commands import flag_list, quote_string
from vaguemestre.mailbox.values import (
    ANSWERED,
    ATTACHED,
    DRAFT,
    FLAGGED,
    FORWARDED,
    MDN_SENT,
    NOT_ATTACHED,
    RETURNED,
    SEEN,
    Uid,
)

type Raw = bytes | IO[bytes]

_AT_ONCE = 65536  # bytes of a message that is sent without asking first
# With others the server is asked: where it refuses one (too long, not to be set), what follows would be taken for
# commands, and those would be a stranger's words.
_SURE = frozenset({SEEN, FLAGGED, ANSWERED, DRAFT, FORWARDED, RETURNED, MDN_SENT, ATTACHED, NOT_ATTACHED})


def append_message(
    link: FolderConnection, verb: bytes, known: KnownFolder, raw: Raw, flags: Iterable[str], date: datetime | None
) -> Uid | None:
    """`verb`: APPEND, or UID REPLACE with its number."""
    flags = list(flags)
    command = b"%s %s %s" % (verb, quote_string(known.wire), _marks(flags, date))
    file = BytesIO(raw) if isinstance(raw, bytes) else raw
    size = file.seek(0, 2)
    file.seek(0)
    if size <= _AT_ONCE and _SURE.issuperset(flags):
        answer = link.connection.round_trip([b"%s {%d+}\r\n%s" % (command, size, file.read())])
    else:
        answer = link.connection.append(command, file, size)
    require_ok(answer.statuses[0])
    _, _, uid = (answer.note("APPENDUID") or "").partition(" ")
    return Uid(uid) if uid.isdigit() else None


class MessageToAppend(NamedTuple):
    """A message to be stored: CRLF lines."""

    raw: bytes
    flags: Sequence[str]
    date: datetime | None


def append_messages(link: FolderConnection, known: KnownFolder, messages: Sequence[MessageToAppend]) -> list[Uid]:
    """All of them by one command, or none: the server keeps nothing when it refuses one of them or the line breaks
    before the end. Their numbers in order."""
    parts = [(_marks(one.flags, one.date), one.raw) for one in messages]
    answer = link.connection.append_all(b"APPEND " + quote_string(known.wire), parts)
    require_ok(answer.statuses[0])
    _, _, told = (answer.note("APPENDUID") or "").partition(" ")
    uids = UidSet.read(told).uids if told else []
    if len(uids) != len(messages):
        raise MailboxUnavailableError("stored several messages and does not say under which numbers")
    return uids


def _marks(flags: Iterable[str], date: datetime | None) -> bytes:
    when = b' "%s"' % date.strftime("%d-%b-%Y %H:%M:%S %z").encode("ascii") if date else b""
    return flag_list(flags) + when
