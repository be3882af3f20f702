"""What an empty inbox says: a word for the hour, when the last message came, and what waits elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.web import date_text
from vaguemestre.web.number_text import number_text
from vaguemestre.web.url_cache import own_url, reverse
from vaguemestre.webmail.folders import lookup
from vaguemestre.webmail.folders.lookup import ROLE_ICONS
from vaguemestre.webmail.mailbox_access import MailboxRequest
from vaguemestre.webmail.outbox.queue import QueueCounts
from vaguemestre.webmail.snooze import snoozed_messages, wake_times

DAWN, NOON, EVENING = time(5), time(12), time(17)  # in the academy's own time
NOT_ARRIVED = {"drafts", "sent", "junk", "receipts"}
QUIET = {"trash", "junk", "sent", "receipts", "drafts", "later", "inbox"}  # said otherwise, or not at all
MOST = 4  # lines


@dataclass(frozen=True, slots=True)
class Waiting:
    icon: str
    said: str
    more: str
    url: str


@dataclass(frozen=True, slots=True)
class EmptyInbox:
    """`lit`: its windows. `last`: empty where nobody knows."""

    greeting: str
    last: str
    lit: bool
    waiting: tuple[Waiting, ...]


def empty_inbox(
    request: MailboxRequest, session: Session, folders: Sequence[Folder], queued: QueueCounts, now: datetime
) -> EmptyInbox:
    """From what the list has asked for; one query where something is put off."""
    hour = timezone.localtime(now).time()
    return EmptyInbox(
        greeting=_greeting(request, hour),
        last=_last_text(session, folders, now),
        lit=not DAWN <= hour < EVENING,
        waiting=tuple(_waiting(request, folders, queued, now))[:MOST],
    )


def _greeting(request: MailboxRequest, hour: time) -> str:
    """Of a mailbox that is somebody else's, without a name."""
    if request.mailbox.mailbox != request.account:
        return ""
    said = _("Good evening, %s.")
    if DAWN <= hour < EVENING:
        said = _("Good morning, %s.") if hour < NOON else _("Good afternoon, %s.")
    return said % request.account.person.first_name


def _last_text(session: Session, folders: Sequence[Folder], now: datetime) -> str:
    last = session.latest_arrival([one.id for one in folders if one.id and one.role not in NOT_ARRIVED])
    if last is None:
        return ""
    if timezone.localtime(last).date() == timezone.localtime(now).date():
        return _("The last message came at %s.") % date_text.clock_time(last)
    return _("The last message came %s.") % date_text.day_in_sentence(last, now)


def _waiting(
    request: MailboxRequest, folders: Sequence[Folder], queued: QueueCounts, now: datetime
) -> Iterator[Waiting]:
    later, drafts = lookup.folder_by_role(folders, "later"), lookup.folder_by_role(folders, "drafts")
    if later and later.id and later.total:
        said = ngettext("%s message will come back", "%s messages will come back", later.total)
        yield _line(later, said, later.total, _hours_text(request, later.id, now))
    if drafts and drafts.total:
        yield _line(drafts, ngettext("%s draft waits", "%s drafts wait", drafts.total), drafts.total)
    if queued.waiting:
        said = ngettext("%s message waits to leave", "%s messages wait to leave", queued.waiting)
        yield Waiting("send", said % number_text(queued.waiting), "", reverse("webmail:waiting"))
    for folder in folders:
        if folder.unseen and folder.id and folder.role not in QUIET:
            said = ngettext("%s unread message", "%s unread messages", folder.unseen)
            yield _line(folder, said, folder.unseen, lookup.folder_text(folder))


def _line(folder: Folder, said: str, count: int, more: str = "") -> Waiting:
    icon = ROLE_ICONS.get(folder.role or "", "folder")
    return Waiting(icon, said % number_text(count), more, own_url("webmail:folder", folder.id))


def _hours_text(request: MailboxRequest, later: MailboxId, now: datetime) -> str:
    """Of the first two."""
    hours = snoozed_messages.next_wake_times(request.mailbox.mailbox, later, 2)
    said = [wake_times.wake_time_text(one, now) for one in hours]
    return _("%(first)s and %(second)s") % {"first": said[0], "second": said[1]} if len(said) > 1 else "".join(said)
