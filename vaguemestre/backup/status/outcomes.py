"""How the last tries went, in small files that the web may read: `DATA/backup/state/`. Written by root, whole or not at
all."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any


class Task(StrEnum):
    BACKUP = "backup"
    CHECK = "backup-check"
    REHEARSAL = "rehearsal"
    REVOCATIONS = "revocations"


@dataclass(frozen=True)
class Outcome:
    """`done_at`: the last time it went well, `first_at` the first, or from when on it was due. `code`: why not the last
    time (`errors`), or ""."""

    tried_at: datetime | None = None
    done_at: datetime | None = None
    first_at: datetime | None = None
    code: str = ""
    detail: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


_MOMENTS = ("tried_at", "done_at", "first_at")


def read_outcome(data: Path, task: Task) -> Outcome:
    try:
        read = json.loads(_file(data, task).read_text())
    except (OSError, ValueError):
        return Outcome()
    moments = {name: read[name] and datetime.fromisoformat(read[name]) for name in _MOMENTS}
    return Outcome(**{**read, **moments})


def note_due(data: Path, task: Task, now: datetime) -> None:
    """From when on it should have been done: on a service that is older than the task, not from the first backup."""
    if not _file(data, task).exists():
        _write(data, task, Outcome(first_at=now))


def write_success(data: Path, task: Task, now: datetime, **facts: Any) -> None:
    first = read_outcome(data, task).first_at or now
    _write(data, task, Outcome(now, now, first, facts=facts))


def write_failure(data: Path, task: Task, now: datetime, code: str, detail: str) -> None:
    """What was known of the last good one stays."""
    before = read_outcome(data, task)
    _write(data, task, Outcome(now, before.done_at, before.first_at, code, detail, before.facts))


def _write(data: Path, task: Task, outcome: Outcome) -> None:
    file = _file(data, task)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.parent.chmod(0o755)  # the units' umask would leave it to root alone
    draft = file.with_name(f".{file.name}.draft")
    draft.write_text(json.dumps(asdict(outcome), default=str))
    draft.chmod(0o644)
    draft.replace(file)


def _file(data: Path, task: Task) -> Path:
    return data / "backup" / "state" / f"{task}.json"
