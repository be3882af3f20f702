"""A whole installation back from its two places, into a data folder where nothing runs. Without Django's tables: there
are none yet."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from vaguemestre.backup import unfinished_restore
from vaguemestre.backup.errors import ForeignRepositoryError, NoBackupError
from vaguemestre.backup.places import runs
from vaguemestre.backup.places.configuration import BackupConfiguration, require_sound
from vaguemestre.backup.places.repository import Repository
from vaguemestre.backup.places.runs import BackupRun
from vaguemestre.backup.revoked import revocation_copy
from vaguemestre.backup.run import retention
from vaguemestre.backup.run.backup_run import only_one
from vaguemestre.backup.whole import former_store


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
    tell: Callable[[str], None] = lambda _part: None, server: str = "",
    allow: Callable[[str, bool], None] = lambda _file, _again: None,
) -> RestoredStore:  # fmt: skip
    """Raises BackupError; before the first file is written unless the disk is full. `force`: what is in the data folder
    is put aside, never deleted. One that was cut short is begun again: what it had brought is its own. Until `finish`
    nothing starts. `tell` hears each part as it begins.

    `allow` may refuse before the first act: it gets the name of the database's copy, and whether `server`, its name
    without a password, was allowed to a restore that was cut short."""
    require_sound(configuration)
    with only_one(configuration, "run"), only_one(configuration, "revocations"):
        mail, elsewhere = _repositories(configuration)
        run = runs.run_named(mail.snapshots(), run_id)
        secrets = elsewhere.snapshots(part="secrets", run=run.id)
        if not secrets:
            raise NoBackupError(f"{elsewhere.target.address}: {run.id}")
        data, work = configuration.data, configuration.work
        begun = unfinished_restore.read(data)
        former_store.require_removable(data, run, mail.instance, force=force or begun is not None)
        copy = next(path for path, _size in mail.files(run.parts["database"].id))
        allow(copy, begun is not None and begun.database == server)
        aside = former_store.put_aside(data, begun, server, now)
        # Of the time that is lost; its lines are in the repository.
        shutil.rmtree(work / "revocations", ignore_errors=True)
        for part, repository, snapshot, into in (
            ("secrets", elsewhere, secrets[-1].id, data),
            ("database", mail, run.parts["database"].id, work / "database"),
            ("files", mail, run.parts["files"].id, data),
            ("mail", mail, run.parts["mail"].id, data / "mail"),
        ):
            tell(part)
            repository.restore(snapshot, [], into)
        lines, up_to = _revocations(elsewhere, run)
    return RestoredStore(run, work / "database" / copy, lines, up_to, aside)


def finish(configuration: BackupConfiguration, run: BackupRun, now: datetime) -> None:
    """Once the database is back in its place, and what was revoked since is revoked again."""
    shutil.rmtree(configuration.work / "database", ignore_errors=True)
    retention.note_restore(configuration.data, run.id, now)
    unfinished_restore.forget(configuration.data)


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


def _revocations(elsewhere: Repository, run: BackupRun) -> tuple[str | None, str]:
    """A copy that ends before the backup began says nothing of what came after: it is as good as none."""
    for snapshot in reversed(elsewhere.snapshots(part="revocations")):
        up_to = json.loads(elsewhere.read(snapshot.id, revocation_copy.UP_TO_FILE))["at"]
        if datetime.fromisoformat(up_to) < run.at:
            break
        return elsewhere.read(snapshot.id, revocation_copy.FILE).decode(), up_to
    return None, ""
