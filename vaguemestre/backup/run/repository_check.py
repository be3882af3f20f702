"""Both places, read and compared by restic a part at a time: what is kept and never read is found damaged too late."""

from collections.abc import Callable
from datetime import UTC, datetime

from vaguemestre.backup.errors import BackupError, DamagedError
from vaguemestre.backup.places import runs
from vaguemestre.backup.places.configuration import BackupConfiguration, require_sound
from vaguemestre.backup.places.repository import Repository
from vaguemestre.backup.places.runs import BackupRun
from vaguemestre.backup.run.backup_run import failure_kept, only_one
from vaguemestre.backup.status import outcomes
from vaguemestre.backup.status.outcomes import Task

type Tell = Callable[[str, BackupError | None], None]  # address of a place, and what is wrong with it

PARTS = 12  # one a week: a quarter has thirteen, so that all is read in it though one of them fails


def check_repositories(
    configuration: BackupConfiguration, *, now: datetime, share_of_data: str | None = None,
    tell: Tell = lambda _place, _error: None,
) -> BackupRun:  # fmt: skip
    """Returns the newest backup. `share_of_data`: "5%"; None: the next of `PARTS`. After damage all is read, whatever
    is asked: a part that is whole says nothing of the one that was not. `tell` hears how each place is. Raises
    BackupError when both were looked at."""
    data = configuration.data
    with only_one(configuration, "run"):
        before = outcomes.read_outcome(data, Task.CHECK)
        damaged, part = before.code == DamagedError.code, before.facts.get("part", 0)
        if share_of_data is None:
            part = part % PARTS + 1
        share = "100%" if damaged else share_of_data or f"{part}/{PARTS}"
        try:
            with failure_kept(data, Task.CHECK, now):
                run = _check(configuration, share, tell)
        except Exception as error:
            if damaged and not isinstance(error, DamagedError):  # it is so all the same
                outcomes.write_failure(data, Task.CHECK, now, before.code, before.detail)
            raise
        outcomes.write_success(data, Task.CHECK, max(datetime.now(UTC), now), part=part)
    return run


def _check(configuration: BackupConfiguration, share: str, tell: Tell) -> BackupRun:
    require_sound(configuration)
    repositories = runs.mail_repository(configuration), runs.secrets_repository(configuration)
    errors = [error for repository in repositories if (error := _error(repository, share, tell))]
    if errors:
        raise next((error for error in errors if isinstance(error, DamagedError)), errors[0])
    return runs.run_named(repositories[0].snapshots())


def _error(repository: Repository, share: str, tell: Tell) -> BackupError | None:
    error = None
    try:
        repository.snapshots()  # refused here when it is another's
        repository.check(share_of_data=share)
    except BackupError as found:
        error = found
    tell(repository.target.address, error)
    return error
