"""Which messages of a folder a filter names; how the server sorts them when another order is asked for than arrival."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from vaguemestre.mailbox.imap.body_structure import string_octets, value_at
from vaguemestre.mailbox.imap.folder_connection import FolderConnection, require_ok
from vaguemestre.mailbox.imap.folder_list import KnownFolder
from vaguemestre.mailbox.imap.query.search_keys import received_before
from vaguemestre.mailbox.imap.uid_sets import UidSet
from vaguemestre.mailbox.imap.wire.commands import UidNumbers, quote_string, uid_sets as wire_sets
from vaguemestre.mailbox.imap.wire.connection import Answer
from vaguemestre.mailbox.values import ATTACHED, SETTLED, Flag, Uid

NAMED = 100  # messages with one Message-ID, or answers


@dataclass(frozen=True, slots=True)
class ConversationNote:
    """A note about the conversation that has a message with this Message-ID: "mine", "given" to somebody else, "done"
    or "freed". `until`: the second in which the newest message came that the note is about."""

    message_id: str
    kind: str
    until: int


@dataclass(frozen=True, slots=True)
class ConversationFilter:
    """Conversations by their notes (`noted_conversations.py`). `notes`: the latest last; none yet in the address of a
    list."""

    name: Literal["untaken", "mine", "done"]
    notes: tuple[ConversationNote, ...] = ()


# A flag: the messages that bear this keyword. "awaiting": those that `unanswered_messages.py` chooses among what the
# server names.
ListFilter = Literal["unseen", "flagged", "attached", "awaiting"] | Flag | ConversationFilter
State = Literal["seen", "unseen", "flagged", "unflagged", "all"]
By = Literal["arrival", "from", "to", "subject", "size"]
# As long as the bin keeps what is thrown away: an answer that left it by itself came to an older message.
WAITS_FOR = 30  # days
_FILTERS: dict[str, bytes] = {
    "unseen": b"UNSEEN",
    "flagged": b"FLAGGED",
    "attached": b"KEYWORD " + ATTACHED.encode(),
    "awaiting": b"YOUNGER %d UNKEYWORD %s" % (WAITS_FOR * 24 * 3600, SETTLED.encode()),
}
_KEYS: dict[By, bytes] = {"from": b"DISPLAYFROM", "to": b"DISPLAYTO"}  # by the name that a row shows (RFC 5957)
_LAST_UID = 0xFFFF_FFFF
_ANSWERS = b"In-Reply-To", b"References"


@dataclass(frozen=True, slots=True)
class SortOrder:
    """Another order than that of arrival, newest first. Costs the server a sort of the whole folder."""

    by: By
    descending: bool

    @property
    def wire(self) -> bytes:
        return b"(%s%s)" % (
            b"REVERSE " if self.descending else b"",
            _KEYS.get(self.by, self.by.upper().encode("ascii")),
        )


@dataclass(frozen=True, slots=True)
class HasKeyword:
    """Bears a keyword; or, without `yes`, does not."""

    keyword: Flag
    yes: bool = True


NEWEST = SortOrder("arrival", descending=True)


def criterion(only: ListFilter | None) -> bytes:
    if isinstance(only, Flag):
        return b"KEYWORD " + only.encode("ascii")
    if isinstance(only, ConversationFilter):
        return b"ALL"
    return _FILTERS[only] if only else b"ALL"


def find_matching(
    link: FolderConnection, known: KnownFolder, only: ListFilter | None, *, low: int = 1, below: int | None = None
) -> UidSet:
    """`below`: the number that the next message had when the person looked; what came since is not meant."""
    highest = _LAST_UID if below is None else below - 1
    if highest < low:
        return UidSet(())
    command = b"UID SEARCH RETURN (ALL) UID %d:%d %s" % (low, highest, criterion(only))
    answer = link.read_in(known, [command])
    require_ok(answer.statuses[-1])
    return UidSet.read(parse_esearch(answer).get("ALL", ""))


def find_older(link: FolderConnection, known: KnownFolder, before: date, *, starred: bool, below: int | None) -> UidSet:
    """What came before that day; without `starred` only what bears no star."""
    highest = _LAST_UID if below is None else below - 1
    if highest < 1:  # nothing ever came
        return UidSet(())
    criteria = received_before(before) + (b"" if starred else b" UNFLAGGED")
    answer = link.read_in(known, [b"UID SEARCH RETURN (ALL) UID 1:%d %s" % (highest, criteria)])
    require_ok(answer.statuses[-1])
    return UidSet.read(parse_esearch(answer).get("ALL", ""))


def find_with_header(link: FolderConnection, known: KnownFolder, name: str, text: str) -> UidSet:
    command = b"UID SEARCH RETURN (ALL) CHARSET UTF-8 HEADER %s %s" % (
        name.encode("ascii"),
        quote_string(text.encode()),
    )
    answer = link.read_in(known, [command])
    require_ok(answer.statuses[-1])
    return UidSet.read(parse_esearch(answer).get("ALL", ""))


def find_by_message_id(link: FolderConnection, known: KnownFolder, message_id: str) -> list[Uid]:
    """Messages with this Message-ID, oldest first."""
    answer = link.read_in(
        known, [b"UID SEARCH RETURN (ALL) HEADER Message-ID " + quote_string(message_id.encode("utf-8"))]
    )
    require_ok(answer.statuses[-1])
    numbers = UidNumbers.read(parse_esearch(answer).get("ALL", ""))
    return [Uid(number) for number in numbers.part(len(numbers) - NAMED, len(numbers))]


def find_answers(link: FolderConnection, known: KnownFolder, message_ids: Sequence[str], seconds: int) -> list[Uid]:
    """Messages that came within so many seconds and answer one of these: named in their In-Reply-To or References."""
    keys = [b"HEADER %s %s" % (field, quote_string(one.encode())) for one in message_ids for field in _ANSWERS]
    wanted = b"OR " * (len(keys) - 1) + b" ".join(keys)
    answer = link.read_in(known, [b"UID SEARCH RETURN (ALL) CHARSET UTF-8 YOUNGER %d %s" % (max(1, seconds), wanted)])
    require_ok(answer.statuses[-1])
    numbers = UidNumbers.read(parse_esearch(answer).get("ALL", ""))
    return [Uid(number) for number in numbers.part(len(numbers) - NAMED, len(numbers))]


def filter_uids(link: FolderConnection, known: KnownFolder, uids: UidSet, state: State | HasKeyword) -> UidSet:
    """Those of them that are there and in that state."""
    found = UidSet(())
    for uid_set in wire_sets(uids.uids):
        command = b"UID SEARCH RETURN (ALL) UID %s %s" % (uid_set, _state(state))
        answer = link.read_in(known, [command])
        require_ok(answer.statuses[-1])
        found = found.united(UidSet.read(parse_esearch(answer).get("ALL", "")))
    return found


def _state(state: State | HasKeyword) -> bytes:
    if isinstance(state, HasKeyword):
        return b"%sKEYWORD %s" % (b"" if state.yes else b"UN", state.keyword.encode("ascii"))
    return state.upper().encode("ascii")


def parse_esearch(answer: Answer) -> dict[str, str]:
    """Results of the last extended search."""
    for data in reversed(answer.named("ESEARCH")):
        words = [
            string_octets(value).decode("ascii", "replace") for value in data.values if not isinstance(value, list)
        ]
        words = [word for word in words if word.upper() not in {"UID", "PARTIAL"}]  # PARTIAL's value is a list
        return {name.upper(): value for name, value in zip(words[::2], words[1::2], strict=False)}
    return {}


def parse_all(answer: Answer) -> list[int]:
    """Numbers found by the extended searches of an answer, one or several."""
    for status in answer.statuses:
        require_ok(status)
    found = (Answer([], [data]) for data in answer.named("ESEARCH"))
    return [number for one in found for number in UidNumbers.read(parse_esearch(one).get("ALL", ""))]


def sort_command(order: SortOrder, only: ListFilter | None, start: int, count: int) -> bytes:
    """A window of the sorted folder: the server sends no more of it (RFC 5267)."""
    window = b"%d:%d" % (start + 1, start + count)
    return b"UID SORT RETURN (PARTIAL %s COUNT) %s UTF-8 %s" % (window, order.wire, criterion(only))


def parse_sorted_window(answer: Answer) -> tuple[list[Uid], int]:
    """The numbers in their order, and how many there are in all."""
    for data in reversed(answer.named("ESEARCH")):
        lists = [
            value
            for value in data.values
            if isinstance(value, list) and string_octets(value_at(value, 0)).upper() != b"TAG"
        ]
        numbers = string_octets(value_at(lists[0], 1)).decode("ascii", "replace") if lists else ""
        count = parse_esearch(answer).get("COUNT", "")
        return [Uid(number) for number in UidNumbers.read(numbers)], int(count) if count.isdigit() else 0
    return [], 0
