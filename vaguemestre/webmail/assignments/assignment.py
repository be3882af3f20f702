"""The state of a conversation of a shared mailbox: who takes care of it, or that it is done."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, pgettext

from vaguemestre.mailbox.imap.conversations.conversation_index import Spot
from vaguemestre.mailbox.imap.conversations.conversation_summary import ConversationSummary, sample_messages
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Row
from vaguemestre.mailbox.values import Uid
from vaguemestre.shared_mailboxes.conversation_events import LONGEST, Kind, events_of
from vaguemestre.shared_mailboxes.models import ConversationEvent
from vaguemestre.web import date_text
from vaguemestre.web.templatetags.web import icon
from vaguemestre.webmail.mailbox_access import MailboxAccess


@dataclass(frozen=True, slots=True)
class Assignment:
    """`number`: of the last event, by which a page compares. `name`: of its owner, empty where it is done; `by`: of the
    actor, empty for a right that ended, for oneself, and for a member who took it."""

    number: int
    done: bool
    mine: bool
    name: str
    by: str
    by_me: bool
    at: datetime

    @property
    def words(self) -> str:
        if self.done:
            return pgettext("a conversation", "Done")
        return _("Given to you") if self.mine else _("Given to %(name)s") % {"name": self.name}

    @property
    def chip(self) -> SafeString:
        """In a row of the list."""
        if self.done:
            return format_html('<span class="given given-done">{}{}</span>', icon("check", "icon-s"), self.words)
        words = _("you") if self.mine else self.name
        shape = '<span class="given{}">{}<span class="visually-hidden">{} </span><span class="cut">{}</span></span>'
        return format_html(shape, " given-me" if self.mine else "", icon("user", "icon-s"), _("Given to"), words)

    def facts(self, now: datetime) -> str:
        """By whom and when."""
        when = date_text.relative_date_text(self.at, now)
        if self.by_me:
            return _("by you, %(when)s") % {"when": when}
        return _("by %(name)s, %(when)s") % {"name": self.by, "when": when} if self.by else when


def row_assignments(
    access: MailboxAccess, wholes: Iterable[ConversationSummary], mine: Collection[str]
) -> dict[Uid, Assignment]:
    """By the newest message of each row. One query; none in one's own mailbox."""
    rows = {whole.newest.uid: whole.rows for whole in wholes}
    return {uid: found for uid, found in _assignments(access, rows, mine).items() if found}


def message_assignment(session: Session, access: MailboxAccess, spot: Spot, mine: Collection[str]) -> Assignment | None:
    """For the conversation of a message that was read. One query, no exchange with the mailbox."""
    if access.is_own:
        return None
    spots = sample_messages(session.together(*spot))
    rows = [row for one in {spot, *spots} if (row := session.remembered_row(*one))]
    return _assignments(access, {spot: rows}, mine)[spot]


def _assignments[Key](
    access: MailboxAccess, rows: Mapping[Key, Sequence[Row]], mine: Collection[str]
) -> dict[Key, Assignment | None]:
    if access.is_own:
        return {}
    events = events_of(access.mailbox.key, (row.message_id for each in rows.values() for row in each))
    by_name = {name: event for event in events for name in (event.oldest, event.newest)}
    return {key: _assignment(access, by_name, each, mine) for key, each in rows.items()}


def _assignment(
    access: MailboxAccess, by_name: Mapping[str, ConversationEvent], rows: Sequence[Row], mine: Collection[str]
) -> Assignment | None:
    found = [event for row in rows if (event := by_name.get(row.message_id[:LONGEST]))]
    last = max(found, key=lambda event: event.pk, default=None)
    if last is None or last.kind == Kind.FREED:
        return None
    done, reader = last.kind == Kind.DONE, access.reader.key
    if done and any(row.received > last.until and not _is_ours(row, mine) for row in rows):
        return None
    name = last.member.display_name if last.member else ""
    taken = last.by_id == last.member_id  # nothing to add about the actor
    by_me = last.by_id == reader and not taken
    by = last.by.display_name if last.by and not by_me and not taken else ""
    return Assignment(last.pk, done, last.member_id == reader, name, by, by_me, last.at)


def _is_ours(row: Row, mine: Collection[str]) -> bool:
    return row.sender is not None and row.sender.address.lower() in mine
