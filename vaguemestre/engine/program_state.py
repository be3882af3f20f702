"""Which programs answer, and how those that do not stand with systemd: each is named with its own remedy."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from enum import Enum
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

from vaguemestre.engine.processes import Program
from vaguemestre.web.metrics import Gauge

UNIT_FOLDERS = tuple(Path(place, "systemd/system") for place in ("/etc", "/run", "/usr/lib"))
GROUPS = Path("/sys/fs/cgroup/system.slice")


class UnitState(Enum):
    MASKED = "masked"
    STOPPED = "stopped"
    RUNNING = "running"
    UNKNOWN = "unknown"  # not started by systemd


def program_answers() -> dict[str, bool]:
    """By an exchange with each, all at once."""
    if settings.DATA is None:
        return {}
    listed: list[Program] = import_string(settings.PROGRAMS)(settings.DATA, settings.INSTANCE)
    with ThreadPoolExecutor(len(listed)) as pool:
        answers = pool.map(lambda program: program.answers(), listed)
        return {program.name: answered for program, answered in zip(listed, answers, strict=True)}


def program_gauges(_now: datetime) -> Iterator[Gauge]:
    """`web.metrics.gauge_sources`."""
    for program, answered in program_answers().items():
        yield Gauge("program_answers", "1 when this program answers.", int(answered), {"program": program})


def unit_name(program: str) -> str:
    return f"vaguemestre-{program}"


def unit_state(program: str) -> UnitState:
    """From what anybody may read: the page of the state asks inside its unit, where there is no systemctl."""
    found = [place / f"{unit_name(program)}.service" for place in UNIT_FOLDERS]
    if any(file.is_symlink() and file.resolve() == Path("/dev/null") for file in found):
        return UnitState.MASKED
    if not any(file.exists() for file in found):
        return UnitState.UNKNOWN
    try:
        runs = "populated 1" in (GROUPS / f"{unit_name(program)}.service" / "cgroup.events").read_text()
    except OSError:
        runs = False
    return UnitState.RUNNING if runs else UnitState.STOPPED
