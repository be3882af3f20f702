"""All that a search finds, by folder: what an act on the whole of it is about."""

from collections.abc import Iterable

from vaguemestre.mailbox.errors import NumberedAnew
from vaguemestre.mailbox.imap.body_structure import octets
from vaguemestre.mailbox.imap.fetch_rows import fetched
from vaguemestre.mailbox.imap.folder_connection import Link, require
from vaguemestre.mailbox.imap.folder_list import LIST, Directory, Known
from vaguemestre.mailbox.imap.list_filters import esearch
from vaguemestre.mailbox.imap.query.search_keys import keys
from vaguemestre.mailbox.imap.query.search_query import Bound, Query
from vaguemestre.mailbox.imap.search.search_command import SEARCH
from vaguemestre.mailbox.imap.search.search_results import CHECKED, find, open_all, opened, opening
from vaguemestre.mailbox.imap.uid_sets import UidSet
from vaguemestre.mailbox.imap.wire.commands import uid_sets
from vaguemestre.mailbox.values import InvalidValue, MailboxId, Uid

_WHERE = b"UID FETCH %s (UID X-MAILBOX X-REAL-UID)"
_AT_ONCE = 20_000  # messages asked where they lie by one exchange: a line each

type Places = dict[MailboxId, UidSet]


def everything(link: Link, query: Query, bound: Bound) -> Places:
    """Phrases are looked for in the texts, as far as the list does. Raises `NumberedAnew`."""
    if query.phrases:
        found, _directory, _answer = find(link, query, start=0, count=CHECKED, bound=bound)
        _still(bound, found.bound)
        return _by_folder(hit.place for hit in found.hits)
    if query.folder:
        return link.in_folder(query.folder, lambda known: _numbers_in(link, known, query, bound))
    numbers, directory = _numbers(link, None, query, bound)
    return _by_folder(_where_they_lie(link, directory, numbers.uids))


def _numbers_in(link: Link, known: Known, query: Query, bound: Bound) -> Places:
    numbers, _directory = _numbers(link, known, query, bound)
    return {known.id: numbers} if numbers else {}


def _numbers(link: Link, known: Known | None, query: Query, bound: Bound) -> tuple[UidSet, Directory]:
    """Those of the folder that was searched; with the folders as they are now, by whose names each says its own."""
    wires = {entry.id: entry.wire for entry in link.directory().known if entry.folder.id}
    asked = keys(query, wires, bound)
    saving = [SEARCH % (b"SAVE", asked.saved)] if asked.saved else []
    answer = link.connection.exchange([opening(known), *saving, SEARCH % (b"ALL", asked.wanted), LIST])
    opened(link, known, answer)
    for status in answer.statuses:
        require(status)
    _still(bound, Bound.of(answer))
    return UidSet.read(esearch(answer).get("ALL", "")), link.learn(answer)


def _where_they_lie(link: Link, directory: Directory, numbers: list[Uid]) -> Iterable[tuple[MailboxId, Uid]]:
    """What left its folder this moment is not there."""
    spots = _spots(link, directory, numbers)
    if missing := [number for number in numbers if number not in spots]:
        open_all(link, directory)
        spots |= _spots(link, directory, missing)
    return spots.values()


def _spots(link: Link, directory: Directory, numbers: list[Uid]) -> dict[Uid, tuple[MailboxId, Uid]]:
    by_wire = {entry.wire: entry.id for entry in directory.known if entry.folder.id}
    found: dict[Uid, tuple[MailboxId, Uid]] = {}
    for start in range(0, len(numbers), _AT_ONCE):
        wanted = [_WHERE % some for some in uid_sets(numbers[start : start + _AT_ONCE])]
        for message in fetched(link.connection.exchange(wanted).data):
            folder = by_wire.get(octets(message.items.get("X-MAILBOX")))
            try:
                uid = Uid(octets(message.items.get("X-REAL-UID")).decode("ascii", "replace"))
            except InvalidValue:
                continue
            if folder:
                found[message.uid] = folder, uid
    return found


def _by_folder(spots: Iterable[tuple[MailboxId, Uid]]) -> Places:
    lists: dict[MailboxId, list[Uid]] = {}
    for folder, uid in spots:
        lists.setdefault(folder, []).append(uid)
    return {folder: UidSet.of(uids) for folder, uids in lists.items()}


def _still(wanted: Bound, found: Bound | None) -> None:
    if found is None or found.validity != wanted.validity:
        raise NumberedAnew
