"""A folder among those of a mailbox: by its id, key or role; its name in words, and what it may hold."""

from collections.abc import Sequence
from hashlib import blake2s

from django.utils.translation import gettext_lazy

from vaguemestre.mailbox.messages import Folder, Role
from vaguemestre.mailbox.values import SEPARATOR, FolderName, MailboxId

ROLE_NAMES = {
    "inbox": gettext_lazy("Inbox"),
    "drafts": gettext_lazy("Drafts"),
    "sent": gettext_lazy("Sent"),
    "later": gettext_lazy("Later"),
    "archive": gettext_lazy("Archives"),
    "receipts": gettext_lazy("Read receipts"),
    "junk": gettext_lazy("Junk"),
    "trash": gettext_lazy("Bin"),
}
ROLE_ICONS = {
    "inbox": "inbox",
    "drafts": "file-text",
    "sent": "send",
    "later": "alarm-clock",
    "archive": "archive",
    "receipts": "mail-check",
    "junk": "octagon-alert",
    "trash": "trash-2",
}
NO_DESTINATION = {"drafts", "sent", "later", "receipts"}  # nothing is moved into them by name
MAY_HOLD = {None, "inbox", "archive"}  # folders of one's own
AGES = {*MAY_HOLD, "sent", "receipts", "junk"}  # what is old in them may be thrown away at once


def folder_text(folder: Folder) -> str:
    return str(ROLE_NAMES[folder.role]) if folder.role else folder.name.label


def path_text(folder: Folder) -> str:
    """With its parents, for a menu where two folders may bear the same name."""
    return folder_text(folder) if folder.role else str(folder.name).replace("/", " › ")


def search_path_text(folder: Folder) -> str:
    return folder_text(folder) if folder.role else str(folder.name)


def folder_key(folder: Folder) -> str:
    """What a folder goes by in a form. A mere parent has no identity: it goes by what its name amounts to."""
    return folder.id or blake2s(folder.name.encode(), digest_size=16).hexdigest()


def folder_by_key(folders: Sequence[Folder], wanted: str) -> Folder | None:
    return next((folder for folder in folders if folder_key(folder) == wanted), None)


def nested_folders(folders: Sequence[Folder]) -> dict[FolderName, list[Folder]]:
    """Of each folder all that is inside it, at any depth."""
    found: dict[FolderName, list[Folder]] = {folder.name: [] for folder in folders}
    for folder in folders:
        above = folder.name.parent
        while above is not None:
            if above in found:
                found[above].append(folder)
            above = above.parent
    return found


def hidden_prefixes(folders: Sequence[Folder]) -> tuple[str, ...]:
    """How the names begin of all that lies where nobody makes folders: in the bin, among what was sent."""
    return tuple(folder.name + SEPARATOR for folder in folders if folder.role not in MAY_HOLD)


def move_destinations(folders: Sequence[Folder], current: MailboxId | None) -> list[tuple[MailboxId, str]]:
    """Where a message of this folder may be moved: not to drafts, which are for what one writes, nor to where messages
    wait for an hour, which must be named."""
    return [(f.id, path_text(f)) for f in folders if f.id and f.id != current and f.role not in NO_DESTINATION]


def folder_by_role(folders: Sequence[Folder], role: Role) -> Folder | None:
    return next((folder for folder in folders if folder.role == role), None)


def folder_by_id(folders: Sequence[Folder], wanted: MailboxId | None) -> Folder | None:
    return next((folder for folder in folders if folder.id == wanted), None) if wanted else None
