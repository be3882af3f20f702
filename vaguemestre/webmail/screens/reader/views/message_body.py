"""What is served apart from our pages: the HTML of a mail in its frame, its pictures, the mail as a file.

Each leaves with a policy of its own. Nothing of a mail ever runs with the rights of our pages.
"""

from contextlib import suppress

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from vaguemestre.mailbox.errors import MailboxError
from vaguemestre.mailbox.messages import Message, Part
from vaguemestre.mailbox.mime import file_signatures
from vaguemestre.mailbox.mime.header_text import language_of
from vaguemestre.mailbox.sandbox.cleaner import Cleaned
from vaguemestre.mailbox.values import MailboxId, PartPath, PiecePath, Uid
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.content.attachments import AttachmentAddress, download_response, file_stem, inline_response
from vaguemestre.webmail.content.file_types import display_way, served_type
from vaguemestre.webmail.content.header_text import subject_text
from vaguemestre.webmail.content.plain_text import blocks
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.people import bcc_record
from vaguemestre.webmail.preferences import summary
from vaguemestre.webmail.reader import converted_images
from vaguemestre.webmail.reader.folds import fold_labels, is_darkened, is_forward
from vaguemestre.webmail.reader.html_frames import Frames
from vaguemestre.webmail.reader.message_body import BODY_POLICY, formatted_body
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.trust import fetch_policy, junk_attachments, remote_images
from vaguemestre.webmail.trust.blocklist.lookup import Lookup


@require_safe
@xframe_options_sameorigin
@with_mailbox
@handles_outage
def html_body(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    stands = summary.load_settings_summary(request.account, timezone.now())
    with open_mailbox(request.mailbox) as session:
        message = session.message(folder_id, uid)
        spoken = language_of(message.headers)
        words = fold_labels(message.row.subject, spoken)
        frames = Frames(request.mailbox, stands.contact_images)
        text = formatted_body(request, session, folder_id, message, Lookup(), frames, folds=words)
    cleaned, shown, asked = text.cleaned, text.shown, text.asked
    context = {
        "display": stands.display,
        "cleaned": cleaned, "treated": bool(cleaned and is_darkened(cleaned)), "has_text": bool(text.plain),
        "away": text.away,
        "cut": text.cut, "whole": reverse("webmail:source-file", args=[folder_id, uid]),
        "blocks": blocks(text.plain, forwarded=is_forward(message.row.subject), leads=text.leads) if text.plain else [],
        "trapped": text.leads.listed, "spoken": spoken,
        "images": _images(cleaned, shown=shown, asked=asked) if cleaned else "",
        "images_words": remote_images.images_text(cleaned.remote_images, cleaned.spies, shown=shown) if cleaned else "",
        "may_show": fetch_policy.shows_images(), "trust_url": reverse("webmail:image-trust", args=[folder_id, uid]),
    }  # fmt: skip
    response = render(request, "webmail/reader/message_frame.html", context)
    response["Content-Security-Policy"] = BODY_POLICY
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@with_mailbox
@handles_outage
def ahead(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    """What a page asks for while nothing happens: the message before or after the open one, made ready here and at
    Dovecot's. It stays unread, nothing of it is fetched or answered, and none of it goes to the browser. Whatever is in
    the way is said when the message is opened."""
    with suppress(MailboxError), open_mailbox(request.mailbox) as session:
        frames = Frames(request.mailbox, summary.load_settings_summary(request.account, timezone.now()).contact_images)
        frames.begin(session, folder_id, session.message(folder_id, uid))
    return HttpResponse(status=204)


@require_safe
@with_mailbox
@handles_outage
def inline_image(request: MailboxRequest, folder_id: MailboxId, uid: Uid, part: PartPath) -> HttpResponse:
    """A picture that the mail shows inside its text. Only true pictures, whatever the sender calls them; one that no
    browser draws is drawn again, and waited for elsewhere."""
    with open_mailbox(request.mailbox) as session:
        message = session.message(folder_id, uid)
        junk_attachments.parse_consent(request).check(session, folder_id, message.row)
        found = _part(message, part)
        if display_way(found) != "image":
            raise Http404("not an image")
        spot = AttachmentAddress(folder_id, uid, PiecePath(part))
        wanted = converted_images.ConversionRequest(request.mailbox.key, spot, message.row)
        made = converted_images.converted_image(wanted)
        content = b"" if made else session.body(folder_id, uid, part)
    if converted_images.is_convertible(content) and converted_images.conversion_state(wanted, content) == "waiting":
        return HttpResponseRedirect(spot.drawn_whole)
    if made := made or converted_images.converted_image(wanted):
        return inline_response(request, made, "image/jpeg", f"{found.download_name}.jpg")
    if not (true := served_type(found, content)) or file_signatures.has_too_many_points(content):
        return HttpResponse(status=204)  # no picture, or too much of one: an empty frame, as for a remote one
    return inline_response(request, content, true, found.download_name)


@require_safe
@with_mailbox
@handles_outage
def source_file(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponseBase:
    """The whole message as a file that any mail program opens."""
    with open_mailbox(request.mailbox) as session:
        message = session.message(folder_id, uid)
        if junk_attachments.has_files(message.row):
            junk_attachments.parse_consent(request).check(session, folder_id, message.row)
        subject = subject_text(message.row.subject)
        pieces = bcc_record.without_seals(session.source(folder_id, uid))
        return download_response(pieces, f"{file_stem(subject, 'message')}.eml")


def _part(message: Message, path: PartPath) -> Part:
    found = message.part(path)
    if found is None or found.is_multipart:
        raise Http404("part")
    return found


def _images(cleaned: Cleaned, *, shown: bool, asked: bool) -> str:
    """What the reader says above the frame: "blocked", "spies" (there is nothing else), "shown"; empty: nothing."""
    if cleaned.remote_images == 0 or (shown and not asked):
        return ""
    if cleaned.remote_images == cleaned.spies:
        return "spies"
    return "shown" if shown else "blocked"
