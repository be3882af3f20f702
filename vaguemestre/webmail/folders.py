"""The column of folders as it is drawn: names in the person's words, counts that ask for attention or do not."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, npgettext

from vaguemestre.mailbox.messages import Folder, Quota, Role
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.web.quantities import grouped, size_in_words

ROLE_NAMES = {
    "inbox": gettext_lazy("Inbox"),
    "drafts": gettext_lazy("Drafts"),
    "sent": gettext_lazy("Sent"),
    "archive": gettext_lazy("Archives"),
    "junk": gettext_lazy("Junk"),
    "trash": gettext_lazy("Bin"),
}
ROLE_ICONS = {
    "inbox": "inbox",
    "drafts": "file-text",
    "sent": "send",
    "archive": "archive",
    "junk": "octagon-alert",
    "trash": "trash-2",
}
ON_THE_RAIL = {"inbox", "drafts", "sent"}
COUNTED_WHOLE = {"drafts"}  # what waits for its writer; elsewhere only what is unread asks for something
HIGH, FULL = 80, 95


@dataclass(frozen=True, slots=True)
class Line:
    """`href` is empty for a mere parent, which cannot be opened."""

    id: MailboxId | None
    label: str
    icon: str
    href: str
    count: str
    counted: str  # what the count is of, for those who do not see its colour
    asks: bool
    current: bool
    depth: int
    minor: bool


@dataclass(frozen=True, slots=True)
class Space:
    sentence: str
    percent: int
    level: str  # "", "high", "full"


def label(folder: Folder) -> str:
    return str(ROLE_NAMES[folder.role]) if folder.role else folder.name.label


def path_label(folder: Folder) -> str:
    """With its parents, for a menu where two folders may bear the same name."""
    return label(folder) if folder.role else str(folder.name).replace("/", " › ")


def lines(folders: Sequence[Folder], current: MailboxId | None) -> list[Line]:
    """All of them: mail programs and filters make folders without subscribing to them, and no mail may lie unseen."""
    return [_line(folder, current) for folder in folders]


def destinations(folders: Sequence[Folder], current: MailboxId | None) -> list[tuple[MailboxId, str]]:
    """Where a message of this folder may be moved: not to drafts, which are for what one writes."""
    return [(f.id, path_label(f)) for f in folders if f.id and f.id != current and f.role not in {"drafts", "sent"}]


def space(quota: Quota | None) -> Space | None:
    if quota is None or not quota.limit:
        return None
    words = {"used": size_in_words(quota.used), "limit": size_in_words(quota.limit)}
    if quota.percent >= 100:
        return Space(_("Mailbox full: %(used)s of %(limit)s. New mail is refused; empty the bin.") % words, 100, "full")
    if quota.percent >= FULL:
        return Space(_("Almost full: %(used)s of %(limit)s. Empty the bin.") % words, quota.percent, "full")
    level = "high" if quota.percent >= HIGH else ""
    return Space(_("%(used)s of %(limit)s") % words, quota.percent, level)


def by_role(folders: Sequence[Folder], role: Role) -> Folder | None:
    return next((folder for folder in folders if folder.role == role), None)


def by_id(folders: Sequence[Folder], wanted: MailboxId | None) -> Folder | None:
    return next((folder for folder in folders if folder.id == wanted), None) if wanted else None


def unread_words(count: int) -> str:
    return npgettext("messages", "%s unread", "%s unread", count) % grouped(count) if count else ""


def _line(folder: Folder, current: MailboxId | None) -> Line:
    whole = folder.role in COUNTED_WHOLE
    number = folder.total if whole else 0 if folder.role in {"trash", "sent"} else folder.unseen
    return Line(
        id=folder.id,
        label=label(folder),
        icon=ROLE_ICONS.get(folder.role or "", "folder"),
        href=reverse("webmail:folder", args=[folder.id]) if folder.id else "",
        count=grouped(number) if number else "",
        counted=ngettext("message", "messages", number) if whole else ngettext("unread", "unread", number),
        asks=not whole and folder.role != "junk",
        current=folder.id is not None and folder.id == current,
        depth=0 if folder.role else min(folder.name.depth, 4),
        minor=folder.role not in ON_THE_RAIL,
    )
