"""What is being written is kept here at once, and copied to the Drafts folder so that every program sees it.

The row is the truth while the form is open: it needs no mail server. The copy is replaced, never added to.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from enum import Enum
from shutil import rmtree
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.clock import due
from vaguemestre.clock.machine_lock import hold_machine_lock
from vaguemestre.handouts import message_links
from vaguemestre.mailbox.errors import MailboxError, MailboxUnavailableError, NoSuchFolderError, QuotaExceededError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Message
from vaguemestre.mailbox.values import FolderName, MailboxId, PartPath, Uid
from vaguemestre.webmail.compose import draft_copies, empty_drafts, mime_builder
from vaguemestre.webmail.compose.access import outgoing_or_none
from vaguemestre.webmail.compose.attached_files import (
    attach_messages,
    copy_parts,
    copy_quoted_pictures,
    copy_signature_pictures,
)
from vaguemestre.webmail.compose.draft_content import DraftContent, DraftOrigin
from vaguemestre.webmail.compose.rich_text import content_id_of
from vaguemestre.webmail.connection import open_mailbox_of
from vaguemestre.webmail.mailbox_access import acting_member
from vaguemestre.webmail.models import MailMerge, Outgoing

DEPOSIT = due.Job("webmail.drafts.deposit")
FORGET = due.Job("webmail.drafts.forget")
DELIVER = due.Job("webmail.outbox.deliver")
SMALL = 1024 * 1024  # a draft with more enclosed is copied to Drafts a minute later, not at each pause
LATER = timedelta(minutes=1)
MOMENT = timedelta(seconds=5)
KEPT_FOR = timedelta(days=7)  # a row whose copy lies in Drafts; it is read again from there
MAILING_KEPT_FOR = timedelta(days=30)  # with what lies nowhere else: its mailing’s table, files by link
CLAIM_TRIES, CLAIM_PAUSE = 60, 0.05  # seconds
NO_ROOM: Final = {"no_room": True}  # why the copy is not in Drafts; what is written stays here, and in sight


class DraftCopy(Enum):
    THERE = "there"
    LATER = "later"  # the clock will put it there
    NO_ROOM = "no-room"  # as soon as there is some


class AlreadySentError(Exception):
    """Somebody pressed send already, here or in another window."""


class BoundToMailboxError(Exception):
    """A mailing, or files that travel by a link: they are one mailbox's own."""


class WrittenElsewhereError(Exception):
    """Another window has changed this draft since this one read it; nothing was overwritten."""


def save(
    account: Account, key: str, letter: DraftContent, *, sender: str, now: datetime, force: bool = False
) -> Outgoing:
    """Keeps what was written. The first time for an answer or a forward, its source is read and its parts are taken."""
    known = outgoing_or_none(account, key)
    pictures = _missing(known, letter)
    message = _source_message(account, letter) if letter.source and (known is None or pictures) else None
    with transaction.atomic():
        outgoing, is_new = Outgoing.objects.select_for_update().get_or_create(
            key=key, defaults={"account": account, "created_at": now, "changed_at": now}
        )
        _check(outgoing, letter, force=force)
        if is_new:
            _begin(outgoing, letter, message)
        _write(outgoing, letter, sender, now)
        due.at(now + KEPT_FOR, FORGET, key)
    if is_new and letter.messages:
        with ExitStack() as undoing:
            undoing.callback(erase, outgoing)
            attach_messages(outgoing, letter.messages)
            undoing.pop_all()
    if message is not None and letter.source and (pictures or (is_new and letter.parts)):
        with ExitStack() as undoing:
            if is_new:
                undoing.callback(
                    erase, outgoing
                )  # without its attachments it was not begun: the next save begins again
                copy_parts(outgoing, message, letter.source, letter.parts)
            copy_quoted_pictures(outgoing, message, letter.source, pictures)
            undoing.pop_all()
    copy_signature_pictures(outgoing)
    return outgoing


def deposit(outgoing: Outgoing, session: Session, now: datetime) -> bool:
    """One copy in Drafts, in the place of the former one; none of a letter on which nothing was written. False while
    another process is at it."""
    with _claimed(outgoing) as mine:
        if mine and _learn_copy(outgoing):
            if empty_drafts.is_empty(outgoing):
                _take_copy_away(outgoing, session)
            else:
                _replace_copy(outgoing, session, now)
        return mine


def deposit_soon(outgoing: Outgoing, now: datetime, *, however_heavy: bool = False) -> DraftCopy:
    """Now if it is light, else by the clock. LATER when Dovecot does not answer; then too it is for the clock."""
    light = sum(file.size for file in outgoing.files.all()) <= SMALL
    try:
        if light or however_heavy:
            with open_mailbox_of(outgoing.account_id) as session:
                if not deposit(outgoing, session, now):
                    due.at(now + MOMENT, DEPOSIT, outgoing.key)  # what that process holds may be older
            return DraftCopy.THERE
    except MailboxUnavailableError:
        light = True
    except QuotaExceededError:
        due.at(now + LATER, DEPOSIT, outgoing.key)
        return DraftCopy.NO_ROOM
    due.at(now + LATER, DEPOSIT, outgoing.key)
    return DraftCopy.LATER if light else DraftCopy.THERE


@DEPOSIT.register
def deposit_later(key: str, now: datetime) -> None:
    outgoing = Outgoing.objects.filter(key=key, state=Outgoing.State.DRAFT).first()
    if outgoing is None or outgoing.deposited_revision == outgoing.revision:
        return
    with open_mailbox_of(outgoing.account_id) as session:
        if not deposit(outgoing, session, now):
            due.at(now + MOMENT, DEPOSIT, key)


def remove_copy(outgoing: Outgoing, session: Session) -> None:
    if outgoing.draft_folder and outgoing.draft_uid:
        try:
            session.delete(MailboxId(outgoing.draft_folder), [Uid(outgoing.draft_uid)])
        except NoSuchFolderError:
            return


def withdraw_copy(outgoing: Outgoing, session: Session) -> None:
    """What waits for an hour chosen is no draft: another program could send it a second time."""
    remove_copy(outgoing, session)
    Outgoing.objects.filter(pk=outgoing.pk).update(draft_folder=None, draft_uid=None, deposited_revision=0)


def change_mailbox(outgoing: Outgoing, to: Account) -> None:
    """It leaves in the name of another mailbox, and lies there from now on: its copy leaves the Drafts of the first.
    Raises `BoundToMailboxError`."""
    mailing = MailMerge.objects.filter(pk=outgoing.pk).exists()
    if mailing or message_links.handouts_of_draft(outgoing.account_id, outgoing.key):
        raise BoundToMailboxError
    with _claimed_soon(outgoing) as mine:
        if not mine:
            return
        outgoing.refresh_from_db()
        with open_mailbox_of(outgoing.account_id) as session:
            remove_copy(outgoing, session)
        here = Outgoing.objects.filter(pk=outgoing.pk, state=Outgoing.State.DRAFT)
        changed = here.update(account=to, sender=to.address, draft_folder=None, draft_uid=None, deposited_revision=0)
        if not changed:
            raise AlreadySentError


def set_apart(outgoing: Outgoing, session: Session, now: datetime) -> None:
    """What is kept stays in Drafts as a message of its own; the letter continues without it."""
    if outgoing.deposited_revision != outgoing.revision:
        deposit(outgoing, session, now)
    done = Outgoing.objects.filter(pk=outgoing.pk, deposited_revision=F("revision"))
    if not done.update(draft_folder=None, draft_uid=None, deposited_revision=0):
        raise MailboxUnavailableError("another process is at this draft")


def make_draft_again(key: str, now: datetime) -> None:
    """A message that was on its way is a draft again: it is copied to Drafts, and forgotten as any other."""
    due.at(now + LATER, DEPOSIT, key)
    due.at(now + KEPT_FOR, FORGET, key)


def discard(outgoing: Outgoing, session: Session, now: datetime) -> tuple[MailboxId, MailboxId, Sequence[Uid]] | None:
    """To the bin, whence it can come back. Answers where it was, where it is, and its number there. What another window
    is saving just now is waited for: its copy would be in neither place."""
    with _claimed_soon(outgoing) as mine:
        if not mine:
            return None
        outgoing.refresh_from_db()
        if outgoing.deposited_revision != outgoing.revision and not empty_drafts.is_empty(outgoing):
            _replace_copy(outgoing, session, now)
        trash = session.by_role("trash") or session.create(FolderName("Trash"))
        moved: Sequence[Uid] = ()
        place = outgoing.draft_folder
        if place and outgoing.draft_uid and trash.id:
            moved = list(session.move(MailboxId(place), [Uid(outgoing.draft_uid)], trash.id).values())
        _erase_a_draft(outgoing)
    return (MailboxId(place), trash.id, moved) if moved and place and trash.id else None


def _erase_a_draft(outgoing: Outgoing) -> None:
    with transaction.atomic():
        if not Outgoing.objects.select_for_update().filter(pk=outgoing.pk, state=Outgoing.State.DRAFT).exists():
            raise AlreadySentError  # from another window, meanwhile
        erase(outgoing)


def erase_empty(outgoing: Outgoing) -> bool:
    """Whether it was one on which nothing was written; it stays while its copy could not be taken away."""
    if not empty_drafts.is_empty(outgoing):
        return False
    with transaction.atomic():
        here = Outgoing.objects.select_for_update().filter(pk=outgoing.pk, state=Outgoing.State.DRAFT, draft_uid=None)
        if here.filter(revision=outgoing.revision).exists():  # no other window has written meanwhile
            erase(outgoing)
    return True


def answer_in_progress(account: Account, source: DraftOrigin) -> Outgoing | None:
    """One's own answer to this message that has not left: it is taken up again, rather than begun a second time."""
    answers = Outgoing.objects.filter(
        account=account, author=acting_member(), state=Outgoing.State.DRAFT, kind=Outgoing.Kind.REPLY,
        source_folder=source.folder, source_uid=source.uid,
    )  # fmt: skip
    return answers.order_by("-changed_at").first()


def erase(outgoing: Outgoing) -> None:
    folder = outgoing.folder
    with transaction.atomic():
        for job in (DEPOSIT, FORGET, DELIVER):
            due.drop(job, outgoing.key)
        message_links.release_draft(outgoing.account_id, outgoing.key, timezone.now())
        outgoing.delete()
    rmtree(folder, ignore_errors=True)


@FORGET.register
def forget_draft(key: str, now: datetime) -> None:
    """The row of a draft that nobody touched for days, once its copy lies in Drafts."""
    outgoing = Outgoing.objects.filter(key=key).first()
    if outgoing is None:
        return
    if outgoing.state == Outgoing.State.DONE:
        erase(outgoing)
    elif outgoing.is_draft and (until := kept_until(outgoing)) > now:
        if until > outgoing.changed_at + KEPT_FOR:
            due.at(until, FORGET, key)
    elif outgoing.is_draft:
        if outgoing.deposited_revision != outgoing.revision:
            with open_mailbox_of(outgoing.account_id) as session:
                deposit(outgoing, session, now)
        erase(outgoing)


def kept_until(outgoing: Outgoing) -> datetime:
    mailing = MailMerge.objects.filter(pk=outgoing.pk, state=MailMerge.State.WRITTEN).exists()
    apart = mailing or message_links.handouts_of_draft(outgoing.account_id, outgoing.key)
    return outgoing.changed_at + (MAILING_KEPT_FOR if apart else KEPT_FOR)


def prolong_draft(key: str, now: datetime) -> None:
    """The table of its mailing changed: the letter is as it was, and is kept as long again."""
    if Outgoing.objects.filter(pk=key, state=Outgoing.State.DRAFT).update(changed_at=now):
        due.at(now + MAILING_KEPT_FOR, FORGET, key)


def _missing(outgoing: Outgoing | None, letter: DraftContent) -> list[PartPath]:
    """Pictures of the source that the text shows and that are not here yet: also one that was taken out, then put back
    before anything was kept."""
    if outgoing is None or not letter.pictures:
        return list(letter.pictures)
    here = {file.content_id for file in outgoing.files.all()}
    return [path for path in letter.pictures if content_id_of(path, outgoing.key) not in here]


def _source_message(account: Account, letter: DraftContent) -> Message | None:
    if letter.source is None:
        return None
    try:
        with open_mailbox_of(account.key) as session:
            return session.message(letter.source.folder, letter.source.uid)
    except MailboxUnavailableError:
        if letter.parts or letter.pictures:
            raise  # its attachments would be lost without a word
        return None
    except MailboxError:
        return None  # the message answered is gone: the answer is still worth sending


def _check(outgoing: Outgoing, letter: DraftContent, *, force: bool) -> None:
    if not outgoing.is_draft:
        raise AlreadySentError
    other_window = outgoing.writer and outgoing.writer != letter.writer
    if other_window and letter.revision < outgoing.revision and not force:
        raise WrittenElsewhereError


def _begin(outgoing: Outgoing, letter: DraftContent, message: Message | None) -> None:
    outgoing.kind = letter.kind
    if not letter.resumes:
        outgoing.begun = letter.words_begun
    if letter.source is None:
        return
    if letter.resumes:
        outgoing.draft_folder, outgoing.draft_uid = letter.source.folder, letter.source.uid
        outgoing.taken_from = f"{letter.source.folder}-{letter.source.uid}"
        if message:  # a draft keeps what it answers, and the files that travel with it as links
            _adopt(outgoing, draft_copies.draft_key(message.message_id))
            outgoing.source_message_id, outgoing.references = message.in_reply_to, list(message.references)
        return
    if letter.kind == Outgoing.Kind.NEW and not letter.refused:
        return  # a message taken up as a new one: it answers nothing
    outgoing.source_folder, outgoing.source_uid = letter.source.folder, letter.source.uid
    if letter.kind == Outgoing.Kind.NEW:
        return
    if message:
        outgoing.source_message_id = message.message_id
        outgoing.references = [*message.references, message.message_id] if message.message_id else []


def _adopt(outgoing: Outgoing, former: str) -> None:
    """A copy that was set apart has the name of a letter that continues, and keeps its files."""
    if not Outgoing.objects.filter(account=outgoing.account_id, key=former).exists():
        message_links.adopt_handouts(outgoing.account_id, former, outgoing.key)


def _write(outgoing: Outgoing, letter: DraftContent, sender: str, now: datetime) -> None:
    outgoing.to, outgoing.cc, outgoing.bcc, outgoing.others = letter.to, letter.cc, letter.bcc, letter.others
    outgoing.subject, outgoing.text, outgoing.sender = letter.subject, letter.text, sender
    outgoing.html = letter.html
    outgoing.asks_receipt, outgoing.importance = letter.asks_receipt, letter.importance
    outgoing.reminds_after = letter.reminds_after or None
    outgoing.revision += 1
    outgoing.writer, outgoing.typed = letter.writer, letter.typed
    outgoing.author = acting_member()
    outgoing.failure = None
    outgoing.changed_at = now
    outgoing.save()


def _replace_copy(outgoing: Outgoing, session: Session, now: datetime) -> None:
    folder = session.by_role("drafts") or session.create(FolderName("Drafts"))
    if folder.id is None:
        raise NoSuchFolderError
    uid = _store(outgoing, session, folder.id, now)
    if outgoing.draft_folder != folder.id:
        remove_copy(outgoing, session)
    outgoing.draft_folder, outgoing.draft_uid = folder.id, uid
    if not _deposited(outgoing):
        remove_copy(outgoing, session)  # sent meanwhile


def _take_copy_away(outgoing: Outgoing, session: Session) -> None:
    remove_copy(outgoing, session)
    outgoing.draft_folder = outgoing.draft_uid = None
    _deposited(outgoing)


def _store(outgoing: Outgoing, session: Session, folder: MailboxId, now: datetime) -> Uid | None:
    """Without room for its copy the letter is only here: then it stands among what waits, where its author finds it."""
    try:
        uid = draft_copies.store_copy(
            session, outgoing, folder, mime_builder.build_message(outgoing, now, is_draft=True), now
        )
    except QuotaExceededError:
        outgoing.failure = outgoing.failure or NO_ROOM
        Outgoing.objects.filter(pk=outgoing.pk, state=Outgoing.State.DRAFT).update(failure=outgoing.failure)
        raise
    if outgoing.failure == NO_ROOM:
        outgoing.failure = None
        Outgoing.objects.filter(pk=outgoing.pk).update(failure=None)
    return uid


@contextmanager
def _claimed_soon(outgoing: Outgoing) -> Iterator[bool]:
    """A save takes some hundredths of a second. False when the letter is gone."""
    for _try in range(CLAIM_TRIES):
        with _claimed(outgoing) as mine:
            if mine:
                yield True
                return
        if not Outgoing.objects.filter(pk=outgoing.pk).exists():
            yield False
            return
        time.sleep(CLAIM_PAUSE)
    raise MailboxUnavailableError("another process is at this draft")


@contextmanager
def _claimed(outgoing: Outgoing) -> Iterator[bool]:
    """One process at a time replaces the copy."""
    if not Outgoing.objects.filter(pk=outgoing.pk).exists():  # no lock is made beside what is gone
        yield False
        return
    with hold_machine_lock(outgoing.copy_lock_path) as free:
        yield free


def _learn_copy(outgoing: Outgoing) -> bool:
    """Where the copy lies now: another process may have replaced it since this row was read. False when what lies there
    is newer, or when the letter is gone."""
    row = Outgoing.objects.filter(pk=outgoing.pk)
    lies = row.values_list("draft_folder", "draft_uid", "deposited_revision").first()
    if lies is None or lies[2] > outgoing.revision:
        return False
    outgoing.draft_folder, outgoing.draft_uid = lies[:2]
    return True


def _deposited(outgoing: Outgoing) -> bool:
    return bool(
        Outgoing.objects.filter(pk=outgoing.pk, state=Outgoing.State.DRAFT).update(
            draft_folder=outgoing.draft_folder, draft_uid=outgoing.draft_uid, deposited_revision=outgoing.revision
        )
    )


def note_change(outgoing: Outgoing, now: datetime) -> None:
    Outgoing.objects.filter(pk=outgoing.pk).update(revision=F("revision") + 1, changed_at=now)
