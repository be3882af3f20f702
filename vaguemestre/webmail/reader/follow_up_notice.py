"""What the page of a message says of an answer that has not come."""

from datetime import datetime

from django.utils import timezone

from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Message
from vaguemestre.mailbox.values import RETURNED
from vaguemestre.webmail.message_list.list_query import ListQuery
from vaguemestre.webmail.outbox.follow_up import FollowUp, FollowUpSource, find_waiting
from vaguemestre.webmail.search.query_parser import asks_for_unanswered
from vaguemestre.webmail.snooze import wake_times


def find_follow_up(
    session: Session, waits: FollowUpSource, place: ListQuery, message: Message, mine: frozenset[str], now: datetime
) -> FollowUp | None:
    """Asked in the list of what nobody has answered, of what its author is to be reminded of, and of the reminder. None
    once somebody has answered, or nobody is expected to: an address that was kept does not continue saying it."""
    sender = message.row.sender
    sent = session.by_role("sent")
    if sent is None or sent.id is None or sender is None or sender.address.lower() not in mine:
        return None
    if place.folder != sent.id:
        if RETURNED not in message.row.flags or not (found := session.find(sent.id, message.message_id)):
            return None
        return find_waiting(session, waits, sent.id, found[-1])
    until = waits.until(message.row)
    if until is None and not _is_their_list(place, now):
        return None
    return find_waiting(
        session, waits, sent.id, message.row.uid, wake_times.wake_time_text(until, now) if until else ""
    )


def _is_their_list(place: ListQuery, now: datetime) -> bool:
    if place.within:
        return asks_for_unanswered(place.within.text, timezone.localtime(now).date())
    return place.only == "awaiting"
