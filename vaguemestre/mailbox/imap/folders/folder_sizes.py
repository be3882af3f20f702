"""What takes the room: folders by their size, and the largest messages of all folders in pages.

Sorted by Dovecot in the folder that holds every other (`Virtual/All`: neither bin nor junk), from its index alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from vaguemestre.mailbox.imap.body_structure import string_octets, value_at
from vaguemestre.mailbox.imap.fetch_rows import WHOLE_ROW, FetchRow, parse_fetch_rows, read_row
from vaguemestre.mailbox.imap.folder_connection import FolderConnection, require_ok
from vaguemestre.mailbox.imap.folder_list import FolderList
from vaguemestre.mailbox.imap.wire.commands import UidNumbers
from vaguemestre.mailbox.imap.wire.connection import Answer
from vaguemestre.mailbox.messages import Quota, Row
from vaguemestre.mailbox.values import InvalidValueError, MailboxId, Uid

_SIZES = b'LIST "" "*" RETURN (STATUS (MESSAGES SIZE X-GUID))'
_EVERYTHING = b'SELECT "Virtual/All"'
_ROW_AND_PLACE = b"(X-MAILBOX X-REAL-UID " + WHOLE_ROW[1:]
LEAST = 100_000  # bytes: below, nothing is gained message by message


@dataclass(frozen=True, slots=True)
class LargeMessage:
    """A message where it really is; `row.uid` is its number there."""

    folder: MailboxId
    row: Row


def fetch_sizes(link: FolderConnection) -> Mapping[MailboxId, int]:
    """Bytes of each folder that holds messages. One round trip."""
    answer = link.run(_SIZES)
    found = {}
    for data in answer.named("STATUS"):
        pairs = value_at(data.values, 1)
        words = [string_octets(value) for value in pairs] if isinstance(pairs, list) else []
        status = dict(zip([word.upper() for word in words[::2]], words[1::2], strict=False))
        try:
            found[MailboxId(status.get(b"X-GUID", b"").decode("ascii", "replace"))] = int(status.get(b"SIZE", b"0"))
        except (InvalidValueError, ValueError):
            continue
    return found


def fetch_largest(link: FolderConnection, start: int, count: int) -> tuple[list[LargeMessage], int]:
    """The largest first, from the place `start` (0 is the first), and how many there are in all. Three round trips."""
    link.selected = None
    directory = link.refresh()
    window = b"%d:%d" % (start + 1, start + count)
    sort = b"UID SORT RETURN (PARTIAL %s COUNT) (REVERSE SIZE) US-ASCII LARGER %d" % (window, LEAST)
    answer = link.connection.round_trip([_EVERYTHING, sort])
    for status in answer.statuses:
        require_ok(status)
    uids, total = _sorted(answer)
    if not uids:
        return [], total
    answer = link.run(b"UID FETCH %s %s" % (b",".join(b"%d" % uid for uid in uids), _ROW_AND_PLACE))
    rows = {message.uid: _heavy(message, directory) for message in parse_fetch_rows(answer.data) if message.whole}
    return [heavy for uid in uids if (heavy := rows.get(Uid(uid)))], total


def _sorted(answer: Answer) -> tuple[list[int], int]:
    """`PARTIAL (1:25 9,4,7) COUNT 31`; NIL for a page beyond the end."""
    values = [value for data in answer.named("ESEARCH") for value in data.values]
    pairs = {string_octets(name).upper(): value for name, value in pairwise(values)}
    page, count = pairs.get(b"PARTIAL"), string_octets(pairs.get(b"COUNT"))
    found = string_octets(value_at(page, 1)).decode("ascii", "replace") if isinstance(page, list) else ""
    return list(UidNumbers.read(found)), int(count) if count.isdigit() else 0


def _heavy(message: FetchRow, directory: FolderList) -> LargeMessage | None:
    name, uid = string_octets(message.items.get("X-MAILBOX")), string_octets(message.items.get("X-REAL-UID"))
    folder = next((one.folder.id for one in directory.known if one.wire == name), None)
    return LargeMessage(folder, replace(read_row(message), uid=Uid(int(uid)))) if folder and uid.isdigit() else None


def parse_quota(answer: Answer) -> Quota | None:
    """Sizes travel in units of 1024 bytes."""
    for data in answer.named("QUOTA"):
        resources = value_at(data.values, 1)
        words = [string_octets(value) for value in resources] if isinstance(resources, list) else []
        for name, used, limit in zip(words[::3], words[1::3], words[2::3], strict=False):
            if name.upper() == b"STORAGE" and used.isdigit() and limit.isdigit():
                return Quota(int(used) * 1024, int(limit) * 1024)
    return None
