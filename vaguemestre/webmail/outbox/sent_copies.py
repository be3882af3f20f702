"""Copies for Sent of what a member sent in a shared mailbox's name by a mail program, and who wrote it.

Postfix hands each here once it has the message in its queue (`engine/copy_addresses.py`), without its Bcc: field; also
what the webmail sent, which files its own copy. Any step may be the last one that this process lives to do."""

import re
from datetime import datetime, timedelta
from email.message import Message
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.clock import due, urgent_jobs
from vaguemestre.engine.copy_addresses import FOLDER
from vaguemestre.mailbox.errors import NoSuchFolderError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.mime.header_text import message_ids
from vaguemestre.mailbox.values import SEEN, FolderName, MailboxId, Uid
from vaguemestre.shared_mailboxes import authorship
from vaguemestre.shared_mailboxes.models import SentByMember
from vaguemestre.webmail.connection import open_mailbox_of
from vaguemestre.webmail.models import Outgoing
from vaguemestre.webmail.outbox import delivery

FILE: Final = due.Job("webmail.sent_copies.file")
MERGE: Final = due.Job("webmail.sent_copies.merge")
A_MOMENT = timedelta(seconds=10)  # for the webmail to file its own
MERGED_FOR = timedelta(hours=1)  # a program that stores its own copy does so after it has sent
FIRST_LOOK = timedelta(minutes=1)  # then after as long as it has been
HEADER_LIMIT = 256 * 1024  # bytes; Postfix takes no longer one
_NAME = re.compile(r"(?P<box>[a-z0-9]{1,12})\.(?P<member>[a-z0-9]{1,12})\.(?P<queue_id>[0-9A-Za-z]{6,40})")
State = Outgoing.State


@urgent_jobs.register
def plan_copies(now: datetime) -> None:
    """Handed over by Postfix since the last look."""
    for found in _folder().glob("*.new"):
        due.at(now, FILE, found.stem)
        found.rename(found.with_suffix(""))


@FILE.register
def file_copy(name: str, now: datetime) -> datetime | None:
    """Raises MailboxError while the mailbox does not answer, or has no room: the clock calls again."""
    path, named = _folder() / name, _NAME.fullmatch(name)
    if named is None or not path.is_file():
        return None
    accounts = Account.every.in_bulk([named["box"], named["member"]])
    if len(accounts) == 2:
        copy = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        message_id = next(iter(message_ids(_header(copy).get("Message-ID", ""))), "")
        if not message_id:  # Postfix makes one where the field is missing, not where it is empty
            message_id = f"<{named['queue_id']}.sent@{academy().domain}>"
            copy = f"Message-ID: {message_id}\r\n".encode() + copy
        box = accounts[named["box"]]
        own = Outgoing.objects.filter(account=box, message_id=message_id).values_list("state", flat=True).first()
        if own in {State.QUEUED, State.SUBMITTED}:
            return now + A_MOMENT
        if own != State.DONE:
            _file(box, accounts[named["member"]], message_id, copy, now)
    path.unlink(missing_ok=True)
    return None


def _file(box: Account, author: Account, message_id: str, copy: bytes, now: datetime) -> None:
    with transaction.atomic():
        written = authorship.note_author(box, message_id, author, now)
        due.at(now, MERGE, str(written.pk))
    with delivery.open_as_author(box.key, author.key) as session:
        sent = _sent(session)
        if not any(_hides_nobody(session, sent, uid) for uid in session.find(sent, message_id)):
            session.append(sent, copy, [SEEN], now)


@MERGE.register
def merge_copies(key: str, now: datetime) -> datetime | None:
    """One copy in Sent, the one without hidden recipients: what a program stored itself is deleted for good."""
    written = SentByMember.objects.filter(pk=key).first()
    if written is None:
        return None
    with open_mailbox_of(written.box_id) as session:
        sent = _sent(session)
        found = session.find(sent, written.message_id)
        kept = next((uid for uid in found if _hides_nobody(session, sent, uid)), None)
        if kept is not None and len(found) > 1:
            session.delete(sent, [uid for uid in found if uid != kept])
            if (aside := session.recoverable_folder()) and aside.id:
                session.delete(aside.id, session.find(aside.id, written.message_id))
    age = now - written.at
    return now + max(FIRST_LOOK, age) if age < MERGED_FOR else None


def forget_account(account_key: str, _now: datetime) -> None:
    """Sent by a box and not in its Sent yet: `accounts.ports.account_purgers`."""
    for copy in _folder().glob(f"{account_key}.*"):
        copy.unlink(missing_ok=True)


def _folder() -> Path:
    return Path(settings.DATA or "/nonexistent") / FOLDER


def _sent(session: Session) -> MailboxId:
    sent = session.by_role("sent") or session.create(FolderName("Sent"))
    if sent.id is None:
        raise NoSuchFolderError
    return sent.id


def _hides_nobody(session: Session, folder: MailboxId, uid: Uid) -> bool:
    return "Bcc" not in _header(b"".join(session.source(folder, uid, limit=HEADER_LIMIT)))


def _header(message: bytes) -> Message:
    return BytesHeaderParser().parsebytes(message[:HEADER_LIMIT])
