"""Processes whose parent was killed: they would keep ports, sockets and the code of yesterday."""

import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from vaguemestre.launcher.process_table import Process, booted, processes

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


def of_the_dead(data: Path) -> list[int]:
    """The sessions that a killed supervisor of this folder has left. The caller holds the folder's lock."""
    if not (data / SUPERVISOR).exists():
        return []
    living = {process.pid: process for process in processes()}
    return [
        leader for file in (data / SUPERVISOR, data / POSTFIX)
        if (leader := _number(file)) and file.stat().st_mtime >= booted()
        # Postfix's master keeps its file open, and no supervisor lives. Any other has only been given the number.
        and (leader not in living or str(file.resolve()) in living[leader].open_files())
    ]  # fmt: skip


def members(data: Path, leaders: Sequence[int]) -> list[Process]:
    """None of our own session, nor of one of which nobody knows this folder: its number was another's."""
    found: dict[int, list[Process]] = {leader: [] for leader in leaders if leader != os.getsid(0)}
    for process in processes():
        if process.session in found:
            found[process.session].append(process)
    return [process for session in found.values() if any(one.uses(data) for one in session) for process in session]


def end(data: Path, leaders: Sequence[int]) -> None:
    _end(lambda: members(data, leaders), patience=PATIENCE)


def forget(data: Path) -> None:
    """Nothing is left: what the files say from now on would be a number that somebody else is given."""
    (data / SUPERVISOR).unlink(missing_ok=True)


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
