"""Files of a message that lies among the junk, or was thrown away from there: held back until its reader asks for them,
for this session alone.

Every way to the bytes of a part goes through `check` or `holds`. What was asked for is written in the browser, in
words that only this session's pages can make: nothing of it is kept at the mailbox, and signing out forgets it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from vaguemestre.mailbox.errors import MailboxUnavailableError, NoSuchFolderError
from vaguemestre.mailbox.imap.conversations.conversation_index import Spot
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Message, Row
from vaguemestre.mailbox.mime.body_choice import choose_body
from vaguemestre.mailbox.values import JUNK, MailboxId, Uid
from vaguemestre.web.htmx import go_to, is_htmx
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.compose.draft_content import DraftContent
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.mailbox_access import MailboxRequest

SALT = "vaguemestre.webmail.held"
COOKIE = "__Host-indesirables"
MOST = 60  # messages of one session: those asked for last
_WORD = 20  # of 64 digits: what a cookie can hold, and nobody guesses


class JunkFilesWithheldError(Exception):
    """Where the message is whose files were asked for."""

    def __init__(self, folder: MailboxId, uid: Uid, *, there: bool) -> None:
        """`there`: in the junk itself."""
        super().__init__(f"{folder} {uid}")
        self.folder, self.uid, self.there = folder, uid, there


@dataclass(frozen=True, slots=True)
class JunkFileConsent:
    """What the person has asked to see in this session."""

    session: str
    words: tuple[str, ...]

    def word(self, folder: MailboxId, uid: Uid) -> str:
        return salted_hmac(SALT, f"{self.session} {folder} {uid}", algorithm="sha256").hexdigest()[:_WORD]

    def holds(self, session: Session, folder: MailboxId, row: Row) -> bool:
        return is_junk(session, folder, row) and self.word(folder, row.uid) not in self.words

    def check(self, session: Session, folder: MailboxId, row: Row) -> None:
        if self.holds(session, folder, row):
            raise JunkFilesWithheldError(folder, row.uid, there=session.lies_in(folder, "junk"))


@dataclass(frozen=True, slots=True)
class JunkFilesNotice:
    """What the reader says above the text, and where its two buttons lead."""

    said: str
    show_url: str
    sort_url: str
    uid: Uid


def is_junk(session: Session, folder: MailboxId, row: Row) -> bool:
    """It lies there, or its mark went with it, to the bin or through a recovery. From memory: no round trip."""
    return session.lies_in(folder, "junk") or JUNK.lower() in {flag.lower() for flag in row.flags}


def has_files(row: Row) -> bool:
    """Anything but its text, by its structure: a list shows no file that says it is only for programs."""
    content = choose_body(row.structure)
    return bool(content.attachments or content.inline)


def parse_consent(request: MailboxRequest) -> JunkFileConsent:
    words = request.COOKIES.get(COOKIE, "").split(".")
    return JunkFileConsent(request.session_record.token_hash, tuple(words[:MOST]))


def remember_consent(request: MailboxRequest, response: HttpResponseBase, folder: MailboxId, uid: Uid) -> None:
    """Until the browser is closed, or the session ends."""
    known = parse_consent(request)
    words = dict.fromkeys([known.word(folder, uid), *(word for word in known.words if word)])
    value = ".".join(list(words)[:MOST])
    response.set_cookie(COOKIE, value, secure=True, httponly=True, samesite="Lax", path="/")


def junk_files_notice(message: Message, folder: MailboxId, *, there: bool) -> JunkFilesNotice | None:
    """None for a message without files: nothing is held back. `there`: in the junk itself."""
    if not message.attachments and not message.inline:
        return None
    uid = message.row.uid
    said = _said(there=there, pictures=not message.attachments)
    return JunkFilesNotice(
        said, reverse("webmail:held-removal", args=[folder, uid]), reverse("webmail:not-junk", args=[folder]), uid
    )


def withheld_text() -> str:
    """What is said where files of such messages were to be taken along."""
    return _("Files of a message that is in Junk stay behind. Show them in that message first, or say it is not junk.")


def withheld_files(known: JunkFileConsent, session: Session, rows: Mapping[Spot, Row]) -> set[Spot]:
    """Those of them with files that stay where they are; a folder that went meanwhile keeps its own back alone."""
    return {spot for spot, row in rows.items() if has_files(row) and _stays(known, session, spot[0], row)}


def without_withheld(request: MailboxRequest, letter: DraftContent, *, begun: bool) -> DraftContent:
    """The letter, less what its sheet would take along of a message that went to the junk meanwhile. What nobody can
    judge stays behind; what is gone is left in it, as it comes along no more, and that is said. `begun`: its files are
    taken now or never, so it waits for a mailbox that does not answer (raises MailboxUnavailableError)."""
    sources = [*letter.messages, *([letter.source] if letter.source and (letter.parts or letter.pictures) else [])]
    stay: set[Spot] = {(one.folder, one.uid) for one in sources}
    if not stay:
        return letter
    try:
        with open_mailbox(request.mailbox) as session:
            stay = withheld_files(parse_consent(request), session, session.rows(list(stay)))
    except MailboxUnavailableError:
        if begun:
            raise
    if not stay:
        return letter
    left = replace(letter, messages=tuple(one for one in letter.messages if (one.folder, one.uid) not in stay))
    of_source = letter.source is not None and (letter.source.folder, letter.source.uid) in stay
    return replace(left, parts=(), pictures=()) if of_source else left


def refused_response(request: MailboxRequest, error: JunkFilesWithheldError) -> HttpResponse:
    """An address that was copied, or a page drawn before the message went there: says what to do."""
    page = reverse("webmail:message", args=[error.folder, error.uid])
    if is_htmx(request):
        return go_to(page)
    context = {
        "message_url": page, "uid": error.uid, "said": _said(there=error.there, pictures=False),
        "show_url": reverse("webmail:held-removal", args=[error.folder, error.uid]),
        "sort_url": reverse("webmail:not-junk", args=[error.folder]),
    }  # fmt: skip
    return render(request, "webmail/trust/junk_attachments_question.html", context, status=403)


def _stays(known: JunkFileConsent, session: Session, folder: MailboxId, row: Row) -> bool:
    try:
        return known.holds(session, folder, row)
    except NoSuchFolderError:
        return True


def _said(*, there: bool, pictures: bool) -> str:
    if pictures and there:
        return _("This message is in Junk: its pictures are held back.")
    if pictures:
        return _("This message was in Junk: its pictures are held back.")
    if there:
        return _("This message is in Junk: its attachments are held back.")
    return _("This message was in Junk: its attachments are held back.")
