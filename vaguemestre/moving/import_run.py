"""Storing what was sent, in slices of a few seconds: a message after the other, each once.

A row says up to where its file is done only after the mail server has it. What a crash leaves between the two is found
again in the folder, among the numbers from `since` on, and counted as brought.
"""

import logging
import time
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.audit import journal
from vaguemestre.clock import due
from vaguemestre.clock.machine_lock import hold_machine_lock
from vaguemestre.mailbox.errors import (
    MailboxRefusedError,
    MailboxUnavailableError,
    NoSuchFolderError,
    QuotaExceededError,
    SignInRefusedError,
)
from vaguemestre.mailbox.imap.messages.append import MessageToAppend
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.imap.uid_sets import UidSet
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.moving import (
    completion_mail,
    imap_copy,
    import_jobs,
    known_messages,
    part_reading,
    rollback,
    sync_bookmarks,
    target_folders,
    zip_archives,
)
from vaguemestre.moving.connection import open_mailbox_of
from vaguemestre.moving.models import Intake, Part, Refusal, Remote
from vaguemestre.moving.part_reading import SourceMessage
from vaguemestre.moving.remote_mailbox import RemoteMailboxError
from vaguemestre.moving.stored_message import NoMessageError, StoredMessage, message_to_store
from vaguemestre.moving.zip_archives import ArchiveRefusedError

logger = logging.getLogger(__name__)
SLICE_SECONDS = 3.0
CHECKPOINT = 200  # messages between two writes of the row
TOGETHER, MOST_TOGETHER = 1024 * 1024, 100  # bytes and messages that one command stores
ALONE = 256 * 1024  # bytes: a larger one goes by itself, and the server is asked before it is sent
ATTEMPTS = 60  # in a row that led nowhere: with the clock's minutes, an hour
REPORTED = 200  # refusals of a part that are kept one by one
State = Intake.State


class StoppedError(Exception):
    """By the person, between two looks."""


@import_jobs.BRINGING.register
def go_on(*, now: datetime, seconds: float = SLICE_SECONDS) -> bool:
    """One slice of who waits longest. False: nothing is left to do, or it waits for the clock's next look."""
    if settings.DATA is None:
        return False
    with hold_machine_lock(Path(settings.DATA) / import_jobs.FOLDER / "bringing.lock") as mine:
        waiting = Intake.objects.filter(state__in=Intake.UNDER_WAY).order_by(F("served_at").asc(nulls_first=True))
        intake = waiting.first()
        if mine:
            imap_copy.end_strangers()
        if not mine or intake is None:
            return False
        Intake.objects.filter(pk=intake.pk).update(served_at=timezone.now())
        return _served(intake, now, time.monotonic() + seconds)


@due.recurring("moving.orders.look_after", every=60)
def look_after(_key: str, now: datetime) -> None:
    """The clock's call: gives up what nobody continues with, and continues with what a crash left behind."""
    for intake in Intake.objects.filter(state=State.PAUSED, served_at__lt=now - import_jobs.PAUSED_WAITS):
        import_jobs.stop_import(intake, now=now)
    Intake.objects.exclude(state__in=Intake.OPEN).filter(asked_at__lt=now - import_jobs.KEPT_IN_THE_LIST).delete()
    sync_bookmarks.forget_old(now - import_jobs.KEPT_IN_THE_LIST)
    imap_copy.forget_trials(now)
    imap_copy.end_strangers()
    import_jobs.clear_strangers(now)
    if Intake.objects.filter(state__in=Intake.UNDER_WAY).exists():
        import_jobs.BRINGING.start()


def _served(intake: Intake, now: datetime, until: float) -> bool:
    try:
        with open_mailbox_of(intake.account_id) as session:
            if intake.state == State.UNDOING:
                rollback.slice_of(intake, session, now, until)
            else:
                _slice(intake, session, now, until)
        Intake.objects.filter(pk=intake.pk).update(attempts=0)
    except StoppedError:
        logger.info("intake %s was stopped", intake.key[:8])
    except RemoteMailboxError as error:
        logger.warning("intake %s: elsewhere: %s", intake.key[:8], error.reason)
        imap_copy.note_failure(intake, error.reason, timezone.now())
    except MailboxUnavailableError as error:
        logger.warning("intake %s: %s", intake.key[:8], error)
        _in_vain(intake)
        return False
    except MailboxRefusedError as refusal:
        if not refusal.permanent:
            _in_vain(intake)
            return False
        _pause(intake, refusal)
    except (OSError, ArchiveRefusedError) as error:
        logger.warning("intake %s: %s", intake.key[:8], error)
        _fail(intake, "disk" if isinstance(error, OSError) else "broken", now)
    return Intake.objects.filter(state__in=Intake.UNDER_WAY).exists()


def _slice(intake: Intake, session: Session, now: datetime, until: float) -> None:
    if not imap_copy.is_copied(intake, until):
        return
    for part in intake.parts.filter(over=False).order_by("number"):
        if part.kind == Part.Kind.PACKED_MBOX and not part_reading.unpack_source(part).exists():
            zip_archives.unpack_member(
                import_jobs.folder_of(intake.key) / part.file, part.member, part_reading.unpack_source(part)
            )
        _bring(part, session, _target(intake, part, session), now, until)
        if not part.over:
            return
        part_reading.delete_unpacked(part)
        if time.monotonic() >= until:
            return
    if not intake.parts.filter(over=False).exists():
        _finish(intake, now)


def _target(intake: Intake, part: Part, session: Session) -> Folder:
    """Raises NoSuchFolderError when it was deleted, or emptied by a new one of its name, meanwhile."""
    if not part.target:
        folder, part.made = _place(intake, part, session)
        part.target, part.validity, part.since = folder.id or "", folder.uid_validity, folder.uid_next
        part.save(update_fields=["target", "validity", "made", "since"])
    for folder in session.folders():
        if folder.id == part.target and folder.uid_validity == part.validity:
            return folder
    raise NoSuchFolderError(part.target)


def _place(intake: Intake, part: Part, session: Session) -> tuple[Folder, bool]:
    if part.kind == Part.Kind.COPIED:
        spare = _("Imported folder %d") % (part.number + 1)
        return (
            target_folders.ensure_role(session, part.member)
            if part.member
            else target_folders.ensure_path(session, part.folder, spare)
        )
    chosen = target_folders.chosen_folder(session, intake.target)
    return target_folders.ensure_below(session, chosen, part.folder) if part.folder else (chosen, False)


def _bring(part: Part, session: Session, folder: Folder, now: datetime, until: float) -> None:
    work = _Work(part, session, MailboxId(part.target), known_messages.known_messages(part.intake_id, session, folder))
    try:
        for taken in part_reading.source_messages(part):
            work.take(taken, now)
            if work.waiting >= CHECKPOINT:
                work.write()
            if time.monotonic() >= until:
                work.settle()
                break
        else:
            work.settle()
            part.over = True
    finally:
        # What has been stored before something went wrong is stored.
        work.write()


class _Work:
    """One part in one slice: what was done and is not in its row yet. Messages wait until some are together: they are
    stored by one command, all or none, then told one after the other as what is found in the folder."""

    def __init__(self, part: Part, session: Session, folder: MailboxId, known: known_messages.KnownMessages) -> None:
        self._part, self._session, self._folder, self._shelf = part, session, folder, known
        self._brought = UidSet.read(part.brought)
        self._fresh: list[Uid] = []
        self._refusals: list[Refusal] = []
        self._together: list[tuple[StoredMessage | NoMessageError, int]] = []  # with the place after each
        self._weight = 0
        self.waiting = 0

    def take(self, taken: SourceMessage, now: datetime) -> None:
        letter = _read(taken, now)
        self._together.append((letter, taken.after))
        self._weight += len(letter.raw) if isinstance(letter, StoredMessage) else 0
        if self._weight >= TOGETHER or len(self._together) >= MOST_TOGETHER:
            self.settle()

    def settle(self) -> None:
        """What waits is stored. Where it breaks, the rest is read again by the next slice."""
        waiting, self._together, self._weight = self._together, [], 0
        self._store_together([letter for letter, _after in waiting if isinstance(letter, StoredMessage)])
        for letter, after in waiting:
            if isinstance(letter, StoredMessage):
                self._store(letter)
            elif letter.reason == "deleted":
                self._part.deleted += 1
            else:
                self._refuse(letter.reason, "")
            self._part.after = after
            self.waiting += 1

    def write(self) -> None:
        """Raises StoppedError, once it is written."""
        part = self._part
        if self._fresh:
            self._brought = self._brought.united(UidSet.of(self._fresh))
            part.brought, part.brought_count = str(self._brought), len(self._brought)
            part.since = max(self._fresh) + 1
        with transaction.atomic():
            part.save(
                update_fields=["after", "over", "brought", "brought_count", "since", "known", "deleted", "refused"]
            )
            Refusal.objects.bulk_create(self._refusals)
        self._fresh, self._refusals, self.waiting = [], [], 0
        if not Intake.objects.filter(pk=part.intake_id, state=State.RUNNING).exists():
            raise StoppedError(part.intake_id)

    def _store_together(self, letters: list[StoredMessage]) -> None:
        """What is new among them, if the mail server takes it all; what it refuses is found out one by one."""
        new: dict[bytes, StoredMessage] = {}
        for letter in letters:
            if len(letter.raw) <= ALONE and self._shelf.find(letter.identity) is None:
                new.setdefault(letter.identity, letter)
        if len(new) < 2:
            return
        try:
            uids = self._session.append_all(
                self._folder, [MessageToAppend(one.raw, one.flags, one.date) for one in new.values()]
            )
        except (NoSuchFolderError, SignInRefusedError):
            raise
        except MailboxRefusedError as refusal:
            if not refusal.permanent:
                raise
            return
        for identity, uid in zip(new, uids, strict=True):
            self._shelf.put(identity, uid)

    def _store(self, letter: StoredMessage) -> None:
        uid = self._shelf.find(letter.identity)
        if uid is not None:
            if uid >= self._part.since and uid not in self._fresh:
                self._fresh.append(uid)  # stored by a slice that did not live to say so
            else:
                self._part.known += 1
            return
        try:
            stored = self._session.append(self._folder, letter.raw, letter.flags, letter.date)
        except (QuotaExceededError, NoSuchFolderError, SignInRefusedError):
            raise
        except MailboxRefusedError as refusal:
            if not refusal.permanent:
                raise
            self._refuse("server", letter.subject)
            return
        if stored is not None:
            self._shelf.put(letter.identity, stored)
            self._fresh.append(stored)

    def _refuse(self, reason: str, subject: str) -> None:
        part = self._part
        part.refused += 1
        if part.refused <= REPORTED:
            place = part.brought_count + len(self._fresh) + part.known + part.deleted + part.refused
            self._refusals.append(Refusal(part=part, place=place, subject=subject, reason=reason))


def _read(taken: SourceMessage, now: datetime) -> StoredMessage | NoMessageError:
    if taken.raw is None:
        return NoMessageError("large")
    try:
        return message_to_store(taken.raw, taken.separator, now=now, flags=taken.flags, date=taken.date)
    except NoMessageError as none:
        return none


def _finish(intake: Intake, now: datetime) -> None:
    with transaction.atomic():
        if Intake.objects.filter(pk=intake.pk, state=State.RUNNING).update(state=State.DONE, finished_at=now):
            sums = intake.parts.aggregate(brought=Sum("brought_count"), refused=Sum("refused"))
            journal.record(
                intake.account_id, "intake.done", intake.account_id, intake=intake.key[:8],
                brought=sums["brought"] or 0, refused=sums["refused"] or 0,
            )  # fmt: skip
            imap_copy.remember_copy(intake, now)
            completion_mail.send_completion_mail(intake, timezone.now())
            transaction.on_commit(lambda: import_jobs.delete_files(intake.key))


def _pause(intake: Intake, refusal: MailboxRefusedError) -> None:
    """What was sent stays: the person makes room, or has the mailbox opened, and continues."""
    words = {QuotaExceededError: "full", NoSuchFolderError: "gone", SignInRefusedError: "closed"}
    word = next((word for kind, word in words.items() if isinstance(refusal, kind)), "refused")
    logger.warning("intake %s: %s", intake.key[:8], word)
    if intake.state == State.UNDOING:
        Intake.objects.filter(pk=intake.pk, state=State.UNDOING).update(state=State.DONE, failure=word)
        return
    ended = {"state": State.FAILED, "finished_at": timezone.now()} if word == "gone" else {"state": State.PAUSED}
    with transaction.atomic():
        if Intake.objects.filter(pk=intake.pk, state=State.RUNNING).update(failure=word, **ended):
            completion_mail.send_completion_mail(intake, timezone.now())
    if word == "gone":
        import_jobs.delete_files(intake.key)


def _in_vain(intake: Intake) -> None:
    Intake.objects.filter(pk=intake.pk).update(attempts=F("attempts") + 1)
    if intake.attempts + 1 >= ATTEMPTS and intake.state == State.RUNNING:
        with transaction.atomic():
            mine = Intake.objects.filter(pk=intake.pk, state=State.RUNNING)
            if mine.update(state=State.PAUSED, failure="away"):
                completion_mail.send_completion_mail(intake, timezone.now())


def _fail(intake: Intake, failure: str, now: datetime) -> None:
    with transaction.atomic():
        failed = Intake.objects.filter(pk=intake.pk, state=State.RUNNING).update(
            state=State.FAILED, failure=failure, finished_at=now
        )
        Remote.objects.filter(intake=intake).update(sealed="")
        if failed:
            journal.record("system", "intake.failed", intake.account_id, intake=intake.key[:8], failure=failure)
            completion_mail.send_completion_mail(intake, timezone.now())
            transaction.on_commit(lambda: import_jobs.delete_files(intake.key))
