"""One message as it is read: who, to whom, when, its words and its attachments. The template only places them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _, ngettext

from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Address, Message, Part, Row
from vaguemestre.mailbox.mime.header_text import ADDRESS_LIMIT, language_of
from vaguemestre.mailbox.mime.text_parts import decode_text
from vaguemestre.mailbox.sandbox.cleaner import INPUT_LIMIT, reading_text
from vaguemestre.mailbox.values import DELETED, FLAGGED, RETURNED, SEEN, MailboxId, Uid
from vaguemestre.web import date_text
from vaguemestre.web.number_text import number_text, octets_text
from vaguemestre.web.url_cache import own_url
from vaguemestre.webmail.cleanup.storage import has_removable_attachments
from vaguemestre.webmail.compose.replies import recipients_of_reply
from vaguemestre.webmail.content import importance
from vaguemestre.webmail.content.attachments import AttachmentCard, attachment_card
from vaguemestre.webmail.content.header_text import message_date, subject_text
from vaguemestre.webmail.content.plain_text import Block, blocks
from vaguemestre.webmail.invitations import card as invitation_card
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.message_list.list_query import ListQuery
from vaguemestre.webmail.message_list.writers import load_writers
from vaguemestre.webmail.outbox import delivery_reports, read_receipts
from vaguemestre.webmail.outbox.follow_up import FollowUp, FollowUpSource
from vaguemestre.webmail.people.correspondents import SELF, Avatar, Colleague, avatar, find_colleague
from vaguemestre.webmail.presence.answers_in_progress import message_mark
from vaguemestre.webmail.reader import follow_up_notice, recipient_summary
from vaguemestre.webmail.reader.folds import is_forward
from vaguemestre.webmail.reader.html_frames import Frames
from vaguemestre.webmail.reader.missing_text import obstacle_text
from vaguemestre.webmail.reader.recipient_summary import RecipientSummary
from vaguemestre.webmail.trust import junk_attachments, smime_notice
from vaguemestre.webmail.trust.blocklist.lookup import Lookup
from vaguemestre.webmail.trust.link_checks import LinkRewriter
from vaguemestre.webmail.trust.notice import Trust, TrustNotice, assess_message

NOTE_LIMIT = 8192
TEXT_LIMIT = 512 * 1024  # longer than any letter; the whole is in the source
A_MINUTE = timedelta(minutes=1)
NAMED = 3  # recipients named in the head before "and 12 more"


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """What the person's own acts have left on it: the hour until which it was put off, the note where files were."""

    returns: str = ""
    removed: tuple[Block, ...] = ()


NOTHING = MessageFacts()


@dataclass(frozen=True, slots=True)
class MessageView:
    uid: int | str  # with its folder, among results of a search
    base: str  # address of the message; its acts hang below
    subject: str
    sender: str
    sender_address: str
    face: Avatar
    colleague: Colleague | None
    recipients: str
    addressees: list[RecipientSummary]
    spot: str  # where it lies, as what answers it names it
    when: str
    exact: str
    dated: str  # by its sender's clock, and when it arrived where that is another minute
    iso: str
    flags: frozenset[str]
    as_html: bool
    has_html: bool
    blocks: list[Block]
    cut: bool  # there is more of its text than is shown
    obstacle: str  # why there is no text to read
    seal: TrustNotice | None  # that it came signed, and by whom
    cards: list[AttachmentCard]
    cards_words: str
    importance: str  # in words; empty when it is ordinary
    position: str
    newer_url: str
    older_url: str
    summary: str
    trust: Trust
    answers_to: str = ""  # who gets an answer
    many: int = 0  # how many an answer to everybody goes to; 0 where that is the same
    asks_receipt: str = ""  # who wants to know whether this was read; empty when nobody is to be answered
    receipt_sent: bool = False  # just now, by itself
    spoken: str = ""  # the language of its text, where its sender says one
    invitation: invitation_card.InvitationCard | None = None
    aside: MessageFacts = NOTHING
    report: delivery_reports.DeliveryPanel | None = None
    delivery: delivery_reports.SentDelivery | None = None
    held_back: junk_attachments.JunkFilesNotice | None = None  # its files are not shown: it lies in the junk
    trapped: bool = False  # a link of its text is known for a trap; a formatted text says so itself
    unanswered: FollowUp | None = None  # as long as it awaits an answer
    cards_size: str = ""  # for who frees room
    lightening_url: str = ""  # where its attachments are taken away; empty where they stay
    author: str = ""  # which member wrote it, of a shared mailbox
    message_mark: str = ""  # `answers_in_progress.message_mark`

    @property
    def starred(self) -> bool:
        return FLAGGED in self.flags

    @property
    def deleted(self) -> bool:
        return DELETED in self.flags


def read_message(
    session: Session,
    place: ListQuery,
    uid: Uid,
    *,
    access: MailboxAccess,
    mine: frozenset[str],
    now: datetime,
    as_text: bool,
    mark: bool,
    asked: junk_attachments.JunkFileConsent,
    lookup: Lookup,
    waits: FollowUpSource | None,
    reads: bool = True,
    frames: Frames | None = None,
) -> MessageView:
    """Fetches only what is shown. `waits`: None where nobody asks whether it is answered. `asked`: whose files, of what
    lies in the junk. `mark`: a person opens it; with `reads`, it is read from then on. `frames`: of a page that asks
    for its formatted text in a moment."""
    message = session.message(place.folder, uid)
    if mark and reads and not message.row.seen:
        session.store(place.folder, [uid], add=[SEEN])
    takes, as_html = mark and access.may_write, message.html is not None and not as_text
    if as_html and frames:
        frames.begin(session, place.folder, message)
    text, cut = ("", False) if as_html else _words(session, place.folder, message)
    leads = LinkRewriter(access.key, lookup, junk=junk_attachments.is_junk(session, place.folder, message.row))
    trust, held_back = assess_message(access, message, place, mine, now), _held_back(session, place, message, asked)
    found = _message_view(message, place, text, cut, as_html, mine, now, trust, held_back, leads)
    found = _with_answers(found, place.folder, message, mine)
    found = found if held_back else _with_files(found, session, place.folder, message, access, now, leads)
    found = replace(
        found, trapped=leads.listed, author=_author(access, message, found, mine),
        recipients=_received(access, message, mine),
        aside=MessageFacts(removed=_removal_note(session, place.folder, message)),
        report=delivery_reports.delivery_panel(session, access.mailbox, place.folder, message),
        delivery=delivery_reports.sent_delivery(session, access.mailbox, place.folder, message, now, take=takes),
        unanswered=follow_up_notice.find_follow_up(session, waits, place, message, mine, now) if waits else None,
    )  # fmt: skip
    return _with_receipt(found, session, place.folder, message, access, mine, now, mark=mark)


def _author(access: MailboxAccess, message: Message, found: MessageView, mine: frozenset[str]) -> str:
    if access.is_own or found.face.kind != SELF:
        return ""
    return load_writers(access, [message.row], mine).by_text(message.row)


def _with_answers(found: MessageView, folder: MailboxId, message: Message, mine: frozenset[str]) -> MessageView:
    alone, _nobody = recipients_of_reply(message, mine, everybody=False)
    whole = sum(map(len, recipients_of_reply(message, mine, everybody=True)))
    many = whole if whole > max(1, len(alone)) else 0
    mark = message_mark(message.message_id, folder, message.row.uid)
    return replace(found, answers_to=next((one.label for one in alone), ""), many=many, message_mark=mark)


def _held_back(
    session: Session, place: ListQuery, message: Message, asked: junk_attachments.JunkFileConsent
) -> junk_attachments.JunkFilesNotice | None:
    folder = place.folder
    if not asked.holds(session, folder, message.row):
        return None
    return junk_attachments.junk_files_notice(message, folder, there=session.lies_in(folder, "junk"))


def _with_files(
    found: MessageView, session: Session, folder: MailboxId, message: Message, access: MailboxAccess, now: datetime,
    leads: LinkRewriter,
) -> MessageView:  # fmt: skip
    """What its attachments say, and the way to be rid of them."""
    removable = has_removable_attachments(session, folder, message)
    return replace(
        found,
        invitation=invitation_card.find_invitation(session, folder, message, access.mailbox, now, leads),
        lightening_url=f"{found.base}pieces/retrait/" if removable else "",
        cards_size=octets_text(sum(part.decoded_size for part in message.attachments)),
    )


def _removal_note(session: Session, folder: MailboxId, message: Message) -> tuple[Block, ...]:
    """What was left where its attachments were taken away."""
    note = message.note
    if note is None or not note.path:
        return ()
    left = session.body(folder, message.row.uid, note.path, limit=NOTE_LIMIT)
    return tuple(blocks(decode_text(left, note, limit=NOTE_LIMIT)))


def _with_receipt(
    found: MessageView, session: Session, folder: MailboxId, message: Message, access: MailboxAccess,
    mine: frozenset[str], now: datetime, *, mark: bool,
) -> MessageView:  # fmt: skip
    """Whether its sender asks to know that it was read; told by itself, where the person wants that, once opened."""
    wanted = read_receipts.find_receipt_request(session, folder, message, mine)
    by_itself = read_receipts.is_sent_automatically(access.reader, wanted) if wanted else None
    if wanted is None or by_itself is None:
        return found
    if by_itself and mark and access.is_own:
        read_receipts.send_receipt(access.mailbox, session, folder, message, wanted, now=now, automatic=True)
        return replace(found, receipt_sent=True)
    return replace(found, asks_receipt=wanted.to.label)


def _words(session: Session, folder: MailboxId, message: Message) -> tuple[str, bool]:
    """As plain text, and whether there is more of it: what was sent so, else the words of the formatted text."""
    text = _decoded(session, folder, message.row.uid, message.text, TEXT_LIMIT)
    if message.html is None or text.strip():
        return text, bool(message.text and message.text.size > TEXT_LIMIT)
    html = _decoded(session, folder, message.row.uid, message.html, INPUT_LIMIT)
    return reading_text(html.encode()[:INPUT_LIMIT], socket=settings.MAIL["cleaner"]), message.html.size > INPUT_LIMIT


def _decoded(session: Session, folder: MailboxId, uid: Uid, part: Part | None, limit: int) -> str:
    if part is None or part.path is None:
        return ""
    return decode_text(session.body(folder, uid, part.path, limit=limit), part, limit=limit)


def _message_view(
    message: Message, place: ListQuery, text: str, cut: bool, as_html: bool, mine: frozenset[str], now: datetime,
    trust: Trust, held_back: junk_attachments.JunkFilesNotice | None, leads: LinkRewriter,
) -> MessageView:  # fmt: skip
    row, sender = message.row, message.row.sender
    address = sender.address if sender else ""
    said, subject = message_date(row), subject_text(row.subject)
    return MessageView(
        uid=row.uid,
        base=own_url("webmail:message", place.folder, row.uid),
        subject=subject,
        sender=sender.label if sender and sender.label else _("(unknown sender)"),
        sender_address=address,
        face=avatar(sender, mine, from_list=row.from_list),
        colleague=find_colleague(address) if trust.is_believed and address and address.lower() not in mine else None,
        recipients="",  # `_received`
        addressees=recipient_summary.recipient_summaries(message),
        spot=f"{place.folder}.{row.uid}",
        when=date_text.relative_date_text(said, now),
        exact=date_text.full_date_text(said),
        dated=_dated(row, mine),
        iso=said.isoformat(timespec="seconds"),
        flags=row.flags,
        as_html=as_html,
        has_html=message.html is not None,
        cut=cut,
        blocks=blocks(text, forwarded=is_forward(row.subject), leads=leads),
        obstacle=obstacle_text(message, text),
        seal=smime_notice.message_signature_notice(message),
        held_back=held_back,
        cards=_cards(message, place.folder, held=held_back is not None),
        cards_words=_cards_in_words(message),
        importance=importance.importance_text(importance.parse_importance(message.headers)),
        position=_position_text(message),
        newer_url=_beside(place, message.newer),
        older_url=_beside(place, message.older),
        summary=f"{sender.label if sender else ''}, {subject}",
        trust=trust,
        spoken=language_of(message.headers),
    )


def _cards(message: Message, folder: MailboxId, *, held: bool) -> list[AttachmentCard]:
    return [attachment_card(folder, message.row.uid, part, held=held) for part in message.attachments if part.path]


def _position_text(message: Message) -> str:
    place = {"place": number_text(message.position), "total": number_text(message.folder_total)}
    return _("%(place)s of %(total)s") % place


def _dated(row: Row, mine: frozenset[str]) -> str:
    arrival = {
        "sent": date_text.full_date_text(row.sent) if row.sent else "",
        "arrived": date_text.full_date_text(row.received),
    }
    if row.sent is None:
        return _("Without a date of its sender, arrived on %(arrived)s") % arrival
    own = row.sender is not None and row.sender.address.lower() in mine
    # What was put off bears the hour of its return.
    if own or row.draft or RETURNED in row.flags or abs(row.received - row.sent) < A_MINUTE:
        return arrival["sent"]
    return _("%(sent)s, arrived on %(arrived)s") % arrival


def _received(access: MailboxAccess, message: Message, mine: frozenset[str]) -> str:
    called = "" if access.is_own else access.mailbox.display_name
    return recipients_text((*message.to, *message.cc), mine, called)


def recipients_text(people: Sequence[Address], mine: frozenset[str], called: str = "") -> str:
    """to you, Sophie Marchand and 12 more. `called`: a shared mailbox, which is nobody."""
    if not people:
        return _("to nobody named")
    me = [person for person in people if person.address.lower() in mine]
    others = [person.label or person.address for person in people if person.address.lower() not in mine]
    names = ([called or _("you")] if me else []) + others
    shown, more = names[:NAMED], len(names) - NAMED
    if more > 0 and len(people) >= ADDRESS_LIMIT:  # no more of them are read
        words = _("to %(names)s and at least %(more)s more")
        return words % {"names": ", ".join(shown), "more": number_text(more)}
    if more > 0:
        words = ngettext("to %(names)s and %(more)s more", "to %(names)s and %(more)s more", more)
        return words % {"names": ", ".join(shown), "more": number_text(more)}
    if len(shown) > 1:
        return _("to %(names)s and %(last)s") % {"names": ", ".join(shown[:-1]), "last": shown[-1]}
    return _("to %(names)s") % {"names": shown[0]}


def _beside(place: ListQuery, uid: Uid | None) -> str:
    return f"{own_url('webmail:message', place.folder, uid)}{place.query}" if uid else ""


def _cards_in_words(message: Message) -> str:
    count = len(message.attachments)
    return ngettext("%s attachment", "%s attachments", count) % number_text(count)
