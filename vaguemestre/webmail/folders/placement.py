"""Folders put in order: which names and places are possible, why not in plain words, and what a person chose to see."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import assert_never

from django.db import transaction
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.values import SEPARATOR, FolderName, InvalidReason, InvalidValueError
from vaguemestre.webmail.folders.lookup import (
    MAY_HOLD,
    ROLE_NAMES,
    folder_by_key,
    folder_by_role,
    folder_key,
    folder_text,
    hidden_prefixes,
    nested_folders,
    path_text,
)
from vaguemestre.webmail.models import Preferences

REMEMBERED = 500  # folders that are folded or hidden
LONGEST_ON_DISK = 255  # bytes of a label
# A folder of the store's own on disk; what the server shows all folders under, and what was deleted.
TAKEN_EVERYWHERE, TAKEN_AT_THE_TOP = {"dbox-mails"}, {"inbox", "virtual", "recoverable"}


class FolderNameError(Exception):
    """The message is for the person."""


def parse_folder_name(
    typed: str, parent: str, everything: Sequence[Folder], *, moving: Folder | None = None
) -> FolderName:
    """`parent` is a key, empty for the top. Raises FolderNameError."""
    above = folder_by_key(everything, parent) if parent else None
    if parent and (above is None or above not in possible_parents(everything, moving)):
        raise FolderNameError(_("A folder cannot be put there. Choose another place."))
    inside = nested_folders(everything)[moving.name] if moving else []
    height = max((folder.name.depth - moving.name.depth for folder in inside), default=0) if moving else 0
    if above and above.name.depth + 1 + height >= FolderName.DEPTH_LIMIT:
        raise FolderNameError(_("There are too many levels: %d at most.") % FolderName.DEPTH_LIMIT)
    try:
        name = FolderName.within(typed.strip(), above.name if above else None)
    except InvalidValueError as problem:
        raise FolderNameError(name_problem_text(problem)) from problem
    _refuse_reserved(name, everything)
    own = {folder.name for folder in (*inside, moving) if folder}
    if any(folder.name.casefold() == name.casefold() and folder.name not in own for folder in everything):
        raise FolderNameError(_("A folder of that name is there already."))
    return name


def name_problem_text(problem: InvalidValueError) -> str:
    match problem.reason:
        case InvalidReason.EMPTY:
            return _("Give the folder a name.")
        case InvalidReason.SEPARATOR:
            return _("A name has no “/”: choose the parent folder below.")
        case InvalidReason.CONTROL | InvalidReason.FORM:
            return _("This name holds a character that cannot be shown.")
        case InvalidReason.RESERVED:
            return _("A name has no “*” or “%”, and does not begin with a full stop or a tilde.")
        case InvalidReason.LONG:
            return _("This name is too long: %d characters at most, fewer with emojis.") % FolderName.LABEL_LIMIT
    assert_never(problem.reason)


def possible_parents(everything: Sequence[Folder], moving: Folder | None = None) -> list[Folder]:
    """Where a folder may be put: not into itself, nor where the mail itself has its use."""
    refused = (*hidden_prefixes(everything), *([moving.name + SEPARATOR] if moving else []))
    return [f for f in everything if f.role in MAY_HOLD and f != moving and not f.name.startswith(refused)]


def parent_choices(everything: Sequence[Folder], moving: Folder | None = None) -> list[tuple[str, str]]:
    return [(folder_key(folder), path_text(folder)) for folder in possible_parents(everything, moving)]


def name_in_trash(folder: Folder, everything: Sequence[Folder]) -> FolderName | None:
    """Its name once thrown away, with all that is inside; None when it lies in the bin already."""
    trash = folder_by_role(everything, "trash")
    above = trash.name if trash else FolderName("Trash")
    if folder.name.startswith(above + SEPARATOR):
        return None
    taken = {one.name.casefold() for one in everything}
    names = (FolderName.existing(f"{above}{SEPARATOR}{name}") for name in _numbered(_shortened(folder.name.label)))
    return next(name for name in names if name.casefold() not in taken)


def save_folder_choice(account: Account, what: str, keys: Iterable[str], *, on: bool, now: datetime) -> None:
    """`what`: "folded", "hidden" or "pinned_in". The newest stay when there are too many."""
    with transaction.atomic():
        chosen, _made = Preferences.objects.select_for_update().get_or_create(
            account=account, defaults={"changed_at": now}
        )
        changed = list(keys)
        kept = [one for one in getattr(chosen, what) if one not in changed] + (changed if on else [])
        setattr(chosen, what, kept[-REMEMBERED:])
        chosen.save(update_fields=[what])


def _refuse_reserved(name: FolderName, everything: Sequence[Folder]) -> None:
    word = name.label.casefold()
    ours = {str(words).casefold() for words in ROLE_NAMES.values()} | {
        folder_text(f).casefold() for f in everything if f.role
    }
    if word in TAKEN_EVERYWHERE or (name.depth == 0 and word in TAKEN_AT_THE_TOP | ours):
        raise FolderNameError(_("This name is kept for the mail itself. Choose another one."))


def _shortened(label: str) -> str:
    """With room for a number behind it, in what the server's disk takes."""
    label = label[: FolderName.LABEL_LIMIT - 5]
    while max(len(label.encode()), len(FolderName.existing(label).wire)) > LONGEST_ON_DISK - 5:
        label = label[:-1]
    return label.rstrip()


def _numbered(base: str) -> Iterable[str]:
    yield base
    for number in range(2, 1000):
        yield f"{base} {number}"
