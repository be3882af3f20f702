"""All that a search finds, by folder: what an act on the whole of it is about."""

from collections.abc import Iterable

from vaguemestre.mailbox.errors import UidValidityChangedError
from vaguemestre.mailbox.imap.body_structure import string_octets
from vaguemestre.mailbox.imap.fetch_rows import parse_fetch_rows
from vaguemestre.mailbox.imap.folder_connection import FolderConnection, require_ok
from vaguemestre.mailbox.imap.folder_list import FolderList, KnownFolder
from vaguemestre.mailbox.imap.list_filters import parse_esearch
from vaguemestre.mailbox.imap.query.search_keys import search_keys
from vaguemestre.mailbox.imap.query.search_query import Query, SearchLimit
from vaguemestre.mailbox.imap.search.search_command import SEARCH
from vaguemestre.mailbox.imap.search.search_results import (
    CHECKED,
    note_opened,
    open_all,
    opening_command,
    search_folders,
)
from vaguemestre.mailbox.imap.uid_sets import UidSet
from vaguemestre.mailbox.imap.wire.commands import uid_sets
from vaguemestre.mailbox.values import InvalidValueError, MailboxId, Uid

_WHERE = b"UID FETCH %s (UID X-MAILBOX X-REAL-UID)"
_AT_ONCE = 20_000  # messages asked where they lie by one exchange: a line each

type Places = dict[MailboxId, UidSet]


def all_results(link: FolderConnection, query: Query, bound: SearchLimit) -> Places:
    """Phrases are looked for in the texts, as far as the list does. Raises `UidValidityChangedError`."""
    if query.phrases:
        found, _directory, _answer = search_folders(link, query, start=0, count=CHECKED, bound=bound)
        _still(bound, found.bound)
        return _by_folder(hit.place for hit in found.hits)
    if query.folder:
        return link.in_folder(query.folder, lambda known: _numbers_in(link, known, query, bound))
    numbers, directory = _numbers(link, None, query, bound)
    return _by_folder(_where_they_lie(link, directory, numbers.uids))


def _numbers_in(link: FolderConnection, known: KnownFolder, query: Query, bound: SearchLimit) -> Places:
    numbers, _directory = _numbers(link, known, query, bound)
    return {known.id: numbers} if numbers else {}


def _numbers(
    link: FolderConnection, known: KnownFolder | None, query: Query, bound: SearchLimit
) -> tuple[UidSet, FolderList]:
    """Those of the folder that was searched; with the folders as they are now, by whose names each says its own."""
    wires = {entry.id: entry.wire for entry in link.directory().known if entry.folder.id}
    asked = search_keys(query, wires, bound)
    saving = [SEARCH % (b"SAVE", asked.saved)] if asked.saved else []
    searching = *saving, SEARCH % (b"ALL", asked.wanted)
    answer = link.connection.round_trip([opening_command(known), *searching, *link.list_commands])
    note_opened(link, known, answer)
    for status in answer.statuses:
        require_ok(status)
    _still(bound, SearchLimit.of(answer))
    return UidSet.read(parse_esearch(answer).get("ALL", "")), link.learn(answer)


def _where_they_lie(
    link: FolderConnection, directory: FolderList, numbers: list[Uid]
) -> Iterable[tuple[MailboxId, Uid]]:
    """What left its folder this moment is not there."""
    spots = _spots(link, directory, numbers)
    if missing := [number for number in numbers if number not in spots]:
        open_all(link, directory)
        spots |= _spots(link, directory, missing)
    return spots.values()


def _spots(link: FolderConnection, directory: FolderList, numbers: list[Uid]) -> dict[Uid, tuple[MailboxId, Uid]]:
    by_wire = {entry.wire: entry.id for entry in directory.known if entry.folder.id}
    found: dict[Uid, tuple[MailboxId, Uid]] = {}
    for start in range(0, len(numbers), _AT_ONCE):
        wanted = [_WHERE % some for some in uid_sets(numbers[start : start + _AT_ONCE])]
        for message in parse_fetch_rows(link.connection.round_trip(wanted).data):
            folder = by_wire.get(string_octets(message.items.get("X-MAILBOX")))
            try:
                uid = Uid(string_octets(message.items.get("X-REAL-UID")).decode("ascii", "replace"))
            except InvalidValueError:
                continue
            if folder:
                found[message.uid] = folder, uid
    return found


def _by_folder(spots: Iterable[tuple[MailboxId, Uid]]) -> Places:
    lists: dict[MailboxId, list[Uid]] = {}
    for folder, uid in spots:
        lists.setdefault(folder, []).append(uid)
    return {folder: UidSet.of(uids) for folder, uids in lists.items()}


def _still(wanted: SearchLimit, found: SearchLimit | None) -> None:
    if found is None or found.validity != wanted.validity:
        raise UidValidityChangedError
