"""Which backups stay: the last of each of so many days, weeks and months. Runs that were never finished go."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from vaguemestre.backup.places.configuration import BackupConfiguration
from vaguemestre.backup.places.repository import BackupSnapshot
from vaguemestre.backup.places.runs import BackupRun, complete_runs

UNFINISHED_STAYS = timedelta(days=1)  # what another machine may have begun


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


def forgettable(snapshots: Iterable[BackupSnapshot], configuration: BackupConfiguration) -> list[str]:
    """Of a repository of mail: ids of what goes. Nothing goes before there is a complete one."""
    snapshots = list(snapshots)
    runs = complete_runs(snapshots)
    if not runs:
        return []
    kept, newest = kept_runs(runs, configuration), runs[-1].at
    whole = {run.id for run in runs}
    return [
        one.id
        for one in snapshots
        if (run := one.tags.get("run", "")) not in kept and (run in whole or one.at < newest - UNFINISHED_STAYS)
    ]
