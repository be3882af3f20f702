"""Processes whose parent was killed: they would keep ports, sockets and the code of yesterday."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from vaguemestre.launcher.process_table import Process, processes

SUPERVISOR = Path("supervision") / "supervisor.pid"  # it takes the file away when it ends in order
POSTFIX = Path("queue") / "pid" / "master.pid"  # its master insists on a session of its own
PATIENCE, STRAY_PATIENCE = 8.0, 2.0  # seconds to end in order
GONE = 5.0


def end_strays(supervisor: int) -> None:
    """What programs of a living supervisor have left: orphans come to it as children that it has not started itself.
    Its own lead a group each, in its session."""
    session, group = os.getsid(supervisor), os.getpgid(supervisor)

    def strays() -> list[Process]:
        return [
            process for process in processes()
            if process.parent == supervisor
            and (process.session != session or process.group not in (process.pid, group))
        ]  # fmt: skip

    _end(strays, patience=STRAY_PATIENCE)


def of_the_dead(data: Path) -> list[Process]:
    """What a supervisor of this folder has left that was killed. The caller holds the folder's lock."""
    if not (data / SUPERVISOR).exists():
        return []
    leaders = (_number(data / SUPERVISOR), _number(data / POSTFIX))
    return [process for leader in leaders if leader for process in of_session(data, leader)]


def of_session(data: Path, leader: int) -> list[Process]:
    """None when the number has become that of another session, of which nobody knows this folder."""
    members = [process for process in processes() if process.session == leader]
    return members if any(process.uses(data) for process in members) else []


def end(data: Path) -> None:
    _end(lambda: of_the_dead(data), patience=PATIENCE)
    (data / SUPERVISOR).unlink(missing_ok=True)


def end_session(data: Path, leader: int) -> None:
    _end(lambda: of_session(data, leader), patience=PATIENCE)


def supervisor_of(data: Path) -> int | None:
    return _number(data / SUPERVISOR)


def _number(file: Path) -> int | None:
    with suppress(OSError, ValueError):
        return int(file.read_text())
    return None


def _end(left: Callable[[], list[Process]], *, patience: float) -> None:
    """Those that do not end when told are killed; their own children come after them."""
    told: set[int] = set()
    started = time.monotonic()
    # What even that does not end waits for a disk: a port that it keeps is named afterwards.
    while (remaining := left()) and (waited := time.monotonic() - started) < patience + GONE:
        number = signal.SIGKILL if waited > patience else signal.SIGTERM
        for process in remaining:
            if number == signal.SIGKILL or process.pid not in told:
                told.add(process.pid)
                with suppress(ProcessLookupError):
                    os.kill(process.pid, number)
        time.sleep(0.05)
