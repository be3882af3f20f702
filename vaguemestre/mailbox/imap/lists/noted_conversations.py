"""Which conversations of a folder a `ConversationFilter` names. From the index alone, without the server.

One is "untaken" when its newest message here came less than `WAITS_FOR` days ago, without an answer since, and it is
neither given nor done. A message that comes later reopens a conversation that was done.
"""

import time

from vaguemestre.mailbox.imap.conversations.conversation_index import ConversationIndex, number_of
from vaguemestre.mailbox.imap.folder_list import FolderList, KnownFolder
from vaguemestre.mailbox.imap.list_filters import WAITS_FOR, ConversationFilter, ConversationNote
from vaguemestre.mailbox.values import Uid

_DAY = 24 * 3600


def find_noted(
    threads: ConversationIndex, directory: FolderList, known: KnownFolder, only: ConversationFilter
) -> list[Uid]:
    """The newest message here of each. Hold the lock of `threads`."""
    shelf = threads.shelves.get(known.id)
    if shelf is None:
        return []
    notes: dict[int, ConversationNote] = {}
    for note in only.notes:
        if (group := threads.group_of(note.message_id.strip("<>"))) is not None:
            notes[group] = note
    if only.name == "untaken":
        sent = directory.by_role("sent")
        answers = threads.shelves.get(sent.id) if sent and sent.id else None
        groups = list(threads.groups_since(shelf, int(time.time()) - WAITS_FOR * _DAY))
    else:
        answers, groups = None, list(notes)
    found = []
    for group in groups:
        key, second = threads.newest_in(group, shelf)
        kind = _kind(notes.get(group), second)
        if not key or kind != (None if only.name == "untaken" else only.name):
            continue
        if answers and threads.newest_in(group, answers)[1] >= second:
            continue
        found.append(number_of(key))
    return found


def _kind(note: ConversationNote | None, newest: int) -> str | None:
    """None: free to take."""
    if note is None or note.kind == "freed" or (note.kind == "done" and newest > note.until):
        return None
    return note.kind
