"""A backup is a run: one snapshot a part, in their order, and at the end a record. Without the record it is none."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from vaguemestre.backup.errors import NoBackupError
from vaguemestre.backup.places.configuration import BackupConfiguration, BackupTarget
from vaguemestre.backup.places.identity import identity
from vaguemestre.backup.places.repository import BackupSnapshot, Repository

# In this order: a later part may know more than an earlier one, never less. The secrets go before them, elsewhere.
PARTS = ("database", "files", "mail")
RECORD = "record"
RECORD_FILE = "run.json"


@dataclass(frozen=True)
class BackupRun:
    """A complete one. `parts`: part → its snapshot."""

    id: str
    at: datetime
    parts: dict[str, BackupSnapshot]
    record: BackupSnapshot

    @property
    def octets(self) -> int:
        return sum(part.octets for part in self.parts.values())


def mail_repository(configuration: BackupConfiguration, instance: str | None = None) -> Repository:
    return _repository(configuration, configuration.mail, instance)


def secrets_repository(configuration: BackupConfiguration, instance: str | None = None) -> Repository:
    return _repository(configuration, configuration.secrets, instance)


def _repository(configuration: BackupConfiguration, target: BackupTarget, instance: str | None) -> Repository:
    return Repository(
        target, instance or identity(configuration.data), configuration.work, configuration.processors,
        configuration.upload_kib,
    )  # fmt: skip


def complete_runs(snapshots: Iterable[BackupSnapshot]) -> list[BackupRun]:
    """Oldest first."""
    by_run: dict[str, dict[str, BackupSnapshot]] = {}
    for snapshot in snapshots:
        by_run.setdefault(snapshot.tags.get("run", ""), {})[snapshot.tags.get("part", "")] = snapshot
    whole = [
        BackupRun(name, parts[PARTS[0]].at, {part: parts[part] for part in PARTS}, parts[RECORD])
        for name, parts in by_run.items()
        if name and all(part in parts for part in (*PARTS, RECORD))
    ]
    return sorted(whole, key=lambda run: run.at)


def run_named(snapshots: Iterable[BackupSnapshot], name: str | None = None) -> BackupRun:
    """The newest, or that one. Raises NoBackupError."""
    runs = complete_runs(snapshots)
    for run in reversed(runs):
        if name in (None, run.id):
            return run
    raise NoBackupError(name or "")


def read_record(repository: Repository, run: BackupRun) -> dict[str, Any]:
    """What the run wrote of itself at its end."""
    read: dict[str, Any] = json.loads(repository.read(run.record.id, RECORD_FILE))
    return read


def mailbox_path(key: str) -> str:
    """Below `mail` in the data folder, and in a snapshot of mail: `mail_home` of `engine/dovecot/storage.conf`."""
    return f"{hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()[:2]}/{key}"


def restore_mailbox(repository: Repository, run: BackupRun, key: str, into: Path) -> Path:
    """Its folder as it was in that run, below `into`, owners by number. Raises NoBackupError: it was not there."""
    repository.restore(run.parts["mail"].id, [mailbox_path(key)], into)
    return into / mailbox_path(key)
