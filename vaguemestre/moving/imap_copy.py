"""A mailbox elsewhere: tried with the person before their eyes, then copied by mbsync, then stored as files are.

The password is sealed in its row, opened when mbsync begins, and gone as soon as all is copied, given up or too old.
"""

import secrets
import shutil
import time
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

from django.db import IntegrityError, transaction
from django.db.models import F

from vaguemestre.academy.facts import academy
from vaguemestre.accounts import secret_sealing
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.secret_sealing import Purpose
from vaguemestre.audit import journal
from vaguemestre.moving import completion_mail, connection, import_jobs, mbsync, remote_mailbox, sync_bookmarks
from vaguemestre.moving.mbsync import Run
from vaguemestre.moving.models import Intake, Part, Remote
from vaguemestre.moving.remote_folders import imported_folders
from vaguemestre.moving.remote_mailbox import RemoteMailboxError
from vaguemestre.moving.uploaded_files import disk_has_room

TRIAL_LASTS = timedelta(hours=1)
ATTEMPTS = 8  # in a row that copied nothing more
State = Intake.State
_runs: dict[str, Run] = {}  # of this process: what a former one left behind died with it


def try_server(account: Account, host: str, port: int, user: str, password: str, *, now: datetime) -> Intake:
    """Raises RemoteMailboxError and AlreadyUnderWayError. The trial before it is forgotten."""
    if Intake.objects.filter(account=account, state__in=Intake.OPEN).exists():
        raise import_jobs.AlreadyUnderWayError(account.key)
    checked = remote_mailbox.host_of(host)
    folders = remote_mailbox.list_remote_folders(connection.server(checked, port), user, password)
    with transaction.atomic():
        Intake.objects.filter(account=account, state=State.TRIED).delete()
        intake = Intake.objects.create(
            key=secrets.token_hex(16), account=account, asked_at=now, state=State.TRIED, names=checked, target="",
            target_label="",
        )  # fmt: skip
        Remote.objects.create(
            intake=intake, host=checked, port=port, user=user, tried_at=now,
            sealed=secret_sealing.seal(password.encode(), Purpose.ELSEWHERE),
            folders=[asdict(one) for one in folders], total=0,
        )  # fmt: skip
        _count(intake.remote)
    return intake


def begin_copy(intake: Intake, *, inbox: str, now: datetime, whole: bool = False) -> bool:
    """False when the trial is too old, or another import is under way. `inbox`: where "open the folder" leads.
    `whole`: what was read by an earlier import as well."""
    mine = Intake.objects.filter(pk=intake.pk, state=State.TRIED, remote__tried_at__gt=now - TRIAL_LASTS)
    try:
        with transaction.atomic():
            if not mine.update(state=State.RUNNING, asked_at=now, looked_at=now, target=inbox):
                return False
            if whole:
                sync_bookmarks.forget_bookmarks(intake.remote)
                _count(intake.remote)
            Part.objects.bulk_create(_parts(intake), batch_size=500)
            journal.record(
                intake.account_id, "intake.asked", intake.account_id, intake=intake.key[:8], host=intake.remote.host
            )
            transaction.on_commit(import_jobs.BRINGING.start)
    except IntegrityError:
        return False
    return True


def is_copied(intake: Intake, until: float) -> bool:
    """Whether its files are there: those of an upload always are. Waits for mbsync for the time of a slice.

    Raises RemoteMailboxError."""
    source = Remote.objects.filter(intake=intake).exclude(sealed="").first()
    if source is None:
        return True
    root = import_jobs.folder_of(intake.key)
    run = _runs.get(intake.key) or _started(intake, source)
    over = run.over(max(0.05, until - time.monotonic()))
    count, octets = _copied(root)
    if count > source.copied:
        Remote.objects.filter(pk=source.pk).update(copied=count)
        Intake.objects.filter(pk=intake.pk).update(attempts=0)
    if not Intake.objects.filter(pk=intake.pk, state=State.RUNNING).exists():
        end_copy(intake.key)
        return False
    if octets > size_limit() or not disk_has_room(root):
        end_copy(intake.key)
        raise RemoteMailboxError("large" if octets > size_limit() else "disk")
    if not over:
        return False
    del _runs[intake.key]
    if failure := run.failure():
        raise RemoteMailboxError(failure)
    if _changed_meanwhile(source):
        return False
    _arrived(source)
    return True


def size_limit() -> int:
    """Bytes: what is larger than a mailbox here need not be read to its end."""
    return academy().mail.quota_mb * 5 // 4 * 1024 * 1024


def _copied(root: Path) -> tuple[int, int]:
    """mbsync renames what it has read while we look."""
    try:
        return mbsync.copied(root)
    except FileNotFoundError:
        return 0, 0


def note_failure(intake: Intake, reason: str, now: datetime) -> None:
    """A line that broke is tried again; what will not mend by itself waits for the person."""
    Intake.objects.filter(pk=intake.pk).update(attempts=F("attempts") + 1)
    if reason in {"away", "time"} and intake.attempts + 1 < ATTEMPTS:
        return
    end_copy(intake.key)
    with transaction.atomic():
        mine = Intake.objects.filter(pk=intake.pk, state=State.RUNNING)
        if mine.update(state=State.PAUSED, failure=f"r-{reason}"[:10]):
            completion_mail.send_completion_mail(intake, now)


def end_copy(key: str) -> None:
    if run := _runs.pop(key, None):
        run.end()


def end_strangers() -> None:
    """What runs in this process for an import that was stopped meanwhile, by another."""
    for key in list(_runs):
        if not Intake.objects.filter(pk=key, state=State.RUNNING).exists():
            end_copy(key)
            import_jobs.delete_files(key)


def forget_trials(now: datetime) -> None:
    """What nobody began, with its password; and what has not come to its end within days."""
    Intake.objects.filter(state=State.TRIED, remote__tried_at__lt=now - TRIAL_LASTS).delete()
    late = Intake.objects.filter(state=State.RUNNING, remote__tried_at__lt=now - import_jobs.PAUSED_WAITS)
    for intake in late.exclude(remote__sealed=""):
        import_jobs.stop_import(intake, now=now)


def remember_copy(intake: Intake, now: datetime) -> None:
    """All of it is stored: the next import of that mailbox begins here."""
    if source := Remote.objects.select_related("intake").filter(intake=intake).first():
        sync_bookmarks.save_bookmarks(source, import_jobs.folder_of(source.intake_id), now)


def _started(intake: Intake, source: Remote) -> Run:
    root = import_jobs.folder_of(intake.key)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    password = secret_sealing.unseal(source.sealed, Purpose.ELSEWHERE).decode()
    server = connection.server(source.host, source.port)
    folders = imported_folders(source)
    read = sync_bookmarks.load_bookmarks(source, folders)
    run = _runs[intake.key] = mbsync.start(root, server, folders, source.user, password, read)
    return run


def _count(source: Remote) -> None:
    folders = imported_folders(source)
    source.total = sync_bookmarks.count_to_come(folders, sync_bookmarks.load_bookmarks(source, folders))
    source.save(update_fields=["total"])


def _changed_meanwhile(source: Remote) -> bool:
    """A folder was made again over there between the trial and the reading: its numbers mean other messages. mbsync
    takes that for a repair and leaves out what is below our bookmark; so all is read once more, without any."""
    root, folders = import_jobs.folder_of(source.intake_id), imported_folders(source)
    read = sync_bookmarks.load_bookmarks(source, folders)
    for number, folder in enumerate(folders):
        told = sync_bookmarks.state_of(mbsync.place_of(root, number)).get("FarUidValidity")
        if folder.name in read and told != folder.validity:
            sync_bookmarks.forget_bookmarks(source)
            shutil.rmtree(root / "box", ignore_errors=True)
            return True
    return False


def _parts(intake: Intake) -> list[Part]:
    return [
        Part(
            intake=intake, number=number, kind=Part.Kind.COPIED, file=f"box/f{number}", member=one.role,
            folder=one.name, label=one.name[-255:], size=one.total,
        )
        for number, one in enumerate(imported_folders(intake.remote))
    ]  # fmt: skip


def _arrived(source: Remote) -> None:
    root = import_jobs.folder_of(source.intake_id)
    with transaction.atomic():
        Remote.objects.filter(pk=source.pk).update(sealed="", copied=_copied(root)[0])
        for part in source.intake.parts.all():
            part.size = len(mbsync.messages(root / part.file))
            part.save(update_fields=["size"])
