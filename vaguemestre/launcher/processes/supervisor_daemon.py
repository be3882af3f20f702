"""supervisord, to which the orphans of its programs come: the next start of a program ends them (`leftovers`).

A program that has given signs of life and gives none any more is killed, as systemd would, and started again like any
that ends.
"""

import io
import os
import re
import signal
import socket
import struct
import sys
import time
from contextlib import suppress
from pathlib import Path

from supervisor import supervisord
from supervisor.medusa.asyncore_25 import ExitNow

from vaguemestre.mailbox.sandbox.parent_death import adopt_orphans

NOTICES = Path("run") / "notices.sock"
# What of the time between two looks counts: a machine that slept, or stopped this process as well, has heard nobody.
LONGEST_LOOK = 2.0
_CREDENTIALS = struct.Struct("3i")
_LIMIT = re.compile(rb"^WATCHDOG_USEC=(\d{1,15})$", re.MULTILINE)


class WatchingSupervisor(supervisord.Supervisor):  # type: ignore[misc]  # without types
    """Hears sd_notify(3): of each program, by its process, how long it may still be silent."""

    _listener: socket.socket | None = None  # not before supervisord has closed what it has inherited
    _left: dict[int, float] = {}
    _looked_at = 0.0

    def runforever(self) -> None:
        """Where it breaks, its file stays: by this the next start finds what outlives it."""
        try:
            super().runforever()
        except ExitNow:
            raise
        except BaseException:
            self.options.unlink_pidfile = False
            raise

    def tick(self, now: float | None = None) -> None:
        super().tick(now)
        looked_at, self._looked_at = self._looked_at, time.monotonic()
        passed = min(self._looked_at - looked_at, LONGEST_LOOK)
        programs = {one.pid: one for group in self.process_groups.values() for one in group.processes.values()}
        self._left = {pid: left - passed for pid, left in self._left.items() if pid in programs} | self._heard()
        for pid in [pid for pid, left in self._left.items() if left < 0 and pid in programs]:
            self.options.logger.warn(f"{programs[pid].config.name} gives no sign of life: killed")
            del self._left[pid]
            os.kill(pid, signal.SIGKILL)

    def _heard(self) -> dict[int, float]:
        heard = dict[int, float]()
        with suppress(OSError):  # until nothing more is there; or no room on the disk for its door
            self._listener = self._listener or _listen(Path(os.environ["VAGUEMESTRE_DATA"]) / NOTICES)
            while True:
                words, told, _flags, _sender = self._listener.recvmsg(4096, socket.CMSG_SPACE(_CREDENTIALS.size))
                pid, _user, _group = _CREDENTIALS.unpack(told[0][2])
                if limit := _LIMIT.search(words):
                    heard[pid] = int(limit[1]) / 1_000_000
        return heard


def _listen(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.setblocking(False)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    listener.bind(str(path))
    path.chmod(0o666)  # of each message the kernel says whose it is
    return listener


class LossyOutput(io.TextIOWrapper):
    """supervisord says here that it could not write a log. Where that cannot be written either, the disk is full, and
    it would end, with all that it watches."""

    def write(self, text: str) -> int:
        with suppress(OSError):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()


if __name__ == "__main__":
    adopt_orphans()
    sys.stdout, sys.stderr = (
        LossyOutput(os.fdopen(number, "wb", buffering=0), encoding="utf-8", write_through=True)  # raw, as Python’s own
        for number in (1, 2)
    )
    supervisord.Supervisor = WatchingSupervisor
    supervisord.main()
