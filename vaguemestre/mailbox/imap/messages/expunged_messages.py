"""What was deleted for good and can still be brought back: a folder of Dovecot's in no list, opened by its name.

Messages stand in it in the order in which they were deleted (`SAVEDATE`, RFC 8514, is that moment). Moving one out
brings it back, deleting it is for good; nothing can be put into it (`engine/dovecot/recoverable.conf`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from vaguemestre.mailbox.imap.fetch_rows import parse_date_time, parse_fetch_rows
from vaguemestre.mailbox.imap.folder_connection import FolderConnection, require_ok
from vaguemestre.mailbox.imap.folder_list import KnownFolder, known_folder
from vaguemestre.mailbox.imap.whole_rows import read_whole_rows
from vaguemestre.mailbox.imap.wire.commands import quote_string
from vaguemestre.mailbox.messages import Row

NAME = b"Recoverable/Messages"
_STATUS = b"STATUS %s (MESSAGES UNSEEN UIDNEXT UIDVALIDITY X-GUID HIGHESTMODSEQ)" % quote_string(NAME)
_ITEMS = b"(UID FLAGS SAVEDATE INTERNALDATE RFC822.SIZE ENVELOPE)"
_AT_ONCE = 2000  # rows of one answer


@dataclass(frozen=True, slots=True)
class ExpungedMessage:
    """`row` knows neither structure nor first words: nobody reads a message here."""

    deleted: datetime
    row: Row


def find_folder(link: FolderConnection) -> KnownFolder | None:
    """None: nothing was ever laid aside. Of the folder that is open the server would tell the counts of then."""
    closing = [b"UNSELECT"] if link.connection.folder_open else []
    link.selected, link.connection.folder_open = None, False
    answer = link.connection.round_trip([*closing, _STATUS])
    if not answer.statuses[-1].ok:
        return None
    return next((known_folder(NAME, data.values) for data in answer.named("STATUS")), None)


def fetch_expunged(link: FolderConnection, known: KnownFolder, start: int, count: int) -> list[ExpungedMessage]:
    """The last deleted first, from the place `start` (0 is the last). As many trips as thousands are asked for."""
    top = known.folder.total - start
    return [one for part in _parts(top, count) for one in _read(link, known, *part)]


def _parts(top: int, count: int) -> Iterator[tuple[int, int]]:
    bottom = max(0, top - count)
    while top > bottom:
        low = max(bottom, top - _AT_ONCE)
        yield low + 1, top
        top = low


def _read(link: FolderConnection, known: KnownFolder, low: int, high: int) -> list[ExpungedMessage]:
    answer = link.read_in(known, [b"FETCH %d:%d %s" % (low, high, _ITEMS)])
    if answer.statuses[-1].kind != "BAD":  # fewer are there by now: others go while one looks
        require_ok(answer.statuses[-1])
    messages = parse_fetch_rows(answer.data)
    rows = read_whole_rows(link, messages)
    found = [
        ExpungedMessage(parse_date_time(one.items.get("SAVEDATE")), rows[one.uid]) for one in messages if one.whole
    ]
    return sorted(found, key=lambda one: one.row.uid, reverse=True)
