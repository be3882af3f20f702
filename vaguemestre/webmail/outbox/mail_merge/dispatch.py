"""A mailing leaves: letter by letter through the outbox, each exactly once, as fast as the server takes them.

The clock calls `go_on`; what it is at when this process dies, it does again, once: a letter's message
has a key that its mailing and its line make.
"""

import os
import shutil
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction

from vaguemestre.accounts.mail_access import mailbox_closure
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.ports import HeldMail
from vaguemestre.audit import journal
from vaguemestre.clock import due
from vaguemestre.webmail.compose import drafts
from vaguemestre.webmail.models import Outgoing, OutgoingFile
from vaguemestre.webmail.models.mail_merge import MailMerge, MergedMessage
from vaguemestre.webmail.outbox import delivery
from vaguemestre.webmail.outbox.delivery import SendRefusedError
from vaguemestre.webmail.outbox.mail_merge import messages, rate
from vaguemestre.webmail.outbox.mail_merge.messages import RenderedMessage

GO_ON = due.Job("webmail.mail_merge.go_on")
FORGET = due.Job("webmail.mail_merge.forget")
LOOK = timedelta(seconds=20)  # again at letters that are on their way
SUSPENDED = timedelta(minutes=5)
STUCK = 5  # letters that the server does not take yet: no other one is begun
KEPT_FOR = timedelta(days=60)
NAMED = 20
State, Letter = MailMerge.State, MergedMessage.State


def begin_merge(mailing: MailMerge, sound: list[RenderedMessage], now: datetime, starts_at: datetime) -> bool:
    """From here on it leaves by itself. False when it had begun already: pressed twice, or in two windows."""
    with transaction.atomic():
        draft = Outgoing.objects.filter(pk=mailing.pk, state=Outgoing.State.DRAFT)
        if not draft.update(state=Outgoing.State.MERGED, changed_at=now):
            return False
        _passes(mailing, State.WRITTEN, State.SENDING, begun_at=now, starts_at=starts_at)
        MergedMessage.objects.bulk_create(_merged_message(mailing, one) for one in sound)
        for job in (drafts.DEPOSIT, drafts.FORGET):
            due.drop(job, mailing.pk)
        due.at(starts_at, GO_ON, mailing.pk)
        due.at(starts_at + KEPT_FOR, FORGET, mailing.pk)
        journal.record(mailing.account_id, "mailing.begun", mailing.account_id, letters=len(sound))
    return True


@GO_ON.register
def go_on(key: str, now: datetime) -> None:
    """The next letters, and what became of those before."""
    mailing = MailMerge.objects.select_related("letter__account__person", "account").filter(pk=key).first()
    if mailing is None:
        return
    _settle(mailing)
    if mailing.state == State.SENDING and not mailbox_closure.sending_closed_text(mailing.account, now):
        _leave_some(mailing, now)
        _settle(mailing)
    _come_back(mailing, now)


def stop_merge(mailing: MailMerge, why: MailMerge.Why = MailMerge.Why.PERSON) -> bool:
    """What is leaving at this moment leaves; no other letter is begun."""
    with transaction.atomic():
        stopped = _passes(mailing, State.SENDING, State.STOPPED, why_stopped=why)
        if stopped:
            by = "system" if why == MailMerge.Why.HELD else mailing.account_id
            journal.record(by, "mailing.stopped", mailing.account_id, why=str(why))
    return stopped


def resume_merge(mailing: MailMerge, now: datetime) -> bool:
    with transaction.atomic():
        resumed = _passes(mailing, State.STOPPED, State.SENDING, why_stopped="")
        if resumed:
            due.at(now, GO_ON, mailing.pk)
            journal.record(mailing.account_id, "mailing.begun", mailing.account_id, again=True)
    return resumed


def call_back_merge(mailing: MailMerge, now: datetime) -> bool:
    """A draft again, with its table, as long as no letter has left."""
    with transaction.atomic():
        known = MailMerge.objects.select_for_update().get(pk=mailing.pk)
        if known.state not in (State.SENDING, State.STOPPED):
            return False
        if known.letters.exclude(state=Letter.WAITING).exists():
            return False
        known.letters.all().delete()
        known.state, known.begun_at, known.starts_at, known.why_stopped = State.WRITTEN, None, None, ""
        known.save()
        Outgoing.objects.filter(pk=mailing.pk).update(state=Outgoing.State.DRAFT, changed_at=now)
        due.drop(GO_ON, mailing.pk)
        drafts.make_draft_again(mailing.pk, now)
    return True


def hold_back(account: Account, _now: datetime) -> list[HeldMail]:
    """For the shutdown (accounts.ports.mail_holders): no further letter leaves; its author sees why, and decides."""
    held = []
    for mailing in MailMerge.objects.filter(account=account, state=State.SENDING):
        if stop_merge(mailing, MailMerge.Why.HELD):
            left = list(mailing.letters.filter(state=Letter.WAITING).values_list("address", flat=True))
            held.append(HeldMail(mailing.begun_at or mailing.created_at, tuple(left[:NAMED]), len(left)))
    return held


@FORGET.register
def forget_merge(key: str, _now: datetime) -> None:
    ended = Outgoing.objects.filter(pk=key, state=Outgoing.State.MERGED).exclude(mailing__state=State.SENDING)
    outgoing = ended.first()
    if outgoing is not None:
        drafts.erase(outgoing)


def copy_merge(mailing: MailMerge, key: str, now: datetime) -> Outgoing:
    """The letter and its files as a draft of their own, for those whom the first did not reach."""
    outgoing = mailing.letter
    with transaction.atomic():
        fresh = Outgoing.objects.create(
            key=key, account_id=mailing.account_id, sender=outgoing.sender, subject=outgoing.subject,
            text=outgoing.text, html=outgoing.html, asks_receipt=outgoing.asks_receipt,
            importance=outgoing.importance, revision=1, created_at=now, changed_at=now,
        )  # fmt: skip
        _share_files(outgoing, fresh)
        drafts.make_draft_again(key, now)
    return fresh


def _merged_message(mailing: MailMerge, drawn: RenderedMessage) -> MergedMessage:
    key = sha256(f"{mailing.pk}/{drawn.number}".encode()).hexdigest()[:32]
    return MergedMessage(
        mailing=mailing, number=drawn.number, address=drawn.recipient.address, name=drawn.recipient.name,
        words=drawn.words, key=key,
    )  # fmt: skip


def _leave_some(mailing: MailMerge, now: datetime) -> None:
    for _turn in range(rate.BATCH):
        if rate.waiting_time(mailing.account_id, now) or mailing.letters.filter(state=Letter.LEAVING).count() >= STUCK:
            return
        letter = mailing.letters.filter(state=Letter.WAITING).first()
        if letter is None or not _leave(mailing, letter, now):
            return
        _settle(mailing)


def _leave(mailing: MailMerge, letter: MergedMessage, now: datetime) -> bool:
    """False when the mailing was stopped meanwhile."""
    outgoing = _outgoing(mailing, letter, now)
    try:
        delivery.write_message(outgoing, now)
    except SendRefusedError:  # the words of its line made it too large
        _become(letter, Letter.REFUSED, {"code": 552})
        drafts.erase(outgoing)
        return True
    with transaction.atomic():
        # Held until it is on its way: whoever stops or takes back the mailing comes before, or after.
        going = MailMerge.objects.select_for_update().filter(pk=mailing.pk, state=State.SENDING).exists()
        waiting = MergedMessage.objects.filter(pk=letter.pk, state=Letter.WAITING)
        if not going or not waiting.update(state=Letter.LEAVING, left_at=now):
            transaction.on_commit(lambda: drafts.erase(outgoing))
            return False
        delivery.enqueue(outgoing, now)
    delivery.try_delivery(outgoing.key, now)
    return True


def _outgoing(mailing: MailMerge, letter: MergedMessage, now: datetime) -> Outgoing:
    """Made again where a process died before its letter was on its way."""
    model = mailing.letter
    known = Outgoing.objects.filter(key=letter.key).first()
    if known is not None:
        drafts.erase(known)
    with transaction.atomic():
        outgoing = Outgoing.objects.create(
            key=letter.key,
            account=model.account,
            sender=model.sender,
            to=messages.recipient_text(letter.name, letter.address),
            subject=messages.message_subject(model, letter.words),
            text=messages.message_text(model, letter.words),
            html=messages.message_html(model, letter.words),
            asks_receipt=model.asks_receipt,
            importance=model.importance,
            reminds_after=0,
            created_at=now,
            changed_at=now,
        )
        _share_files(model, outgoing)
    return outgoing


def _share_files(source: Outgoing, target: Outgoing) -> None:
    """The same bytes under two names, where the disk can."""
    for file in source.files.all():
        target.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        copy = OutgoingFile(
            outgoing=target, name=file.name, type=file.type, size=file.size, stored_as=file.stored_as,
            content_id=file.content_id,
        )  # fmt: skip
        copy.path.unlink(missing_ok=True)
        try:
            os.link(file.path, copy.path)
        except OSError:
            shutil.copyfile(file.path, copy.path)
        copy.save()


def _settle(mailing: MailMerge) -> None:
    """What the outbox says of the letters that are on their way."""
    leaving = list(mailing.letters.filter(state=Letter.LEAVING))
    found = Outgoing.objects.in_bulk([letter.key for letter in leaving]) if leaving else {}
    for letter in leaving:
        outgoing = found.get(letter.key)
        if outgoing is None or outgoing.state in (Outgoing.State.SUBMITTED, Outgoing.State.DONE):
            _become(letter, Letter.SENT)
        elif outgoing.state == Outgoing.State.DRAFT and outgoing.failure:
            _become(letter, Letter.REFUSED, outgoing.failure)
            drafts.erase(outgoing)
        elif outgoing.state == Outgoing.State.DRAFT:
            _become(letter, Letter.TAKEN)


def _become(letter: MergedMessage, state: MergedMessage.State, failure: object = None) -> None:
    """Unless another process was first: what it saw refused, and has taken away, would look like a letter that left."""
    MergedMessage.objects.filter(pk=letter.pk, state=letter.state).update(state=state, failure=failure)


def _come_back(mailing: MailMerge, now: datetime) -> None:
    """When the next letter may leave, or when the last are to be looked at again; at the end, never more."""
    left = set(mailing.letters.filter(state__in=[Letter.WAITING, Letter.LEAVING]).values_list("state", flat=True))
    if Letter.WAITING not in left and Letter.LEAVING not in left:
        with transaction.atomic():
            if any(_passes(mailing, before, State.DONE, ended_at=now) for before in (State.SENDING, State.STOPPED)):
                due.at(now + KEPT_FOR, FORGET, mailing.pk)
    elif Letter.LEAVING in left:
        due.at(now + LOOK, GO_ON, mailing.pk)
    elif MailMerge.objects.filter(pk=mailing.pk, state=State.SENDING).exists():
        closed = SUSPENDED if mailbox_closure.sending_closed_text(mailing.account, now) else rate.BETWEEN
        due.at(now + max(closed, rate.waiting_time(mailing.account_id, now)), GO_ON, mailing.pk)


def _passes(mailing: MailMerge, before: str, after: str, **more: object) -> bool:
    return bool(MailMerge.objects.filter(pk=mailing.pk, state=before).update(state=after, **more))
