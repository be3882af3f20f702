"""One page of a folder in the order in which messages were filed there, without asking the server to sort.

Places in a folder (IMAP's sequence numbers) are that order. The first exchange asks for the places where the page
should be, judged by what was last seen; its answer tells the truth, and a second exchange asks only for what the
guess had missed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from vaguemestre.mailbox.imap.account_cache import ReadingTrail
from vaguemestre.mailbox.imap.fetch_rows import FLAGS_ONLY, WHOLE_ROW, FetchRow, parse_fetch_rows
from vaguemestre.mailbox.imap.folder_connection import FolderConnection, SelectedFolder, require_ok, select_command
from vaguemestre.mailbox.imap.folder_list import KnownFolder
from vaguemestre.mailbox.imap.list_filters import (
    ListFilter,
    SortOrder,
    criterion,
    parse_esearch,
    parse_sorted_window,
    sort_command,
)
from vaguemestre.mailbox.imap.whole_rows import read_whole_rows
from vaguemestre.mailbox.imap.wire.commands import UidNumbers, uid_sets
from vaguemestre.mailbox.imap.wire.connection import Answer
from vaguemestre.mailbox.messages import Page, Row
from vaguemestre.mailbox.values import Uid

_ARRIVALS = 100  # new messages taken along in the first exchange
_LAST_UID = 0xFFFF_FFFF


@dataclass(slots=True)
class FolderPageRequest:
    """What the exchanges of one page have shown so far."""

    selected: SelectedFolder
    found: dict[int, FetchRow] = field(default_factory=dict)
    rows: dict[int, Row] = field(default_factory=dict)

    def uid(self, place: int) -> Uid | None:
        return self.found[place].uid if place in self.found else None


def read_page(
    link: FolderConnection, known: KnownFolder, *, before: Uid | None, count: int, beside: tuple[bytes, ...] = ()
) -> tuple[Page, Answer]:
    """`beside`: commands that travel along; their data is in the answer."""
    trail = _trail(link, known)
    guess = _newest(link, known, trail, count) if before is None else _older(link, known, trail, before, count)
    answer = link.connection.round_trip([select_command(known), *guess, *beside])
    look = FolderPageRequest(link.opened(known, answer))
    for status in answer.statuses[len(answer.statuses) - len(beside) :] if beside else []:
        require_ok(status)
    _take(link, look, answer)
    top = look.selected.total if before is None else _place_before(link, look, before)
    _complete(link, look, top, count)
    return _page(link, look, top, count), answer


def _trail(link: FolderConnection, known: KnownFolder) -> ReadingTrail:
    """The last look at this folder, or at least its counts from the list of folders."""
    folder = known.folder
    trail = link.memory.trail(known.id)
    if trail is None or trail.validity != known.validity:
        return ReadingTrail(known.validity, folder.total, max(folder.uid_next, 1))
    if folder.uid_next > trail.uid_next and folder.total > trail.total:
        return replace(trail, total=folder.total, uid_next=folder.uid_next)
    return trail


def _newest(link: FolderConnection, known: KnownFolder, trail: ReadingTrail, count: int) -> list[bytes]:
    last = min(trail.uid_next + _ARRIVALS - 1, _LAST_UID)
    arrivals = b"UID FETCH %d:%d %s" % (trail.uid_next, last, WHOLE_ROW)
    low = max(1, trail.total - count + 1)
    if uids := _remembered(link, known, trail, low, trail.total):
        # By UID, so that a wrong guess of their places costs nothing.
        return [b"UID FETCH %d:%d %s" % (uids[-1], max(trail.uid_next - 1, uids[-1]), FLAGS_ONLY), arrivals]
    return [b"FETCH %d:%d %s" % (low, trail.total, WHOLE_ROW), arrivals] if trail.total else [arrivals]


def _older(link: FolderConnection, known: KnownFolder, trail: ReadingTrail, before: Uid, count: int) -> list[bytes]:
    """The page below a message; and the first message above the page before it, to which one goes back."""
    place = trail.place_of(before)
    if place is None:
        # Numbers just below and above: the whole page where nothing was deleted, and its place in any case.
        highest = min(before + count, _LAST_UID)
        below = [b"UID FETCH %d:%d %s" % (max(1, before - count), before - 1, WHOLE_ROW)] if before > 1 else []
        return [*below, b"UID FETCH %d:%d (UID)" % (before, highest)]
    low, high = max(1, place - count), place - 1
    commands = [b"FETCH %d (UID)" % one for one in (place, place + count) if one <= trail.total]
    if uids := _remembered(link, known, trail, low, high):
        return [b"UID FETCH %d:%d %s" % (uids[-1], before - 1, FLAGS_ONLY), *commands]
    return [b"FETCH %d:%d %s" % (low, high, WHOLE_ROW), *commands] if high else commands


def _remembered(link: FolderConnection, known: KnownFolder, trail: ReadingTrail, low: int, high: int) -> list[Uid]:
    """UIDs at these places, highest first, when all their rows are in memory; else none."""
    uids = trail.span(low, high)
    whole = len(uids) == high - low + 1 and all(_cached(link, known, uid) for uid in uids)
    return uids if whole else []


def _cached(link: FolderConnection, known: KnownFolder, uid: Uid) -> Row | None:
    return link.memory.rows.get(known.id, known.validity, uid)


def _take(link: FolderConnection, look: FolderPageRequest, answer: Answer) -> None:
    """Rows out of an answer: built when they came whole, else from memory with their present flags."""
    known = look.selected.known
    if gone := len(answer.named("EXPUNGE")):
        # Places moved between two commands: nothing of this answer can be trusted, ask again.
        look.selected = replace(look.selected, total=max(0, look.selected.total - gone))
        look.found.clear()
        look.rows.clear()
        return
    messages = parse_fetch_rows(answer.data)
    rows = read_whole_rows(link, messages)
    for message in messages:
        look.found[message.place] = message
        if row := rows.get(message.uid):
            link.memory.rows.put(known.id, known.validity, row)
        elif "FLAGS" in message.items and (cached := _cached(link, known, message.uid)):
            row = replace(cached, flags=message.flags)
        else:
            continue
        look.rows[message.place] = row


def _place_before(link: FolderConnection, look: FolderPageRequest, before: Uid) -> int:
    """Place of the newest message older than `before`: what was found proves it, or the server counts."""
    if before == 1:
        return 0
    older = max((place for place, message in look.found.items() if message.uid < before), default=0)
    above = look.uid(older + 1)
    if older == look.selected.total or (above is not None and above >= before):
        return older
    counted = link.run(b"UID SEARCH RETURN (COUNT) UID 1:%d" % (before - 1))
    number = parse_esearch(counted).get("COUNT", "")
    return int(number) if number.isdigit() else 0


def _complete(link: FolderConnection, look: FolderPageRequest, top: int, count: int) -> None:
    total = look.selected.total
    missing = [place for place in range(max(1, top - count + 1), top + 1) if place not in look.rows]
    commands = [b"FETCH %d:%d %s" % (missing[0], missing[-1], WHOLE_ROW)] if missing else []
    beyond = top + count + 1
    if beyond <= total and beyond not in look.found:
        commands.append(b"FETCH %d (UID)" % beyond)
    if commands:
        answer = link.connection.round_trip(commands)
        _take(link, look, answer)


def _page(link: FolderConnection, look: FolderPageRequest, top: int, count: int) -> Page:
    selected, known = look.selected, look.selected.known
    seen = {place: message.uid for place, message in look.found.items()}
    link.memory.learn_places(known, selected.total, selected.uid_next, seen)
    places = range(top, max(0, top - count), -1)
    return Page(
        rows=tuple(look.rows[place] for place in places if place in look.rows),
        folder_total=selected.total,
        unseen=None,
        first=selected.total - top + 1,
        older=top > count,
        newer=top < selected.total,
        newer_before=look.uid(top + count + 1),
    )


def read_matching(
    link: FolderConnection,
    known: KnownFolder,
    *,
    only: ListFilter,
    before: Uid | None,
    count: int,
    beside: tuple[bytes, ...] = (),
) -> tuple[Page, Answer]:
    """The same page among what a filter names; how many there are is not known beforehand, hence two exchanges."""
    search = b"UID SEARCH RETURN (COUNT ALL) " + criterion(only)
    answer = link.connection.round_trip([select_command(known), search, *beside])
    look = FolderPageRequest(link.opened(known, answer))
    for status in answer.statuses[1:]:
        require_ok(status)
    matching = UidNumbers.read(parse_esearch(answer).get("ALL", ""))
    end = len(matching) if before is None else matching.below(before)
    chosen = [Uid(number) for number in matching.part(end - count, end)]
    rows = _rows_of(link, look, chosen)
    page = Page(
        rows=tuple(rows[uid] for uid in reversed(chosen) if uid in rows),
        folder_total=len(matching),
        unseen=None,
        first=len(matching) - end + 1,
        older=end > count,
        newer=end < len(matching),
        newer_before=next((Uid(number) for number in matching.part(end + count, end + count + 1)), None),
    )
    return page, answer


def read_sorted(
    link: FolderConnection,
    known: KnownFolder,
    order: SortOrder,
    *,
    only: ListFilter | None,
    start: int,
    count: int,
    beside: tuple[bytes, ...] = (),
) -> tuple[Page, Answer]:
    """A page in another order: the server sorts, and tells only the numbers of this page. Two exchanges."""
    answer = link.connection.round_trip([select_command(known), sort_command(order, only, start, count), *beside])
    look = FolderPageRequest(link.opened(known, answer))
    for status in answer.statuses[1:]:
        require_ok(status)
    chosen, total = parse_sorted_window(answer)
    rows = _rows_of(link, look, chosen)
    page = Page(
        rows=tuple(rows[uid] for uid in chosen if uid in rows),
        folder_total=total,
        unseen=None,
        first=start + 1,
        older=start + count < total,
        newer=start > 0,
        newer_before=None,
    )
    return page, answer


def _rows_of(link: FolderConnection, look: FolderPageRequest, chosen: Sequence[Uid]) -> dict[Uid, Row]:
    """Whole rows of those that are new to this process, flags of all."""
    known = look.selected.known
    fresh = [uid for uid in chosen if _cached(link, known, uid) is None]
    wanted = ((chosen, FLAGS_ONLY), (fresh, WHOLE_ROW))
    commands = [b"UID FETCH %s %s" % (uid_set, items) for some, items in wanted for uid_set in uid_sets(some)]
    if commands:
        _take(link, look, link.connection.round_trip(commands))
    return {row.uid: row for row in look.rows.values()}
