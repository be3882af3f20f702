"""The messages that a search finds, in every folder at once: a page of them, newest first, with what was hit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from vaguemestre.mailbox.errors import MailboxRefusedError, MailboxUnavailableError, NoSuchFolderError
from vaguemestre.mailbox.imap.body_structure import string_octets, value_at
from vaguemestre.mailbox.imap.fetch_rows import FLAGS_ONLY, WHOLE_ROW, FetchRow, parse_fetch_rows
from vaguemestre.mailbox.imap.folder_connection import FolderConnection, require_ok, select_command
from vaguemestre.mailbox.imap.folder_list import FolderList, KnownFolder
from vaguemestre.mailbox.imap.list_filters import NEWEST, By, SortOrder, parse_esearch
from vaguemestre.mailbox.imap.query.search_keys import Keys, search_keys
from vaguemestre.mailbox.imap.query.search_query import EVERYWHERE, Query, SearchLimit, Term
from vaguemestre.mailbox.imap.search.search_command import SearchWindow, run_search
from vaguemestre.mailbox.imap.search.unindexed_search import keys_without_index
from vaguemestre.mailbox.imap.whole_rows import read_whole_rows
from vaguemestre.mailbox.imap.wire.commands import UidNumbers, quote_string, uid_sets
from vaguemestre.mailbox.imap.wire.connection import Answer
from vaguemestre.mailbox.imap.wire.parser import Value
from vaguemestre.mailbox.messages import Folder, Part, Row
from vaguemestre.mailbox.mime.body_choice import choose_body
from vaguemestre.mailbox.mime.search_snippets import excerpt, has_hit, has_phrase, snippet_text
from vaguemestre.mailbox.values import InvalidValueError, MailboxId, Uid

_WHERE = b"(X-MAILBOX X-REAL-UID "
_EDGE = b"UID FETCH %d (UID X-MAILBOX)"
_SEEN_OF_A_TEXT = 16 * 1024  # bytes of a text in which hits are looked for
# Dovecot keeps what it has sorted by words, also of messages of which it does not know yet where they lie: as if
# they had none, and for good.
_KEPT_ORDERS: Final[frozenset[By]] = frozenset({"from", "to", "subject"})
CHECKED = 200  # messages in which a phrase is looked for
_READ_ON = 256 * 1024  # bytes of a longer text, where a phrase does not stand in its beginning
_READ_ON_IN_ALL = 4 * 1024 * 1024  # of all such texts of one search, about


@dataclass(frozen=True, slots=True)
class SearchHit:
    """`excerpt`: the words round the first hit in the text, when the row's own words show none; else ""."""

    id: MailboxId  # of its folder
    folder: Folder
    row: Row
    excerpt: str = ""

    @property
    def place(self) -> tuple[MailboxId, Uid]:
        return self.id, self.row.uid


@dataclass(frozen=True, slots=True)
class SearchResults:
    """`total` counts all that was found, or with `at_least` what was found as far as was looked: in so many messages,
    and in so much of each."""

    hits: tuple[SearchHit, ...]
    total: int
    first: int  # place of the first hit, 1 for the newest
    at_least: bool = False
    bound: SearchLimit | None = None
    partial: bool = False  # the server knows that one of them is there and not yet where: it is asked again shortly


@dataclass(frozen=True, slots=True)
class _Numbered:
    """`number` is that of the folder that was searched, which is not the message's own when all were."""

    number: Uid
    validity: int  # of the message's own
    hit: SearchHit
    looked: bool = False  # its text was looked at for these words
    cut: bool = False  # of its text only the beginning was


@dataclass(frozen=True, slots=True)
class _Found:
    answer: Answer
    directory: FolderList
    bound: SearchLimit | None
    window: list[_Numbered]  # of what was found, what was asked for
    total: int
    is_all: bool  # that is all there is
    partial: bool


def search_folders(
    link: FolderConnection,
    query: Query,
    *,
    start: int,
    count: int,
    order: SortOrder = NEWEST,
    bound: SearchLimit | None = None,
    beside: tuple[bytes, ...] = (),
    whole: frozenset[MailboxId] | None = None,
) -> tuple[SearchResults, FolderList, Answer]:
    """Two exchanges; a third one where texts must be read to show what was hit, a fourth where a phrase may stand
    further down in them; three more where the server does not say where each lies (`open_all`). `bound`: nothing that
    came since. `whole`: the index is being made and knows the texts of these folders (`unindexed_search.py`); one
    exchange more, and what is found is not all."""
    directory = link.directory()
    known = directory.find(query.folder) if query.folder else None
    wires = {entry.id: entry.wire for entry in directory.known if entry.folder.id}
    wanted = search_keys(query, wires, bound) if whole is None else keys_without_index(link, known, query, whole)
    first, last = (1, CHECKED) if query.phrases else (start + 1, start + count)
    found = _search(link, known, wanted, SearchWindow(first, last, order), beside)
    if order == NEWEST and start == 0 and found.is_all:
        # What was moved a moment ago may be sorted last by the server, which does not know yet where it lies.
        found.window.sort(key=lambda one: one.hit.row.received, reverse=True)
    if query.phrases:
        result = _with_phrases(link, query, found, start, count)
    else:
        hits = tuple(one.hit for one in _with_texts(link, query, found.window))
        result = SearchResults(hits, found.total, start + 1, bound=found.bound, partial=found.partial)
    if whole is not None:
        result = replace(result, at_least=True, bound=None)
    return result, found.directory, found.answer


def _search(
    link: FolderConnection, known: KnownFolder | None, wanted: Keys, window: SearchWindow, beside: tuple[bytes, ...]
) -> _Found:
    """Once more, all folders opened, where the server does not say where each of these messages lies."""
    scope = [known] if known else link.directory().known
    before = [] if known or window.order.by not in _KEPT_ORDERS else _opening_commands(link.directory())
    for is_last in (False, True):
        answer = run_search(
            link, [*before, opening_command(known)], wanted, window, (*link.list_commands, *beside),
            messages=sum(entry.folder.total for entry in scope),
        )  # fmt: skip
        answer = replace(answer, statuses=answer.statuses[len(before) :])
        note_opened(link, known, answer)
        bound = SearchLimit.of(answer)
        for status in answer.statuses:
            require_ok(status)
        directory = link.learn(answer)
        numbers, total = _sorted(answer)
        edge = None if known else _edge(answer, window.order, numbers)
        found, partial = _rows(link, known, directory, bound.validity if bound else 0, numbers, edge)
        if known or is_last or (len(found) == len(numbers) and not partial):
            break
        open_all(link, directory)
    return _Found(answer, directory, bound, found, total, total <= len(numbers), partial)


def _with_phrases(link: FolderConnection, query: Query, found: _Found, start: int, count: int) -> SearchResults:
    """Those among the first that hold the phrases: the server's index knows words alone."""
    read = _read_on(link, query, _with_texts(link, query, found.window))
    checked = [one.hit for one in read if all(_holds(one.hit, term) is not term.excluded for term in query.phrases)]
    shown = [replace(hit, excerpt=excerpt(hit.excerpt, query.beginnings)) for hit in checked[start : start + count]]
    at_least = found.total > CHECKED or any(_may_hold(query, one) for one in read)
    return SearchResults(
        tuple(shown), len(checked), start + 1, at_least=at_least, bound=found.bound, partial=found.partial
    )


def with_patience[T](link: FolderConnection, look: Callable[[], T], patience: float | None) -> T:
    """Tried again when the connection turns out to be dead. No answer is waited for longer than `patience` seconds."""

    def once() -> T:
        with link.patience(patience):
            return look()

    try:
        return link.reading(once)
    except MailboxRefusedError as error:
        # Whoever asks while another process makes the very first index of a folder hears that it is not there.
        if error.code != "SERVERBUG":
            raise
        return link.reading(once)


def open_all(link: FolderConnection, directory: FolderList) -> None:
    """Of what another process has just moved, Dovecot says no folder and no number until this connection has opened
    that folder."""
    link.connection.round_trip([*_opening_commands(directory), opening_command(None)])
    link.selected = None


def _opening_commands(directory: FolderList) -> list[bytes]:
    return [select_command(entry) for entry in directory.known if entry.folder.id]


def used_keywords(link: FolderConnection) -> frozenset[str]:
    """Those that some message bears: one that none has is not asked for, since asking would make it."""
    answer = link.connection.round_trip([b"SELECT " + quote_string(EVERYWHERE)])
    link.selected = None
    require_ok(answer.statuses[0])
    flags = [value for data in answer.named("FLAGS") for value in data.values]
    listed = flags[-1] if flags else []
    words = [string_octets(word).decode("ascii", "replace") for word in listed] if isinstance(listed, list) else []
    return frozenset(word for word in words if not word.startswith("\\"))


def opening_command(known: KnownFolder | None) -> bytes:
    return select_command(known) if known else b"SELECT " + quote_string(EVERYWHERE)


def note_opened(link: FolderConnection, known: KnownFolder | None, answer: Answer) -> None:
    if known:
        link.opened(known, answer)
        return
    link.selected = None  # what is open now is no folder of the account
    try:
        require_ok(answer.statuses[0])
    except NoSuchFolderError as error:
        raise MailboxUnavailableError(f"search in all folders: {error}") from error


def _sorted(answer: Answer) -> tuple[list[Uid], int]:
    """The numbers asked for, in the server's order, and how many there are in all."""
    for data in answer.named("ESEARCH"):
        names = [string_octets(value).upper() if not isinstance(value, list) else b"" for value in data.values]
        partial = data.values[names.index(b"PARTIAL") + 1] if b"PARTIAL" in names else None
        count = string_octets(data.values[names.index(b"COUNT") + 1]) if b"COUNT" in names else b""
        listed = string_octets(value_at(partial, 1)).decode("ascii", "replace") if isinstance(partial, list) else ""
        return [Uid(number) for number in UidNumbers.read(listed)], int(count) if count.isdigit() else 0
    return [], 0


def _edge(answer: Answer, order: SortOrder, numbers: Sequence[Uid]) -> Uid | None:
    """The message at the end of the order where the server puts what it does not know the place of: before all others
    in a rising order, behind them in a falling one. None where it is among the numbers asked for."""
    said = parse_esearch(answer).get("MAX" if order.descending else "MIN", "")
    edge = Uid(said) if said.isdigit() else None
    return edge if numbers and edge not in numbers else None


def _rows(
    link: FolderConnection,
    known: KnownFolder | None,
    directory: FolderList,
    validity: int,
    numbers: Sequence[Uid],
    edge: Uid | None,
) -> tuple[list[_Numbered], bool]:
    """In the server's order, so that no message is on two pages or on none; what was deleted meanwhile is not there. A
    list that continues has hundreds: those that were seen before are asked for their flags alone. And whether the
    server does not know where one of them lies, or the one at the `edge` of the order, which then belongs elsewhere."""
    seen = {number for number in numbers if _seen(link, known, validity, number)}
    beside, nowhere = [_EDGE % edge] if edge else [], False
    by_wire = {entry.wire: entry for entry in directory.known}
    found: dict[Uid, _Numbered] = {}
    asked = [([number for number in numbers if number in seen], FLAGS_ONLY)]
    asked.append(([number for number in numbers if number not in seen], WHOLE_ROW))
    while commands := [
        b"UID FETCH %s %s" % (uid_set, items if known else _WHERE + items[1:])
        for some, items in asked
        for uid_set in uid_sets(some)
    ]:
        answer = link.connection.round_trip([*commands, *beside])
        forgotten, beside = [], []
        messages = parse_fetch_rows(answer.data)
        rows = read_whole_rows(link, messages)
        for message in messages:
            if "X-MAILBOX" in message.items and string_octets(message.items["X-MAILBOX"]) not in by_wire:
                nowhere = True
                continue
            if one := _hit(link, known, by_wire, message, rows.get(message.uid)):
                found[one.number] = one
                if not known:
                    link.memory.spots.put(
                        (link.user, one.number), validity, (one.hit.id, one.validity, one.hit.row.uid)
                    )
            elif not message.whole and message.uid in seen:
                forgotten.append(message.uid)
        asked, seen = [(forgotten, WHOLE_ROW)], set()
    return [found[number] for number in numbers if number in found], nowhere


def _seen(link: FolderConnection, known: KnownFolder | None, validity: int, number: Uid) -> bool:
    spot = (known.id, known.validity, number) if known else link.memory.spots.get((link.user, number), validity)
    return spot is not None and link.memory.rows.get(*spot) is not None


def _hit(
    link: FolderConnection,
    known: KnownFolder | None,
    by_wire: dict[bytes, KnownFolder],
    message: FetchRow,
    whole: Row | None,
) -> _Numbered | None:
    """None where it is not known what it lies in, or what it says."""
    home = known or by_wire.get(string_octets(message.items.get("X-MAILBOX")))
    try:
        uid = message.uid if known else Uid(string_octets(message.items.get("X-REAL-UID")).decode("ascii", "replace"))
    except InvalidValueError:
        return None
    if home is None or home.folder.id is None:
        return None
    remembered = link.memory.rows.get(home.id, home.validity, uid)
    if "FLAGS" not in message.items or not (found := remembered or whole):
        return None
    row = replace(found, uid=uid, flags=message.flags)
    if remembered is None:
        link.memory.rows.put(home.id, home.validity, row)
    return _Numbered(message.uid, home.validity, SearchHit(home.folder.id, home.folder, row))


def _with_texts(link: FolderConnection, query: Query, found: Sequence[_Numbered]) -> list[_Numbered]:
    """With the beginning of the text where a phrase must be checked, or the words round the hit where nothing else
    shows them: these are remembered."""
    if not query.phrases:
        found = [_with_excerpt(link, query, one) for one in found]
    wanted = {
        one.number: part
        for one in found
        if (query.phrases or not (one.looked or _shows(query, one.hit.row))) and (part := _body(one.hit.row))
    }
    if not wanted or not query.beginnings:
        return list(found)
    texts = _texts(link, wanted, _SEEN_OF_A_TEXT)
    if query.phrases:
        return [_read(one, texts) for one in found]
    for one in found:
        if one.number in texts:
            words = excerpt(texts[one.number][0], query.beginnings)
            link.memory.excerpts.put(_spot(one), query.beginnings, words)
    return [_with_excerpt(link, query, one) if one.number in texts else one for one in found]


def _read_on(link: FolderConnection, query: Query, found: Sequence[_Numbered]) -> list[_Numbered]:
    """Further down the long ones in which a phrase was not seen, as far as that is not too much; the first go first."""
    wanted: dict[Uid, Part] = {}
    left = _READ_ON_IN_ALL
    for one in found:
        if _may_hold(query, one) and (part := _body(one.hit.row)):
            left -= min(part.decoded_size, _READ_ON)
            if left < 0:
                break
            wanted[one.number] = part
    texts = _texts(link, wanted, _READ_ON) if wanted else {}
    return [_read(one, texts) if one.number in texts else one for one in found]


def _read(one: _Numbered, texts: Mapping[Uid, tuple[str, bool]]) -> _Numbered:
    text, cut = texts.get(one.number, ("", False))
    return replace(one, cut=cut, hit=replace(one.hit, excerpt=text))


def _texts(link: FolderConnection, wanted: Mapping[Uid, Part], limit: int) -> dict[Uid, tuple[str, bool]]:
    """And whether there is more of it. One whose encoding the server cannot undo is a NO: it has none."""
    paths = {number: part.path for number, part in wanted.items() if part.path}
    ordered = sorted(paths, key=lambda number: (paths[number], number))
    commands = [
        b"UID FETCH %s (UID BINARY.PEEK[%s]<0.%d>)" % (uid_set, path.encode("ascii"), limit)
        for path, numbers in groupby(ordered, key=lambda number: paths[number])
        for uid_set in uid_sets(list(numbers))
    ]
    if not commands:
        return {}
    found = {message.uid: _binary(message) for message in parse_fetch_rows(link.connection.round_trip(commands).data)}
    return {
        uid: (snippet_text(raw, wanted[uid], limit), len(raw) >= limit) for uid, raw in found.items() if uid in paths
    }


def _spot(one: _Numbered) -> tuple[MailboxId, int, Uid]:
    return one.hit.id, one.validity, one.hit.row.uid


def _with_excerpt(link: FolderConnection, query: Query, one: _Numbered) -> _Numbered:
    known = link.memory.excerpts.get(_spot(one), query.beginnings)
    return one if known is None else replace(one, looked=True, hit=replace(one.hit, excerpt=known))


def _shows(query: Query, row: Row) -> bool:
    return any(has_hit(text, query.beginnings) for text in (row.subject, row.preview, *file_names(row)))


def _may_hold(query: Query, one: _Numbered) -> bool:
    """A phrase was not seen in it, and may stand where nobody has looked."""
    return one.cut and any(term.where == "anywhere" and not _holds(one.hit, term) for term in query.phrases)


def _holds(hit: SearchHit, term: Term) -> bool:
    row = hit.row
    people = [str(person) for person in (*((row.sender,) if row.sender else ()), *row.to, *row.cc)]
    texts = {
        "subject": [row.subject],
        "from": [str(row.sender)] if row.sender else [],
        "to": [str(person) for person in (*row.to, *row.cc)],
        "cc": [str(person) for person in row.cc],
        "file": file_names(row),
        "anywhere": [row.subject, *people, *file_names(row), hit.excerpt],
    }
    return any(has_phrase(text, term.text) for text in texts[term.where])


def file_names(row: Row) -> list[str]:
    return [part.filename for part in row.structure.walk() if part.filename]


def _body(row: Row) -> Part | None:
    content = choose_body(row.structure)
    return content.text or content.html


def _binary(message: FetchRow) -> bytes:
    value: Value = next((value for name, value in message.items.items() if name.startswith("BINARY[")), None)
    return string_octets(value)
