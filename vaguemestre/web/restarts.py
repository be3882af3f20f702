"""Which programs end again and again soon after their start, as the launcher notes it. No Django: it reads here too."""

from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

FOLDER = "supervision"
WELL_SECONDS = 60  # a program that has run so long is well
MANY = 3  # failures in a row that are no accident


class Restart(NamedTuple):
    failures: int  # in a row, before this start
    started_at: float


def read_restart(file: Path) -> Restart | None:
    with suppress(OSError, ValueError):
        failures, started_at = file.read_text().split()
        return Restart(int(failures), float(started_at))
    return None


def failures_by_program(data: Path, now: float) -> dict[str, int]:
    """Program → failures in a row, of those that have not run well since."""
    with suppress(OSError):
        found = {file.name: read_restart(file) for file in sorted((data / FOLDER).iterdir())}
        return {
            name: last.failures
            for name, last in found.items()
            if last and last.failures >= MANY and now - last.started_at < WELL_SECONDS
        }
    return {}
