"""What the organiser of a meeting has written about it since: that it is cancelled, or another version of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.mailbox.errors import MailboxRefusedError, MailboxUnavailableError, UnpackError
from vaguemestre.mailbox.icalendar import invitation
from vaguemestre.mailbox.icalendar.invitation import CalendarEvent, Invitation
from vaguemestre.mailbox.imap.query.search_query import Query
from vaguemestre.mailbox.imap.search.search_results import SearchHit
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Message, Row
from vaguemestre.web import date_text
from vaguemestre.web.url_cache import own_url
from vaguemestre.webmail.content.attachments import AttachmentAddress
from vaguemestre.webmail.content.header_text import message_date
from vaguemestre.webmail.trust import authentication_results
from vaguemestre.webmail.trust.authentication_results import AuthenticationVerdict, came_from_outside

LOOKED_AT = 10  # of what the search finds, newest first
PATIENCE = 5.0  # seconds for each of its trips: half a minute is what Dovecot waits for an index that is being made
PUT_OFF = timedelta(days=400)  # at most
# A word of the identifier that the index has; not those of Outlook, which are too long for it.
_WORD = re.compile(r"[A-Za-z0-9]{3,28}(?![A-Za-z0-9])")
_IN_EVERY_CALENDAR = "vcalendar"
_CALENDAR = "text/calendar"


@dataclass(frozen=True, slots=True)
class InvitationUpdate:
    said: str
    link: str
    url: str
    tone: str


def find_update(
    session: Session, meeting: CalendarEvent, spot: AttachmentAddress, message: Message
) -> InvitationUpdate | None:
    """Two trips, and two for each mail of the organiser that may be about it; a bin is not looked into. None too where
    the index does not answer soon: a card is no reason to keep a message from being read."""
    if meeting.organizer is None or "@" not in meeting.organizer.address or not meeting.uid:
        return None
    try:
        found = list(_about(session, meeting, spot, message))
    except (MailboxRefusedError, MailboxUnavailableError):
        return None
    # Of several, the one that its organiser wrote last. The same once more: what was taken back between them holds.
    newest = max(found, key=lambda one: (one[1].sequence, _written(one[0].row)), default=None)
    if newest is None or (not newest[2] and newest[1].sequence == meeting.sequence):
        return None
    return _in_words(newest[0], taken_back=newest[2])


def _about(
    session: Session, meeting: CalendarEvent, spot: AttachmentAddress, message: Message
) -> Iterator[tuple[SearchHit, CalendarEvent, bool]]:
    """Each with the meeting as it says it, and whether it takes it back."""
    organizer = meeting.organizer.address.lower() if meeting.organizer else ""
    word, first = _WORD.match(meeting.uid), _verdict(message, organizer)
    query = Query(
        sender=organizer, word=word[0] if word else _IN_EVERY_CALENDAR,
        since=timezone.localtime(_written(message.row)).date(),
    )  # fmt: skip
    left = invitation.INPUT_LIMIT  # in all: whoever writes many large ones keeps nobody waiting
    for hit in session.search(query, count=LOOKED_AT, patience=PATIENCE)[0].hits:
        sizes = [part.decoded_size for part in hit.row.structure.walk() if part.type == _CALENDAR]
        if hit.place == (spot.folder, spot.uid) or not sizes or sizes[0] > left:
            continue
        left -= sizes[0]
        if said := _read(session, hit, organizer, first):
            for other in said.meetings:
                taken_back = said.method == "CANCEL" or other.cancelled
                after = _written(hit.row) >= _written(message.row)
                if _supersedes(other, meeting, said.method, taken_back=taken_back, after=after):
                    yield hit, other, taken_back


def _read(session: Session, hit: SearchHit, organizer: str, first: AuthenticationVerdict | None) -> Invitation | None:
    """Only of who is proved to be the organiser: a stranger who writes in that name calls nothing off. Mail that was
    brought in from elsewhere was never judged, neither the invitation nor this."""
    message = session.message(*hit.place)
    part = next((part for part in message.attachments if part.type == _CALENDAR and part.path), None)
    verdict = _verdict(message, organizer)
    elsewhere = not came_from_outside(message.headers)
    proved = verdict in {AuthenticationVerdict.INTERNAL, AuthenticationVerdict.VERIFIED} or (
        verdict is first is AuthenticationVerdict.UNJUDGED and elsewhere
    )
    if part is None or part.path is None or not proved:
        return None
    try:
        return invitation.parse_invitation(session.body(*hit.place, part.path, limit=invitation.INPUT_LIMIT))
    except UnpackError:
        return None


def _verdict(message: Message, organizer: str) -> AuthenticationVerdict | None:
    """None: it is not the organiser's."""
    sender = message.row.sender
    if sender is None or sender.address.lower() != organizer:
        return None
    return authentication_results.judge_origin(message.headers, sender.address).verdict


def _written(row: Row) -> datetime:
    """Of what was put off and is back, the server says the hour of its return."""
    believable = row.sent is not None and row.received - PUT_OFF <= row.sent <= row.received
    return row.sent if row.sent is not None and believable else row.received


def _supersedes(other: CalendarEvent, meeting: CalendarEvent, method: str, *, taken_back: bool, after: bool) -> bool:
    """RFC 5546, 2.1.5. A series that is taken back takes each of its dates with it; a date, nothing but itself. Under
    the same number what was written first does not count: a guest who is taken off may be invited again."""
    if method not in {"REQUEST", "CANCEL"} or other.uid != meeting.uid:
        return False
    theirs = other.organizer.address.lower() if other.organizer else ""
    if meeting.organizer is None or theirs != meeting.organizer.address.lower():
        return False
    if other.sequence < meeting.sequence or (other.sequence == meeting.sequence and not after):
        return False
    return (taken_back and not other.one_of_many) or _same_date(other, meeting)


def _same_date(other: CalendarEvent, meeting: CalendarEvent) -> bool:
    return other.one_of_many == meeting.one_of_many and other.instead_of == meeting.instead_of


def _in_words(hit: SearchHit, *, taken_back: bool) -> InvitationUpdate:
    when, url = date_text.full_date_text(message_date(hit.row)), own_url("webmail:message", *hit.place)
    if taken_back:
        return InvitationUpdate(_("This meeting was cancelled on %s.") % when, _("See the cancellation"), url, "bad")
    return InvitationUpdate(
        _("A newer version of this invitation came on %s.") % when, _("See the newer version"), url, "warn"
    )
