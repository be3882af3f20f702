"""What programs have cost: processor seconds and memory of their processes, from /proc."""

import os
from collections.abc import Iterable
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def matching(*words: str) -> list[int]:
    """Processes whose command line holds all the words."""
    pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [pid for pid in pids if pid != os.getpid() and all(word in command(pid) for word in words)]


def command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def tree(roots: Iterable[int]) -> list[int]:
    """These and all that descend from them and live."""
    known, found = children(), list(roots)
    for process in found:
        found += known.get(process, [])
    return found


def children() -> dict[int, list[int]]:
    """Of each process those that it has started."""
    known: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            known.setdefault(int(fields[1]), []).append(int(entry.name))
    return known


def processor_seconds(processes: list[int], *, with_dead: bool = False) -> float:
    """`with_dead`: with what their children took that have ended and were waited for."""
    total = 0
    for process in processes:
        if fields := _stat(process):
            total += sum(int(field) for field in fields[11 : 15 if with_dead else 13])
    return total / TICK


def memory_mb(processes: list[int]) -> float:
    """Each process's own share of what it shares with others (PSS)."""
    total = 0
    for process in processes:
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def _stat(process: int) -> list[str]:
    """From the state on."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
