"""A whole installation back from its two places, into a data folder where nothing runs. Without Django's tables: there
are none yet."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from vaguemestre.backup import revocation_copy, runs
from vaguemestre.backup.backup_run import FILES, SECRETS
from vaguemestre.backup.configuration import BackupConfiguration, require_sound
from vaguemestre.backup.errors import ForeignRepositoryError, NewerStoreError, NoBackupError, NotEmptyError
from vaguemestre.backup.identity import FILE as IDENTITY_FILE
from vaguemestre.backup.repository import Repository
from vaguemestre.backup.runs import BackupRun

STORE = ("db", "mail", "engine", *FILES, *SECRETS)
_WITNESSES = ("db/vaguemestre.sqlite3", "db/mail.sqlite3", "secrets", "instance.toml", "mail")


@dataclass(frozen=True)
class RestoredStore:
    """`database`: the copy, for whoever puts it back. `revocations`: lines; None: there is no copy of them that reaches
    past the backup. `up_to`: the moment until which they are known. `aside`: where what was there went."""

    run: BackupRun
    database: Path
    revocations: str | None
    up_to: str
    aside: Path | None


def restore_store(
    configuration: BackupConfiguration, *, run_id: str | None, force: bool, now: datetime,
    tell: Callable[[str], None] = lambda _part: None,
) -> RestoredStore:  # fmt: skip
    """Raises BackupError; before the first file is written unless the disk is full. `force`: what is in the data folder
    is put aside, never deleted. `tell` hears each part as it begins."""
    require_sound(configuration)
    mail, elsewhere = _repositories(configuration)
    run = runs.run_named(mail.snapshots(), run_id)
    secrets = elsewhere.snapshots(part="secrets", run=run.id)
    if not secrets:
        raise NoBackupError(f"{elsewhere.target.address}: {run.id}")
    aside = _make_room(configuration.data, run, mail.instance, force, now)
    data, work = configuration.data, configuration.work
    work.mkdir(mode=0o700, parents=True, exist_ok=True)
    for part, repository, snapshot, into in (
        ("secrets", elsewhere, secrets[-1].id, data),
        ("database", mail, run.parts["database"].id, work / "database"),
        ("files", mail, run.parts["files"].id, data),
        ("mail", mail, run.parts["mail"].id, data / "mail"),
    ):
        tell(part)
        repository.restore(snapshot, [], into)
    database = next(file for file in (work / "database").iterdir() if file.stem == "vaguemestre")
    lines, up_to = _revocations(elsewhere, run)
    return RestoredStore(run, database, lines, up_to, aside)


def _repositories(configuration: BackupConfiguration) -> tuple[Repository, Repository]:
    """Both of one installation."""
    unknown = runs.secrets_repository(configuration, "unknown")
    instances = unknown.instances()
    if not instances:
        raise NoBackupError(unknown.target.address)
    if len(instances) > 1:
        raise ForeignRepositoryError(unknown.target.address)
    instance = instances.pop()
    return runs.mail_repository(configuration, instance), runs.secrets_repository(configuration, instance)


def _make_room(data: Path, run: BackupRun, instance: str, force: bool, now: datetime) -> Path | None:
    present = [data / name for name in _WITNESSES if _holds_something(data / name)]
    if not present:
        return None
    identity = data / "secrets" / IDENTITY_FILE
    if identity.exists() and identity.read_text().strip() != instance:
        raise ForeignRepositoryError(data)
    if not force:
        changed = max(path.stat().st_mtime for path in present)
        raise (NewerStoreError if changed > run.at.timestamp() else NotEmptyError)(data)
    aside = data / f"before-restore-{now:%Y%m%dT%H%M%S}"
    aside.mkdir(mode=0o700)
    for name in STORE:
        if (data / name).exists():
            (aside / name).parent.mkdir(exist_ok=True)
            (data / name).rename(aside / name)
    return aside


def _holds_something(path: Path) -> bool:
    return any(path.iterdir()) if path.is_dir() else path.exists() and path.stat().st_size > 0


def _revocations(elsewhere: Repository, run: BackupRun) -> tuple[str | None, str]:
    """A copy that ends before the backup began says nothing of what came after: it is as good as none."""
    for snapshot in reversed(elsewhere.snapshots(part="revocations")):
        up_to = json.loads(elsewhere.read(snapshot.id, revocation_copy.UP_TO_FILE))["at"]
        if datetime.fromisoformat(up_to) < run.at:
            break
        return elsewhere.read(snapshot.id, revocation_copy.FILE).decode(), up_to
    return None, ""


def forget_work(configuration: BackupConfiguration) -> None:
    """The copy of the database, once it is back in its place."""
    shutil.rmtree(configuration.work / "database", ignore_errors=True)
