"""What came back about the messages sent: failures and receipts, in words, beside the message they are about.

Reports are marked at delivery (engine/dovecot/sieve/reports.sieve). Opening a sent message has the new ones read, and
so has a list that shows one: by the clock.
Nobody's word is taken for whose message it is: a report counts when it names a message that lies in one's own Sent.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from django.utils.http import urlencode
from django.utils.translation import gettext as _, ngettext

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.clock import due
from vaguemestre.mailbox.errors import MailboxRefusedError, NoSuchFolderError, NoSuchMessageError, SignInRefusedError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Address, Message, Row
from vaguemestre.mailbox.mime import delivery_status
from vaguemestre.mailbox.mime.delivery_status import DeliveryStatus
from vaguemestre.mailbox.mime.text_parts import decode_text
from vaguemestre.mailbox.values import UNDELIVERED, Flag, MailboxId, Uid
from vaguemestre.web import date_text
from vaguemestre.web.number_text import number_text
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.connection import open_mailbox_of
from vaguemestre.webmail.models import DeliveryReport, new_key
from vaguemestre.webmail.models.delivery_report import LONGEST_ID, RESENT
from vaguemestre.webmail.outbox import bounce_keyword, mta_queue, status_codes
from vaguemestre.webmail.people import bcc_record
from vaguemestre.webmail.people.address_list import is_address, parse_recipients

MARK = Flag("$Report")  # not read yet
AT_ONCE = 50
PLACES = ("inbox", "receipts")
READ_LATER = due.Job("webmail.delivery_reports.read")
Kind = DeliveryReport.Kind


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """`quoted`: the other server's own words. `url`: of the report; on the page of the report, of the message sent. Of
    a failure: `address`, `again_url` to send once more, `mend_url` to mend the address before, which is offered first
    where the address was `wrong`."""

    said: str
    quoted: str = ""
    url: str = ""
    address: str = ""
    again_url: str = ""
    mend_url: str = ""
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class DeliveryPanel:
    """For the page of the report. Without `sent_url` it is about no message that was sent from here, and its failures
    stand among the other lines: there is nothing to do about them."""

    lines: list[DeliveryLine]
    failures: list[DeliveryLine]
    sent_url: str


@dataclass(frozen=True, slots=True)
class RecipientStatus:
    name: str
    when: str
    exact: str


@dataclass(frozen=True, slots=True)
class SentDelivery:
    """For the page of a message sent."""

    accepted: str = ""
    failures: list[DeliveryLine] = field(default_factory=list)
    read: str = ""
    readers: list[RecipientStatus] = field(default_factory=list)
    remind_url: str = ""
    underway_url: str = ""  # where the queue is asked; empty once nothing waits there any more


@dataclass(frozen=True, slots=True)
class _Found:
    told: list[DeliveryStatus]
    message_id: str
    is_receipt: bool


def delivery_panel(session: Session, account: Account, folder: MailboxId, message: Message) -> DeliveryPanel | None:
    """None for any other message. Reads it, so that it counts for the message it is about."""
    if message.row.structure.type != "multipart/report" or session.lies_in(folder, "junk"):
        return None
    found = _read(session, folder, message)
    if not found.told:
        return None
    sent = _sent(session, found.message_id)
    if sent is None:
        return DeliveryPanel([_line(one) for one in found.told], [], "")
    place, copies = sent
    fresh = _write(account, folder, message, found)
    rows = bounce_keyword.load_reports(account, found.message_id)
    failures = [one for one in found.told if one.kind == "failed"]
    lost, bears = bool(bounce_keyword.failed_recipients(rows)), UNDELIVERED in message.row.flags
    if failures and lost != bears:
        bounce_keyword.mark_bounced(session, {place: copies}, put=lost)
        bounce_keyword.mark_bounced(session, {folder: [message.row.uid]}, put=lost)
    elif fresh and not lost and (reports := bounce_keyword.report_places(rows)):
        bounce_keyword.mark_bounced(session, {place: copies}, put=False)
        bounce_keyword.mark_bounced(session, reports, put=False)
    sent_url = reverse("webmail:message", args=[place, copies[-1]])
    about: Message | None = None
    if failures:
        with suppress(NoSuchMessageError):  # deleted this moment
            about = session.message(place, copies[-1])
    return DeliveryPanel(
        lines=[_line(one) for one in found.told if one.kind != "failed"],
        failures=[
            _failure(replace(_line(one), url=sent_url), one.status, one.address.lower(), account, rows, place, about)
            for one in failures
        ],
        sent_url=sent_url,
    )


def sent_delivery(
    session: Session, account: Account, folder: MailboxId, message: Message, now: datetime, *, take: bool
) -> SentDelivery | None:
    """None for what does not lie in Sent. `take`: new reports are read first."""
    sent = session.by_role("sent")
    if sent is None or sent.id != folder or not message.message_id:
        return None
    asks = "Disposition-Notification-To" in message.headers
    if take:
        if asks and session.by_role("receipts") is None:
            session.folders()  # another process may know of it since
        collect_reports(session, account)
    rows = bounce_keyword.load_reports(account, message.message_id)
    lost = bool(bounce_keyword.failed_recipients(rows))
    if take and lost != (UNDELIVERED in message.row.flags):  # its report was read before there was such a mark
        bounce_keyword.mark_bounced(session, {folder: [message.row.uid]}, put=lost)
    read = [row for row in rows if row.kind == Kind.READ]
    return SentDelivery(
        accepted=_accepted(message),
        failures=list(_failures(account, rows, folder, message)),
        read=_read_by(message, read) if asks or read else "",
        readers=[_reader(row, message, now) for row in read],
        underway_url=reverse("webmail:underway", args=[folder, message.row.uid])
        if mta_queue.may_wait(message, now)
        else "",
        remind_url=reverse("webmail:reminder", args=[folder, message.row.uid])
        if asks and _unread(message, read)
        else "",
    )


def collect_reports(session: Session, account: Account) -> None:
    """The reports that came since somebody last looked: each is read once."""
    for role in PLACES:
        place = session.by_role(role)
        if place is None or place.id is None:
            continue
        for uid in [Uid(number) for number in islice(session.matching(place.id, MARK), AT_ONCE)]:
            try:
                message = session.message(place.id, uid)
                delivery_panel(session, account, place.id, message)
                session.store(place.id, [uid], remove=[MARK])
            except (NoSuchMessageError, NoSuchFolderError, MailboxRefusedError):
                continue  # moved or deleted meanwhile


def notice_new_reports(account: Account, shown: Iterable[Row], now: datetime) -> None:
    """A list shows a report that nobody has read: it is read at once, by the clock, and what it is about is marked."""
    if any(MARK in row.flags for row in shown):
        due.at(now, READ_LATER, account.key)


@READ_LATER.register
def read_later(key: str, _now: datetime) -> None:
    """`key`: of the account."""
    if account := Account.every.filter(pk=key).first():
        with suppress(SignInRefusedError), open_mailbox_of(key) as session:
            collect_reports(session, account)


def has_failed(account: Account, message: Message, address: str) -> bool:
    """Whether it is known not to have reached that address, which it was written to."""
    about = {"account": account, "message_id": message.message_id[:LONGEST_ID], "address": address.lower()}
    if not message.message_id or not _was_written_to(account, message, address):
        return False
    return DeliveryReport.objects.filter(kind=Kind.FAILED, **about).exists()


def recipients_without_receipt(account: Account, message: Message) -> list[Address]:
    """Who was written to in sight of all and has sent no receipt."""
    rows = DeliveryReport.objects.filter(account=account, message_id=message.message_id[:LONGEST_ID], kind=Kind.READ)
    return _unread(message, list(rows))


def _read(session: Session, folder: MailboxId, message: Message) -> _Found:
    told: list[DeliveryStatus] = []
    about, is_receipt = "", False
    for part in message.row.structure.walk():
        if part.path is None or part.type not in (
            delivery_status.STATUS,
            delivery_status.DISPOSITION,
            *delivery_status.ORIGINALS,
        ):
            continue
        raw = session.body(folder, message.row.uid, part.path, limit=delivery_status.INPUT_LIMIT)
        text = decode_text(raw, part, limit=delivery_status.INPUT_LIMIT)
        if part.type == delivery_status.STATUS:
            told += delivery_status.read_status(text)
        elif part.type == delivery_status.DISPOSITION:
            one, about = delivery_status.read_disposition(text)
            told, is_receipt = told + ([one] if one else []), True
        else:
            about = about or delivery_status.returned_message_id(text)
            break
    about = about or delivery_status.parse_identifier(message.in_reply_to)
    return _Found([one for one in told if is_address(one.address)], about, is_receipt)


def _sent(session: Session, message_id: str) -> tuple[MailboxId, list[Uid]] | None:
    """The message of one's own that it is about; several where it was stored twice."""
    sent = session.by_role("sent")
    if sent is None or sent.id is None or not message_id:
        return None
    found = session.find(sent.id, message_id)
    return (sent.id, found) if found else None


def _write(account: Account, folder: MailboxId, message: Message, found: _Found) -> bool:
    """True when any of it is news."""
    fresh = False
    for one in found.told:
        values = {"at": message.row.received, "status": one.status, "said": one.said, "folder": folder}
        key = {
            "account": account, "message_id": found.message_id[:LONGEST_ID],
            "address": one.address.lower(), "kind": one.kind,
        }  # fmt: skip
        _row, is_new = DeliveryReport.objects.get_or_create(**key, defaults={**values, "uid": message.row.uid})
        fresh = fresh or is_new
    return fresh


def _line(told: DeliveryStatus) -> DeliveryLine:
    return DeliveryLine(_sentence(told.kind, told.status, told.address), told.said)


def _sentence(kind: str, status: str, address: str) -> str:
    if kind == Kind.READ:
        return _("%s has opened the message.") % address
    if kind == Kind.DISCARDED:
        return _("%s has thrown the message away without opening it.") % address
    if kind == Kind.DELAYED:
        return status_codes.late_text(address)
    if kind == Kind.DELIVERED:
        return _("%s: delivered.") % address
    said = status_codes.status_text(status, address)
    return said if said.startswith((address, address.rpartition("@")[2])) else said[:1].upper() + said[1:]


def _was_written_to(account: Account, message: Message, address: str) -> bool:
    """A report may lie about whom it is about: whoever had the message once could have it sent to themselves."""
    named = {one.address.lower() for one in parse_recipients(message.headers.get("Bcc"))}  # by another program
    return address.lower() in _people(message).keys() | named or bcc_record.was_in_bcc(account, message, address)


def _failures(
    account: Account, rows: Sequence[DeliveryReport], folder: MailboxId, message: Message
) -> Iterator[DeliveryLine]:
    """A delay is over once it has ended as a failure; a failure, once it has arrived all the same."""
    failed = {row.address for row in rows if row.kind == Kind.FAILED}
    shown = bounce_keyword.failed_recipients(rows).keys() | {row.address for row in rows if row.kind == RESENT}
    for row in rows:
        said, url = _sentence(row.kind, row.status, row.address), reverse("webmail:message", args=[row.folder, row.uid])
        if row.kind == Kind.DELAYED and row.address not in failed:
            yield DeliveryLine(said, row.said, url)
        elif row.kind == Kind.FAILED and row.address in shown:
            yield _failure(DeliveryLine(said, row.said, url), row.status, row.address, account, rows, folder, message)


def _failure(
    line: DeliveryLine, status: str, address: str, account: Account, rows: Sequence[DeliveryReport], folder: MailboxId,
    sent: Message | None,
) -> DeliveryLine:  # fmt: skip
    """With what may be done about it, where the message sent was written to that address."""
    if again := next((row for row in rows if row.kind == RESENT and row.address == address), None):
        words = {"address": again.said, "when": date_text.full_date_text(again.at)}
        line = replace(line, said=f"{line.said} {_('Sent again to %(address)s on %(when)s.') % words}")
    if sent is None or not _was_written_to(account, sent, address):
        return line
    mend_url = reverse("webmail:again", args=[folder, sent.row.uid])
    return replace(
        line, address=address, again_url=reverse("webmail:resend", args=[folder, sent.row.uid, new_key()]),
        mend_url=f"{mend_url}?{urlencode({'refusee': address})}", wrong=status_codes.is_wrong_address(status),
    )  # fmt: skip


def _accepted(message: Message) -> str:
    """Of what left by the outbox, which files the copy once Postfix has taken charge; of others nothing is known."""
    if not re.fullmatch(rf"<[0-9a-f]{{32}}@{re.escape(academy().domain)}>", message.message_id):
        return ""
    return _("Taken in charge by our mail server on %s.") % date_text.full_date_text(message.row.received)


def _people(message: Message) -> dict[str, Address]:
    return {person.address.lower(): person for person in (*message.to, *message.cc) if person.address}


def _unread(message: Message, read: Sequence[DeliveryReport]) -> list[Address]:
    seen = {row.address for row in read}
    return [person for address, person in _people(message).items() if address not in seen]


def _read_by(message: Message, read: Sequence[DeliveryReport]) -> str:
    """Lu par 12 sur 15. A receipt is a program's word, so that nobody's silence means anything."""
    people = _people(message)
    count = len({row.address for row in read} | people.keys())
    if not read:
        return _("No receipt has come back yet.")
    words = ngettext("Read by %(read)s of %(count)s", "Read by %(read)s of %(count)s", count)
    return words % {"read": number_text(len(read)), "count": number_text(count)}


def _reader(row: DeliveryReport, message: Message, now: datetime) -> RecipientStatus:
    person = _people(message).get(row.address)
    return RecipientStatus(
        person.label if person else row.address,
        date_text.relative_date_text(row.at, now),
        date_text.full_date_text(row.at),
    )
