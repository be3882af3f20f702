"""What takes the room: folders by their size, and the largest messages of all folders in pages.

Sorted by Dovecot in the folder that holds every other (`Virtual/All`: neither bin nor junk), from its index alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from vaguemestre.mailbox.imap.body_structure import at, octets
from vaguemestre.mailbox.imap.fetch_rows import WHOLE_ROW, Fetched, fetched, read_row
from vaguemestre.mailbox.imap.folder_connection import Link, require
from vaguemestre.mailbox.imap.folder_list import Directory
from vaguemestre.mailbox.imap.wire.commands import Numbers
from vaguemestre.mailbox.imap.wire.connection import Answer
from vaguemestre.mailbox.messages import Quota, Row
from vaguemestre.mailbox.values import InvalidValue, MailboxId, Uid

_SIZES = b'LIST "" "*" RETURN (STATUS (MESSAGES SIZE X-GUID))'
_EVERYTHING = b'SELECT "Virtual/All"'
_ROW_AND_PLACE = b"(X-MAILBOX X-REAL-UID " + WHOLE_ROW[1:]
LEAST = 100_000  # octets: below, nothing is gained message by message


@dataclass(frozen=True, slots=True)
class Heavy:
    """A message where it really is; `row.uid` is its number there."""

    folder: MailboxId
    row: Row


def sizes(link: Link) -> Mapping[MailboxId, int]:
    """Octets of each folder that holds messages. One round trip."""
    answer = link.run(_SIZES)
    found = {}
    for data in answer.named("STATUS"):
        pairs = at(data.values, 1)
        words = [octets(value) for value in pairs] if isinstance(pairs, list) else []
        status = dict(zip([word.upper() for word in words[::2]], words[1::2], strict=False))
        try:
            found[MailboxId(status.get(b"X-GUID", b"").decode("ascii", "replace"))] = int(status.get(b"SIZE", b"0"))
        except (InvalidValue, ValueError):
            continue
    return found


def heaviest(link: Link, start: int, count: int) -> tuple[list[Heavy], int]:
    """The largest first, from the place `start` (0 is the first), and how many there are in all. Three round trips."""
    link.selected = None
    directory = link.refresh()
    window = b"%d:%d" % (start + 1, start + count)
    sort = b"UID SORT RETURN (PARTIAL %s COUNT) (REVERSE SIZE) US-ASCII LARGER %d" % (window, LEAST)
    answer = link.connection.exchange([_EVERYTHING, sort])
    for status in answer.statuses:
        require(status)
    uids, total = _sorted(answer)
    if not uids:
        return [], total
    answer = link.run(b"UID FETCH %s %s" % (b",".join(b"%d" % uid for uid in uids), _ROW_AND_PLACE))
    rows = {message.uid: _heavy(message, directory) for message in fetched(answer.data) if message.whole}
    return [heavy for uid in uids if (heavy := rows.get(Uid(uid)))], total


def _sorted(answer: Answer) -> tuple[list[int], int]:
    """`PARTIAL (1:25 9,4,7) COUNT 31`; NIL for a page beyond the end."""
    values = [value for data in answer.named("ESEARCH") for value in data.values]
    pairs = {octets(name).upper(): value for name, value in pairwise(values)}
    page, count = pairs.get(b"PARTIAL"), octets(pairs.get(b"COUNT"))
    found = octets(at(page, 1)).decode("ascii", "replace") if isinstance(page, list) else ""
    return list(Numbers.read(found)), int(count) if count.isdigit() else 0


def _heavy(message: Fetched, directory: Directory) -> Heavy | None:
    name, uid = octets(message.items.get("X-MAILBOX")), octets(message.items.get("X-REAL-UID"))
    folder = next((one.folder.id for one in directory.known if one.wire == name), None)
    return Heavy(folder, replace(read_row(message), uid=Uid(int(uid)))) if folder and uid.isdigit() else None


def quota_of(answer: Answer) -> Quota | None:
    """Sizes travel in units of 1024 octets."""
    for data in answer.named("QUOTA"):
        resources = at(data.values, 1)
        words = [octets(value) for value in resources] if isinstance(resources, list) else []
        for name, used, limit in zip(words[::3], words[1::3], words[2::3], strict=False):
            if name.upper() == b"STORAGE" and used.isdigit() and limit.isdigit():
                return Quota(int(used) * 1024, int(limit) * 1024)
    return None
