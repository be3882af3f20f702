"""The formatted text of a message, made harmless, and the policy under which it is served."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404

from vaguemestre.mailbox.errors import CleanerError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Message, Part
from vaguemestre.mailbox.mime.text_parts import decode_text
from vaguemestre.mailbox.sandbox.cleaner import Cleaned, Lead, clean
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.content.file_types import display_way
from vaguemestre.webmail.mailbox_access import MailboxRequest
from vaguemestre.webmail.reader.html_frames import HTML_LIMIT, Frames, html_octets, text_name
from vaguemestre.webmail.reader.message_view import TEXT_LIMIT
from vaguemestre.webmail.trust import fetch_policy, junk_attachments, remote_images
from vaguemestre.webmail.trust.blocklist.lookup import Lookup
from vaguemestre.webmail.trust.link_checks import LinkRewriter, compose_url

# The font is ours: a mail has no way to name one by its address.
BODY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; font-src 'self'; frame-ancestors 'self'; "
    "form-action 'none'; base-uri 'none'"
)
# The same, for a document that may also be looked at by itself: then nothing around it holds it in a frame.
SHEET_POLICY = f"{BODY_POLICY}; sandbox allow-same-origin allow-modals allow-popups allow-popups-to-escape-sandbox"


@dataclass(frozen=True, slots=True)
class FormattedBody:
    """The formatted text of a message, made harmless. `plain`: its words, when that could not be done. `away`: not just
    now, whatever the mail is."""

    cut: bool  # it is longer than what is read of it
    cleaned: Cleaned | None
    plain: str
    asked: bool  # for the remote images of this message, this time
    shown: bool  # they are
    leads: LinkRewriter  # where its links lead
    away: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """For whom, which text it is (`name`), and which of its pictures are shown: those from elsewhere (`images`), and
    its own unless `held`."""

    whose: str
    folder: MailboxId
    uid: Uid
    name: str
    images: bool
    held: bool
    leads: Lead


def formatted_body(
    request: MailboxRequest, session: Session, folder_id: MailboxId, message: Message, lookup: Lookup, frames: Frames,
    *, folds: Mapping[str, str],
) -> FormattedBody:  # fmt: skip
    """Of one that has a formatted text; `images=oui` in the address asks for its remote images."""
    part = message.html
    if part is None:
        raise Http404("html")
    asked = request.GET.get("images") == "oui" and fetch_policy.shows_images()
    shown = asked or frames.shows_images(session, folder_id, message)
    uid, junk = message.row.uid, junk_attachments.is_junk(session, folder_id, message.row)
    leads = LinkRewriter(request.mailbox.key, lookup, junk=junk)
    holds = junk_attachments.parse_consent(request).holds(session, folder_id, message.row)
    cut, html, name = _text_of(session, folder_id, message, part)
    frame = _Frame(
        whose=request.mailbox.key, folder=folder_id, uid=uid, name=name, images=shown, held=holds, leads=leads
    )
    try:
        return FormattedBody(cut, _cleaned(html, message, frame, folds), "", asked, shown, leads)
    except CleanerError as error:
        plain = _text(session, folder_id, uid, message)
        return FormattedBody(cut, None, plain, asked, shown, leads, away=not error.permanent)


def _text_of(
    session: Session, folder: MailboxId, message: Message, part: Part
) -> tuple[bool, Callable[[], bytes], str]:
    """Whether only its beginning is read; how it is fetched, should the cleaner not have it; its name."""
    path = part.path
    if path is None:
        raise Http404("html")

    def fetched() -> bytes:
        return session.body(folder, message.row.uid, path, limit=HTML_LIMIT)

    if part.size < HTML_LIMIT:  # encoded: it is shorter still
        return False, lambda: html_octets(fetched(), part), text_name(folder, message, part)
    raw = fetched()
    return len(raw) >= HTML_LIMIT, lambda: html_octets(raw, part), ""


def _cleaned(html: Callable[[], bytes], message: Message, frame: _Frame, folds: Mapping[str, str]) -> Cleaned:
    """Raises `CleanerError` when the cleaner could not vouch for the result; then the text is shown."""
    folder_id, uid = frame.folder, frame.uid

    def cid_url(content_id: str) -> str:
        part = None if frame.held else message.inline.get(content_id)
        shown = part is not None and display_way(part) == "image"  # never SVG, which is a program
        return reverse("webmail:image", args=[folder_id, uid, part.path]) if part and part.path and shown else ""

    return clean(
        html, socket=settings.MAIL["cleaner"], cid_url=cid_url,
        image_url=remote_images.image_proxy(frame.whose, folder_id, uid) if frame.images else None,
        link_url=frame.leads, mail_url=compose_url, folds=folds,
        whose=frame.whose, name=frame.name,
    )  # fmt: skip


def _text(session: Session, folder_id: MailboxId, uid: Uid, message: Message) -> str:
    if message.text is None or message.text.path is None:
        return ""
    raw = session.body(folder_id, uid, message.text.path, limit=TEXT_LIMIT)
    return decode_text(raw, message.text, limit=TEXT_LIMIT)
