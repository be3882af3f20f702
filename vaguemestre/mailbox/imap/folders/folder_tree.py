"""A folder with all that is below it. Each act first asks how things are called now: another program may have renamed
the folder, and given its name to another."""

from vaguemestre.mailbox.errors import MailboxRefusedError
from vaguemestre.mailbox.imap.folder_connection import FolderConnection
from vaguemestre.mailbox.imap.folder_list import FolderList, KnownFolder
from vaguemestre.mailbox.imap.wire.commands import quote_string
from vaguemestre.mailbox.values import SEPARATOR, FolderName, MailboxId

_BELOW = SEPARATOR.encode()


def rename_folder(link: FolderConnection, folder: MailboxId | FolderName, to: FolderName) -> None:
    known = _ordinary(link, folder)
    directory = link.directory()
    link.leave_folder()
    link.run(b"RENAME %s %s" % (quote_string(known.wire), quote_string(to.wire)))
    # Subscriptions are by name: the server leaves them behind.
    for entry in _whole(directory, known):
        if entry.folder.subscribed:
            new = to.wire + entry.wire[len(known.wire) :]
            link.run(b"UNSUBSCRIBE " + quote_string(entry.wire), b"SUBSCRIBE " + quote_string(new))
    link.refresh()


def delete_folder(link: FolderConnection, folder: MailboxId | FolderName, *, whole: bool = False) -> None:
    """`whole`: with all that is below it. For good."""
    known = _ordinary(link, folder)
    doomed = _whole(link.directory(), known) if whole else [known]
    link.leave_folder()
    for entry in sorted(doomed, key=lambda entry: entry.wire.count(_BELOW), reverse=True):
        # A mere parent goes with the last of its children: only its subscription is left to take away.
        deletion = [b"DELETE " + quote_string(entry.wire)] if entry.folder.selectable else []
        link.run(b"UNSUBSCRIBE " + quote_string(entry.wire), *deletion)
    link.refresh()


def _ordinary(link: FolderConnection, folder: MailboxId | FolderName) -> KnownFolder:
    """As it is called now. Opened, since after its name was given to another folder Dovecot's list may
    tell both by the same identity until one of them is opened."""
    directory = link.reading(link.refresh)
    if isinstance(folder, MailboxId):
        directory.find(folder)
        known = link.in_folder(folder, link.ensure_open).known
    else:
        known = directory.called(folder)
    if known.folder.role is not None:
        raise MailboxRefusedError("NOPERM", "a folder with a role is neither renamed nor removed")
    return known


def _whole(directory: FolderList, known: KnownFolder) -> list[KnownFolder]:
    return [known, *(entry for entry in directory.known if entry.wire.startswith(known.wire + _BELOW))]
