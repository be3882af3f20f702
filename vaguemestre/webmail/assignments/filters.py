"""The lists of untaken conversations, of those given to oneself, and of those that are done."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from vaguemestre.mailbox.imap.list_filters import (
    WAITS_FOR,
    ConversationFilter,
    ConversationNote,
    ListFilter,
)
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.shared_mailboxes.conversation_events import Kind, latest_events, standing_events
from vaguemestre.shared_mailboxes.models import ConversationEvent
from vaguemestre.webmail.mailbox_access import MailboxAccess

UNTAKEN, MINE, DONE = ConversationFilter("untaken"), ConversationFilter("mine"), ConversationFilter("done")
MOST_DONE = 2000  # conversations in the list of those that are done


def with_notes(only: ListFilter | None, access: MailboxAccess) -> ListFilter | None:
    """The filter as the mailbox is asked for it. One query, in a shared mailbox and for these three alone."""
    if not isinstance(only, ConversationFilter) or access.is_own:
        return only
    if only == DONE:
        return _noted(only, latest_events(access.mailbox.key, MOST_DONE), access.reader.key)
    return _noted(only, _standing([access])[access.mailbox.key], access.reader.key)


def count_untaken(session: Session, access: MailboxAccess) -> int | None:
    """In the inbox, as last known. None while that is unknown."""
    inbox = session.by_role("inbox")
    return session.count_noted(inbox.id, untaken_filters([access])[access.mailbox.key]) if inbox and inbox.id else None


def untaken_filters(accesses: Iterable[MailboxAccess]) -> dict[str, ConversationFilter]:
    """For several boxes, by their keys. One query."""
    there = list(accesses)
    events = _standing(there)
    return {one.mailbox.key: _noted(UNTAKEN, events[one.mailbox.key], one.reader.key) for one in there}


def _standing(accesses: list[MailboxAccess]) -> dict[str, list[ConversationEvent]]:
    found: dict[str, list[ConversationEvent]] = {one.mailbox.key: [] for one in accesses}
    for event in standing_events(found, timezone.now() - timedelta(days=WAITS_FOR)):
        found[event.box_id].append(event)
    return found


def _noted(only: ConversationFilter, events: Iterable[ConversationEvent], reader: str) -> ConversationFilter:
    notes = [
        ConversationNote(name, _kind(event, reader), int(event.until.timestamp()))
        for event in events
        for name in {event.oldest, event.newest}
    ]
    return ConversationFilter(only.name, tuple(notes))


def _kind(event: ConversationEvent, reader: str) -> str:
    if event.kind == Kind.GIVEN and event.member_id == reader:
        return "mine"
    return str(event.kind)
