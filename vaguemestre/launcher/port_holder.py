"""Who holds a port of this machine, as the kernel tells root."""

from contextlib import suppress
from pathlib import Path

from vaguemestre.launcher.process_table import Process, processes

TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
LISTENS = "0A"


def holder(port: int) -> Process | None:
    """The first process of those that share it."""
    sockets = {f"socket:[{inode}]" for inode in _listening(port)}
    if not sockets:
        return None
    holders = (process for process in processes() if not sockets.isdisjoint(process.open_files()))
    return min(holders, default=None)


def _listening(port: int) -> list[str]:
    found = []
    for table in TABLES:
        with suppress(OSError):  # no IPv6 here
            for line in table.read_text().splitlines()[1:]:
                words = line.split()
                if words[3] == LISTENS and int(words[1].rpartition(":")[2], 16) == port:
                    found.append(words[9])
    return found
