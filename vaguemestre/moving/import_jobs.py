"""Asking for an import, stopping it, going on, taking it back; and what becomes of its files."""

import secrets
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from vaguemestre.accounts.models import Account
from vaguemestre.audit import journal
from vaguemestre.clock.sliced_work import SlicedWork
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.moving import known_messages, sync_bookmarks
from vaguemestre.moving.models import Bookmark, Intake, Part, Remote
from vaguemestre.moving.uploaded_files import StoredUpload

FOLDER = "moving"
BRINGING = SlicedWork("moving.bring", priority=-10)
PAUSED_WAITS = timedelta(days=7)
UNDO_LASTS = timedelta(days=7)
KEPT_IN_THE_LIST = timedelta(days=90)
State = Intake.State


class AlreadyUnderWayError(Exception):
    """One at a time; the page shows how far it is."""


def begin_import(
    account: Account, names: list[str], target: Callable[[], tuple[MailboxId, str, bool]],
    look: Callable[[Path], StoredUpload], *, now: datetime,
) -> Intake:  # fmt: skip
    """`look` lays the files aside in a folder; `target` answers the folder of the mailbox, its name for the person and
    whether it was made for this. Raises what they raise, and AlreadyUnderWayError."""
    key = secrets.token_hex(16)
    if Intake.objects.filter(account=account, state__in=Intake.OPEN).exists():
        raise AlreadyUnderWayError(account.key)
    looked = look(folder_of(key))
    try:
        place, label, made = target()
        with transaction.atomic():
            intake = Intake.objects.create(
                key=key, account=account, asked_at=now, names="\n".join(names)[:20_000], target=place,
                target_label=label[:400], target_made=made, ignored=looked.ignored, looked_at=now,
            )  # fmt: skip
            for part in looked.parts:
                part.intake = intake
            Part.objects.bulk_create(looked.parts, batch_size=500)
            journal.record(account.key, "intake.asked", account.key, intake=key[:8], files=len(names))
            transaction.on_commit(BRINGING.start)
    except IntegrityError as error:
        delete_files(key)
        raise AlreadyUnderWayError(account.key) from error
    except BaseException:
        delete_files(key)
        raise
    return intake


def stop_import(intake: Intake, *, now: datetime) -> None:
    """What was brought stays; what was sent is deleted."""
    if Intake.objects.filter(pk=intake.pk, state=State.TRIED).delete()[0]:
        return
    _end(intake, [State.RUNNING, State.PAUSED], State.STOPPED, "intake.stopped", now)


def resume_import(intake: Intake) -> None:
    """After the mailbox was full: where it stood."""
    with transaction.atomic():
        if Intake.objects.filter(pk=intake.pk, state=State.PAUSED).update(state=State.RUNNING, failure="", attempts=0):
            transaction.on_commit(BRINGING.start)


def can_undo(intake: Intake, now: datetime) -> bool:
    over = intake.state in {State.DONE, State.STOPPED, State.FAILED}
    recent = intake.finished_at is not None and intake.finished_at > now - UNDO_LASTS
    return over and recent and intake.parts.filter(brought_count__gt=0).exists()


def undo_import(intake: Intake, *, now: datetime) -> bool:
    """The messages that this import brought are deleted, where they still lie. False when it is too late, or when
    another import is under way."""
    if not can_undo(intake, now):
        return False
    try:
        with transaction.atomic():
            held = Intake.objects.filter(pk=intake.pk, state=intake.state).update(
                state=State.UNDOING, failure="", attempts=0
            )
            if held:
                journal.record(intake.account_id, "intake.undone", intake.account_id, intake=intake.key[:8])
                _may_come_again(intake)
                transaction.on_commit(BRINGING.start)
    except IntegrityError:
        return False
    return bool(held)


def forget_account(account_key: str, now: datetime) -> None:  # noqa: ARG001 - the shape of every purger
    intakes = Intake.objects.filter(account=account_key)
    for key in intakes.values_list("key", flat=True):
        delete_files(key)
    intakes.delete()
    Bookmark.objects.filter(account=account_key).delete()


def folder_of(key: str) -> Path:
    assert settings.DATA is not None, "no data folder"  # noqa: S101 - nobody uploads to a program without one
    return Path(settings.DATA) / FOLDER / key


def delete_files(key: str) -> None:
    known_messages.forget_known(key)
    shutil.rmtree(folder_of(key), ignore_errors=True)


def _end(intake: Intake, allowed: list[State], state: State, act: str, now: datetime) -> None:
    with transaction.atomic():
        held = Intake.objects.filter(pk=intake.pk, state__in=allowed).update(state=state, finished_at=now)
        if held:
            Remote.objects.filter(intake=intake).update(sealed="")
            journal.record(intake.account_id, act, intake.account_id, intake=intake.key[:8])
            transaction.on_commit(lambda: _let_go(intake.key))


def _may_come_again(intake: Intake) -> None:
    """What is taken back is wanted whole, should the same mailbox be imported once more."""
    for source in Remote.objects.select_related("intake").filter(intake=intake):
        sync_bookmarks.forget_bookmarks(source)


def _let_go(key: str) -> None:
    """The tasks process may be copying at this moment: it is asked to look."""
    delete_files(key)
    BRINGING.start()


def clear_strangers(now: datetime) -> None:
    """Folders that no open import wants: sent while the program was stopped, or of a restored database."""
    root = Path(settings.DATA) / FOLDER if settings.DATA else None
    if root is None or not root.is_dir():
        return
    wanted = set(Intake.objects.filter(state__in=Intake.OPEN).values_list("key", flat=True))
    yesterday = (now - timedelta(days=1)).timestamp()  # younger ones may still be on their way into a row
    for folder in root.iterdir():
        if folder.is_dir() and folder.name not in wanted and folder.stat().st_mtime < yesterday:
            delete_files(folder.name)
