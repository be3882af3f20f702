"""A search put to the server: in one exchange, or over two connections where names of files would keep one waiting."""

from collections.abc import Sequence
from dataclasses import dataclass

from vaguemestre.mailbox.errors import MailboxError
from vaguemestre.mailbox.imap.folder_connection import FolderConnection
from vaguemestre.mailbox.imap.list_filters import SortOrder, parse_all
from vaguemestre.mailbox.imap.query.search_keys import COMMAND_LIMIT, Keys, ParallelKeys
from vaguemestre.mailbox.imap.wire.commands import uid_sets
from vaguemestre.mailbox.imap.wire.connection import Answer, Connection
from vaguemestre.mailbox.values import Uid

LARGE = 5_000  # messages: of fewer, a second connection costs more than it spares
SEARCH = b"UID SEARCH RETURN (%s) CHARSET UTF-8 %s"
# The least is the first in that order, the most the last.
_SORT = b"UID SORT RETURN (PARTIAL %d:%d COUNT MIN MAX) %s UTF-8 %s"


@dataclass(frozen=True, slots=True)
class SearchWindow:
    """Places of the sorted hits, 1 for the first."""

    first: int
    last: int
    order: SortOrder

    def sort(self, wanted: bytes) -> bytes:
        return _SORT % (self.first, self.last, self.order.wire, wanted)


def run_search(
    link: FolderConnection,
    opening: Sequence[bytes],
    keys: Keys,
    window: SearchWindow,
    beside: tuple[bytes, ...],
    *,
    messages: int,
) -> Answer:
    """The answers to `opening`, the SORT with its `window`, and what is asked `beside`. The last command of `opening`
    opens what is searched. `messages`: how many there are to look through, as far as one knows."""
    if keys.abreast and messages >= LARGE:
        with link.aside() as other:
            found = _abreast(link, other, opening, keys.abreast, window, beside) if other else None
        if found:
            return found
    saving = [SEARCH % (b"SAVE", keys.saved)] if keys.saved else []
    return link.connection.round_trip([*opening, *saving, window.sort(keys.wanted), *beside])


def _abreast(
    link: FolderConnection,
    other: Connection,
    opening: Sequence[bytes],
    keys: ParallelKeys,
    window: SearchWindow,
    beside: tuple[bytes, ...],
) -> Answer | None:
    """None: the second connection was of no use, and the first has everything still before it."""
    try:
        other.folder_open = True
        names = other.begin([opening[-1], *(SEARCH % one for one in keys.names)])
    except MailboxError:
        return None
    answer = link.connection.round_trip([*opening, SEARCH % (b"SAVE", keys.saved), *beside])
    try:
        named = _named(names(), answer, len(keys.groups))
    except MailboxError:
        return None
    wanted = keys.wanted(named) if named is not None else b""
    if not wanted or len(wanted) > COMMAND_LIMIT or not all(status.ok for status in answer.statuses):
        return None
    last = link.connection.round_trip([window.sort(wanted)])
    return Answer(
        [*answer.statuses, *last.statuses], answer.data + last.data, answer.notes + last.notes, answer.fingerprint
    )


def _named(names: Answer, answer: Answer, groups: int) -> list[bytes] | None:
    """For each group the numbers found, as a set. None: not of the same folder, or not all."""
    parse_all(names)  # every command must have been accepted
    sets = [
        b",".join(uid_sets([Uid(number) for number in parse_all(Answer([], [data]))]))
        for data in names.named("ESEARCH")
    ]
    return sets if names.note("UIDVALIDITY") == answer.note("UIDVALIDITY") and len(sets) == groups else None
