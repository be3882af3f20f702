"""How an answer, a forward or a draft to continue with begins, from the message it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from urllib.parse import unquote

from django.conf import settings
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.mailbox.errors import CleanerError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Address, Message
from vaguemestre.mailbox.mime.message_builder import REMINDER
from vaguemestre.mailbox.mime.text_parts import decode_text
from vaguemestre.mailbox.sandbox.cleaner import Written, html_text
from vaguemestre.web import date_text
from vaguemestre.webmail.compose import identities, signature_choice, signatures
from vaguemestre.webmail.compose.attached_files import PICTURES
from vaguemestre.webmail.compose.draft_content import DraftContent, DraftOrigin, parse_reminder
from vaguemestre.webmail.compose.rich_text import BLANK, clean_html, content_id_of, html_of_text, quote_html
from vaguemestre.webmail.content import importance
from vaguemestre.webmail.models import Outgoing
from vaguemestre.webmail.people.address_list import parse_recipients, recipients_text
from vaguemestre.webmail.preferences import lookup

QUOTE_LIMIT = 64 * 1024  # beyond this a quotation is no longer read by anybody
OTHERS = 200  # people of an exchange who are offered one by one; all of them by an answer to everybody
HTML_LIMIT = 400 * 1024  # bytes; a longer one is quoted in plain words
REPLY, FORWARD = "Re: ", "Tr: "
REPLY_MARKS = ("re:", "re :", "ré:", "ré :", "aw:", "sv:")
FORWARD_MARKS = ("tr:", "tr :", "fwd:", "fw:", "wg:")


@dataclass(frozen=True, slots=True)
class InitialDraft:
    """What a person's answers begin with. What is forwarded always stands below their words, and always is there."""

    signature: str  # above the quotation
    block: str  # the same for a formatted answer
    asks_receipts: bool
    writes_plain: bool = False
    sender: str = ""  # the address they come from
    below: str | None = None  # the signature under a quotation, for who answers there
    quotes: bool = True
    signed: str = ""  # the signature, as it is


def initial_draft(account: Account, message: Message | None = None) -> InitialDraft:
    """From the address that the message was written to; without one, from the usual one."""
    chosen = lookup.load_preferences(account)
    sender = (
        identities.reply_sender(account, chosen, message) if message else identities.default_sender(account, chosen)
    )
    mine = signature_choice.signature_for_replies(chosen, sender)
    above, block = signatures.quotation_head(mine.text), signatures.signature_block(mine.html)
    below = signatures.new_message_foot(mine.text) if chosen.answers_below else None
    return InitialDraft(
        above, block, chosen.asks_receipts, chosen.writes_plain, sender, below, chosen.quotes, mine.text
    )


def reply(
    session: Session,
    source: DraftOrigin,
    message: Message,
    mine: frozenset[str],
    beginning: InitialDraft,
    *,
    everybody: bool,
) -> DraftContent:
    """Formatted when the message is."""
    whole = recipients_of_reply(message, mine, everybody=True)
    to, cc = whole if everybody else recipients_of_reply(message, mine, everybody=False)
    letter = DraftContent(
        to=recipients_text(to), cc=recipients_text(cc), subject=_marked(message.row.subject, REPLY, REPLY_MARKS),
        asks_receipt=beginning.asks_receipts, kind=Outgoing.Kind.REPLY, source=source,
        sender=beginning.sender, signed=beginning.signed, others=recipients_text([*whole[0], *whole[1]][:OTHERS]),
    )  # fmt: skip
    if not beginning.quotes:
        return new_draft(letter, beginning)
    said = _attribution(message)
    if not beginning.writes_plain and (quoted := body_html(session, source, message)):
        html = f"<div>{escape(said)}</div>{quote_html(quoted.html)}"
        under = beginning.below is not None
        return _as_formatted(letter, f"{html}{beginning.block}" if under else f"{beginning.block}{BLANK}{html}")
    text = f"{said}\n{_quoted(body_text(session, source, message))}"
    under = beginning.below is not None
    return replace(letter, text=f"{text}\n\n{beginning.below}" if under else f"{beginning.signature}\n\n{text}")


def reminder(
    session: Session, source: DraftOrigin, message: Message, beginning: InitialDraft, people: Sequence[Address]
) -> DraftContent:
    """An answer to one's own message, for those of its recipients who have not answered, or sent no receipt."""
    letter = reply(session, source, message, frozenset(), beginning, everybody=False)
    subject = _marked(message.row.subject, _("Reminder: "), (_("Reminder: ").lower(),))
    to, cc = ([one for one in field if one in people] for field in (message.to, message.cc))
    asks = beginning.asks_receipts or "Disposition-Notification-To" in message.headers
    return replace(
        letter, to=recipients_text(to or cc), cc=recipients_text(cc) if to else "", subject=subject, asks_receipt=asks
    )


def forward(session: Session, source: DraftOrigin, message: Message, beginning: InitialDraft, key: str) -> DraftContent:
    """Its attachments come along, and the pictures of its text; each may be left behind before sending."""
    letter = DraftContent(
        subject=_marked(message.row.subject, FORWARD, FORWARD_MARKS), asks_receipt=beginning.asks_receipts,
        kind=Outgoing.Kind.FORWARD, source=source, sender=beginning.sender, signed=beginning.signed,
        parts=tuple(part.path for part in message.attachments if part.path),
    )  # fmt: skip
    head = _forwarded_head(message)
    if not beginning.writes_plain and (quoted := body_html(session, source, message, key)):
        return _as_formatted(letter, f"{beginning.block}{BLANK}{html_of_text(head)}{BLANK}{quoted.html}")
    return replace(letter, text=f"{beginning.signature}\n\n{head}\n\n{body_text(session, source, message)}")


def resume(session: Session, source: DraftOrigin, message: Message, key: str) -> DraftContent:
    """A draft that another program left, or whose row here is gone."""
    reminder = parse_reminder(message.headers.get(REMINDER))
    return replace(send_again(session, source, message, key), resumes=True, reminds_after=reminder)


def send_again(session: Session, source: DraftOrigin, message: Message, key: str) -> DraftContent:
    """The same message once more, as a new one: to the same people, with the same words and files."""
    letter = DraftContent(
        to=recipients_text(message.to),
        cc=recipients_text(message.cc),
        bcc=recipients_text(parse_recipients(message.headers.get("Bcc"))),
        subject=message.row.subject,
        asks_receipt="Disposition-Notification-To" in message.headers,
        importance=importance.parse_importance(message.headers),
        source=source,
        parts=tuple(part.path for part in message.attachments if part.path),
    )
    if formatted := body_html(session, source, message, key):
        return replace(letter, html=formatted.html, text=formatted.text)
    return replace(letter, text=body_text(session, source, message).rstrip("\n"))


def new_draft(letter: DraftContent, beginning: InitialDraft) -> DraftContent:
    if beginning.writes_plain:
        return replace(letter, text=beginning.signature)
    return _as_formatted(letter, beginning.block)


def recipients_of_reply(
    message: Message, mine: frozenset[str], *, everybody: bool
) -> tuple[Sequence[Address], Sequence[Address]]:
    """To whoever asks to be answered; to the same people again when one answers one's own message. Everybody: each in
    the field where they stood."""
    sender = [message.row.sender] if message.row.sender else []
    wrote_it = bool(sender) and sender[0].address.lower() in mine
    to = list(message.to) if wrote_it else list(message.reply_to) or sender
    if not everybody:
        return to, []
    taken = {person.address.lower() for person in to} | mine
    to = [*to, *(one for one in ([] if wrote_it else message.to) if one.address.lower() not in taken)]
    taken |= {person.address.lower() for person in to}
    return to, [person for person in message.cc if person.address.lower() not in taken]


def body_text(session: Session, source: DraftOrigin, message: Message) -> str:
    part = message.text or message.html
    if part is None or part.path is None:
        return ""
    raw = session.body(source.folder, source.uid, part.path, limit=QUOTE_LIMIT)
    text = decode_text(raw, part, limit=QUOTE_LIMIT)
    return text if part is message.text else html_text(text, socket=settings.MAIL["cleaner"])


def body_html(session: Session, source: DraftOrigin, message: Message, key: str = "") -> Written | None:
    """What may be sent of its HTML; None when it has none, or too much of it. With the `key` of the letter, its
    pictures come along."""
    part = message.html
    if part is None or part.path is None:
        return None
    raw = session.body(source.folder, source.uid, part.path, limit=HTML_LIMIT + 1)
    if len(raw) > HTML_LIMIT:
        return None

    def picture(address: str) -> str:
        shown = message.inline.get(unquote(address[4:]).strip("<> ")) if address[:4].lower() == "cid:" else None
        return (
            f"cid:{content_id_of(shown.path, key)}" if key and shown and shown.path and shown.type in PICTURES else ""
        )

    try:
        return clean_html(decode_text(raw, part), picture)
    except CleanerError:
        return None


def _as_formatted(letter: DraftContent, html: str) -> DraftContent:
    """Through the cleaner once more, pictures kept: what the form brings back is then the very same."""
    try:
        made = clean_html(html, lambda address: address)
    except CleanerError:
        return replace(letter, text=html_text(html, socket=settings.MAIL["cleaner"]))
    return replace(letter, html=made.html, text=made.text)


def _attribution(message: Message) -> str:
    words = {"when": date_text.full_date_text(message.row.sent or message.row.received), "who": _who(message)}
    return _("On %(when)s, %(who)s wrote:") % words


def _forwarded_head(message: Message) -> str:
    lines = [
        _("---------- Forwarded message ----------"),
        _("From: %s") % (message.row.sender or _("(unknown sender)")),
        _("Date: %s") % date_text.full_date_text(message.row.sent or message.row.received),
        _("Subject: %s") % message.row.subject,
        _("To: %s") % ", ".join(str(person) for person in message.to[:20]),
    ]
    return "\n".join(lines)


def _who(message: Message) -> str:
    return message.row.sender.label if message.row.sender else _("(unknown sender)")


def _quoted(text: str) -> str:
    return "\n".join(f">{line}" if line.startswith(">") else f"> {line}" for line in text.rstrip().split("\n"))


def _marked(subject: str, mark: str, known: tuple[str, ...]) -> str:
    return subject if subject.lower().startswith(known) else f"{mark}{subject}"
