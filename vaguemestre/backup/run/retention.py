"""Which backups stay: the last of each of so many days, weeks and months, and the one that this machine was restored
from. Runs that were never finished go."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from vaguemestre.backup.places.configuration import BackupConfiguration
from vaguemestre.backup.places.repository import BackupSnapshot
from vaguemestre.backup.places.runs import BackupRun, complete_runs

UNFINISHED_STAYS = timedelta(days=1)  # what another machine may have begun
RESTORE_LOOKED_AT = timedelta(days=1)  # whoever restored may see only then that another backup was wanted
_RESTORE_FILE = "backup/restored.json"


@dataclass(frozen=True)
class RestoredRun:
    """`at`: when the restore ended, as ISO 8601."""

    run: str = ""
    at: str = ""

    def is_young(self, now: datetime) -> bool:
        return bool(self.at) and now - datetime.fromisoformat(self.at) < RESTORE_LOOKED_AT


def note_restore(data: Path, run: str, now: datetime) -> None:
    file = data / _RESTORE_FILE
    file.parent.mkdir(exist_ok=True)
    draft = file.with_name(f".{file.name}.draft")
    draft.write_text(json.dumps(asdict(RestoredRun(run, now.isoformat()))))
    draft.replace(file)


def restored_run(data: Path) -> RestoredRun:
    try:
        return RestoredRun(**json.loads((data / _RESTORE_FILE).read_text()))
    except FileNotFoundError:
        return RestoredRun()


def kept_runs(runs: Sequence[BackupRun], configuration: BackupConfiguration) -> set[str]:
    kept: set[str] = set()
    for count, form in (
        (configuration.keep_days, "%Y-%m-%d"),
        (configuration.keep_weeks, "%G-%V"),
        (configuration.keep_months, "%Y-%m"),
    ):
        last_of = {run.at.strftime(form): run.id for run in runs}  # the runs come oldest first
        kept |= set(list(last_of.values())[-count:] if count else [])
    return kept


def forgettable(
    snapshots: Iterable[BackupSnapshot], configuration: BackupConfiguration, restored: str = ""
) -> list[str]:
    """Of a repository of mail: ids of what goes. Nothing goes before there is a complete one. `restored`: the run that
    this machine was restored from, which stays."""
    snapshots = list(snapshots)
    runs = complete_runs(snapshots)
    if not runs:
        return []
    kept, newest = kept_runs(runs, configuration), runs[-1].at
    if restored:
        kept.add(restored)
    whole = {run.id for run in runs}
    return [
        one.id
        for one in snapshots
        if (run := one.tags.get("run", "")) not in kept and (run in whole or one.at < newest - UNFINISHED_STAYS)
    ]
