"""How an account's exchanges become known, and stay true: only what came since the last look is asked for.

The list of folders says of each how many messages it holds and which number comes next. As long as both are those that
are remembered, nothing came and nothing left, and nothing is asked.
"""

import re
import time
from collections.abc import Iterable, Iterator, Sequence

from vaguemestre.mailbox.imap.body_structure import string_octets
from vaguemestre.mailbox.imap.conversations.conversation_index import ConversationIndex, IndexSegment
from vaguemestre.mailbox.imap.fetch_rows import FetchRow, parse_fetch_rows, parse_timestamp
from vaguemestre.mailbox.imap.folder_connection import FolderConnection, FolderMovedError, require_ok, select_command
from vaguemestre.mailbox.imap.folder_list import FolderList, KnownFolder
from vaguemestre.mailbox.imap.list_filters import parse_esearch
from vaguemestre.mailbox.imap.wire.commands import UidNumbers, uid_sets
from vaguemestre.mailbox.imap.wire.connection import Answer
from vaguemestre.mailbox.mime.header_text import FIELD_LIMIT
from vaguemestre.mailbox.values import Uid

# What one writes is still changing, and who sends junk may name any message: neither takes part in an exchange.
# Receipts are counted on the message they are about.
APART = {"drafts", "junk", "receipts"}
HORIZON = 50_000  # messages of a folder whose exchange is looked for, those received last; older ones stand alone
REFERENCES = 50  # the first and the latest that one message may name
_AT_ONCE = 5_000  # messages asked for in one exchange with the server
_LAST_UID = 0xFFFF_FFFF
_SECTION = "BODY[HEADER.FIELDS (MESSAGE-ID REFERENCES IN-REPLY-TO)]"
_WANTED = b"(UID INTERNALDATE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID REFERENCES IN-REPLY-TO)])"
_IDENTIFIER = re.compile(rb"<([^<>\s]{1,400})>")
_FIELD = re.compile(rb"(?im)^(message-id|references|in-reply-to)[ \t]*:((?:[^\r\n]|\r?\n[ \t])*)")


def count_unindexed(threads: ConversationIndex, directory: FolderList) -> int:
    """How many messages have come of which nobody has asked to what they belong."""
    lacking = 0
    for known in _indexed_folders(directory):
        shelf = threads.shelves.get(known.id)
        there = len(shelf.uids) if shelf and shelf.validity == known.validity else 0
        lacking += max(0, known.folder.total - there)
    return lacking


def update_index(
    link: FolderConnection, threads: ConversationIndex, directory: FolderList, *, until: float | None = None
) -> bool:
    """Bring what is remembered up to this list of folders. True when there was anything to learn. After `until` (of
    the monotonic clock) no second folder is begun."""
    if threads.worn:
        threads.clear()
    there = {known.id: known for known in _indexed_folders(directory)}
    gone = [folder for folder in threads.shelves if folder not in there]
    for folder in gone:
        threads.drop(folder)
    changed = [known for known in there.values() if _differs(threads, known)]
    for number, known in enumerate(changed):
        if number and until is not None and time.monotonic() > until:
            break
        try:
            _look(link, threads, known)
        except FolderMovedError:
            threads.drop(known.id)  # renamed or removed this very moment: the next list says which
    return bool(gone or changed)


def _indexed_folders(directory: FolderList) -> list[KnownFolder]:
    return [known for known in directory.known if known.folder.id and known.folder.role not in APART]


def _differs(threads: ConversationIndex, known: KnownFolder) -> bool:
    shelf = threads.shelves.get(known.id)
    folder = known.folder
    if shelf is None or shelf.validity != known.validity:
        return True
    # A list that is older than what another request has learned meanwhile says nothing.
    newer = folder.uid_next > shelf.uid_next
    return newer or (folder.uid_next == shelf.uid_next and folder.total != len(shelf.uids))


def _look(link: FolderConnection, threads: ConversationIndex, known: KnownFolder) -> None:
    shelf = threads.shelf(known.id, known.validity)
    last = min(shelf.uid_next + _AT_ONCE, _LAST_UID)
    arrivals = b"UID FETCH %d:%d %s" % (max(1, shelf.uid_next), last, _WANTED)
    is_new = shelf.uid_next == 0
    commands = [b"UID SEARCH RETURN (ALL) ALL"] if is_new else [arrivals]
    answer = link.connection.round_trip([select_command(known), *commands])
    selected = link.opened(known, answer)
    require_unless_gone(answer)
    if not is_new:
        _take(shelf, threads, answer)
    if is_new or len(shelf.uids) != selected.total:
        _reconcile(link, threads, shelf, answer if is_new else None)
    shelf.uid_next = max(selected.uid_next, shelf.uids[-1] + 1 if shelf.uids else 1)


def _reconcile(link: FolderConnection, threads: ConversationIndex, shelf: IndexSegment, answer: Answer | None) -> None:
    """All numbers of the open folder against those remembered: what left, and what is still to be asked for."""
    if answer is None:
        answer = link.run(b"UID SEARCH RETURN (ALL) ALL")
    present = UidNumbers.read(parse_esearch(answer).get("ALL", ""))
    there = set(present)
    threads.remove(shelf, [uid for uid in shelf.uids if uid not in there])
    unknown = sorted(there.difference(shelf.uids))
    if len(unknown) > HORIZON:
        came = _seconds(link, unknown)
        by_date = sorted(unknown, key=came.__getitem__)
        unknown = sorted(by_date[-HORIZON:])
        for uid in sorted(by_date[:-HORIZON]):
            threads.add(shelf, uid, (), came[uid])
    for answer in _asked(link, unknown, _WANTED):
        _take(shelf, threads, answer)
    for uid in unknown:
        threads.add(shelf, uid, ())  # gone this moment: the next look finds out


def _seconds(link: FolderConnection, uids: Sequence[int]) -> dict[int, int]:
    """When each was received; 0 for one that is gone this moment."""
    came = dict.fromkeys(uids, 0)
    for answer in _asked(link, uids, b"(UID INTERNALDATE)"):
        came |= {one.uid: parse_timestamp(one.items.get("INTERNALDATE")) for one in parse_fetch_rows(answer.data)}
    return came


def _asked(link: FolderConnection, uids: Sequence[int], wanted: bytes) -> Iterator[Answer]:
    for start in range(0, len(uids), _AT_ONCE):
        some = [Uid(uid) for uid in uids[start : start + _AT_ONCE]]
        answer = link.connection.round_trip([b"UID FETCH %s %s" % (uid_set, wanted) for uid_set in uid_sets(some)])
        require_unless_gone(answer)
        yield answer


def require_unless_gone(answer: Answer) -> None:
    """A message that another program deletes while it is asked for is simply not in the answer."""
    for status in answer.statuses:
        if status.code not in {"EXPUNGED", "EXPUNGEISSUED"}:
            require_ok(status)


def _take(shelf: IndexSegment, threads: ConversationIndex, answer: Answer) -> None:
    for message in parse_fetch_rows(answer.data):
        if _SECTION in message.items:
            threads.add(shelf, message.uid, identifiers(message), parse_timestamp(message.items.get("INTERNALDATE")))


def identifiers(message: FetchRow) -> Iterable[str]:
    """Its own, then those it names; of a list that is too long, the first and the latest."""
    own: list[bytes] = []
    named: list[bytes] = []
    for name, value in _FIELD.findall(string_octets(message.items[_SECTION])):
        is_own = name.lower() == b"message-id"
        found = _IDENTIFIER.findall(value if len(value) <= 2 * FIELD_LIMIT else value[:400] + value[-FIELD_LIMIT:])
        (own if is_own else named).extend(found[:1] if is_own else found)
    few = named if len(named) <= REFERENCES else [named[0], *named[1 - REFERENCES :]]
    return [one.decode("latin-1") for one in (*own[:1], *few)]
