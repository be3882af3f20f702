"""Answering those who ask whether their message was read. Once a message; never by itself where it would tell a
stranger that somebody lives here: junk, lists, a return path that is another one's."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.clock import due
from vaguemestre.mailbox.errors import MailboxRefusedError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Address, Message
from vaguemestre.mailbox.mime import read_receipt
from vaguemestre.mailbox.values import MDN_SENT, MailboxId
from vaguemestre.web import date_text
from vaguemestre.webmail.models import Outgoing, Preferences
from vaguemestre.webmail.outbox import delivery
from vaguemestre.webmail.people.address_list import parse_recipients
from vaguemestre.webmail.people.correspondents import is_outside, own_addresses
from vaguemestre.webmail.preferences import lookup

SILENT = ("junk", "sent", "drafts")  # what nobody answers, and one's own messages
AUTOMATIC = {"bulk", "list", "junk"}


@dataclass(frozen=True, slots=True)
class ReceiptRequest:
    """`sure`: it goes back to whoever sent the message, who wrote to this person in sight of all (a receipt would tell
    of a hidden copy), so that it may leave without being looked at."""

    to: Address
    sure: bool


def find_receipt_request(
    session: Session, folder: MailboxId, message: Message, mine: frozenset[str]
) -> ReceiptRequest | None:
    """None when nobody asks, when it was answered or refused already, or where none is ever sent."""
    sender = message.row.sender
    wanted = [
        person for value in message.headers.all("Disposition-Notification-To") for person in parse_recipients(value)
    ]
    if not wanted or not wanted[0].valid or MDN_SENT in message.row.flags or _is_silent(session, folder):
        return None
    if sender is None or sender.address.lower() in mine or wanted[0].address.lower() in mine or _is_report(message):
        return None
    name = sender.name if sender.address.lower() == wanted[0].address.lower() else wanted[0].name
    sure = len(wanted) == 1 and _is_named(message, mine) and _goes_back(message, wanted[0].address)
    return ReceiptRequest(Address(name, wanted[0].address), sure=sure)


def is_sent_automatically(account: Account, request: ReceiptRequest) -> bool | None:
    """None: this person never sends one, and is not asked. One query."""
    answer = lookup.load_preferences(account).answers_receipts
    if answer == Preferences.Answering.NEVER:
        return None
    inside = answer == Preferences.Answering.INSIDE and not is_outside(request.to.address)
    return request.sure and (inside or answer == Preferences.Answering.ALWAYS)


def send_receipt(
    account: Account, session: Session, folder: MailboxId, message: Message, request: ReceiptRequest,
    *, now: datetime, automatic: bool,
) -> None:  # fmt: skip
    """Through the outbox, once: the same key however often it is asked for, then a mark on the message itself."""
    key = sha256(f"receipt\0{account.key}\0{message.message_id or (folder, message.row.uid)}".encode()).hexdigest()[:32]
    outgoing = _queued(key, account, folder, message, request, now, automatic=automatic)
    refuse_receipt(session, folder, message)
    if outgoing is not None:
        delivery.try_delivery(key, now)


def refuse_receipt(session: Session, folder: MailboxId, message: Message) -> None:
    """The mark that every program knows: nobody is asked again (RFC 3503)."""
    try:
        session.store(folder, [message.row.uid], add=[MDN_SENT])
    except MailboxRefusedError:
        return  # a folder that others share and that may only be read


def _queued(
    key: str,
    account: Account,
    folder: MailboxId,
    message: Message,
    request: ReceiptRequest,
    now: datetime,
    *,
    automatic: bool,
) -> Outgoing | None:
    """None when it was sent before. The file is there before the row says so."""
    outgoing = Outgoing(
        key=key, account=account, kind=Outgoing.Kind.RECEIPT, state=Outgoing.State.QUEUED,
        recipients=[request.to.address], source_folder=folder, source_uid=message.row.uid,
        created_at=now, changed_at=now, queued_at=now,
    )  # fmt: skip
    if Outgoing.objects.filter(pk=key).exists():
        return None
    outgoing.keep_message([_built(account, message, request, key, now, automatic=automatic)])
    with transaction.atomic():
        _row, is_new = Outgoing.objects.get_or_create(
            key=key, defaults={name: getattr(outgoing, name) for name in _COLUMNS}
        )
        if is_new:
            due.at(now + delivery.NEXT_CALL, delivery.DELIVER, key)
    return outgoing if is_new else None


_COLUMNS = (
    "account", "kind", "state", "recipients", "source_folder", "source_uid", "created_at", "changed_at", "queued_at"
)  # fmt: skip


def _built(
    account: Account, message: Message, request: ReceiptRequest, key: str, now: datetime, *, automatic: bool
) -> bytes:
    mine = own_addresses(account)
    read_as = next((p.address for p in (*message.to, *message.cc) if p.address.lower() in mine), account.address)
    words = {
        "subject": message.row.subject or _("(no subject)"),
        "sent": date_text.full_date_text(message.row.sent or message.row.received),
        "read": date_text.full_date_text(now),
        "name": account.display_name,
    }
    text = _(
        "Your message “%(subject)s” of %(sent)s was displayed on %(read)s by %(name)s.\n\n"
        "This says that it was opened, not that it was read through or understood."
    )
    return read_receipt.build_receipt(
        reader=Address(account.display_name, account.address), read_as=read_as, to=request.to,
        subject=_("Read: %s") % message.row.subject, text=text % words, date=now,
        message_id=f"<{key}@{academy().domain}>", original_id=message.message_id, references=message.references,
        automatic=automatic,
    )  # fmt: skip


def _goes_back(message: Message, address: str) -> bool:
    """RFC 8098, 2.1: not by itself when the return path is another, and never to a list or to a machine."""
    headers = message.headers
    if any(name.lower().startswith("list-") for name, _value in headers.fields):
        return False
    if headers.get("Precedence").strip().lower() in AUTOMATIC:
        return False
    if headers.get("Auto-Submitted", "no").strip().lower() != "no" or "Disposition-Notification-Options" in headers:
        return False
    return parseaddr(headers.get("Return-Path"))[1].lower() == address.lower()


def _is_named(message: Message, mine: frozenset[str]) -> bool:
    return any(person.address.lower() in mine for person in (*message.to, *message.cc))


def _is_silent(session: Session, folder: MailboxId) -> bool:
    """From memory: no round trip."""
    return any(session.lies_in(folder, role) for role in SILENT)


def _is_report(message: Message) -> bool:
    return message.row.structure.type == "multipart/report"
