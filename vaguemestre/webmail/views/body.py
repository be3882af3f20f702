"""What is served apart from our pages: the HTML of a mail in its frame, its pictures, the mail as a file.

Each leaves with a policy of its own. Nothing of a mail ever runs with the rights of our pages.
"""

from contextlib import suppress

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox import magic
from vaguemestre.mailbox.cleaner import Cleaned
from vaguemestre.mailbox.errors import MailboxError
from vaguemestre.mailbox.headers import language_of
from vaguemestre.mailbox.messages import Message, Part
from vaguemestre.mailbox.values import MailboxId, PartPath, PiecePath, Uid
from vaguemestre.webmail import fetching, held, hidden, pictures, redrawn, standing
from vaguemestre.webmail.attachments import Spot, named_after, opened, saved
from vaguemestre.webmail.calm import mailbox_screen
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.folding import folding_words, is_forward, is_treated
from vaguemestre.webmail.frames import Frames
from vaguemestre.webmail.header_text import subject_or_not
from vaguemestre.webmail.kinds import served_as, way_of
from vaguemestre.webmail.message_body import BODY_POLICY, formatted
from vaguemestre.webmail.plain import blocks
from vaguemestre.webmail.suspects.lookup import Lookup


@require_safe
@xframe_options_sameorigin
@signed_in
@mailbox_screen
def html_body(request: StaffRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    stands = standing.of(request.account, timezone.now())
    with open_mailbox(request) as session:
        message = session.message(folder_id, uid)
        spoken = language_of(message.headers)
        words = folding_words(message.row.subject, spoken)
        frames = Frames(request.account, stands.contact_images)
        text = formatted(request, session, folder_id, message, Lookup(), frames, folds=words)
    cleaned, shown, asked = text.cleaned, text.shown, text.asked
    context = {
        "display": stands.display,
        "cleaned": cleaned, "treated": bool(cleaned and is_treated(cleaned)), "has_text": bool(text.plain),
        "away": text.away,
        "cut": text.cut, "whole": reverse("webmail:source-file", args=[folder_id, uid]),
        "blocks": blocks(text.plain, forwarded=is_forward(message.row.subject), leads=text.leads) if text.plain else [],
        "trapped": text.leads.listed, "spoken": spoken,
        "images": _images(cleaned, shown=shown, asked=asked) if cleaned else "",
        "images_words": pictures.in_words(cleaned.remote_images, cleaned.spies, shown=shown) if cleaned else "",
        "may_show": fetching.shows_images(), "trust_url": reverse("webmail:image-trust", args=[folder_id, uid]),
    }  # fmt: skip
    response = render(request, "webmail/body.html", context)
    response["Content-Security-Policy"] = BODY_POLICY
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@signed_in
@mailbox_screen
def ahead(request: StaffRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    """What a page asks for while nothing happens: the message before or after the open one, made ready here and at
    Dovecot's. It stays unread, nothing of it is fetched or answered, and none of it goes to the browser. Whatever is in
    the way is said when the message is opened."""
    with suppress(MailboxError), open_mailbox(request) as session:
        frames = Frames(request.account, standing.of(request.account, timezone.now()).contact_images)
        frames.begin(session, folder_id, session.message(folder_id, uid))
    return HttpResponse(status=204)


@require_safe
@signed_in
@mailbox_screen
def inline_image(request: StaffRequest, folder_id: MailboxId, uid: Uid, part: PartPath) -> HttpResponse:
    """A picture that the mail shows inside its text. Only true pictures, whatever the sender calls them; one that no
    browser draws is drawn anew, and waited for elsewhere."""
    with open_mailbox(request) as session:
        message = session.message(folder_id, uid)
        held.asked(request).check(session, folder_id, message.row)
        found = _part(message, part)
        if way_of(found) != "image":
            raise Http404("not an image")
        spot = Spot(folder_id, uid, PiecePath(part))
        wanted = redrawn.Wanted(request.account.key, spot, message.row)
        made = redrawn.made(wanted)
        content = b"" if made else session.body(folder_id, uid, part)
    if redrawn.is_one(content) and redrawn.state(wanted, content) == "waiting":
        return HttpResponseRedirect(spot.drawn_whole)
    if made := made or redrawn.made(wanted):
        return opened(request, made, "image/jpeg", f"{found.download_name}.jpg")
    if not (true := served_as(found, content)) or magic.has_too_many_points(content):
        return HttpResponse(status=204)  # no picture, or too much of one: an empty frame, as for a remote one
    return opened(request, content, true, found.download_name)


@require_safe
@signed_in
@mailbox_screen
def source_file(request: StaffRequest, folder_id: MailboxId, uid: Uid) -> HttpResponseBase:
    """The whole message as a file that any mail program opens."""
    with open_mailbox(request) as session:
        message = session.message(folder_id, uid)
        if held.has_files(message.row):
            held.asked(request).check(session, folder_id, message.row)
        subject = subject_or_not(message.row.subject)
        pieces = hidden.without_seals(session.source(folder_id, uid))
        return saved(pieces, f"{named_after(subject, 'message')}.eml")


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
