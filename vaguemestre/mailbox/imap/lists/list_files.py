"""The top of an inbox, read from its file where this process never saw it, and written where the file lacks much of
it (`conversations/kept_list.py`)."""

from collections.abc import Iterator
from contextlib import suppress

from vaguemestre.mailbox.errors import NoSuchFolderError
from vaguemestre.mailbox.imap.conversations.conversation_summary import sample_messages
from vaguemestre.mailbox.imap.conversations.kept_list import NOTHING_KEPT, FiledRow, KeptMarks
from vaguemestre.mailbox.imap.conversations.overview import ConversationPage
from vaguemestre.mailbox.imap.folder_connection import FolderConnection
from vaguemestre.mailbox.imap.folder_list import KnownFolder
from vaguemestre.mailbox.values import Uid

ROWS = 50
_WORTH_WRITING = 5  # rows that the file does not have


def read(link: FolderConnection) -> tuple[KeptMarks, frozenset[Uid]]:
    """What the file says, and which rows it has; these are remembered from here on."""
    if link.memory.list_files is None:
        return NOTHING_KEPT
    marks, rows = link.memory.list_files.read(link.user)
    for folder, validity, row in rows:
        link.memory.rows.put(folder, validity, row)
    return marks, frozenset(marks.flags)


def write(
    link: FolderConnection, known: KnownFolder, found: ConversationPage, marks: KeptMarks, filed: frozenset[Uid]
) -> frozenset[Uid]:
    """Which rows the file has now. What has left the folder leaves it at once."""
    files, shown = link.memory.list_files, frozenset(row.uid for row in found.page.rows)
    if files is None or len(shown) > ROWS:
        return filed
    shelf = link.memory.threads(link.user).shelves.get(known.id)
    has_left = any(shelf is None or shelf.place_of(uid) is None for uid in filed)
    if not has_left and len(shown - filed) < (_WORTH_WRITING if filed else 1):
        return filed
    files.write(link.user, marks, _rows(link, known, found))
    return frozenset(marks.flags)


def _rows(link: FolderConnection, known: KnownFolder, found: ConversationPage) -> Iterator[FiledRow]:
    threads, directory = link.memory.threads(link.user), link.directory()
    for head in found.page.rows:
        for folder, uid in sample_messages(threads.together(known.id, head.uid)) or [(known.id, head.uid)]:
            row = link.remembered_row(folder, uid)
            if row is not None:
                with suppress(NoSuchFolderError):
                    yield folder, directory.find(folder).validity, row
