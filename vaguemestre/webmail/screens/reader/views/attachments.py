"""Attachments: looked at in the viewer, opened apart, saved, all at once. Also those that lie inside another one."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from vaguemestre.mailbox.containers import attached_message
from vaguemestre.mailbox.containers.nested_parts import attached_message_of
from vaguemestre.mailbox.errors import CleanerError, UnpackError
from vaguemestre.mailbox.mime import file_signatures
from vaguemestre.mailbox.mime.header_text import language_of
from vaguemestre.mailbox.mime.text_parts import decode_text
from vaguemestre.mailbox.sandbox import converter
from vaguemestre.mailbox.sandbox.cleaner import Cleaned, clean
from vaguemestre.mailbox.sandbox.converter.thumbnail_client import PICTURES, ROWS, THUMBNAILS, ThumbnailCache
from vaguemestre.mailbox.sandbox.fetcher.fetch_share import fetch_share
from vaguemestre.mailbox.values import InvalidValueError, MailboxId, PartPath, PiecePath, Uid
from vaguemestre.web.htmx import is_htmx
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.content import file_types
from vaguemestre.webmail.content.attachments import (
    AttachmentAddress,
    download_response,
    file_stem,
    inline_response,
    own_page_response,
)
from vaguemestre.webmail.content.header_text import message_date
from vaguemestre.webmail.content.plain_text import blocks
from vaguemestre.webmail.mailbox_access import MailboxAccess, MailboxRequest, with_mailbox
from vaguemestre.webmail.preferences import summary
from vaguemestre.webmail.reader import converted_images, thumbnails, viewer as file_viewer
from vaguemestre.webmail.reader.message_body import BODY_POLICY
from vaguemestre.webmail.reader.viewer import TEXT_LIMIT, ViewedFile, find_file
from vaguemestre.webmail.reader.zip_download import zip_chunks
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.trust import junk_attachments
from vaguemestre.webmail.trust.blocklist.lookup import Lookup
from vaguemestre.webmail.trust.link_checks import LinkRewriter, compose_url

_AS_ASKED = {PICTURES.name: {"entiere": "oui"}, ROWS.name: {"ligne": "oui"}}


@require_safe
@with_mailbox
@handles_outage
def viewer(request: MailboxRequest, folder_id: MailboxId, uid: Uid, path: PiecePath) -> HttpResponse:
    """Over the desk when its page asks; otherwise a page of its own, under the same address. A page that waits
    (`attend`) asks again until something else is to be shown."""
    now, spot = timezone.now(), AttachmentAddress(folder_id, uid, path)
    with open_mailbox(request.mailbox) as session:
        message, part = file_viewer.find_part(session, spot, junk_attachments.parse_consent(request))
        way = request.GET.get("attend", "") if is_htmx(request) else ""
        page = file_viewer.parse_page(request.GET.get("page", ""))
        if way and file_viewer.is_awaited(message, spot, way, page, request.mailbox):
            return HttpResponse(status=204)
        found = replace(file_viewer.fetch_file(session, spot, message, part), page=page)
        found = file_viewer.with_update(session, found, request.mailbox, now)
    thumbnails.keep_first_page(found, request.mailbox.key)
    shown = file_viewer.build_viewer(found, request.mailbox, now)
    if is_htmx(request):
        return render(request, "webmail/reader/viewer/page.html#viewer", {"viewer": shown, "scripted": True})
    display = summary.load_settings_summary(request.account, now).display
    return render(request, "webmail/reader/viewer/page.html", {"viewer": shown, "display": display})


@require_safe
@xframe_options_sameorigin
@with_mailbox
@handles_outage
def attachment(request: MailboxRequest, folder_id: MailboxId, uid: Uid, path: PiecePath) -> HttpResponseBase:
    """The file itself, in its own page or inside ours, when its kind is harmless; otherwise saved."""
    found = _found(request, folder_id, uid, path)
    part, content = found.piece.part, found.piece.content
    served = file_types.served_type(part, content)
    if not served:
        return download_response([content], part.download_name)
    if file_signatures.has_too_many_points(content):
        return HttpResponse(status=413)
    if served.startswith("text/"):
        content = decode_text(content, part).encode()
    return inline_response(request, content, served, part.download_name)


@require_safe
@with_mailbox
@handles_outage
def thumbnail(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    """A picture made small for its card, or drawn again for a text (`entiere`), which is waited for longer; nginx gives
    this address to a server of `web` that is for nothing else."""
    try:
        path = PiecePath(request.GET.get("piece", ""))
    except InvalidValueError as error:
        raise Http404("piece") from error
    key, tries = request.mailbox.key, thumbnails.count_tries(request.GET.get("encore", ""))
    shelf = PICTURES if "entiere" in request.GET else ROWS if "ligne" in request.GET else THUMBNAILS
    patience = thumbnails.SECONDS_A_TRY if tries else 0
    with fetch_share(f"{key} thumbnails", thumbnails.AT_ONCE, seconds=patience) as granted:
        made, awaited = _drawn(request, AttachmentAddress(folder_id, uid, path), shelf) if granted else (None, True)
    if awaited and tries < thumbnails.TRIES:  # nginx lets it wait before it asks again: `encore`
        said = {"piece": path, **_AS_ASKED.get(shelf.name, {}), "encore": tries + 1}
        return HttpResponseRedirect(f"{request.path}?{urlencode(said)}")
    if not made:
        return own_page_response(thumbnails.LATER if made is None else thumbnails.NOTHING, "image/gif")
    return own_page_response(made, "image/jpeg")


@require_safe
@with_mailbox
@handles_outage
def download(request: MailboxRequest, folder_id: MailboxId, uid: Uid, path: PiecePath) -> HttpResponseBase:
    if path.places:
        found = _found(request, folder_id, uid, path)
        return download_response([found.piece.content], found.piece.part.download_name)
    with open_mailbox(request.mailbox) as session:
        message = session.message(folder_id, uid)
        junk_attachments.parse_consent(request).check(session, folder_id, message.row)
        part = message.part(path.part)
        if part is None or part.is_multipart:
            raise Http404("part")
        return download_response(session.stream(folder_id, uid, path.part), part.download_name)


@require_safe
@with_mailbox
@handles_outage
def bundle(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponseBase:
    """It begins to leave at once; each file is fetched when its turn has come. One that has gone meanwhile breaks the
    download off, which browsers show: a file is never missing from an archive that looks whole."""
    with open_mailbox(request.mailbox) as session:
        message = session.message(folder_id, uid)
        junk_attachments.parse_consent(request).check(session, folder_id, message.row)
        parts = [part for part in message.attachments if part.path]
        if not parts:
            raise Http404("attachments")
    entries = [
        (part.download_name, _in_its_turn(request.mailbox, folder_id, uid, part.path)) for part in parts if part.path
    ]
    name = f"{file_stem(message.row.subject, 'pieces-jointes')}.zip"
    return download_response(zip_chunks(entries, message_date(message.row)), name, "application/zip")


@require_safe
@xframe_options_sameorigin
@with_mailbox
@handles_outage
def converted(request: MailboxRequest, folder_id: MailboxId, uid: Uid, path: PiecePath) -> HttpResponse:
    """What the office program has made of a document; a 404 until it is there."""
    found = _found(request, folder_id, uid, path)
    part, content = found.piece.part, found.piece.content
    if file_types.shown_way(part, content) != "office":
        raise Http404("kind")
    made = converter.result_path(settings.MAIL["conversions"], file_types.office_extension(part, content), content)
    try:
        return inline_response(request, made.read_bytes(), file_types.PDF, f"{part.download_name}.pdf")
    except FileNotFoundError as error:
        raise Http404("not converted") from error


@require_safe
@with_mailbox
@handles_outage
def redrawn_image(request: MailboxRequest, folder_id: MailboxId, uid: Uid, path: PiecePath) -> HttpResponse:
    """What was made of a picture that no browser draws; a 404 until it is there."""
    spot = AttachmentAddress(folder_id, uid, path)
    with open_mailbox(request.mailbox) as session:
        message, part = file_viewer.find_part(session, spot, junk_attachments.parse_consent(request))
    page = file_viewer.parse_page(request.GET.get("page", ""))
    made = converted_images.converted_image(
        converted_images.ConversionRequest(request.mailbox.key, spot, message.row, page)
    )
    if not made:
        raise Http404("not drawn")
    return inline_response(request, made, "image/jpeg", f"{part.download_name}.jpg")


@require_safe
@xframe_options_sameorigin
@with_mailbox
@handles_outage
def body(request: MailboxRequest, folder_id: MailboxId, uid: Uid, path: PiecePath) -> HttpResponse:
    """The HTML of an attached message, in its frame, as clean as that of the message itself."""
    found = _found(request, folder_id, uid, path)
    if file_types.display_way(found.piece.part) != "message":
        raise Http404("kind")
    try:
        message = attached_message_of(found.piece)
    except UnpackError as error:
        raise Http404("message") from error
    if message.html is None:
        raise Http404("html")
    leads = LinkRewriter(request.mailbox.key, Lookup(), junk=found.in_junk)
    cleaned, away, text = None, False, ""
    try:
        cleaned = _cleaned(decode_text(message.html.content, message.html.part), message, found, leads)
    except CleanerError as error:
        away = not error.permanent
        text = ""
        if message.text:
            text = decode_text(message.text.content[:TEXT_LIMIT], message.text.part, limit=TEXT_LIMIT)
    context = {
        "cleaned": cleaned, "away": away, "inside": True, "blocks": blocks(text, leads=leads) if text else [],
        "has_text": bool(text), "trapped": leads.listed, "spoken": language_of(message.headers),
    }  # fmt: skip
    response = render(request, "webmail/reader/message_frame.html", context)
    response["Content-Security-Policy"] = BODY_POLICY
    response["Cache-Control"] = "private, no-store"
    return response


def _drawn(request: MailboxRequest, spot: AttachmentAddress, shelf: ThumbnailCache) -> tuple[bytes | None, bool]:
    """Empty when it cannot be made; None: not yet. And whether it is under way, or waits for room."""
    with open_mailbox(request.mailbox) as session:
        wanted = thumbnails.find_thumbnail(
            session, spot, junk_attachments.parse_consent(request), request.mailbox.key, shelf,
            account=request.mailbox.mailbox,
        )  # fmt: skip
    made = thumbnails.render_thumbnail(wanted)
    if made or thumbnails.is_refused(wanted):
        return made, False
    return None, thumbnails.is_awaited(wanted)


def _in_its_turn(access: MailboxAccess, folder_id: MailboxId, uid: Uid, path: PartPath) -> Iterator[bytes]:
    """Nothing is asked for before the first piece is wanted, and no connection is held while they travel."""
    with open_mailbox(access) as session:
        pieces = session.stream(folder_id, uid, path)
    yield from pieces


def _found(request: MailboxRequest, folder_id: MailboxId, uid: Uid, path: PiecePath) -> ViewedFile:
    with open_mailbox(request.mailbox) as session:
        return find_file(session, AttachmentAddress(folder_id, uid, path), junk_attachments.parse_consent(request))


def _cleaned(html: str, message: attached_message.AttachedMessage, found: ViewedFile, leads: LinkRewriter) -> Cleaned:
    """Raises `CleanerError` when the cleaner could not vouch for the result; then the text is shown."""

    def cid_url(content_id: str) -> str:
        place, path = message.inline.get(content_id), found.spot.path
        if not place or not path.holds_more:
            return ""
        spot, part = found.spot.at(path.within(place)), message.pieces[place - 1].part
        return spot.url("attachment") if part.type.lower() in file_types.IMAGES else spot.drawn_whole

    return clean(html, socket=settings.MAIL["cleaner"], cid_url=cid_url, link_url=leads, mail_url=compose_url)
