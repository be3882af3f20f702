"""One message as it is read: who, to whom, when, its words and its attachments. The template only places them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vaguemestre.mailbox.messages import Address, Message
from vaguemestre.mailbox.session import Session
from vaguemestre.mailbox.text import decode
from vaguemestre.mailbox.values import SEEN, Uid
from vaguemestre.web import dates
from vaguemestre.web.quantities import grouped, size_in_words
from vaguemestre.webmail.attachments import Card, card
from vaguemestre.webmail.correspondents import Colleague, Face, colleague, face, is_outside
from vaguemestre.webmail.listing import Place, moment, subject_or_not
from vaguemestre.webmail.plain import Block, blocks

TEXT_LIMIT = 512 * 1024  # longer than any letter; the whole is in the source
NAMED = 3  # recipients named in the head before "and 12 more"


@dataclass(frozen=True, slots=True)
class Reading:
    uid: int
    base: str  # address of the message; its acts hang below
    subject: str
    sender: str
    sender_address: str
    face: Face
    colleague: Colleague | None
    outside: bool
    reply_elsewhere: str  # an address that answers go to and that is not the sender's
    recipients: str
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    many: bool
    when: str
    exact: str
    iso: str
    starred: bool
    as_html: bool
    has_html: bool
    has_text: bool
    other_view: str
    blocks: list[Block]
    cut: bool
    cards: list[Card]
    cards_words: str
    position: str
    newer_url: str
    older_url: str
    summary: str


def read(
    session: Session, place: Place, uid: Uid, *, mine: frozenset[str], now: datetime, as_text: bool, mark: bool
) -> Reading:
    """Fetches only what is shown. `mark`: opening it makes it read."""
    message = session.message(place.folder, uid)
    if mark and not message.row.seen:
        session.store(place.folder, [uid], add=[SEEN])
    as_html = message.html is not None and not (as_text and message.text)
    shown = None if as_html else message.text
    raw = session.body(place.folder, uid, shown.path, limit=TEXT_LIMIT) if shown and shown.path else b""
    text = decode(raw, shown) if shown else ""
    return _reading(message, place, text, as_html, mine, now)


def _reading(message: Message, place: Place, text: str, as_html: bool, mine: frozenset[str], now: datetime) -> Reading:
    row, sender = message.row, message.row.sender
    address = sender.address if sender else ""
    base = reverse("webmail:message", args=[place.folder, row.uid])
    said = moment(row)
    elsewhere = [a.address for a in message.reply_to if a.address.lower() != address.lower()]
    cards = [card(place.folder, row.uid, part) for part in message.attachments if part.path]
    shown = message.text
    return Reading(
        uid=row.uid, base=base,
        subject=subject_or_not(row.subject),
        sender=sender.label if sender and sender.label else _("(unknown sender)"),
        sender_address=address, face=face(sender, mine),
        colleague=colleague(address) if address and address.lower() not in mine else None,
        outside=is_outside(address), reply_elsewhere=elsewhere[0] if elsewhere else "",
        recipients=recipients_in_words((*message.to, *message.cc), mine),
        to=message.to, cc=message.cc, many=len(message.to) + len(message.cc) > 1,
        when=dates.in_words(said, now), exact=dates.in_full(said),
        iso=said.isoformat(timespec="seconds"), starred=row.flagged,
        as_html=as_html, has_html=message.html is not None, has_text=message.text is not None,
        other_view=f"{base}?{'vue=texte' if as_html else 'vue=html'}{place.query.replace('?', '&')}",
        blocks=blocks(text), cut=bool(shown and not as_html and shown.size > TEXT_LIMIT),
        cards=cards, cards_words=_cards_in_words(message),
        position=_("%(place)s of %(total)s")
        % {"place": grouped(message.position), "total": grouped(message.folder_total)},
        newer_url=_beside(place, message.newer), older_url=_beside(place, message.older),
        summary=f"{sender.label if sender else ''}, {subject_or_not(row.subject)}",
    )  # fmt: skip


def recipients_in_words(people: Sequence[Address], mine: frozenset[str]) -> str:
    """to you, Sophie Marchand and 12 more."""
    if not people:
        return _("to nobody named")
    me = [person for person in people if person.address.lower() in mine]
    others = [person.label or person.address for person in people if person.address.lower() not in mine]
    names = ([_("you")] if me else []) + others
    shown, more = names[:NAMED], len(names) - NAMED
    if more > 0:
        words = ngettext("to %(names)s and %(more)s more", "to %(names)s and %(more)s more", more)
        return words % {"names": ", ".join(shown), "more": grouped(more)}
    if len(shown) > 1:
        return _("to %(names)s and %(last)s") % {"names": ", ".join(shown[:-1]), "last": shown[-1]}
    return _("to %(names)s") % {"names": shown[0]}


def _beside(place: Place, uid: Uid | None) -> str:
    return f"{reverse('webmail:message', args=[place.folder, uid])}{place.query}" if uid else ""


def _cards_in_words(message: Message) -> str:
    count = len(message.attachments)
    size = size_in_words(sum(part.decoded_size for part in message.attachments))
    if count == 1:
        return _("1 attachment, %s") % size
    return _("%(count)d attachments, %(size)s") % {"count": count, "size": size}
