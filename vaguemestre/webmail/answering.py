"""How an answer, a forward or a draft to go on with begins, from the message it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.mailbox.cleaner import text_of
from vaguemestre.mailbox.messages import Address, Message
from vaguemestre.mailbox.session import Session
from vaguemestre.mailbox.text import decode
from vaguemestre.web import dates
from vaguemestre.webmail import importance, preferences, signature
from vaguemestre.webmail.letter import Letter, Source
from vaguemestre.webmail.models import Outgoing
from vaguemestre.webmail.recipients import written

QUOTE_LIMIT = 64 * 1024  # beyond this a quotation is no longer read by anybody
REPLY, FORWARD = "Re: ", "Tr: "
REPLY_MARKS = ("re:", "re :", "ré:", "ré :", "aw:", "sv:")
FORWARD_MARKS = ("tr:", "tr :", "fwd:", "fw:", "wg:")


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a person's answers begin with."""

    signature: str  # above the quotation
    asks_receipts: bool


def beginning_of(account: Account) -> Beginning:
    chosen = preferences.of(account)
    return Beginning(signature.above_a_quotation(chosen), chosen.asks_receipts)


def reply(
    session: Session, source: Source, message: Message, mine: frozenset[str], beginning: Beginning, *, everybody: bool
) -> Letter:
    to, cc = recipients_of_reply(message, mine, everybody=everybody)
    return Letter(
        to=written(to), cc=written(cc), subject=_marked(message.row.subject, REPLY, REPLY_MARKS),
        text=f"{beginning.signature}\n\n{_attribution(message)}\n{_quoted(body_text(session, source, message))}",
        asks_receipt=beginning.asks_receipts, kind=Outgoing.Kind.REPLY, source=source,
    )  # fmt: skip


def reminder(
    session: Session, source: Source, message: Message, beginning: Beginning, people: Sequence[Address]
) -> Letter:
    return Letter(
        to=written(people), subject=_marked(message.row.subject, _("Reminder: "), (_("Reminder: ").lower(),)),
        text=f"{beginning.signature}\n\n{_attribution(message)}\n{_quoted(body_text(session, source, message))}",
        asks_receipt=True, kind=Outgoing.Kind.REPLY, source=source,
    )  # fmt: skip


def forward(session: Session, source: Source, message: Message, beginning: Beginning) -> Letter:
    """Its attachments come along; each may be left behind before sending."""
    return Letter(
        subject=_marked(message.row.subject, FORWARD, FORWARD_MARKS),
        text=f"{beginning.signature}\n\n{_forwarded_head(message)}\n\n{body_text(session, source, message)}",
        asks_receipt=beginning.asks_receipts, kind=Outgoing.Kind.FORWARD, source=source,
        parts=tuple(part.path for part in message.attachments if part.path),
    )  # fmt: skip


def resume(session: Session, source: Source, message: Message) -> Letter:
    """A draft that another program left, or whose row here is gone."""
    return Letter(
        to=written(message.to), cc=written(message.cc), bcc=message.headers.get("Bcc").replace(",", "\n"),
        subject=message.row.subject, text=body_text(session, source, message).rstrip("\n"),
        asks_receipt="Disposition-Notification-To" in message.headers,
        importance=importance.of_headers(message.headers),
        source=source, resumes=True, parts=tuple(part.path for part in message.attachments if part.path),
    )  # fmt: skip


def recipients_of_reply(
    message: Message, mine: frozenset[str], *, everybody: bool
) -> tuple[Sequence[Address], Sequence[Address]]:
    """To whoever asks to be answered; to the same people again when one answers one's own message."""
    sender = [message.row.sender] if message.row.sender else []
    wrote_it = bool(sender) and sender[0].address.lower() in mine
    to = list(message.to) if wrote_it else list(message.reply_to) or sender
    if not everybody:
        return to, []
    taken = {person.address.lower() for person in to} | mine
    others = [*([] if wrote_it else message.to), *message.cc]
    return to, [person for person in others if person.address.lower() not in taken]


def body_text(session: Session, source: Source, message: Message) -> str:
    part = message.text or message.html
    if part is None or part.path is None:
        return ""
    text = decode(session.body(source.folder, source.uid, part.path, limit=QUOTE_LIMIT), part)
    return text if part is message.text else text_of(text, socket=settings.MAIL["cleaner"])


def _attribution(message: Message) -> str:
    words = {"when": dates.in_full(message.row.sent or message.row.received), "who": _who(message)}
    return _("On %(when)s, %(who)s wrote:") % words


def _forwarded_head(message: Message) -> str:
    lines = [
        _("---------- Forwarded message ----------"),
        _("From: %s") % (message.row.sender or _("(unknown sender)")),
        _("Date: %s") % dates.in_full(message.row.sent or message.row.received),
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
