"""What programs have cost: processor seconds and memory of their processes, from /proc."""

import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def matching(*words: str) -> list[int]:
    """Processes whose command line holds all the words."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if all(word in line for word in words) and int(entry.name) != os.getpid():
                found.append(int(entry.name))
    return found


def processor_seconds(processes: list[int]) -> float:
    total = 0
    for process in processes:
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += int(fields[11]) + int(fields[12])
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
