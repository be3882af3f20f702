"""An invitation as a card, and the answer to it: a mail to the organiser that their calendar understands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, ngettext

from vaguemestre.accounts.models import Account
from vaguemestre.clock import due
from vaguemestre.mailbox.errors import UnpackError
from vaguemestre.mailbox.icalendar import invitation, reply
from vaguemestre.mailbox.icalendar.invitation import CalendarEvent, Invitation, Moment
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Address, Message
from vaguemestre.mailbox.values import Flag, MailboxId, PiecePath
from vaguemestre.web import date_text
from vaguemestre.web.number_text import number_text
from vaguemestre.webmail.compose import mime_builder
from vaguemestre.webmail.content.attachments import AttachmentAddress
from vaguemestre.webmail.content.plain_text import linked_text
from vaguemestre.webmail.invitations import updates
from vaguemestre.webmail.invitations.recurrence import local_time, recurrence_text as repetition_in_words
from vaguemestre.webmail.invitations.updates import InvitationUpdate
from vaguemestre.webmail.models import Outgoing, new_key
from vaguemestre.webmail.outbox import delivery
from vaguemestre.webmail.people.correspondents import own_addresses
from vaguemestre.webmail.trust.junk_attachments import is_junk
from vaguemestre.webmail.trust.link_checks import LinkRewriter

# What a person presses → the word of RFC 5545, and the mark that stays on the message, for this screen and any other.
ANSWERS: Final = {
    "oui": ("ACCEPTED", Flag("$Accepted")),
    "peut-etre": ("TENTATIVE", Flag("$Tentative")),
    "non": ("DECLINED", Flag("$Declined")),
}
NAMED = 8


@dataclass(frozen=True, slots=True)
class Event:
    summary: str
    when: str
    zone: str  # a sentence, when the sender's clock is another one, or nobody knows which
    repeats: str
    place: str
    organizer: str
    guests: str
    description: SafeString
    notice: str  # cancelled, past, somebody's answer
    tone: str  # of the notice


@dataclass(frozen=True, slots=True)
class InvitationCard:
    """`answer_url` is empty where there is nothing to answer; `key` makes two presses one answer."""

    events: list[Event]
    more: str
    answer_url: str
    answered: str  # which of ANSWERS was given
    said: str
    key: str
    save_url: str = ""  # of what one might note: there is no calendar here
    later: InvitationUpdate | None = None  # what its organiser has written since, in place of the answers


def find_invitation(
    session: Session, folder: MailboxId, message: Message, account: Account, now: datetime, leads: LinkRewriter
) -> InvitationCard | None:
    """The first invitation of a message, for the reader. Without a calendar part it costs nothing."""
    part = next((part for part in message.attachments if part.type == "text/calendar" and part.path), None)
    if part is None or part.path is None or part.decoded_size > invitation.INPUT_LIMIT:
        return None
    raw = session.body(folder, message.row.uid, part.path, limit=invitation.INPUT_LIMIT)
    try:
        found = invitation.parse_invitation(raw)
    except UnpackError:
        return None
    spot, in_junk = (
        AttachmentAddress(folder, message.row.uid, PiecePath(part.path)),
        is_junk(session, folder, message.row),
    )
    since = None if in_junk else find_update(session, found, spot, message, account, now)
    return invitation_card(found, spot, message, account, now, leads, in_junk=in_junk, since=since)


def find_update(
    session: Session, found: Invitation, spot: AttachmentAddress, message: Message, account: Account, now: datetime
) -> InvitationUpdate | None:
    """Asked for where there would be something to answer, hence by no page without such a card."""
    asks = _asks(found, found.meetings[0], account, now)
    return updates.find_update(session, found.meetings[0], spot, message) if asks else None


def invitation_card(
    found: Invitation, spot: AttachmentAddress, message: Message, account: Account, now: datetime, leads: LinkRewriter,
    *, in_junk: bool, since: InvitationUpdate | None,
) -> InvitationCard:  # fmt: skip
    """An answer from the junk would tell a stranger that somebody lives here."""
    first = found.meetings[0]
    more = ngettext("and %s more event", "and %s more events", found.more) % number_text(found.more)
    asks = not in_junk and not since and _asks(found, first, account, now)
    over = since or found.method in {"REPLY", "CANCEL"} or first.cancelled or _is_over(first, now)
    given = next((name for name, (_word, flag) in ANSWERS.items() if flag in message.row.flags), "")
    return InvitationCard(
        events=[_event(meeting, found, now, leads) for meeting in found.meetings],
        more=more if found.more else "",
        answer_url=spot.url("attendance") if asks else "",
        answered=given,
        said=_said(given),
        key=new_key(),
        save_url="" if asks or in_junk or over else spot.url("download"),
        later=since,
    )


def send_answer(
    account: Account, raw: bytes, spot: AttachmentAddress, message: Message, choice: str, key: str, now: datetime
) -> bool:
    """Into the outbox, once for each key. False when there is nothing to answer. Raises `UnpackError`."""
    found = invitation.parse_invitation(raw)
    meeting = found.meetings[0]
    if meeting.organizer is None or not _asks(found, meeting, account, now):
        return False
    guest = Address(account.display_name, _invited_as(meeting, account))
    outgoing = Outgoing(
        key=key, account=account, kind=Outgoing.Kind.REPLY, state=Outgoing.State.QUEUED, sender=guest.address,
        to=str(meeting.organizer), subject=_subject(choice, meeting), text=_answer_text(choice, meeting),
        recipients=[meeting.organizer.address], reminds_after=0, source_folder=spot.folder, source_uid=spot.uid,
        created_at=now, changed_at=now, queued_at=now,
    )  # fmt: skip
    if Outgoing.objects.filter(pk=key).exists():
        return True
    outgoing.message_id = mime_builder.message_id(outgoing)
    written = reply.build_reply(
        guest=guest,
        to=meeting.organizer,
        subject=outgoing.subject,
        text=outgoing.text,
        calendar=invitation.answer_calendar(raw, guest, ANSWERS[choice][0], now),
        date=now,
        message_id=outgoing.message_id,
        in_reply_to=message.message_id,
        references=message.references,
    )
    outgoing.keep_message([written])
    _queue(outgoing, now)
    return True


def _queue(outgoing: Outgoing, now: datetime) -> None:
    """And sent at once; by the clock, where that fails."""
    try:
        with transaction.atomic():
            outgoing.save(force_insert=True)
            due.at(now + delivery.NEXT_CALL, delivery.DELIVER, outgoing.key)
    except IntegrityError:
        return  # the same press, at the same moment, in another process
    delivery.try_delivery(outgoing.key, now)


def mark_answer(session: Session, spot: AttachmentAddress, choice: str) -> None:
    """The answer as a mark on the message, in place of an earlier one."""
    flag = ANSWERS[choice][1]
    others = [other for _word, other in ANSWERS.values() if other != flag]
    session.store(spot.folder, [spot.uid], add=[flag], remove=others)


def _asks(found: Invitation, meeting: CalendarEvent, account: Account, now: datetime) -> bool:
    """Somebody else asks, about something that is neither over nor called off."""
    if found.method != "REQUEST" or meeting.cancelled or meeting.organizer is None or _is_over(meeting, now):
        return False
    return meeting.organizer.address.lower() not in own_addresses(account)


def _invited_as(meeting: CalendarEvent, account: Account) -> str:
    """The address that was invited, or one's first when the invitation came through a list."""
    mine = own_addresses(account)
    return next((g.person.address for g in meeting.guests if g.person.address.lower() in mine), account.address)


def _event(meeting: CalendarEvent, found: Invitation, now: datetime, leads: LinkRewriter) -> Event:
    notice, tone = _notice(meeting, found, now)
    return Event(
        summary=meeting.summary or _("(untitled event)"),
        when=_when(meeting),
        zone=_zone(meeting),
        repeats=repetition_in_words(meeting.rule, now) if meeting.rule else "",
        place=meeting.place,
        organizer=str(meeting.organizer) if meeting.organizer else "",
        guests=_guests(meeting),
        description=linked_text(meeting.description.strip(), leads),
        notice=notice,
        tone=tone,
    )


def _notice(meeting: CalendarEvent, found: Invitation, now: datetime) -> tuple[str, str]:
    if found.method == "CANCEL" or meeting.cancelled:
        whole = not meeting.one_of_many
        return _("This event is cancelled.") if whole else _("This date of a series is cancelled."), "bad"
    if found.method == "REPLY" and meeting.guests:
        guest = meeting.guests[0]
        words = {"ACCEPTED": _("%s accepts."), "TENTATIVE": _("%s may come."), "DECLINED": _("%s declines.")}.get(
            guest.answer, _("%s has not decided yet.")
        )
        return words % guest.person.label, "plain"
    if _is_over(meeting, now):
        return _("This event is over."), "plain"
    return (_("This is a change to one date of a series."), "plain") if meeting.one_of_many else ("", "")


def _is_over(meeting: CalendarEvent, now: datetime) -> bool:
    """A series without a written last day continues."""
    if meeting.rule is None:
        return _ends_at(meeting.end) < now
    return meeting.rule.until is not None and _ends_at(meeting.rule.until) < now


def _ends_at(moment: Moment) -> datetime:
    if isinstance(moment, datetime):
        return local_time(moment)
    return timezone.make_aware(datetime.combine(moment + timedelta(days=1), time()))


def _when(meeting: CalendarEvent) -> str:
    start, end = meeting.start, meeting.end
    if not (isinstance(start, datetime) and isinstance(end, datetime)):
        if start == end:
            return _("%s, all day") % date_text.full_date(start)
        return _("from %(start)s to %(end)s") % {"start": date_text.full_date(start), "end": date_text.full_date(end)}
    begins, ends = local_time(start), local_time(end)
    day, hour = date_text.full_date(begins.date()), date_text.clock_time(begins)
    if begins == ends:
        return _("%(date)s at %(time)s") % {"date": day, "time": hour}
    if begins.date() == ends.date():
        words = {"date": day, "start": hour, "end": date_text.clock_time(ends)}
        return _("%(date)s from %(start)s to %(end)s") % words
    return _("from %(start)s to %(end)s") % {
        "start": date_text.full_date_text(begins),
        "end": date_text.full_date_text(ends),
    }


def _zone(meeting: CalendarEvent) -> str:
    """Said only when the clock over there shows another hour, or may."""
    start = meeting.start
    if not isinstance(start, datetime) or not meeting.zone:
        return ""
    if start.tzinfo is None:
        return _("The sender's time zone (%s) is not known here: it may be at another hour.") % meeting.zone
    if local_time(start).time() == start.time():
        return ""
    return _("Paris time; written as %(time)s, %(zone)s") % {
        "time": f"{start.hour}{date_text.NBSP}h{date_text.NBSP}{start.minute:02}",
        "zone": meeting.zone,
    }


def _guests(meeting: CalendarEvent) -> str:
    people: Sequence[str] = [guest.person.label for guest in meeting.guests]
    shown_ones, more = ", ".join(people[:NAMED]), len(people) - NAMED
    if more <= 0:
        return shown_ones
    words = {"names": shown_ones, "more": number_text(more)}
    return ngettext("%(names)s and %(more)s more", "%(names)s and %(more)s more", more) % words


def _said(given: str) -> str:
    return {
        "oui": _("Accepted."), "peut-etre": _("Answered “maybe”."), "non": _("Declined."),
    }.get(given, "")  # fmt: skip


def _subject(choice: str, meeting: CalendarEvent) -> str:
    words = {"oui": _("Accepted: %s"), "peut-etre": _("Maybe: %s"), "non": _("Declined: %s")}[choice]
    return words % (meeting.summary or _("(untitled event)"))


def _answer_text(choice: str, meeting: CalendarEvent) -> str:
    words = {
        "oui": _("I shall take part: “%(what)s”, %(when)s."),
        "peut-etre": _("I may take part: “%(what)s”, %(when)s."),
        "non": _("I shall not take part: “%(what)s”, %(when)s."),
    }[choice]
    return words % {"what": meeting.summary or _("(untitled event)"), "when": _when(meeting)}
