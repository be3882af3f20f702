"""The list by exchanges: one row for the newest message here of each, with what its whole exchange says. Or `singly`,
one for each message, in the same order: that in which they were received.

What was made of a page stands as long as the list of folders says that nothing has changed in any of them (RFC 7162,
HIGHESTMODSEQ). Else the first trip asks for what should be there, and only what came or left since costs another one.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from vaguemestre.mailbox.errors import NoSuchFolderError
from vaguemestre.mailbox.imap.conversations.conversation_index import (
    ConversationIndex,
    IndexSegment,
    Spot,
    before_uid,
    number_of,
)
from vaguemestre.mailbox.imap.conversations.conversation_summary import ConversationSummary, sample_messages, summarise
from vaguemestre.mailbox.imap.conversations.kept_list import NOTHING_KEPT, KeptList, KeptMarks
from vaguemestre.mailbox.imap.conversations.overview import ConversationOverview, ConversationPage
from vaguemestre.mailbox.imap.fetch_rows import FLAGS_ONLY, WHOLE_ROW, parse_fetch_rows
from vaguemestre.mailbox.imap.folder_connection import FolderConnection, FolderMovedError, require_ok, select_command
from vaguemestre.mailbox.imap.folder_list import FolderList, KnownFolder
from vaguemestre.mailbox.imap.list_filters import ListFilter, criterion, parse_esearch
from vaguemestre.mailbox.imap.lists import list_files
from vaguemestre.mailbox.imap.lists.index_update import APART, count_unindexed, require_unless_gone, update_index
from vaguemestre.mailbox.imap.lists.unanswered_messages import find_unanswered
from vaguemestre.mailbox.imap.whole_rows import read_whole_rows
from vaguemestre.mailbox.imap.wire.commands import UidNumbers, uid_sets
from vaguemestre.mailbox.imap.wire.connection import Answer
from vaguemestre.mailbox.messages import Page, Row
from vaguemestre.mailbox.values import MailboxId, Uid

_TRIES = 3
_FRESH = 300  # seconds
MOST_AT_ONCE = 5_000  # messages that a page may wait for to be indexed: a quarter of a second
_OF_THE_LIST = {"LIST", "STATUS", "FETCH", "SEARCH", "ESEARCH"}


@dataclass(slots=True)
class PagePlan:
    """Which rows the page should have, as far as is remembered."""

    heads: list[Uid]
    total: int
    rank: int  # exchanges above the first one
    newer_before: Uid | None
    older: bool
    spots: dict[Uid, list[Spot]]


@dataclass(slots=True)
class PageRequest:
    """What of a folder is asked for, and what is known of it by now."""

    known: KnownFolder
    singly: bool = False
    before: Uid | None = None
    count: int = 0
    only: ListFilter | None = None
    marks: KeptMarks = field(default_factory=KeptMarks)  # of an earlier look
    flags: dict[Uid, frozenset[str]] = field(default_factory=dict)
    matching: UidNumbers | list[Uid] | None = None


type Neighbours = tuple[int, int, Uid | None, Uid | None]  # place, how many, the newer and the older one


def fetch_overview(
    link: FolderConnection,
    known: KnownFolder,
    *,
    before: Uid | None,
    count: int,
    only: ListFilter | None,
    beside: tuple[bytes, ...],
    at_once: bool = False,
    singly: bool = False,
) -> ConversationOverview:
    """One trip when all is as it was, the list of folders alone: it says of each whether anything changed in it. One
    or two more when mail came or left. `beside`: commands that travel along; what is remembered has their answer.
    `at_once`: the list of folders that was read for another overview, a moment ago, still stands."""
    threads = link.memory.threads(link.user)
    place = (link.user, known.id, before.word if before else None, count, only, singly)
    look = PageRequest(known, singly, before, count, only)
    with threads.lock:
        listing = link.memory.directory(link.user) if at_once else link.listing() or link.said
        link.said, kept = None, link.memory.lists.last(place)
        if listing is None and not link.wrote and kept:
            listing = link.refresh()
        if listing:
            if same := link.memory.lists.get(place, _said(threads, listing)):
                return same.overview
            look.known = listing.find(known.id)
            _learn(link, threads, listing)
        is_top = before is None and only is None and known.folder.role == "inbox"
        marks, filed = (kept.marks, kept.filed) if kept else list_files.read(link) if is_top else NOTHING_KEPT
        look.marks = marks if marks.are_of(look.known) else KeptMarks()
        shown, settled = _overview(link, threads, look, listing, beside)
        if settled:
            now = shown[0].find(known.id)
            marks = KeptMarks(now.validity, now.modseq, look.flags)
            if is_top:
                filed = list_files.write(link, now, shown[1], marks, filed)
            link.memory.lists.put(place, _said(threads, shown[0]), KeptList(shown, marks, filed))
        return shown


def _overview(
    link: FolderConnection,
    threads: ConversationIndex,
    look: PageRequest,
    listing: FolderList | None,
    beside: tuple[bytes, ...],
) -> tuple[ConversationOverview, bool]:
    """As the server says it now, and whether it stopped changing while it was asked."""
    plan = None if look.only else _plan(threads, look)
    answer = _ask(link, look, plan, beside, listed=listing is not None)
    _take(link, look, answer)
    directory = listing or link.learn(answer)
    learned = not listing and _learn(link, threads, directory)
    if look.only == "awaiting":
        look.matching = find_unanswered(link, threads, directory, look.known, look.matching or ())
    if learned or plan is None:
        plan = _plan(threads, look)
    tries = _TRIES
    while tries and _complete(link, look, plan):
        tries, plan = tries - 1, _plan(threads, look)
    beside_it = Answer([], [data for data in answer.data if data.name not in _OF_THE_LIST])
    return (directory, _exchanges(link, look, plan), beside_it), tries > 0


def _said(threads: ConversationIndex, directory: FolderList) -> tuple[object, ...]:
    """What an overview stands on. Now and then it is made again all the same: what travels beside it may be news."""
    return threads.changes, int(time.monotonic() // _FRESH), *directory.known


def _learn(link: FolderConnection, threads: ConversationIndex, directory: FolderList) -> bool:
    learned = update_index(link, threads, directory)
    link.memory.keep_threads(link.user, threads)
    link.memory.trim_threads(link.user)
    return learned


def is_indexed(link: FolderConnection) -> bool:
    """Whether a page may ask for what is not known yet of this mailbox: some messages, not tens of thousands. From
    memory, or from what another process has kept (`extend_index`)."""
    if not link.memory.keeps_threads:
        return True
    directory = link.directory()
    if count_unindexed(link.memory.threads(link.user), directory) <= MOST_AT_ONCE:
        return True
    return count_unindexed(link.memory.reload_threads(link.user), directory) <= MOST_AT_ONCE


def extend_index(link: FolderConnection, seconds: float) -> bool:
    """Ask for what is not known yet, as far as it goes, and keep it for all processes. True when nothing more is to be
    learned."""
    threads, until = link.memory.threads(link.user), time.monotonic() + seconds
    with threads.lock:
        directory = link.refresh()
        lacking = count_unindexed(threads, directory)
        update_index(link, threads, directory, until=until)
        link.memory.keep_threads(link.user, threads, at_once=True)
        if 0 < count_unindexed(threads, directory) < lacking:
            return False
    link.memory.drop_threads(link.user)  # this process shows nothing to anybody
    return True


def fetch_conversation(link: FolderConnection, folder: MailboxId, uid: Uid) -> list[Spot]:
    """The messages that a reader of this one sees with it, as last known; at least itself. Nothing is asked unless this
    message is not known yet: another process of ours may have shown it."""
    if not is_indexed(link):
        return [(folder, uid)]
    threads = link.memory.threads(link.user)
    with threads.lock:
        if link.directory().find(folder).folder.role in APART:
            return [(folder, uid)]
        if not threads.together(folder, uid):
            directory = link.refresh()
            _learn(link, threads, directory)
            link.said = directory
        return _visible(link.directory(), folder, threads.together(folder, uid)) or [(folder, uid)]


def fetch_rows_of(link: FolderConnection, spots: Iterable[Spot]) -> dict[Spot, Row]:
    """With their flags; one trip a folder. What is gone is not in it."""
    found: dict[Spot, Row] = {}
    by_folder: dict[MailboxId, list[Uid]] = {}
    for folder, uid in spots:
        by_folder.setdefault(folder, []).append(uid)
    for folder, uids in by_folder.items():
        try:
            look = PageRequest(link.directory().find(folder))
            _fetch(link, look, uids, uids)
        except (FolderMovedError, NoSuchFolderError):
            continue
        for uid in uids:
            row = link.memory.rows.get(folder, look.known.validity, uid)
            if row is not None and uid in look.flags:
                found[folder, uid] = replace(row, flags=look.flags[uid])
    return found


def fetch_unanswered(link: FolderConnection, known: KnownFolder) -> list[Uid]:
    """The messages of Sent that wait for an answer, newest first: all that the list under that filter shows."""
    threads = link.memory.threads(link.user)
    with threads.lock:
        directory = link.listing() or link.refresh()
        _learn(link, threads, directory)
        known = directory.find(known.id)
        answer = link.read_in(known, [b"UID SEARCH RETURN (ALL) " + criterion("awaiting")])
        require_ok(answer.statuses[-1])
        return find_unanswered(link, threads, directory, known, UidNumbers.read(parse_esearch(answer).get("ALL", "")))


def fetch_neighbours(link: FolderConnection, folder: MailboxId, uid: Uid, *, singly: bool = False) -> Neighbours:
    """Of the exchange of this message in the folder's list, as last known: its place and how many there are, and the
    messages to which the rows of the newer and of the older one lead. `singly`: of the message itself."""
    threads = link.memory.threads(link.user)
    with threads.lock:
        shelf = threads.shelves.get(folder)
        if shelf is None or shelf.place_of(uid) is None:
            return 0, 0, None, None
        if singly:
            rank = shelf.rank(uid)
            newer_one = shelf.window(rank - 2, 1)[0] if rank > 1 else None
            return rank, len(shelf.uids), newer_one, next(iter(shelf.window(rank, 1)), None)
        newer: int | None = None
        mine = {shelf.key(one) for where, one in threads.together(folder, uid) if where == folder}
        heads = threads.keys(folder)
        for rank, head in enumerate(heads, start=1):
            if head in mine:
                older = next(heads, None)
                return rank, shelf.exchanges, number_of(newer) if newer else None, number_of(older) if older else None
            newer = head
    return 0, 0, None, None


def latest_arrival(link: FolderConnection, folders: Iterable[MailboxId]) -> int:
    """The second in which the last message came into one of these, as last known; 0 where nobody knows."""
    threads = link.memory.threads(link.user)
    with threads.lock:
        shelves = (threads.shelves.get(folder) for folder in folders)
        return max((max(shelf.came) for shelf in shelves if shelf and shelf.came), default=0)


def _plan(threads: ConversationIndex, look: PageRequest) -> PagePlan:
    folder, before, count, shelf = look.known.id, look.before, look.count, threads.shelves.get(look.known.id)
    if shelf is None:
        return PagePlan([], 0, 0, None, older=False, spots={})
    if look.singly and look.matching is None:
        return _of_messages(shelf, before, count)
    keys = (
        threads.keys(folder) if look.matching is None else threads.keys_among(folder, look.matching, singly=look.singly)
    )
    above: list[int] = []
    chosen: list[Uid] = []
    walk, limit = iter(keys), shelf.key(before) if before is not None else None
    for key in walk:
        if limit is not None and key >= limit:
            above.append(key)
            continue
        chosen = list(map(number_of, (key, *islice(walk, count))))
        break
    return PagePlan(
        heads=chosen[:count],
        total=len(keys) if isinstance(keys, list) else shelf.exchanges,
        rank=len(above),
        newer_before=before_uid(above[-count - 1]) if len(above) > count else None,
        older=len(chosen) > count,
        spots={head: [(folder, head)] if look.singly else threads.together(folder, head) for head in chosen[:count]},
    )


def _of_messages(shelf: IndexSegment, before: Uid | None, count: int) -> PagePlan:
    """All of them, one by one: at once, however far below."""
    rank = shelf.rank(before) if before is not None else 0
    chosen = shelf.window(rank, count + 1)
    return PagePlan(
        heads=chosen[:count],
        total=len(shelf.uids),
        rank=rank,
        newer_before=before_uid(shelf.key(shelf.window(rank - count - 1, 1)[0])) if rank > count else None,
        older=len(chosen) > count,
        spots={head: [(shelf.folder, head)] for head in chosen[:count]},
    )


def _ask(
    link: FolderConnection, look: PageRequest, plan: PagePlan | None, beside: tuple[bytes, ...], *, listed: bool
) -> Answer:
    """The folders before their messages: what changes in between is then asked for once too often, and not missed."""
    listing = [] if listed else link.listing_afresh()
    commands = [b"UID SEARCH RETURN (COUNT ALL) " + criterion(look.only)] if look.only else []
    if plan:
        commands += _changes(look, plan, listed=listed)
        commands += _wanted(link, look, [uid for uid in _here(look, plan) if uid not in look.flags], plan.heads)
    opening = [select_command(look.known)] if commands or not listed else []
    answer = link.connection.round_trip([*listing, *opening, *commands, *beside])
    for status in answer.statuses[: len(listing)]:
        require_ok(status)
    del answer.statuses[: len(listing)]
    if opening:
        link.opened(look.known, answer)
    require_unless_gone(answer)
    if look.only:
        look.matching = UidNumbers.read(parse_esearch(answer).get("ALL", ""))
    return answer


def _changes(look: PageRequest, plan: PagePlan, *, listed: bool) -> list[bytes]:
    """Of the messages whose flags are known: none where the list of folders says that they still are as they were."""
    look.flags = {uid: look.marks.flags[uid] for uid in _here(look, plan) if uid in look.marks.flags}
    if listed and look.known.modseq == look.marks.modseq:
        return []
    since = b"(UID FLAGS) (CHANGEDSINCE %s)" % look.marks.modseq
    return [b"UID FETCH %s %s" % (uid_set, since) for uid_set in uid_sets(list(look.flags))]


def _complete(link: FolderConnection, look: PageRequest, plan: PagePlan) -> bool:
    """Ask for what the page still lacks; False when it lacks nothing. This folder last: it stays open."""
    elsewhere: dict[MailboxId, list[Uid]] = {}
    visible = {head: _visible(link.directory(), look.known.id, spots) for head, spots in plan.spots.items()}
    here_rows = list(plan.heads)
    for spots in visible.values():
        for folder, uid in sample_messages(spots):
            if folder == look.known.id:
                here_rows.append(uid)
            elif link.remembered_row(folder, uid) is None:
                elsewhere.setdefault(folder, []).append(uid)
    for folder, uids in elsewhere.items():
        try:
            _fetch(link, PageRequest(link.directory().find(folder)), [], uids)
        except (FolderMovedError, NoSuchFolderError):
            continue
    here = [uid for uid in _here(look, plan) if uid not in look.flags]
    lacking = [uid for uid in dict.fromkeys(here_rows) if link.remembered_row(look.known.id, uid) is None]
    if here or lacking:
        _fetch(link, look, here, lacking)
    gone = [uid for uid in here if uid not in look.flags]
    if gone:
        # Deleted this moment by another program: what was learned is out of date.
        _learn(link, link.memory.threads(link.user), link.refresh())
    return bool(gone)


def _fetch(link: FolderConnection, look: PageRequest, flags: Sequence[Uid], whole: Sequence[Uid]) -> None:
    commands = _wanted(link, look, flags, whole)
    if commands:
        answer = link.connection.round_trip([select_command(look.known), *commands])
        link.opened(look.known, answer)
        require_unless_gone(answer)
        _take(link, look, answer)


def _wanted(link: FolderConnection, look: PageRequest, flags: Sequence[Uid], whole: Sequence[Uid]) -> list[bytes]:
    fresh = [uid for uid in whole if link.remembered_row(look.known.id, uid) is None]
    pairs = ((flags, FLAGS_ONLY), (fresh, WHOLE_ROW))
    return [b"UID FETCH %s %s" % (uid_set, items) for some, items in pairs for uid_set in uid_sets(some)]


def _take(link: FolderConnection, look: PageRequest, answer: Answer) -> None:
    places: dict[int, Uid] = {}
    messages = parse_fetch_rows(answer.data)
    for row in read_whole_rows(link, messages).values():
        link.memory.rows.put(look.known.id, look.known.validity, row)
    for message in messages:
        places[message.place] = message.uid
        if "FLAGS" in message.items:
            look.flags[message.uid] = message.flags
    if link.selected is not None and not answer.named("EXPUNGE"):
        link.memory.learn_places(look.known, link.selected.total, link.selected.uid_next, places)


def _exchanges(link: FolderConnection, look: PageRequest, plan: PagePlan) -> ConversationPage:
    found: list[Row] = []
    several: dict[Uid, ConversationSummary] = {}
    for head in plan.heads:
        row = link.remembered_row(look.known.id, head)
        if row is None or head not in look.flags:
            continue
        found.append(replace(row, flags=look.flags[head]))
        spots = _visible(link.directory(), look.known.id, plan.spots[head])
        if len(spots) > 1:
            several[head] = _told(link, look, found[-1], spots)
    page = Page(
        rows=tuple(found), folder_total=plan.total, unseen=None, first=plan.rank + 1,
        older=plan.older, newer=plan.rank > 0, newer_before=plan.newer_before,
    )  # fmt: skip
    shelf = link.memory.threads(link.user).shelves.get(look.known.id)
    messages = len(look.matching) if look.matching is not None else len(shelf.uids) if shelf else 0
    return ConversationPage(page, several, messages)


def _told(link: FolderConnection, look: PageRequest, head: Row, spots: list[Spot]) -> ConversationSummary:
    own, others = [head], []
    for folder, uid in sample_messages(spots):
        row = link.remembered_row(folder, uid)
        if row is not None and folder != look.known.id:
            others.append(row)
        elif row is not None and uid in look.flags and uid != head.uid:
            own.append(replace(row, flags=look.flags[uid]))
    here = {uid: look.flags.get(uid, frozenset()) for folder, uid in spots if folder == look.known.id}
    return summarise(own, others, here, len(spots))


def _here(look: PageRequest, plan: PagePlan) -> list[Uid]:
    return [uid for spots in plan.spots.values() for folder, uid in spots if folder == look.known.id]


def _visible(directory: FolderList, folder: MailboxId, spots: list[Spot]) -> list[Spot]:
    """What lies in the bin is not counted, unless one is there."""
    trash = directory.by_role("trash")
    return [spot for spot in spots if spot[0] == folder or trash is None or spot[0] != trash.id]
