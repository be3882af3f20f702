"""The column of folders as it is drawn: names in the person's words, counts that ask for attention or do not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _, ngettext, npgettext

from vaguemestre.mailbox.messages import Folder, Quota
from vaguemestre.mailbox.values import SEPARATOR, MailboxId
from vaguemestre.web.number_text import number_text, octets_text
from vaguemestre.web.url_cache import own_url
from vaguemestre.webmail.folders.folder_line import FolderLine
from vaguemestre.webmail.folders.lookup import (
    AGES,
    MAY_HOLD,
    NO_DESTINATION,
    ROLE_ICONS,
    folder_by_role,
    folder_key,
    folder_text,
    hidden_prefixes,
    nested_folders,
)
from vaguemestre.webmail.preferences.summary import Banner, SettingsSummary

# G and a letter lead there, those of Gmail where it has the same place.
ROLE_KEYS = {
    "inbox": "g i", "drafts": "g d", "sent": "g t", "later": "g b", "archive": "g a", "junk": "g J", "trash": "g #",
}  # fmt: skip
ON_THE_RAIL = {"inbox", "drafts", "sent"}
SILENT = {"trash", "sent", "receipts"}  # nothing in them asks for anything
# What waits for its writer or its hour; elsewhere only what is unread asks for something.
COUNTED_WHOLE = {"drafts", "later"}
HIGH, FULL = 80, 95
MANY = 12  # of one's own folders, or labels: more have a box that finds them
DEEPEST = 9  # levels that are drawn one inside another (folders.css)
# One's own mailbox, as it stands at the top of the column; what is looked for now and then stands behind one line.
MAIN = ("inbox", "later", "drafts", "sent")


@dataclass(frozen=True, slots=True)
class FolderPane:
    """`main` and `rare` are those that the mail itself needs, with what lies inside them; `own` the person's. `hidden`:
    how many folders the person does not want to see here, `missed` their unread messages."""

    main: tuple[FolderLine, ...] = ()
    rare: tuple[FolderLine, ...] = ()
    own: tuple[FolderLine, ...] = ()
    hidden: int = 0
    missed: int = 0

    @property
    def has_many(self) -> bool:
        return len(self.own) > MANY

    @property
    def in_rare(self) -> bool:
        """The folder in view is among the rare ones: their line stands open."""
        return any(line.current or line.holds for line in self.rare)


EMPTY = FolderPane()


@dataclass(frozen=True, slots=True)
class QuotaGauge:
    sentence: str
    percent: int
    level: str  # "", "high", "full"


def folder_pane(folders: Sequence[Folder], current: MailboxId | None, chosen: SettingsSummary) -> FolderPane:
    """All but those that the person hid: mail programs and filters make folders without subscribing to them, and no
    mail may lie unseen. A folder that was hidden here and is subscribed to since, in another program, is back."""
    inside = nested_folders(folders)
    hidden = [folder for folder in folders if is_hidden(folder, chosen)]
    gone = {folder.name for folder in hidden}
    shown = [f for f in folders if f.name not in gone or any(one.name not in gone for one in inside[f.name])]
    closed = {one.name for f in shown if folder_key(f) in chosen.folded for one in inside[f.name]}
    quiet = tuple(f.name + SEPARATOR for f in folders if f.role in SILENT)
    shut = hidden_prefixes(folders)
    roles = {folder.name + SEPARATOR: folder.role for folder in folders if folder.role}
    lines: dict[str, list[FolderLine]] = {part: [] for part in (*MAIN, "rare", "own")}
    parts = {folder.name: _part(folder, roles) for folder in shown}
    many = sum(part == "own" for part in parts.values()) > MANY
    for folder in shown:
        part, away = parts[folder.name], folder.name in closed
        if not away or (many and part == "own"):
            counted = [] if folder.name.startswith(quiet) else [folder]
            line = _line(folder, counted, inside[folder.name], chosen, current, shut)
            lines[part].append(replace(line, away=True) if away else line)
    return FolderPane(
        tuple(line for role in MAIN for line in lines[role]), tuple(lines["rare"]), tuple(lines["own"]),
        len(hidden), sum(folder.unseen for folder in hidden),
    )  # fmt: skip


def _part(folder: Folder, roles: Mapping[str, str]) -> str:
    """Where in the column: with the folder that the mail needs and that it lies in, if any."""
    around = [name for name in roles if (folder.name + SEPARATOR).startswith(name)]
    role = roles[max(around, key=len)] if around else ""
    return role if role in MAIN else "rare" if role else "own"


@dataclass(frozen=True, slots=True)
class FolderSettingsList:
    line: FolderLine
    state: str  # what it holds, in words
    hidden: bool
    kept: bool  # the mail needs it as it is


def folder_settings_list(folders: Sequence[Folder], chosen: SettingsSummary) -> list[FolderSettingsList]:
    inside, shut = nested_folders(folders), hidden_prefixes(folders)
    return [
        FolderSettingsList(
            _line(folder, [folder], inside[folder.name], SettingsSummary(), None, shut),
            _state(folder), is_hidden(folder, chosen), folder.role is not None,
        )
        for folder in folders
    ]  # fmt: skip


def is_hidden(folder: Folder, chosen: SettingsSummary) -> bool:
    return folder.role is None and not folder.subscribed and folder_key(folder) in chosen.hidden


def quota_gauge(quota: Quota | None, folders: Sequence[Folder]) -> QuotaGauge | None:
    """The remedy named is one that helps: an empty bin gives nothing back."""
    if quota is None or not quota.limit:
        return None
    trash = folder_by_role(folders, "trash")
    bin_holds = bool(trash and trash.total)
    left = octets_text(max(0, quota.limit - quota.used))
    words = {"used": octets_text(quota.used), "limit": octets_text(quota.limit), "left": left}
    if quota.percent >= 100:
        said = (
            _("Mailbox full: %(used)s of %(limit)s. New mail is refused; empty the bin.")
            if bin_holds
            else _("Mailbox full: %(used)s of %(limit)s. New mail is refused.")
        )
        return QuotaGauge(said % words, 100, "full")
    if quota.percent >= FULL:
        said = (
            _("Almost full: %(left)s left of %(limit)s. Empty the bin.")
            if bin_holds
            else _("Almost full: %(left)s left of %(limit)s.")
        )
        return QuotaGauge(said % words, quota.percent, "full")
    level = "high" if quota.percent >= HIGH else ""
    return QuotaGauge(_("%(used)s of %(limit)s") % words, quota.percent, level)


def quota_banners(space: QuotaGauge | None, *, shared: bool = False) -> list[Banner]:
    """Above the list too: a phone has the column behind a button. Nearly full it is said there alone."""
    if space is None or space.level != "full":
        return []
    full = space.percent >= 100
    if shared:
        said = (
            _("This mailbox is full: what people send to it is refused.")
            if full
            else _("This mailbox is almost full: soon what people send to it will be refused.")
        )
    else:
        said = (
            _("Your mailbox is full: what people send you is refused.")
            if full
            else _("Your mailbox is almost full: soon what people send you will be refused.")
        )
    return [Banner(said, "triangle-alert", change=_("Make room"), change_url=own_url("webmail:space"), narrow=not full)]


def _state(folder: Folder) -> str:
    held = ngettext("%s message", "%s messages", folder.total) % number_text(folder.total)
    return ", ".join(filter(None, [held, unread_text(folder.unseen)])) if folder.total else _("empty")


def unread_text(count: int) -> str:
    return npgettext("messages", "%s unread", "%s unread", count) % number_text(count) if count else ""


def _line(
    folder: Folder, counted: list[Folder], inside: list[Folder], chosen: SettingsSummary, current: MailboxId | None,
    shut: tuple[str, ...],
) -> FolderLine:  # fmt: skip
    closed = bool(inside) and folder_key(folder) in chosen.folded
    counted = [*counted, *inside] if closed else counted
    whole = folder.role in COUNTED_WHOLE
    number = 0 if folder.role in SILENT else sum(one.total if whole else one.unseen for one in counted)
    return FolderLine(
        id=folder.id,
        key=folder_key(folder),
        label=folder_text(folder),
        icon=ROLE_ICONS.get(folder.role or "", "" if inside or folder.name.depth else "folder"),
        href=own_url("webmail:folder", folder.id) if folder.id else "",
        count=number_text(number) if number else "",
        counted=ngettext("message", "messages", number) if whole else ngettext("unread", "unread", number),
        asks=not whole and folder.role != "junk",
        current=folder.id is not None and folder.id == current,
        depth=0 if folder.role else min(folder.name.depth, DEEPEST),
        minor=folder.role not in ON_THE_RAIL,
        takes=folder.id is not None and folder.id != current and folder.role not in NO_DESTINATION,
        fold="" if not inside else "closed" if closed else "open",
        holds=closed and any(one.id == current for one in inside if one.id),
        go=ROLE_KEYS.get(folder.role or "", ""),
        acts=_acts(folder, shut),
    )


def _acts(folder: Folder, shut: tuple[str, ...]) -> str:
    if folder.role is None:
        return "own" if folder.name.startswith(shut) else "all"
    if folder.role in {"trash", "junk"}:
        return "emptied" if folder.role == "trash" else "junk"
    return "inside" if folder.role in MAY_HOLD else "aged" if folder.role in AGES else "none"
