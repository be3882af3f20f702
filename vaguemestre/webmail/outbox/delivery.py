"""Sending: a row and a file first, then Postfix, then the Sent folder, then nothing is left. Each step may be the last
one that this process lives to do; the clock continues from there."""

import contextlib
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import Enum, StrEnum, auto
from pathlib import Path
from shutil import rmtree
from time import sleep
from typing import Final

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.mail_access import mailbox_closure
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.ports import HeldMail
from vaguemestre.clock import due
from vaguemestre.clock.machine_lock import hold_machine_lock
from vaguemestre.handouts import message_links
from vaguemestre.mailbox.errors import (
    DeliveryRefusedError,
    MailboxError,
    MailboxRefusedError,
    MailboxUnavailableError,
    NoSuchFolderError,
    QuotaExceededError,
    ServerAwayError,
    SignInRefusedError,
)
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.smtp import submission
from vaguemestre.mailbox.values import ANSWERED, FORWARDED, SEEN, FolderName, MailboxId, Uid
from vaguemestre.shared_mailboxes import authorship
from vaguemestre.shared_mailboxes.access import may_write_in
from vaguemestre.web.monitoring import request_trace
from vaguemestre.webmail.compose import attached_files, drafts, identities, mime_builder
from vaguemestre.webmail.connection import inner_endpoint, mailbox_token, open_mailbox_of, sending_endpoint
from vaguemestre.webmail.mailbox_access import acting_member
from vaguemestre.webmail.models import Outgoing
from vaguemestre.webmail.outbox import bounce_keyword, collected_recipients, failure_mail, follow_up
from vaguemestre.webmail.people import bcc_record
from vaguemestre.webmail.people.address_list import parse_recipients

DELIVER: Final = drafts.DELIVER
NEXT_CALL = timedelta(seconds=20)  # the clock's, for what its process died of, or nobody took
PRESS_TRIES, PRESS_PAUSE = 50, 0.1  # seconds; another press is at it for the time of one write
REMEMBERED = timedelta(days=1)  # how long a second press is answered "already sent"
State = Outgoing.State
UNKEPT = frozenset({Outgoing.Kind.RECEIPT, Outgoing.Kind.REPORT})  # what is nobody's letter
logger = logging.getLogger(__name__)


class SendOutcome(Enum):
    SENT = "sent"
    CALLABLE = "callable"  # leaves in a moment, unless its author thinks again
    PLANNED = "planned"
    FILED_LATER = "filed-later"  # gone, but its copy is not in Sent yet
    FULL = "full"  # the same, as there is no room for it
    WAITING = "waiting"  # kept; Postfix does not answer
    REFUSED = "refused"  # back among the drafts, with the reason
    ALREADY = "already"


class ClaimedElsewhereError(MailboxError):
    """Another process is at this message."""


class SendingSuspendedError(MailboxError):
    """Nothing leaves this account for now. The message waits, and leaves once sending is open again."""


class SendRefusal(StrEnum):
    NOBODY = auto()
    INVALID_ADDRESS = auto()
    TOO_MANY = auto()
    TOO_LARGE = auto()
    FOREIGN_SENDER = auto()
    BUSY = auto()
    ACCOUNT_CLOSED = auto()
    STILL_UPLOADING = auto()
    LINKED_FILE = auto()
    NUMEN = auto()
    PASSWORD = auto()


class SendRefusedError(Exception):
    """Why nothing was sent; the person can mend it. `detail`: which address, file, limit or sentence."""

    def __init__(self, reason: SendRefusal, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def send(outgoing: Outgoing, now: datetime, leaves_at: datetime | None = None, *, planned: bool = False) -> SendOutcome:
    """Pressed twice or in two windows, it leaves once. `leaves_at`: not before, by the clock."""
    check_sendable(outgoing)
    if why := mailbox_closure.sending_closed_text(acting_member() or outgoing.account, now):
        raise SendRefusedError(SendRefusal.ACCOUNT_CLOSED, why)
    if not _put_in_outbox(outgoing.key, now, leaves_at, planned=planned):
        return SendOutcome.ALREADY
    if leaves_at:
        return SendOutcome.PLANNED if planned else SendOutcome.CALLABLE
    try_delivery(outgoing.key, now)
    return _outcome(outgoing.key)


def _put_in_outbox(key: str, now: datetime, leaves_at: datetime | None, *, planned: bool) -> bool:
    """False when another press has."""
    for _turn in range(PRESS_TRIES):
        with _claimed(key, now, State.DRAFT) as draft:
            if draft is not None:
                write_message(draft, now)
                enqueue(draft, now, leaves_at, planned=planned)
                return True
        if not Outgoing.objects.filter(key=key, state=State.DRAFT).exists():
            return False
        sleep(PRESS_PAUSE)
    raise SendRefusedError(SendRefusal.BUSY)


def write_message(outgoing: Outgoing, now: datetime) -> None:
    try:
        links = message_links.new_links(outgoing.account_id, outgoing.key)
    except message_links.StillUploadingError as coming:
        raise SendRefusedError(SendRefusal.STILL_UPLOADING, coming.name) from coming
    raw = mime_builder.build_message(outgoing, now, links=links)
    if len(raw) > attached_files.size_limit():
        raise SendRefusedError(SendRefusal.TOO_LARGE)
    outgoing.keep_message([raw])


def enqueue(outgoing: Outgoing, now: datetime, leaves_at: datetime | None = None, *, planned: bool = False) -> None:
    """From here on it leaves, whatever becomes of this process."""
    recipients = [person.address for person in mime_builder.envelope_recipients(outgoing)]
    with transaction.atomic():
        Outgoing.objects.filter(pk=outgoing.pk).update(
            state=State.QUEUED, queued_at=now, leaves_at=leaves_at, planned=planned, failure=None,
            author=acting_member(), recipients=recipients,
            message_id=mime_builder.message_id(outgoing), request_id=request_trace.current_id(),
        )  # fmt: skip
        due.drop(drafts.DEPOSIT, outgoing.key)
        due.at(leaves_at or now + NEXT_CALL, DELIVER, outgoing.key)


def try_delivery(key: str, now: datetime) -> None:
    """What fails, the clock tries again."""
    with contextlib.suppress(MailboxError):
        deliver(key, now)


@DELIVER.register
def deliver_when_due(key: str, now: datetime) -> datetime | None:
    """While a server takes nothing, one message asks for all: the others come before it at the next call, so that none
    holds up the others, and each leaves, or has its copy in Sent, soon after the server is back."""
    try:
        deliver(key, now)
    except ClaimedElsewhereError:
        return now + NEXT_CALL
    except MailboxUnavailableError as error:
        # Cut off while it was handed over, it may have left: that has the clock's own patience.
        if not (isinstance(error, ServerAwayError) or Outgoing.objects.filter(key=key, state=State.SUBMITTED).exists()):
            raise
        logger.warning("nothing leaves: %s", error)
        due.postpone(DELIVER, now + NEXT_CALL)
        return now + NEXT_CALL + timedelta(seconds=1)
    return None


def deliver(key: str, now: datetime) -> None:
    """What is left to do for one message. Raises MailboxError while a server is away: the clock calls again."""
    with _claimed(key, now, State.QUEUED, State.SUBMITTED) as outgoing:
        if outgoing is None:
            _not_now(key, now)
            return
        with request_trace.following(outgoing.request_id):
            _deliver(outgoing, now)


def _deliver(outgoing: Outgoing, now: datetime) -> None:
    fresh = outgoing.state == State.QUEUED
    if fresh and _author_has_left(outgoing, now):
        _refused(outgoing, {}, now)
        return
    if fresh and outgoing.leaves_at and not _hour_has_come(outgoing, now):
        return
    if fresh and mailbox_closure.sending_closed_text(_signs_in(outgoing), now):
        raise SendingSuspendedError("sending is suspended")
    if fresh and not _submit(outgoing, now):
        return
    _file(outgoing, now, may_be_there=not fresh)


def call_back(outgoing: Outgoing, now: datetime, failure: dict[str, object] | None = None) -> bool:
    """While it waits, it may still become a draft again. `failure`: why, for its author."""
    with _still_here(outgoing) as waiting, transaction.atomic():
        taken = waiting.update(failure=failure, **_A_DRAFT, changed_at=now)
        if taken:
            due.drop(DELIVER, outgoing.key)
            message_links.note_refusal(outgoing.account_id, outgoing.key)
            drafts.make_draft_again(outgoing.key, now)
    return bool(taken)


def reschedule(outgoing: Outgoing, leaves_at: datetime) -> bool:
    """Another hour for what waits for one. False when it is leaving, or is a draft again."""
    with _still_here(outgoing) as waiting, transaction.atomic():
        changed = waiting.filter(leaves_at__isnull=False).update(leaves_at=leaves_at, planned=True)
        if changed:
            due.at(leaves_at, DELIVER, outgoing.key)
    return bool(changed)


def hold_back(account: Account, now: datetime) -> list[HeldMail]:
    """For the shutdown (`accounts.ports`): what waits here leaves no more by itself. It is with its author again,
    who sees why and decides, once the mailbox is theirs."""
    theirs = Q(account=account) | Q(author=account)
    waiting = Outgoing.objects.filter(theirs, state=State.QUEUED).exclude(kind__in=UNKEPT)
    return [
        _stopped(outgoing) for outgoing in waiting.order_by("queued_at") if call_back(outgoing, now, {"held": True})
    ]


_A_DRAFT: Final = {"state": State.DRAFT, "leaves_at": None, "planned": False}


def _stopped(outgoing: Outgoing) -> HeldMail:
    return HeldMail(outgoing.queued_at or outgoing.changed_at, tuple(outgoing.recipients), len(outgoing.recipients))


def state_text(outgoing: Outgoing) -> str:
    return {
        State.DRAFT: _("The message was refused: open it to see why."),
        State.QUEUED: _("The message leaves at its hour.") if outgoing.leaves_at else _("The message is leaving."),
        State.SUBMITTED: _("Sent. Its copy will join Sent when the mailbox answers."),
        State.DONE: _("The message has left."),
        State.MERGED: _("The message leaves as a mailing, a letter a person."),
    }[State(outgoing.state)]


@contextlib.contextmanager
def _claimed(key: str, now: datetime, *states: Outgoing.State) -> Iterator[Outgoing | None]:
    """One process at a time is at a message; None when another is, when it is in no such state, or before its hour."""
    found = Outgoing.objects.filter(Q(leaves_at=None) | Q(leaves_at__lte=now), key=key, state__in=states)
    if not found.exists():  # no lock is made beside what is over
        yield None
        return
    with hold_machine_lock(Outgoing(key=key).lock_path) as free:
        # A write that changes nothing: whoever takes the message back in a transaction that is not over is waited for.
        if not (free and found.update(state=F("state"))):
            yield None
            return
        yield Outgoing.objects.select_related("account__person", "author__person").get(key=key)


@contextlib.contextmanager
def _still_here(outgoing: Outgoing) -> Iterator[QuerySet[Outgoing]]:
    """The row, or none while a process is at it."""
    waiting = Outgoing.objects.filter(pk=outgoing.pk, state=State.QUEUED)
    with hold_machine_lock(outgoing.lock_path) as free:
        yield waiting if free else waiting.none()


def _not_now(key: str, now: datetime) -> None:
    """Called too early, it comes again at its hour; while another process is at it, a little later."""
    waiting = Outgoing.objects.filter(key=key, state__in=[State.QUEUED, State.SUBMITTED]).first()
    if waiting is None:
        return
    if waiting.leaves_at is None or waiting.leaves_at <= now:
        raise ClaimedElsewhereError("another process is at it")
    due.at(waiting.leaves_at, DELIVER, key)


def _hour_has_come(outgoing: Outgoing, now: datetime) -> bool:
    """What was planned is judged again, as its author may have been meanwhile, and bears the date of its leaving."""
    if outgoing.planned:
        if why := _no_longer(outgoing, now):
            _refused(outgoing, {why: True}, now)
            return False
        try:
            write_message(outgoing, now)
        except SendRefusedError as refusal:
            coming = refusal.reason == SendRefusal.STILL_UPLOADING
            _refused(outgoing, {"coming": refusal.detail} if coming else {"code": 552}, now)
            return False
    Outgoing.objects.filter(pk=outgoing.pk).update(leaves_at=None)
    return True


def left_failure(author: Account) -> dict[str, object]:
    """Why a letter of a box waits for its owners: `Outgoing.failure`."""
    return {"left": author.display_name}


def _author_has_left(outgoing: Outgoing, now: datetime) -> bool:
    author = outgoing.author
    return author is not None and not may_write_in(outgoing.account_id, author.key, timezone.localdate(now))


def _no_longer(outgoing: Outgoing, now: datetime) -> str:
    if _signs_in(outgoing).sending_refusal(now):
        return "shut"
    return "" if identities.may_write_from(outgoing.account, outgoing.sender) else "sender"


def check_sendable(outgoing: Outgoing) -> None:
    """Raises `SendRefusedError` for what its author has to mend first."""
    people = mime_builder.envelope_recipients(outgoing)
    wrong = [person.address for person in people if not person.valid]
    most = academy().mail.recipients_per_message
    if wrong:
        raise SendRefusedError(SendRefusal.INVALID_ADDRESS, ", ".join(wrong[:5]))
    if not people:
        raise SendRefusedError(SendRefusal.NOBODY)
    if len(people) > most:
        raise SendRefusedError(SendRefusal.TOO_MANY, str(most))
    if attached_files.encoded_size(outgoing) > attached_files.size_limit():
        raise SendRefusedError(SendRefusal.TOO_LARGE)
    if not identities.may_write_from(outgoing.account, outgoing.sender):
        raise SendRefusedError(SendRefusal.FOREIGN_SENDER, outgoing.sender)


def _submit(outgoing: Outgoing, now: datetime) -> bool:
    """True once Postfix has taken it. A refusal for good brings it back among the drafts."""
    links = message_links.note_departure(outgoing.account_id, outgoing.key, outgoing.message_id, now)
    try:
        _hand_over(outgoing, now)
    except DeliveryRefusedError as refusal:
        if not refusal.permanent:
            raise
        _refused_by_the_server(outgoing, refusal, now)
        return False
    taken = Outgoing.objects.filter(pk=outgoing.pk)
    if links or outgoing.author:
        with transaction.atomic():
            taken.update(state=State.SUBMITTED)
            if links:
                message_links.note_delivery(outgoing.account_id, outgoing.key, now)
            if outgoing.author:
                authorship.note_author(outgoing.account, outgoing.message_id, outgoing.author, now)
    else:
        taken.update(state=State.SUBMITTED)
    collected_recipients.collect_recipients(outgoing, now)
    return True


def _hand_over(outgoing: Outgoing, now: datetime) -> None:
    """A receipt has no return path, so that nothing ever answers it (RFC 8098, 3); people may not send without one."""
    if outgoing.kind != Outgoing.Kind.RECEIPT:
        writer = _signs_in(outgoing).key
        queue_id = submission.submit_message(
            sending_endpoint(), writer, mailbox_token(writer),
            outgoing.sender, outgoing.recipients, outgoing.message_path,
        )  # fmt: skip
        logger.info("message taken over by the mail server as %s", queue_id)
    elif _signs_in(outgoing).sending_refusal(now) is None:
        submission.submit_locally(inner_endpoint(), "", outgoing.recipients, outgoing.message_path)


def _signs_in(outgoing: Outgoing) -> Account:
    """Always a person: nobody signs in to Postfix as a shared mailbox."""
    return outgoing.author or outgoing.account


def _refused_by_the_server(outgoing: Outgoing, refusal: DeliveryRefusedError, now: datetime) -> None:
    if outgoing.kind in UNKEPT:
        logger.warning("%s of %s refused: %d", outgoing.kind, outgoing.account_id, refusal.code)
        _finish(outgoing, now)  # nobody's draft: whoever asked gave a wrong address, or academy.toml has one
        return
    recipients = {address: list(said) for address, said in refusal.recipients.items()}
    _refused(outgoing, {"code": refusal.code, "text": refusal.text, "recipients": recipients}, now)


def _refused(outgoing: Outgoing, failure: dict[str, object], now: datetime) -> None:
    """Back among the drafts. Whoever had planned it is not in front of it: a mail of the service tells them; or the
    owners of the box, where its author may write no longer."""
    handed_over = outgoing.author if _author_has_left(outgoing, now) else None
    failure = left_failure(handed_over) if handed_over else failure
    with transaction.atomic():
        Outgoing.objects.filter(pk=outgoing.pk).update(failure=failure, **_A_DRAFT, changed_at=now)
        due.drop(DELIVER, outgoing.key)
        message_links.note_refusal(outgoing.account_id, outgoing.key)
        drafts.make_draft_again(outgoing.key, now)
        if handed_over or outgoing.planned:
            failure_mail.send_failure_mail(outgoing, now, left=handed_over)


def _file(outgoing: Outgoing, now: datetime, *, may_be_there: bool) -> None:
    """Into Sent, exactly once: after a crash one looks before one stores. Receipts and reports are not kept."""
    if outgoing.kind in UNKEPT:
        _finish(outgoing, now)
        return
    with _filing(outgoing) as session:
        sent = session.by_role("sent") or session.create(FolderName("Sent"))
        if sent.id is None:
            raise NoSuchFolderError
        if not (may_be_there and session.find(sent.id, outgoing.message_id)):
            _append(outgoing, session, sent.id, now)
        _mark_source(outgoing, session, now)
        drafts.remove_copy(outgoing, session)
    _finish(outgoing, now)


@contextlib.contextmanager
def _filing(outgoing: Outgoing) -> Iterator[Session]:
    """In a shared mailbox as its author, who has read it: to the others it is new. Or as the mailbox itself, once the
    author may open it no more."""
    with contextlib.ExitStack() as opened:
        try:
            key = f"{outgoing.account_id}_{outgoing.author_id}" if outgoing.author_id else outgoing.account_id
            session = opened.enter_context(open_mailbox_of(key))
        except SignInRefusedError:
            session = opened.enter_context(open_mailbox_of(outgoing.account_id))
        yield session


def _append(outgoing: Outgoing, session: Session, sent: MailboxId, now: datetime) -> None:
    try:
        unseen = [one.address for one in parse_recipients(outgoing.bcc)]
        sealed = outgoing.account_id, outgoing.message_id, unseen
        with outgoing.message_path.open("rb") as raw, bcc_record.with_seals(raw, *sealed) as message:
            session.append(sent, message, [SEEN, *follow_up.follow_up_flags(outgoing)], now)
    except QuotaExceededError:
        Outgoing.objects.filter(pk=outgoing.pk).update(failure={"full": True})  # its author is told; tried again
        raise


def _mark_source(outgoing: Outgoing, session: Session, now: datetime) -> None:
    flag = FORWARDED if outgoing.kind == Outgoing.Kind.FORWARD else ANSWERED
    marked: dict[tuple[str, str], set[Uid]] = {}
    if outgoing.kind == Outgoing.Kind.NEW and outgoing.source_folder and outgoing.source_uid:
        with contextlib.suppress(MailboxRefusedError):
            source = MailboxId(outgoing.source_folder), Uid(outgoing.source_uid)
            bounce_keyword.note_resent(session, outgoing.account, *source, outgoing.recipients, now)
    elif outgoing.source_folder and outgoing.source_uid:
        marked[outgoing.source_folder, flag] = {Uid(outgoing.source_uid)}
    for origin in outgoing.files.exclude(origin="").values_list("origin", flat=True):  # those handed on whole
        folder, _dash, uid = origin.rpartition("-")
        marked.setdefault((folder, FORWARDED), set()).add(Uid(uid))
    for (place, mark), uids in marked.items():
        with contextlib.suppress(MailboxRefusedError):  # it may be gone by now
            session.store(MailboxId(place), sorted(uids), add=[mark])


def waiting_messages(account_key: str) -> list[tuple[datetime, Path]]:
    """For the copy of a mailbox (accounts.ports.waiting_list): what waits for its hour lies in no folder."""
    waiting = Outgoing.objects.filter(account=account_key, state=State.QUEUED).exclude(kind__in=UNKEPT)
    found = [(one.queued_at or one.changed_at, one.message_path) for one in waiting.order_by("queued_at")]
    return [(when, path) for when, path in found if path.is_file()]


def _finish(outgoing: Outgoing, now: datetime) -> None:
    with transaction.atomic():
        Outgoing.objects.filter(pk=outgoing.pk).update(
            state=State.DONE,
            changed_at=now,
            to="",
            cc="",
            bcc="",
            subject="",
            text="",
            html="",
            recipients=[],
            failure=None,
        )
        outgoing.files.all().delete()
        due.drop(DELIVER, outgoing.key)
        due.at(now + REMEMBERED, drafts.FORGET, outgoing.key)
        follow_up.plan_reminder(outgoing, now)
    rmtree(outgoing.folder, ignore_errors=True)


def _outcome(key: str) -> SendOutcome:
    outgoing = Outgoing.objects.get(key=key)
    if outgoing.state == State.DRAFT:
        return SendOutcome.REFUSED
    if outgoing.state == State.SUBMITTED and outgoing.failure:
        return SendOutcome.FULL
    return {State.QUEUED: SendOutcome.WAITING, State.SUBMITTED: SendOutcome.FILED_LATER}.get(
        State(outgoing.state), SendOutcome.SENT
    )
