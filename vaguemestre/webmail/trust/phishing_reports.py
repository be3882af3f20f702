"""A message that somebody takes for a trap, sent to whoever watches over that: whole, as an attachment, by the outbox.

The journal says that it was reported and from which domain it came, never a word of it."""

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.ports import report_followers
from vaguemestre.audit import journal
from vaguemestre.clock import due
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Address, Message
from vaguemestre.mailbox.mime import evidence_message
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.webmail.compose import attached_files
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.models import Outgoing
from vaguemestre.webmail.outbox import delivery


def are_reports_wanted() -> bool:
    return bool(academy().help_desk.phishing_to)


def send_report(access: MailboxAccess, session: Session, folder: MailboxId, message: Message, now: datetime) -> None:
    """However often it is pressed, once a message."""
    account = access.mailbox
    key = _key(account, folder, message)
    if Outgoing.objects.filter(pk=key).exists():
        return
    outgoing = Outgoing(
        key=key, account=account, kind=Outgoing.Kind.REPORT, state=Outgoing.State.QUEUED, sender=account.address,
        recipients=[academy().help_desk.phishing_to], message_id=f"<{key}@{academy().domain}>",
        created_at=now, changed_at=now, queued_at=now,
    )  # fmt: skip
    _write(outgoing, message, session.source(folder, message.row.uid), now)
    with transaction.atomic():
        outgoing.save(force_insert=True)
        due.at(now + delivery.NEXT_CALL, delivery.DELIVER, key)
        journal.record(access.reader.key, "phishing.reported", account.key, domain=_domain(message))
        for follow in report_followers.all():
            follow(
                access.reader, message_id=message.message_id,
                sender=message.row.sender.address if message.row.sender else "",
                subject=message.row.subject, received_at=message.row.received, now=now,
            )  # fmt: skip
    delivery.try_delivery(key, now)


def _write(outgoing: Outgoing, message: Message, source: Iterator[bytes], now: datetime) -> None:
    """One too large to travel inside another goes as its head."""
    whole = message.row.size + evidence_message.ROOM <= attached_files.size_limit()
    words = _("%(name)s reports this message as suspicious.\nIt is attached as it came: do not follow its links.")
    outgoing.keep_message(
        evidence_message.build_evidence(
            reporter=Address(outgoing.account.display_name, outgoing.sender),
            to=Address("", outgoing.recipients[0]),
            subject=_("Suspicious message: %s") % (message.row.subject or _("(no subject)")),
            text=words % {"name": outgoing.account.display_name},
            date=now,
            message_id=outgoing.message_id,
            source=source,
            whole=whole,
        )
    )


def _key(account: Account, folder: MailboxId, message: Message) -> str:
    """The same message wherever it was moved; a sender chooses the Message-ID, and may give one to several."""
    row = message.row
    sender = row.sender.address if row.sender else ""
    said = message.message_id and (message.message_id, sender, row.sent, row.subject, row.size)
    return sha256(f"report\0{account.key}\0{said or (folder, row.uid)}".encode("utf-8", "replace")).hexdigest()[:32]


def _domain(message: Message) -> str:
    return message.row.sender.address.rpartition("@")[2][:100] if message.row.sender else ""
