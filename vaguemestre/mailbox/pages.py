"""One page of a folder in order of arrival, without asking the server to sort.

Places in a folder (IMAP's sequence numbers) are that order. The first exchange asks for the places where the page
should be, judged by what was last seen; its answer tells the truth, and a second exchange asks only for what the
guess had missed.
"""

from dataclasses import dataclass, field, replace
from typing import Literal

from vaguemestre.mailbox.directory import Known
from vaguemestre.mailbox.link import Link, Selected, require, select
from vaguemestre.mailbox.memory import Trail
from vaguemestre.mailbox.messages import Page, Row
from vaguemestre.mailbox.protocol.connection import Answer
from vaguemestre.mailbox.protocol.wire import parse_set, uid_sets
from vaguemestre.mailbox.rows import FLAGS_ONLY, WHOLE_ROW, Fetched, fetched, read_row
from vaguemestre.mailbox.structure import octets
from vaguemestre.mailbox.values import Uid

Only = Literal["unseen", "flagged"]
_ARRIVALS = 100  # new messages taken along in the first exchange
_LAST_UID = 0xFFFF_FFFF


@dataclass(slots=True)
class Look:
    """What the exchanges of one page have shown so far."""

    selected: Selected
    found: dict[int, Fetched] = field(default_factory=dict)
    rows: dict[int, Row] = field(default_factory=dict)

    def uid(self, place: int) -> Uid | None:
        return self.found[place].uid if place in self.found else None


def read_page(
    link: Link, known: Known, *, before: Uid | None, count: int, beside: tuple[bytes, ...] = ()
) -> tuple[Page, Answer]:
    """`beside`: commands that travel along; their data is in the answer."""
    trail = _trail(link, known)
    high = trail.total if before is None else _place_before(trail, before)
    exact = before is None or trail.place_of(before) is not None
    answer = link.connection.exchange([select(known), *_guess(link, known, trail, before, high, count), *beside])
    look = Look(link.opened(known, answer))
    for status in answer.statuses[len(answer.statuses) - len(beside) :] if beside else []:
        require(status)
    _take(link, look, answer)
    top = look.selected.total if before is None else _true_place(link, look, answer, before, exact=exact)
    _complete(link, look, top, count)
    return _page(link, look, top, count), answer


def _trail(link: Link, known: Known) -> Trail:
    """The last look at this folder, or at least its counts from the list of folders."""
    folder = known.folder
    trail = link.memory.trail(known.id)
    if trail is None or trail.validity != known.validity:
        return Trail(known.validity, folder.total, max(folder.uid_next, 1))
    if folder.uid_next > trail.uid_next and folder.total > trail.total:
        return replace(trail, total=folder.total, uid_next=folder.uid_next)
    return trail


def _place_before(trail: Trail, before: Uid) -> int:
    """Where the newest message older than `before` should stand: known from a page, else judged by proportion."""
    place = trail.place_of(before)
    if place is not None:
        return place - 1
    return min(trail.total, (before - 1) * trail.total // max(trail.uid_next - 1, 1))


def _guess(link: Link, known: Known, trail: Trail, before: Uid | None, high: int, count: int) -> list[bytes]:
    low = max(1, high - count + 1)
    uids = trail.span(low, high)
    seen = len(uids) == high - low + 1 > 0 and all(_cached(link, known, uid) for uid in uids)
    commands = []
    if seen:
        # Known rows: their flags only, by UID, so that a wrong guess of their places costs nothing.
        last = (trail.uid_next if before is None else before) - 1
        commands.append(b"UID FETCH %d:%d %s" % (uids[-1], max(last, uids[-1]), FLAGS_ONLY))
    elif high > 0:
        commands.append(b"FETCH %d:%d %s" % (low, high, WHOLE_ROW))
    if before is None:
        last = min(trail.uid_next + _ARRIVALS - 1, _LAST_UID)
        commands.append(b"UID FETCH %d:%d %s" % (trail.uid_next, last, WHOLE_ROW))
        return commands
    if trail.place_of(before) is None:
        commands.append(_count_before(before))
    else:
        commands.append(b"FETCH %d (UID)" % (high + 1))
    if high + count + 1 <= trail.total:
        commands.append(b"FETCH %d (UID)" % (high + count + 1))
    return commands


def _cached(link: Link, known: Known, uid: Uid) -> Row | None:
    return link.memory.rows.get(known.id, known.validity, uid)


def _count_before(before: Uid) -> bytes:
    return b"UID SEARCH RETURN (COUNT) UID 1:%d" % max(before - 1, 1)


def _take(link: Link, look: Look, answer: Answer) -> None:
    """Rows out of an answer: built when they came whole, else from memory with their present flags."""
    known = look.selected.known
    if gone := len(answer.named("EXPUNGE")):
        # Places moved between two commands: nothing of this answer can be trusted, ask again.
        look.selected = replace(look.selected, total=look.selected.total - gone)
        look.found.clear()
        look.rows.clear()
        return
    for message in fetched(answer.data):
        look.found[message.place] = message
        if message.whole:
            row = read_row(message)
            link.memory.rows.put(known.id, known.validity, row)
        elif "FLAGS" in message.items and (cached := _cached(link, known, message.uid)):
            row = replace(cached, flags=message.flags)
        else:
            continue
        look.rows[message.place] = row


def _true_place(link: Link, look: Look, answer: Answer, before: Uid, *, exact: bool) -> int:
    """Place of the newest message older than `before`."""
    if before == 1:
        return 0
    if not exact and (number := esearch(answer).get("COUNT", "")).isdigit():
        return int(number)
    older = max((place for place, message in look.found.items() if message.uid < before), default=0)
    above = look.uid(older + 1)
    if older == look.selected.total or (above is not None and above >= before):
        return older
    counted = link.run(_count_before(before))
    number = esearch(counted).get("COUNT", "")
    return int(number) if number.isdigit() else 0


def esearch(answer: Answer) -> dict[str, str]:
    """Results of the last extended search."""
    for data in reversed(answer.named("ESEARCH")):
        words = [octets(value).decode("ascii", "replace") for value in data.values if not isinstance(value, list)]
        words = [word for word in words if word.upper() != "UID"]
        return {name.upper(): value for name, value in zip(words[::2], words[1::2], strict=False)}
    return {}


def _complete(link: Link, look: Look, top: int, count: int) -> None:
    """Ask for what the page still lacks."""
    total = look.selected.total
    missing = [place for place in range(max(1, top - count + 1), top + 1) if place not in look.rows]
    commands = [b"FETCH %d:%d %s" % (missing[0], missing[-1], WHOLE_ROW)] if missing else []
    beyond = top + count + 1
    if beyond <= total and beyond not in look.found:
        commands.append(b"FETCH %d (UID)" % beyond)
    if commands:
        answer = link.connection.exchange(commands)
        _take(link, look, answer)


def _page(link: Link, look: Look, top: int, count: int) -> Page:
    selected, known = look.selected, look.selected.known
    seen = {place: message.uid for place, message in look.found.items()}
    trail = link.memory.trail(known.id) or Trail(known.validity, selected.total, selected.uid_next)
    link.memory.learn_trail(known.id, trail.seeing(known.validity, selected.total, selected.uid_next, seen))
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
    link: Link, known: Known, *, only: Only, before: Uid | None, count: int, beside: tuple[bytes, ...] = ()
) -> tuple[Page, Answer]:
    """The same page among unread or starred messages; their number is not known beforehand, hence two exchanges."""
    search = b"UID SEARCH RETURN (COUNT ALL) " + only.upper().encode("ascii")
    answer = link.connection.exchange([select(known), search, *beside])
    look = Look(link.opened(known, answer))
    for status in answer.statuses[1:]:
        require(status)
    uids = [Uid(number) for number in sorted(parse_set(esearch(answer).get("ALL", ""))) if number]
    end = len(uids) if before is None else sum(uid < before for uid in uids)
    chosen = uids[max(0, end - count) : end]
    fresh = [uid for uid in chosen if _cached(link, known, uid) is None]
    wanted = ((chosen, FLAGS_ONLY), (fresh, WHOLE_ROW))
    commands = [b"UID FETCH %s %s" % (uid_set, items) for some, items in wanted for uid_set in uid_sets(some)]
    if commands:
        _take(link, look, link.connection.exchange(commands))
    rows = {row.uid: row for row in look.rows.values()}
    newer = end + count < len(uids)
    page = Page(
        rows=tuple(rows[uid] for uid in reversed(chosen) if uid in rows),
        folder_total=len(uids),
        unseen=None,
        first=len(uids) - end + 1,
        older=end > count,
        newer=end < len(uids),
        newer_before=uids[end + count] if newer else None,
    )
    return page, answer
