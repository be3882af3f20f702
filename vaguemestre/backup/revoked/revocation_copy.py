"""The copy of revocations in the repository of the secrets: when there is something new, and once an hour in any case,
so that a restore can see how far it goes."""

import json
import os
import subprocess
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from vaguemestre.backup.errors import BackupError
from vaguemestre.backup.places import runs
from vaguemestre.backup.places.configuration import BackupConfiguration
from vaguemestre.backup.revoked.revocations import (
    Revocation,
    child_command,
    child_environment,
    read_lines,
    write_lines,
)
from vaguemestre.backup.run.backup_run import failure_kept, only_one
from vaguemestre.backup.status import outcomes
from vaguemestre.backup.status.outcomes import Task

HEARTBEAT = timedelta(hours=1)
LATE_TRANSACTIONS = 200  # lines of the journal that are looked at again
FILE, UP_TO_FILE = "revocations.jsonl", "up-to.json"


def copy_revocations(
    configuration: BackupConfiguration, database: Mapping[str, Any], checkout: Path, *, now: datetime
) -> int:
    """How many were new. Raises BackupError, AlreadyRunningError."""
    with only_one(configuration, "revocations"), failure_kept(configuration.data, Task.REVOCATIONS, now):
        return _copy(configuration, database, checkout, now)


def _copy(configuration: BackupConfiguration, database: Mapping[str, Any], checkout: Path, now: datetime) -> int:
    file = configuration.work / "revocations" / FILE
    known = _pruned(read_lines(file.read_text()) if file.exists() else [], configuration, now)
    last = max((one.id for one in known), default=0)
    read = _ask(configuration, database, checkout, max(0, last - LATE_TRANSACTIONS))
    if known and known[-1].line not in {one.line for one in read}:
        # A restore since: the journal is another, whose numbers came back. All that it says is new.
        known, read = [], _ask(configuration, database, checkout, 0)
    ids = {one.id for one in known}
    new = [one for one in read if one.id not in ids]
    done = outcomes.read_outcome(configuration.data, Task.REVOCATIONS)
    if not new and not done.code and done.done_at and now - done.done_at < HEARTBEAT:
        return 0
    # Known here is what was copied away: whoever is killed before that copies it the next time.
    draft = file.parent / "draft"
    draft.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (draft / FILE).open("w") as opened:
        opened.write(write_lines([*known, *new]))
        opened.flush()
        os.fsync(opened.fileno())
    (draft / UP_TO_FILE).write_text(json.dumps({"at": now.isoformat(), "count": len(known) + len(new)}))
    repository = runs.secrets_repository(configuration)
    repository.back_up([FILE, UP_TO_FILE], within=draft, tags={"part": "revocations"})
    (draft / FILE).replace(file)
    outcomes.write_success(configuration.data, Task.REVOCATIONS, now, count=len(known) + len(new))
    return len(new)


def _pruned(known: list[Revocation], configuration: BackupConfiguration, now: datetime) -> list[Revocation]:
    """Older than the oldest backup that may be restored (it goes a week late), they say nothing that is not in it. The
    newest line stays: from it on the journal is read."""
    days = max(configuration.keep_days, 7 * configuration.keep_weeks, 31 * configuration.keep_months) + 14
    oldest = (now - timedelta(days=days)).isoformat()
    return [one for one in known if one.at.replace(" ", "T") >= oldest] or known[-1:]


def _ask(
    configuration: BackupConfiguration, database: Mapping[str, Any], checkout: Path, last: int
) -> list[Revocation]:
    names = ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")
    question = {"database": {name: str(database.get(name) or "") for name in names}, "last": last}
    owner = (configuration.data / "db").stat()
    done = subprocess.run(
        child_command(), input=json.dumps(question), env=child_environment(checkout), cwd="/", capture_output=True,
        user=owner.st_uid, group=owner.st_gid, extra_groups=[], text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise BackupError(said[-1][:300] if said else "revocations")
    return read_lines(done.stdout)
