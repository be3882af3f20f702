"""One backup from beginning to end, as root: secrets elsewhere, then database, files and mail, and the record."""

import fcntl
import json
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from vaguemestre import __version__
from vaguemestre.backup import outcomes, retention, runs
from vaguemestre.backup.accounts_copied import accounts_copied
from vaguemestre.backup.configuration import BackupConfiguration, require_sound
from vaguemestre.backup.database_copy import copy_database
from vaguemestre.backup.errors import AlreadyRunningError, BackupError, MailMissingError, NotARepositoryError
from vaguemestre.backup.outcomes import Task
from vaguemestre.backup.repository import BackupSnapshot, BackupSummary, Repository

FILES = ("outbox", "handouts", "career")
# Made anew by Dovecot: words for searching, the folder of all folders.
MADE_ANEW = ("fts-flatcurve", "virtual")
# The last one is a demo's: passwords of its people, and that they exist.
SECRETS = ("secrets", "tls", "instance.toml", "backup/authority", "demo.json")
AUTHORITY = ("academy.toml", "charter.md", "brand")
PRUNED_EVERY = timedelta(days=7)
LEAST_LEFT = 0.5  # of the files that mail had in the last backup


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
    return run


def _back_up(
    configuration: BackupConfiguration, database: Mapping[str, Any], authority: Path, now: datetime, less_mail: bool
) -> runs.BackupRun:
    require_sound(configuration)
    mail, elsewhere = open_repositories(configuration)
    data, work = configuration.data, configuration.work
    name = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
    parts: dict[str, BackupSummary] = {}
    _copy_authority(authority, data / "backup" / "authority")
    present = [path for path in SECRETS if (data / path).exists()]
    parts["secrets"] = elsewhere.back_up(present, within=data, tags={"run": name, "part": "secrets"})
    owner = (data / "db").stat().st_uid
    copied = copy_database(database, work / "database", owner)
    parts["database"] = mail.back_up([copied.name], within=copied.parent, tags={"run": name, "part": "database"})
    accounts = accounts_copied(copied)
    copied.unlink()
    present = [path for path in FILES if (data / path).exists()]
    parts["files"] = mail.back_up(present, within=data, tags={"run": name, "part": "files"})
    # A link to another disk is followed here: restic would keep the link alone.
    store = (data / "mail").resolve()
    if not store.is_dir() or not any(store.iterdir()):
        raise MailMissingError(store)
    tags = {"run": name, "part": "mail"}
    parts["mail"] = mail.back_up(["."], within=store, tags=tags, leaving_out=MADE_ANEW)
    if not less_mail:
        _require_mail(mail, store, parts["mail"].files, accounts)
    _write_record(mail, work, name, parts, now)
    snapshots = mail.snapshots()
    _forget_old(configuration, mail, elsewhere, snapshots, now)
    return runs.run_named(snapshots, name)


def _require_mail(mail: Repository, store: Path, files: int, accounts: int) -> None:
    """Before the record is written: what follows is no backup, and those that there are stay."""
    before = next((run.parts["mail"].files for run in reversed(runs.complete_runs(mail.snapshots()))), 0)
    if (accounts and not files) or files < before * LEAST_LEFT:
        raise MailMissingError(f"{store}: {files} < {before}" if before else store)


def open_repositories(configuration: BackupConfiguration) -> tuple[Repository, Repository]:
    """Mail's, then that of the secrets. Made the first time; one that was there before and is not is a wrong place, or
    a disk that is not mounted."""
    known = outcomes.read_outcome(configuration.data, Task.BACKUP).facts.get("places", [])
    opened = (runs.mail_repository(configuration), runs.secrets_repository(configuration))
    for repository in opened:
        try:
            repository.snapshots()  # refused here when it is another's
        except NotARepositoryError:
            if repository.target.address in known:
                raise
            repository.make()
    return opened


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


def _write_record(mail: Repository, work: Path, name: str, parts: Mapping[str, BackupSummary], now: datetime) -> None:
    """Last: what makes a backup of its parts."""
    record = {
        "run": name, "begun": now.isoformat(), "version": __version__,
        "parts": {part: {"snapshot": made.snapshot, "files": made.files, "octets": made.octets, "added": made.added}
                  for part, made in parts.items()},
    }  # fmt: skip
    folder = work / "record"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / runs.RECORD_FILE).write_text(json.dumps(record))
    mail.back_up([runs.RECORD_FILE], within=folder, tags={"run": name, "part": runs.RECORD})


def _forget_old(
    configuration: BackupConfiguration, mail: Repository, elsewhere: Repository, snapshots: list[BackupSnapshot],
    now: datetime,
) -> None:  # fmt: skip
    """What the old ones held goes once a week: that reads much. Of the secrets stay those whose backup stays."""
    marker = configuration.work / "pruned"
    prune = not marker.exists() or now.timestamp() - marker.stat().st_mtime > PRUNED_EVERY.total_seconds()
    gone = retention.forgettable(snapshots, configuration)
    mail.forget(gone, prune=prune)
    left = {one.tags.get("run") for one in snapshots if one.id not in gone}
    there = elsewhere.snapshots()
    old = [one.id for one in there if one.tags.get("part") == "secrets" and one.tags.get("run") not in left]
    copies = [one.id for one in there if one.tags.get("part") == "revocations"][:-1]
    elsewhere.forget([*old, *copies], prune=prune)
    if prune:
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
