"""What is served apart from our pages: the HTML of a mail in its frame, its pictures, its attachments.

Each leaves with a policy of its own. Nothing of a mail ever runs with the rights of our pages.
"""

import re

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.cleaner import INPUT_LIMIT, Cleaned, clean
from vaguemestre.mailbox.errors import CannotClean
from vaguemestre.mailbox.messages import Message, Part
from vaguemestre.mailbox.session import Session
from vaguemestre.mailbox.text import decode
from vaguemestre.mailbox.values import MailboxId, PartPath, Uid
from vaguemestre.webmail import attachments
from vaguemestre.webmail.attachments import openable_type, opened, saved
from vaguemestre.webmail.calm import mailbox_screen
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.listing import subject_or_not
from vaguemestre.webmail.plain import blocks
from vaguemestre.webmail.reading import TEXT_LIMIT

HTML_LIMIT = INPUT_LIMIT + 1  # enough to see that it is too much
BODY_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'self'"
COLOURS = re.compile(r"(?:background|bgcolor|color)[a-z-]*\s*[:=]", re.IGNORECASE)  # it has a look of its own: keep it
OPEN_LIMIT = 30 * 1024 * 1024


@require_safe
@xframe_options_sameorigin
@signed_in
@mailbox_screen
def html_body(request: StaffRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    with open_mailbox(request) as session:
        message = session.message(folder_id, uid)
        if message.html is None or message.html.path is None:
            raise Http404("html")
        raw = session.body(folder_id, uid, message.html.path, limit=HTML_LIMIT)
        cleaned = _cleaned(raw, message.html, message, folder_id, uid)
        text = "" if cleaned else _text(session, folder_id, uid, message)
    coloured = bool(cleaned and COLOURS.search(cleaned.html))
    context = {"cleaned": cleaned, "coloured": coloured, "blocks": blocks(text) if text else [], "has_text": bool(text)}
    response = render(request, "webmail/body.html", context)
    response["Content-Security-Policy"] = BODY_POLICY
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@signed_in
@mailbox_screen
def inline_image(request: StaffRequest, folder_id: MailboxId, uid: Uid, part: PartPath) -> HttpResponse:
    """A picture that the mail shows inside its text. Only true pictures, whatever the sender calls them."""
    with open_mailbox(request) as session:
        found = _part(session.message(folder_id, uid), part)
        if openable_type(found) not in attachments.IMAGES:
            raise Http404("not an image")
        content = session.body(folder_id, uid, part)
    return opened(content, openable_type(found), found.download_name)


@require_safe
@signed_in
@mailbox_screen
def attachment(request: StaffRequest, folder_id: MailboxId, uid: Uid, part: PartPath) -> HttpResponseBase:
    """Shown in a page of its own when its kind is harmless; otherwise saved, as `download` does."""
    with open_mailbox(request) as session:
        found = _part(session.message(folder_id, uid), part)
        served_as = openable_type(found)
        if not served_as or found.decoded_size > OPEN_LIMIT:
            return saved(session.stream(folder_id, uid, part), found.download_name)
        content = session.body(folder_id, uid, part)
    if served_as in attachments.TEXTS:
        content = decode(content, found).encode()
    return opened(content, served_as, found.download_name)


@require_safe
@signed_in
@mailbox_screen
def download(request: StaffRequest, folder_id: MailboxId, uid: Uid, part: PartPath) -> HttpResponseBase:
    with open_mailbox(request) as session:
        found = _part(session.message(folder_id, uid), part)
        return saved(session.stream(folder_id, uid, part), found.download_name)


@require_safe
@signed_in
@mailbox_screen
def source_file(request: StaffRequest, folder_id: MailboxId, uid: Uid) -> HttpResponseBase:
    """The whole message as a file that any mail program opens."""
    with open_mailbox(request) as session:
        subject = subject_or_not(session.message(folder_id, uid).row.subject)
        name = "".join(c if c.isalnum() or c in " -_" else " " for c in subject).strip()[:80] or "message"
        return saved(session.source(folder_id, uid), f"{name}.eml")


def _part(message: Message, path: PartPath) -> Part:
    found = message.part(path)
    if found is None or found.is_multipart:
        raise Http404("part")
    return found


def _cleaned(raw: bytes, html: Part, message: Message, folder_id: MailboxId, uid: Uid) -> Cleaned | None:
    """None when the cleaner could not vouch for the result; then the text is shown."""

    def cid_url(content_id: str) -> str:
        part = message.inline.get(content_id)
        return reverse("webmail:image", args=[folder_id, uid, part.path]) if part and part.path else ""

    try:
        return clean(decode(raw, html), socket=settings.MAIL["cleaner"], cid_url=cid_url)
    except CannotClean:
        return None


def _text(session: Session, folder_id: MailboxId, uid: Uid, message: Message) -> str:
    if message.text is None or message.text.path is None:
        return ""
    return decode(session.body(folder_id, uid, message.text.path, limit=TEXT_LIMIT), message.text)
