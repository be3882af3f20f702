"""What a search can find while Dovecot's index is being made: it answers no word of a text before it holds them all.

Subjects, people and names of files need no index. Of folders that it holds whole the texts are asked one by one, and
what was found there is named to the search of all folders.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from vaguemestre.mailbox.imap.folder_connection import FolderConnection, select_command
from vaguemestre.mailbox.imap.folder_list import FolderList, KnownFolder
from vaguemestre.mailbox.imap.list_filters import parse_all
from vaguemestre.mailbox.imap.query.search_keys import Keys, any_of, search_keys
from vaguemestre.mailbox.imap.query.search_query import LEFT_OUT, Query
from vaguemestre.mailbox.imap.search.search_command import SEARCH
from vaguemestre.mailbox.imap.wire.commands import quote_string, uid_sets
from vaguemestre.mailbox.imap.wire.connection import Answer
from vaguemestre.mailbox.values import MailboxId, Uid

_NAMED_LIMIT = 30_000  # bytes of all numbers that are named: half of a line


def keys_without_index(
    link: FolderConnection, known: KnownFolder | None, query: Query, whole: Container[MailboxId]
) -> Keys:
    """`known`: the folder that is searched; None: all of them. `whole`: of these the index holds all texts."""
    directory = link.directory()
    wires = {entry.id: entry.wire for entry in directory.known if entry.folder.id}
    if known:
        return search_keys(query, wires, heads=known.id not in whole)
    heads = search_keys(query, wires, heads=True)
    named = _named(_in_texts(link, _searched(directory, query, whole), replace(query, without_folders=()), wires))
    if not named:
        return heads
    elsewhere = b" ".join([*(b"NOT X-MAILBOX " + quote_string(wire) for wire in named), heads.wanted])
    return Keys(any_of([*(some for some in named.values() if some), b"(%s)" % elsewhere]), heads.saved)


def _searched(directory: FolderList, query: Query, whole: Container[MailboxId]) -> list[KnownFolder]:
    """The folders that a search of all of them looks at (engine/dovecot/virtual), but the empty ones."""
    left = query.without_folders
    known = [entry for entry in directory.known if entry.folder.id and entry.folder.total and entry.id not in left]
    ready = [entry for entry in known if entry.id in whole]
    return [entry for entry in ready if not any(directory.lies_in(entry.folder, role) for role in LEFT_OUT)]


def _in_texts(
    link: FolderConnection, folders: Sequence[KnownFolder], query: Query, wires: dict[MailboxId, bytes]
) -> dict[bytes, list[Uid]]:
    """By the name of the folder; one exchange. Nothing at all where one of them is gone, or can not be searched."""
    if not folders:
        return {}
    asked = search_keys(query, wires)
    searching = [*([SEARCH % (b"SAVE", asked.saved)] if asked.saved else []), SEARCH % (b"ALL", asked.wanted)]
    answer = link.connection.round_trip(
        [command for entry in folders for command in (select_command(entry), *searching)]
    )
    link.selected, link.connection.folder_open = None, True
    said = answer.named("ESEARCH")
    if len(said) != len(folders) or not all(status.ok for status in answer.statuses):
        return {}
    return {
        entry.wire: [Uid(number) for number in parse_all(Answer([], [data]))]
        for entry, data in zip(folders, said, strict=True)
    }


def _named(found: Mapping[bytes, Sequence[Uid]]) -> dict[bytes, bytes]:
    """How the search of all folders is told of them; "" of a folder where nothing was found. Those with the fewest
    first: what finds no room in a line is looked for like the rest."""
    named: dict[bytes, bytes] = {}
    room = _NAMED_LIMIT
    for wire, numbers in sorted(found.items(), key=lambda one: len(one[1])):
        sets = [b"(X-MAILBOX %s X-REAL-UID %s)" % (quote_string(wire), some) for some in uid_sets(numbers)]
        said = any_of(sets) if sets else b""
        room -= len(said)
        if room < 0:
            break
        named[wire] = said
    return named
