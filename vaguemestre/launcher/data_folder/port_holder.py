"""Who holds a port of this machine, as the kernel tells root."""

from contextlib import suppress
from pathlib import Path

from vaguemestre.launcher.process_table import Process, processes

TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
LISTENS, TIME_WAIT = "0A", "06"
CLIENT_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")


def holder(port: int) -> Process | None:
    """The first process of those that share it: the one that listens, or else one whose connection leaves by it."""
    found = _sockets(port)
    sockets = {f"socket:[{inode}]" for state, inode in found if state == LISTENS} or {
        f"socket:[{inode}]" for _state, inode in found
    }
    if not sockets:
        return None
    holders = (process for process in processes() if not sockets.isdisjoint(process.open_files()))
    return min(holders, default=None)


def is_in_time_wait(port: int) -> bool:
    """A connection that has left by it has ended: the kernel keeps it for a minute."""
    return {state for state, _inode in _sockets(port)} == {TIME_WAIT}


def is_for_clients(port: int) -> bool:
    """The kernel may give it to any connection that leaves this machine."""
    first, last = map(int, CLIENT_RANGE.read_text().split())
    return first <= port <= last


def _sockets(port: int) -> list[tuple[str, str]]:
    """State and inode of each on this side."""
    found = []
    for table in TABLES:
        with suppress(OSError):  # no IPv6 here
            for line in table.read_text().splitlines()[1:]:
                words = line.split()
                if int(words[1].rpartition(":")[2], 16) == port:
                    found.append((words[3], words[9]))
    return found
