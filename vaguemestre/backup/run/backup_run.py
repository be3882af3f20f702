"""One backup from beginning to end, as root: secrets elsewhere, then database, files and mail, and the record."""

import fcntl
import json
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from vaguemestre import __version__
from vaguemestre.backup.database.accounts_copied import accounts_copied
from vaguemestre.backup.database.database_copy import database_of, take_copy
from vaguemestre.backup.errors import AlreadyRunningError, BackupError, MailMissingError, NotARepositoryError
from vaguemestre.backup.places import runs
from vaguemestre.backup.places.configuration import BackupConfiguration, require_sound
from vaguemestre.backup.places.repository import BackupSnapshot, Repository
from vaguemestre.backup.run import retention
from vaguemestre.backup.status import outcomes
from vaguemestre.backup.status.outcomes import Task

FILES = ("outbox", "handouts", "career")
# Made again by Dovecot: words for searching, the folder of all folders.
MADE_ANEW = ("fts-flatcurve", "virtual")
# The last one is a demo's: passwords of its people, and that they exist.
SECRETS = ("secrets", "tls", "instance.toml", "backup/authority", "demo.json")
AUTHORITY = ("academy.toml", "charter.md", "brand")
FORGOTTEN_EVERY = timedelta(days=7)
MANY_COPIES = 500  # of revocations: so many are forgotten without waiting
LEAST_LEFT = 0.5  # of the files that mail had in the last backup

type Opened = tuple[Repository, list[BackupSnapshot]]  # with what was in it before


def back_up(
    configuration: BackupConfiguration, database: Mapping[str, Any], authority: Path, *, now: datetime,
    less_mail: bool = False,
) -> runs.BackupRun:  # fmt: skip
    """`authority`: the folder of academy.toml. `less_mail`: much was deleted, and somebody knows it. Raises
    BackupError; then what was complete before is the last one."""
    data = configuration.data
    with only_one(configuration, "run"):
        with failure_kept(data, Task.BACKUP, now):
            run = _back_up(configuration, database, authority, now, less_mail)
        ended = max(datetime.now(UTC), now)
        outcomes.write_success(data, Task.BACKUP, ended, run=run.id, octets=run.octets, places=_places(configuration))
        outcomes.note_due(data, Task.CHECK, ended)
    return run


def _back_up(
    configuration: BackupConfiguration, database: Mapping[str, Any], authority: Path, now: datetime, less_mail: bool
) -> runs.BackupRun:
    require_sound(configuration)
    (mail, in_mail), (elsewhere, in_secrets) = open_repositories(configuration)
    data, work = configuration.data, configuration.work
    name = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
    parts: dict[str, BackupSnapshot] = {}
    _copy_authority(authority, data / "backup" / "authority")
    present = [path for path in SECRETS if (data / path).exists()]
    parts["secrets"] = elsewhere.back_up(present, within=data, tags={"run": name, "part": "secrets"})
    copied = take_copy(database_of(database), data / "tmp", work / "database")
    parts["database"] = mail.back_up([copied.name], within=copied.parent, tags={"run": name, "part": "database"})
    accounts = accounts_copied(copied)
    copied.unlink()
    present = [path for path in FILES if (data / path).exists()]
    parts["files"] = mail.back_up(present, within=data, tags={"run": name, "part": "files"})
    # A link to another disk is followed here: restic would keep the link alone.
    store = (data / "mail").resolve()
    if not store.is_dir():
        raise MailMissingError(store)
    within = store if any(store.iterdir()) else _empty_store(work)
    tags = {"run": name, "part": "mail"}
    parts["mail"] = mail.back_up(["."], within=within, tags=tags, leaving_out=MADE_ANEW)
    if not less_mail:
        _require_mail(in_mail, store, parts["mail"].files, accounts)
    record = _write_record(mail, work, name, parts, now)
    in_mail += [*(parts[part] for part in runs.PARTS), record]
    _forget_old(configuration, (mail, in_mail), (elsewhere, in_secrets), now)
    return runs.run_named(in_mail, name)


def _empty_store(work: Path) -> Path:
    """A new service has none yet, and restic keeps no snapshot of nothing: one of the folders that Dovecot makes."""
    (work / "empty" / "00").mkdir(mode=0o700, parents=True, exist_ok=True)
    return work / "empty"


def _require_mail(in_mail: Sequence[BackupSnapshot], store: Path, files: int, accounts: int) -> None:
    """Before the record is written: what follows is no backup, and those that there are stay."""
    before = next((run.parts["mail"].files for run in reversed(runs.complete_runs(in_mail))), 0)
    if (accounts and not files) or files < before * LEAST_LEFT:
        raise MailMissingError(f"{store}: {files} < {before}" if before else store)


def open_repositories(configuration: BackupConfiguration) -> tuple[Opened, Opened]:
    """Mail's, then that of the secrets. Made the first time; one that was there before and is not is a wrong place, or
    a disk that is not mounted."""
    return _open(configuration, runs.mail_repository), _open(configuration, runs.secrets_repository)


def _open(configuration: BackupConfiguration, which: Callable[[BackupConfiguration], Repository]) -> Opened:
    known = outcomes.read_outcome(configuration.data, Task.BACKUP).facts.get("places", [])
    repository = which(configuration)
    try:
        return repository, repository.snapshots()  # refused here when it is another's
    except NotARepositoryError:
        if repository.target.address in known:
            raise
        repository.make()
        return repository, []


def _places(configuration: BackupConfiguration) -> list[str]:
    return [configuration.mail.address, configuration.secrets.address]


def _copy_authority(source: Path, target: Path) -> None:
    """What is particular to the authority lies beside the product, not in the data folder."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(mode=0o755, parents=True)
    for name in AUTHORITY:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name)
        elif (source / name).exists():
            shutil.copy2(source / name, target / name)


def _write_record(
    mail: Repository, work: Path, name: str, parts: Mapping[str, BackupSnapshot], now: datetime
) -> BackupSnapshot:
    """Last: what makes a backup of its parts."""
    record = {
        "run": name, "begun": now.isoformat(), "version": __version__,
        "parts": {part: {"snapshot": made.id, "files": made.files, "octets": made.octets, "added": made.added}
                  for part, made in parts.items()},
    }  # fmt: skip
    folder = work / "record"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / runs.RECORD_FILE).write_text(json.dumps(record))
    return mail.back_up([runs.RECORD_FILE], within=folder, tags={"run": name, "part": runs.RECORD})


def _forget_old(configuration: BackupConfiguration, mail: Opened, elsewhere: Opened, now: datetime) -> None:
    """Once a week, and what the old ones held goes with them: that reads much. Of the secrets stay those whose backup
    stays."""
    marker = configuration.work / "pruned"
    due = not marker.exists() or now.timestamp() - marker.stat().st_mtime > FORGOTTEN_EVERY.total_seconds()
    there = elsewhere[1]
    copies = [one.id for one in there if one.tags.get("part") == "revocations"][:-1]
    restored = retention.restored_run(configuration.data)
    if restored.is_young(now) or (not due and len(copies) < MANY_COPIES):
        return
    gone = retention.forgettable(mail[1], configuration, restored.run)
    left = {one.tags.get("run") for one in mail[1] if one.id not in gone}
    old = [one.id for one in there if one.tags.get("part") == "secrets" and one.tags.get("run") not in left]
    mail[0].forget(gone)
    elsewhere[0].forget([*old, *copies])
    marker.touch()


@contextmanager
def failure_kept(data: Path, task: Task, now: datetime) -> Iterator[None]:
    """Whatever it was, it is an outcome. Of what nobody foresaw the kind alone: its words are in the journal."""
    try:
        yield
    except BackupError as error:
        outcomes.write_failure(data, task, now, error.code, error.detail)
        raise
    except Exception as error:
        outcomes.write_failure(data, task, now, BackupError.code, type(error).__name__)
        raise


@contextmanager
def only_one(configuration: BackupConfiguration, name: str) -> Iterator[None]:
    """Raises AlreadyRunningError. The lock is its process's: none is left behind by one that was killed."""
    configuration.work.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (configuration.work / f"{name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise AlreadyRunningError from held
        yield
