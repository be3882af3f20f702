"""The viewer of attachments: what is said above a file, its neighbours, and what is shown of it.

A way of showing is a function that answers a template and what it places; `WAYS` lists them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext as _

from vaguemestre.mailbox.containers import zip_listing
from vaguemestre.mailbox.containers.nested_parts import attached_message_of, piece_at, piece_of, unpack
from vaguemestre.mailbox.errors import UnpackError
from vaguemestre.mailbox.icalendar import invitation
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Message, Part, Piece
from vaguemestre.mailbox.mime import file_signatures
from vaguemestre.mailbox.mime.header_text import language_of, parse_date
from vaguemestre.mailbox.mime.text_parts import decode_text
from vaguemestre.mailbox.sandbox import converter
from vaguemestre.mailbox.sandbox.converter import office_formats
from vaguemestre.web import date_text
from vaguemestre.web.number_text import number_text, octets_text
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.content import file_types
from vaguemestre.webmail.content.attachments import AttachmentAddress, AttachmentCard, card_at
from vaguemestre.webmail.content.header_text import message_date, subject_text
from vaguemestre.webmail.content.plain_text import blocks
from vaguemestre.webmail.invitations import card
from vaguemestre.webmail.invitations.updates import InvitationUpdate
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.reader import contact_card, converted_images, csv_table
from vaguemestre.webmail.trust import junk_attachments, smime_notice
from vaguemestre.webmail.trust.blocklist.lookup import Lookup
from vaguemestre.webmail.trust.link_checks import LinkRewriter

TEXT_LIMIT = 512 * 1024
CONTENT_LIMIT = 30 * 1024 * 1024  # larger than any message the servers let through
PRINTABLE = {"image", "text", "table", "message", "calendar", "card"}  # PDF: by the browser's own reader


@dataclass(frozen=True, slots=True)
class AdjacentFile:
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class PageImages:
    """Of a scan: which one is looked at, of how many, and the ways to those beside it."""

    number: int
    total: int
    before_url: str
    after_url: str
    cut: bool  # it has more than are shown


@dataclass(frozen=True, slots=True)
class Viewer:
    """`opener`: the address of the card under the message that leads here, whatever lies between."""

    name: str
    words: str
    way: str
    url: str
    raw_url: str
    save_url: str
    close_url: str
    opener: str
    up: AdjacentFile | None
    before: AdjacentFile | None
    after: AdjacentFile | None
    template: str
    prints: bool = False
    zooms: bool = False
    stage: Mapping[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"webmail/reader/viewer/{self.template}.html"


@dataclass(frozen=True, slots=True)
class ViewedFile:
    """A file, those beside it, and what holds it when that is not the message itself."""

    spot: AttachmentAddress
    piece: Piece
    message: Message
    beside: Sequence[tuple[AttachmentAddress, Part]]
    holder: Piece | None
    in_junk: bool
    later: InvitationUpdate | None = None  # of an invitation
    page: int = 1  # of a scan, as it was asked for


def find_file(session: Session, spot: AttachmentAddress, asked: junk_attachments.JunkFileConsent) -> ViewedFile:
    """Raises `JunkFilesWithheldError`. What is not there is a 404, as what cannot be unpacked: the way there was never
    offered."""
    return fetch_file(session, spot, *find_part(session, spot, asked))


def find_part(
    session: Session, spot: AttachmentAddress, asked: junk_attachments.JunkFileConsent
) -> tuple[Message, Part]:
    """The part of the message that is, or holds, the file, without its bytes. As `find_file`."""
    message = session.message(spot.folder, spot.uid)
    asked.check(session, spot.folder, message.row)
    part = message.part(spot.path.part)
    if part is None or part.is_multipart or part.decoded_size > CONTENT_LIMIT:
        raise Http404("part")
    return message, part


def fetch_file(session: Session, spot: AttachmentAddress, message: Message, part: Part) -> ViewedFile:
    in_junk = junk_attachments.is_junk(session, spot.folder, message.row)
    outer = piece_of(part, session.body(spot.folder, spot.uid, spot.path.part))
    if not spot.path.places:
        beside = [(spot.at(one.path), one) for one in message.attachments if one.path]
        return ViewedFile(spot, outer, message, beside, None, in_junk)
    above = spot.at(spot.path.holder)
    try:
        holder = piece_at(outer, above.path.places)
        inside = unpack(holder)
        piece = inside.pieces[spot.path.places[-1] - 1]
    except (UnpackError, LookupError) as error:
        raise Http404("piece") from error
    beside = [(above.at(above.path.within(place)), inside.pieces[place - 1].part) for place in inside.shown]
    return ViewedFile(spot, piece, message, beside, holder, in_junk)


def is_awaited(message: Message, spot: AttachmentAddress, way: str, page: int, access: MailboxAccess) -> bool:
    """Whether a page that waits for what is made of the file has to wait on: then it need not be fetched."""
    wanted = converted_images.ConversionRequest(access.key, spot, message.row, page)
    if way == "image":
        return converted_images.is_awaited(wanted)
    return converter.is_awaited(settings.MAIL["conversions"], wanted.owner, wanted.name)


def with_update(session: Session, found: ViewedFile, access: MailboxAccess, now: datetime) -> ViewedFile:
    """Of an invitation, with what its organiser has written since."""
    if found.in_junk or file_types.shown_way(found.piece.part, found.piece.content) != "calendar":
        return found
    try:
        said = invitation.parse_invitation(found.piece.content)
    except UnpackError:
        return found
    return replace(found, later=card.find_update(session, said, found.spot, found.message, access.mailbox, now))


def build_viewer(found: ViewedFile, access: MailboxAccess, now: datetime) -> Viewer:
    part, spot = found.piece.part, found.spot
    way = file_types.shown_way(part, found.piece.content)
    try:
        template, stage = WAYS.get(way, _saved_only)(found, access, now)
    except UnpackError:
        template, stage = _trouble(_("This file is damaged, or too complicated to be shown here."))
    before, after = _neighbours(found)
    message_url = reverse("webmail:message", args=[spot.folder, spot.uid])
    return Viewer(
        name=part.download_name, words=_words(found, now), way=way,
        url=spot.url("viewer"), raw_url=spot.url("attachment"), save_url=spot.url("download"),
        close_url=message_url, opener=_opener(found).url("viewer"),
        up=_up(found), before=before, after=after, template=template,
        prints=template not in {"unreadable", "waiting", "away"} and way in PRINTABLE,
        zooms=template in {"image", "pdf"}, stage=stage,
    )  # fmt: skip


def _neighbours(found: ViewedFile) -> tuple[AdjacentFile | None, AdjacentFile | None]:
    """In a circle, among those that can be shown."""
    shown = [(spot, part) for spot, part in found.beside if file_types.display_way(part)]
    places = [spot for spot, _part in shown]
    if found.spot not in places or len(shown) < 2:
        return None, None
    here = places.index(found.spot)
    (first, one), (second, other) = shown[here - 1], shown[(here + 1) % len(shown)]
    return AdjacentFile(one.download_name, first.url("viewer")), AdjacentFile(other.download_name, second.url("viewer"))


def _opener(found: ViewedFile) -> AttachmentAddress:
    """What was attached to the message itself; behind a signed envelope, that is not the part."""
    path = found.spot.path
    held = (one.path for one in found.message.attachments if one.path and f"{path}-".startswith(f"{one.path}-"))
    return found.spot.at(next(held, path.part))


def _up(found: ViewedFile) -> AdjacentFile | None:
    if found.holder is None or _opener(found) == found.spot:
        return None
    return AdjacentFile(found.holder.part.download_name, found.spot.at(found.spot.path.holder).url("viewer"))


def _words(found: ViewedFile, now: datetime) -> str:
    places = [spot for spot, _part in found.beside]
    row = found.message.row
    said = {
        "place": places.index(found.spot) + 1 if found.spot in places else 1,
        "total": max(1, len(places)),
        "sender": row.sender.label if row.sender and row.sender.label else _("(unknown sender)"),
        "when": date_text.relative_date_text(message_date(row), now),
    }
    return _("Attachment %(place)d of %(total)d, from %(sender)s, %(when)s") % said


type Shown = tuple[str, Mapping[str, Any]]


def _image(found: ViewedFile, access: MailboxAccess, _now: datetime) -> Shown:
    content = found.piece.content
    points, drawn_anew = file_signatures.pixel_count(content), converted_images.is_convertible(content)
    if not drawn_anew and not file_types.served_type(found.piece.part, content):
        return _trouble(_("This file is not the image that it claims to be."))
    if points is not None and points > (
        converted_images.most_points(content) if drawn_anew else file_signatures.PIXEL_LIMIT
    ):
        millions = number_text(points // 1_000_000)
        return _trouble(_("This image has %s million points: too many to be shown here.") % millions)
    if not drawn_anew:
        return "image", {"shown": found.spot.url("attachment")}
    pages = _pages(found.spot, content, found.page)
    match converted_images.conversion_state(
        converted_images.ConversionRequest(access.key, found.spot, found.message.row, pages.number), content
    ):
        case "done":
            return "image", {"shown": page_url(found.spot.url("redrawn"), pages.number), "pages": pages}
        case "waiting":
            return "waiting", {"pages": pages}
        case "failed" if pages.total > 1:
            said = _("This page is damaged, or too complicated to be shown here.")
            return "unreadable", {"said": said, "pages": pages}
        case "failed":
            return _trouble(_("This file is damaged, or too complicated to be shown here."))
        case _ if converted_images.lacks_its_reader(content):
            return _trouble(_("Images of this kind cannot be shown for the moment."))
        case _:
            return "away", {"said": _("Images of this kind cannot be shown for the moment."), "pages": pages}


def _pages(spot: AttachmentAddress, content: bytes, asked: int) -> PageImages:
    total = converted_images.page_count(content)
    number = min(max(asked, 1), total)
    url = spot.url("viewer")
    return PageImages(
        number, total,
        page_url(url, number - 1) if number > 1 else "", page_url(url, number + 1) if number < total else "",
        cut=total < file_signatures.page_count(content),
    )  # fmt: skip


def page_url(url: str, page: int) -> str:
    return f"{url}?page={page}" if page > 1 else url


def parse_page(said: str) -> int:
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 4 else 1


def _pdf(found: ViewedFile, _access: MailboxAccess, _now: datetime) -> Shown:
    if not file_types.served_type(found.piece.part, found.piece.content):
        return _trouble(_("This file is not the PDF that it claims to be."))
    return "pdf", {"src": found.spot.url("attachment")}


def _medium(found: ViewedFile, _access: MailboxAccess, _now: datetime) -> Shown:
    if not file_types.served_type(found.piece.part, found.piece.content):
        return _trouble(_("This recording is of a kind that browsers cannot play."))
    return "audio_video", {"film": file_types.display_way(found.piece.part) == "film"}


def _text(found: ViewedFile, _access: MailboxAccess, _now: datetime) -> Shown:
    text = _decoded(found.piece)
    if not text.strip():
        return _trouble(_("This file is empty."))
    return "text", {"text": text, "cut": len(found.piece.content) > TEXT_LIMIT}


def _table(found: ViewedFile, _access: MailboxAccess, _now: datetime) -> Shown:
    text = _decoded(found.piece)
    return ("table", {"sheet": csv_table.parse_csv_table(text)}) if text.strip() else _trouble(_("This file is empty."))


def _office(found: ViewedFile, access: MailboxAccess, _now: datetime) -> Shown:
    extension = file_types.office_extension(found.piece.part, found.piece.content)
    if not office_formats.can_convert(extension, found.piece.content):
        return _trouble(_("This document is damaged, protected by a password or too large to be shown here."))
    place = converted_images.ConversionRequest(access.key, found.spot, found.message.row).name
    match converter.request_conversion(
        settings.MAIL["conversions"], access.key, extension, found.piece.content, place=place
    ):
        case "done":
            return "pdf", {"src": found.spot.url("converted")}
        case "waiting":
            return "waiting", {}
        case "failed":
            return _trouble(_("This document is damaged, protected by a password or too large to be shown here."))
        case _:
            return "away", {"said": _("Documents cannot be shown for the moment.")}


def _message(found: ViewedFile, access: MailboxAccess, _now: datetime) -> Shown:
    """An attached message: its head, its text, its own files, each opened in the same way."""
    message = attached_message_of(found.piece)
    subject = message.headers.get("Subject") or (found.piece.part.filename if message.seal else "")
    head = [(_("From"), "From"), (_("To"), "To"), (_("Copy"), "Cc")]
    said = [(word, text) for word, name in head if (text := message.headers.get(name))]
    leads = LinkRewriter(access.key, Lookup(), junk=found.in_junk)
    sent = parse_date(message.headers.get("Date").encode("ascii", "replace"))
    words = blocks(_decoded(message.text), leads=leads) if message.text and not message.html else []
    return "message", {
        "trapped": leads.listed,
        "head": [*said, *([(_("Date"), date_text.full_date_text(sent))] if sent else [])],
        "subject": subject_text(subject),
        "seal": smime_notice.signature_notice(message.seal),
        "framed": found.spot.url("piece-body") if message.html else "",
        "blocks": words,
        "spoken": language_of(message.headers),
        "cards": _cards(found.spot, message.pieces, message.attachments),
    }


def _tnef(found: ViewedFile, _access: MailboxAccess, _now: datetime) -> Shown:
    inside = unpack(found.piece)
    return "files", {"cards": _cards(found.spot, inside.pieces, inside.shown)}


def _archive(found: ViewedFile, _access: MailboxAccess, _now: datetime) -> Shown:
    listing = zip_listing.list_zip(found.piece.content)
    entries = [(entry.name, octets_text(entry.size), entry.locked) for entry in listing.entries]
    return "zip_listing", {"entries": entries, "total": listing.total, "more": listing.total - len(entries)}


def _calendar(found: ViewedFile, access: MailboxAccess, now: datetime) -> Shown:
    leads = LinkRewriter(access.key, Lookup(), junk=found.in_junk)
    said, spot, message = invitation.parse_invitation(found.piece.content), found.spot, found.message
    shown = card.invitation_card(
        said, spot, message, access.mailbox, now, leads, in_junk=found.in_junk, since=found.later
    )
    back = reverse("webmail:message", args=[found.spot.folder, found.spot.uid])
    return "calendar", {"invitation": shown, "back": back}


def _card(found: ViewedFile, access: MailboxAccess, _now: datetime) -> Shown:
    cards = contact_card.parse_summaries(found.piece.content)
    if not cards:
        return _trouble(_("There is nothing on this visiting card."))
    back = reverse("webmail:message", args=[found.spot.folder, found.spot.uid])
    known = contact_card.find_known_contact(access.reader, found.piece.content)
    return "contact_card", {"people": cards, "known": known, "keep_url": found.spot.url("card-addition"), "back": back}


def _saved_only(_found: ViewedFile, _access: MailboxAccess, _now: datetime) -> Shown:
    return _trouble(_("A file of this kind cannot be shown here."))


WAYS: dict[str, Callable[[ViewedFile, MailboxAccess, datetime], Shown]] = {
    "image": _image, "pdf": _pdf, "sound": _medium, "film": _medium, "text": _text, "table": _table,
    "office": _office, "message": _message, "tnef": _tnef, "archive": _archive, "calendar": _calendar, "card": _card,
}  # fmt: skip


def _trouble(said: str) -> Shown:
    return "unreadable", {"said": said}


def _cards(spot: AttachmentAddress, pieces: Sequence[Piece], shown: Sequence[int]) -> list[AttachmentCard]:
    """Empty at the deepest level: what lies there is read by saving what holds it."""
    if not spot.path.holds_more:
        return []
    return [card_at(spot.at(spot.path.within(place)), pieces[place - 1].part) for place in shown]


def _decoded(piece: Piece) -> str:
    return decode_text(piece.content[:TEXT_LIMIT], piece.part, limit=TEXT_LIMIT)
