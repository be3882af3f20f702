"""Where mail is brought to: the folders that may be chosen, the one that is made, those below it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from vaguemestre.mailbox.errors import (
    FolderExistsError,
    MailboxRefusedError,
    NoSuchFolderError,
    QuotaExceededError,
    SignInRefusedError,
)
from vaguemestre.mailbox.imap.folder_list import LATER, RECEIPTS
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.values import FolderName, InvalidReason, InvalidValueError

CHOICES = {None, "inbox", "sent", "archive"}  # elsewhere mail waits for an hour, or for the broom
HOLDS_FOLDERS = {None, "archive"}


def folder_choices(folders: Sequence[Folder]) -> list[tuple[str, str]]:
    return [(one.id, folder_text(one)) for one in folders if one.id is not None and one.role in CHOICES]


def folder_text(folder: Folder) -> str:
    names = {"inbox": _("Inbox"), "sent": _("Sent"), "archive": _("Archives")}
    return str(names.get(folder.role or "", folder.name)).replace("/", " / ")


def chosen_folder(session: Session, key: str) -> Folder:
    """Raises NoSuchFolderError."""
    for folder in session.folders():
        if folder.id == key and folder.role in CHOICES:
            return folder
    raise NoSuchFolderError(key)


def ensure_named(session: Session, name: str) -> tuple[Folder, bool]:
    """The folder of that name, and whether it had to be made. Raises InvalidValueError."""
    wanted = FolderName.within(name)
    for folder in session.folders():
        if folder.name.casefold() == wanted.casefold():
            if folder.role not in CHOICES or folder.id is None:
                raise InvalidValueError("folder", InvalidReason.RESERVED)
            return folder, False
    return session.create(wanted), True


def ensure_role(session: Session, word: str) -> tuple[Folder, bool]:
    """Ours for what a folder elsewhere is ("inbox", "sent"…)."""
    found = session.by_role(word)
    if found is None or found.id is None:
        raise NoSuchFolderError(word)
    return found, False


def ensure_path(session: Session, path: str, spare: str) -> tuple[Folder, bool]:
    """The folder of that name, beside all others; the `spare` name where ours of that name is for something else, or
    where the mail server does not want it."""
    for name in (path, spare):
        wanted = FolderName.existing(name)
        if wanted in {LATER, RECEIPTS}:
            continue
        found = next((folder for folder in session.folders() if folder.name == wanted), None)
        if found is not None and found.id is not None and found.role in CHOICES:
            return found, False
        if found is None or (found.id is None and found.role is None):
            try:
                return session.create(wanted), True
            except (QuotaExceededError, SignInRefusedError):
                raise
            except MailboxRefusedError as refusal:
                if not refusal.permanent or name == spare:
                    raise
    raise NoSuchFolderError(path)


def ensure_below(session: Session, target: Folder, path: str) -> tuple[Folder, bool]:
    """A folder under the target, or beside it where it holds none. Raises NoSuchFolderError when the target is gone."""
    head = f"{target.name}/" if target.role in HOLDS_FOLDERS else ""
    wanted = FolderName.existing(head + path)
    by_name = {folder.name: folder for folder in session.folders()}
    found = by_name.get(wanted)
    if found is not None and found.id is not None:
        return found, False
    try:
        return session.create(wanted), True
    except FolderExistsError:
        return next(folder for folder in session.folders() if folder.name == wanted), False
