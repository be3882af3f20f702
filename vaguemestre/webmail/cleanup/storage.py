"""Where the room of a mailbox goes, and how to get some back without losing a word.

Everything leads through the bin: what was thrown away or made lighter lies there until the bin is emptied, which is
also what frees the room. In a full mailbox there is no room for
a light copy beside the whole message: then the person is asked, and it takes its place for good.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _, ngettext

from vaguemestre.mailbox.containers.signed_message import TYPES as ENVELOPES
from vaguemestre.mailbox.errors import NoSuchFolderError, NoSuchMessageError, QuotaExceededError
from vaguemestre.mailbox.imap.folders.folder_sizes import LargeMessage
from vaguemestre.mailbox.imap.messages.attachment_removal import removable_parts
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Folder, Message, Part
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.web import date_text
from vaguemestre.web.number_text import number_text, octets_text
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.content.header_text import message_date, subject_text
from vaguemestre.webmail.folders import lookup, pane

PAGE = 25
NAMED_FILES = 30  # names in a note; the rest is counted
STAYS_WHOLE = ("drafts", "junk", "trash", "later")  # roles of folders where a message keeps its attachments
UNDO_SALT = "vaguemestre.webmail.space.undo"


@dataclass(frozen=True, slots=True)
class FolderUsage:
    label: str
    url: str
    count: str
    size: str
    octets: int
    emptying: str  # address of the page that empties it; bin and junk only


@dataclass(frozen=True, slots=True)
class LargeMessageLine:
    value: str  # folder and number, as a form says them
    url: str
    subject: str
    who: str
    folder: str
    when: str
    size: str
    attached: str  # what removing the attachments would give back


@dataclass(frozen=True, slots=True)
class StorageUsage:
    quota: pane.QuotaGauge | None
    folders: list[FolderUsage]
    bin: FolderUsage | None  # when there is something in it
    heavy: list[LargeMessageLine]
    words: str
    newer_url: str
    older_url: str


@dataclass(frozen=True, slots=True)
class AttachmentRemoval:
    """A message without its attachments: its number in its folder, that of the whole one in the bin. None: it is gone
    for good. `gained`: bytes, once the bin is empty."""

    folder: MailboxId
    uid: Uid | None
    whole: Uid | None
    gained: int


def storage_usage(session: Session, number: int, now: datetime) -> StorageUsage:
    """`number`: the page of the largest messages, from 1. Seven round trips at most, whatever the mailbox holds."""
    everything, sizes, quota = session.folders(), session.sizes(), session.quota()
    start = (number - 1) * PAGE
    heavy, total = session.heaviest(start, PAGE)
    lines = sorted((_folder_line(one, sizes) for one in everything if one.id), key=lambda line: -line.octets)
    trash = lookup.folder_by_role(everything, "trash")
    base = reverse("webmail:space")
    last = start + len(heavy)
    place = {"first": number_text(start + 1), "last": number_text(last), "total": number_text(total)}
    return StorageUsage(
        quota=pane.quota_gauge(quota, everything),
        folders=[line for line in lines if line.octets],
        bin=_folder_line(trash, sizes) if trash and trash.id and trash.total else None,
        heavy=[_heavy_line(one, everything, now) for one in heavy],
        words=_("%(first)s to %(last)s of %(total)s") % place if heavy else "",
        newer_url=f"{base}?page={number - 1}" if number > 1 else "",
        older_url=f"{base}?page={number + 1}" if last < total and heavy else "",
    )


def parse_chosen(values: Sequence[str]) -> dict[MailboxId, list[Uid]]:
    """By folder. Raises InvalidValueError."""
    found: dict[MailboxId, list[Uid]] = {}
    for value in dict.fromkeys(values):
        folder, _dot, uid = value.partition(".")
        found.setdefault(MailboxId(folder), []).append(Uid(uid))
    return found


def move_to_trash(session: Session, messages: Mapping[MailboxId, Sequence[Uid]], trash: MailboxId) -> int:
    return sum(len(session.move(folder, uids, trash)) for folder, uids in messages.items() if folder != trash)


def has_removable_attachments(session: Session, folder: MailboxId, message: Message) -> bool:
    """Whether its reader is offered to take its attachments away. From memory."""
    return message.row.has_attachments and bool(removable_parts(message)) and not keeps_attachments(session, folder)


def keeps_attachments(session: Session, folder: MailboxId) -> bool:
    """A lighter message has another number: what is known of a draft, or the hour of what was put off, would be lost.
    From memory. A folder that is gone has no message."""
    try:
        return any(session.lies_in(folder, role) for role in STAYS_WHOLE)
    except NoSuchFolderError:
        return False


def remove_attachments(
    session: Session, messages: Mapping[MailboxId, Sequence[Uid]], trash: MailboxId, now: datetime, *, for_good: bool
) -> tuple[list[AttachmentRemoval], bool]:
    """Those that are lighter, and whether the mailbox had no room to continue. Those without attachments stay, and
    those of `STAYS_WHOLE`. Raises QuotaExceededError when there is no room for the first one; never with `for_good`."""
    done: list[AttachmentRemoval] = []
    for folder, uids in messages.items():
        for uid in [] if keeps_attachments(session, folder) else uids:
            try:
                lighter = _lighten(session, folder, uid, trash, now, for_good=for_good)
            except QuotaExceededError:
                if not done:
                    raise
                return done, True
            done += [lighter] if lighter else []
    return done, False


def undo_attachment_removal(
    session: Session, trash: MailboxId, done: Sequence[Sequence[Any]]
) -> dict[tuple[str, int], Uid]:
    """Back where they were, their light copies gone: each is (folder, number of the light one, of the whole one in the
    bin). What has left the bin since stays light. The new numbers, by folder and number of the light one."""
    back: dict[tuple[str, int], Uid] = {}
    for folder, light, whole in done:
        try:
            moved = session.move(trash, [Uid(whole)], MailboxId(folder))
            if Uid(whole) in moved:
                session.delete(MailboxId(folder), [Uid(light)])
                back[folder, light] = moved[Uid(whole)]
        except NoSuchFolderError:
            continue
    return back


def _lighten(
    session: Session, folder: MailboxId, uid: Uid, trash: MailboxId, now: datetime, *, for_good: bool
) -> AttachmentRemoval | None:
    """The light copy first, with its flags and its date; only then the whole message goes to the bin. After a crash in
    between both are there."""
    try:
        found = session.without_attachments(folder, uid, lambda gone: removal_note(gone, now))
    except NoSuchMessageError:
        return None
    if found is None:
        return None
    message, raw = found
    row = message.row
    if for_good:
        light, whole = session.replace(folder, uid, raw, sorted(row.flags), row.received), None
    else:
        light = session.append(folder, raw, sorted(row.flags), row.received)
        whole = session.move(folder, [uid], trash).get(uid)
    return AttachmentRemoval(folder, light, whole, max(0, row.size - len(raw)))


def removal_note(gone: Sequence[Part], now: datetime) -> str:
    head = _("Attachments removed on %s to make room:") % date_text.full_date_text(now)
    lines = [f"- {part.download_name} ({octets_text(part.decoded_size)})" for part in gone[:NAMED_FILES]]
    if len(gone) > NAMED_FILES:
        more = len(gone) - NAMED_FILES
        lines.append(ngettext("and %s more", "and %s more", more) % number_text(more))
    return "\n".join([head, *lines])


def _folder_line(folder: Folder, sizes: Mapping[MailboxId, int]) -> FolderUsage:
    octets = sizes.get(folder.id, 0) if folder.id else 0
    empties = folder.role in {"trash", "junk"} and folder.total
    return FolderUsage(
        label=lookup.path_text(folder),
        url=reverse("webmail:folder", args=[folder.id]),
        count=number_text(folder.total),
        size=octets_text(octets),
        octets=octets,
        emptying=reverse("webmail:emptying", args=[folder.id]) if empties else "",
    )


def _heavy_line(heavy: LargeMessage, everything: Sequence[Folder], now: datetime) -> LargeMessageLine:
    row = heavy.row
    folder = lookup.folder_by_id(everything, heavy.folder)
    attached = sum(part.size for part in row.structure.walk() if _is_attached(part))
    whole = folder is not None and folder.role in STAYS_WHOLE
    return LargeMessageLine(
        value=f"{heavy.folder}.{row.uid}",
        url=reverse("webmail:message", args=[heavy.folder, row.uid]),
        subject=subject_text(row.subject),
        who=row.sender.label if row.sender else _("(unknown sender)"),
        folder=lookup.folder_text(folder) if folder else "",
        when=date_text.relative_date_text(message_date(row), now),
        size=octets_text(row.size),
        attached=octets_text(attached) if row.has_attachments and attached and not whole else "",
    )


def _is_attached(part: Part) -> bool:
    named = bool(part.filename or part.disposition == "attachment")
    return named and not part.is_multipart and part.type not in ENVELOPES
