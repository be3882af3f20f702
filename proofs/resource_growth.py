"""What the programs of a demo hold at intervals, and which of it continues growing: memory and descriptors of each
program with all that it has started, entries in each folder, rows in each table."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.processes import tree
from vaguemestre.launcher.testing import Demo

# A share, and what one more mailbox in a cache or one more connection takes: what leaks crosses both within the hour.
SHARE, MEGABYTES, DESCRIPTORS, ENTRIES = 0.10, 12.0, 12.0, 20.0
# Something of each act stays, and is meant to: mail and its index, journals, what is kept for days. Told, not judged.
KEPT_FOLDERS = {
    "mail": "people's mail",
    "sink": "what left for outside: of a demo alone",
    "exports": "each seven days",
    "conversions": "of documents and pictures, a cache kept for a time",
    "log": "rotated by size and day",
}
WITHIN = 4  # parts of the whole time; the first is the warm-up


@dataclass
class Series:
    """One figure over time."""

    name: str
    least: float  # growth that is none
    judged: bool = True
    values: list[float] = field(default_factory=list)

    def parts(self) -> list[float]:
        """Medians of the parts of the time."""
        size = max(1, len(self.values) // WITHIN)
        return [median(self.values[number * size : (number + 1) * size] or [0]) for number in range(WITHIN)]

    @property
    def keeps_growing(self) -> bool:
        """In each part more than in the one before, in all more than a share. A cache that fills stops by itself."""
        _warm, second, third, last = self.parts()
        return second < third < last and last - second > max(self.least, second * SHARE)


class Watch:
    def __init__(self, demo: Demo) -> None:
        self._demo = demo
        self._series: dict[str, Series] = {}
        self.looks = 0

    def look(self) -> None:
        self.looks += 1
        for program in self._demo.programs():
            family = tree([self._demo.supervision.pid(program.name)])
            self._note(f"{program.name}: MB", MEGABYTES, memory_mb(family))
            self._note(f"{program.name}: descriptors", DESCRIPTORS, sum(map(descriptors, family)))
            if program.name in ("dovecot", "postfix"):
                self._note(f"{program.name}: MB of the largest", MEGABYTES, max(memory_mb([one]) for one in family))
        for folder in sorted(path for path in self._demo.data.iterdir() if path.is_dir()):
            judged = folder.name not in KEPT_FOLDERS
            self._note(f"{folder.name}/: files", ENTRIES, sum(len(files) for *_, files in os.walk(folder)), judged)
        for table, count in rows():
            self._note(f"{table}: rows", ENTRIES, count, judged=False)

    def _note(self, name: str, least: float, value: float, judged: bool = True) -> None:
        self._series.setdefault(name, Series(name, least, judged)).values.append(value)

    def growing(self) -> list[str]:
        return [one.name for one in self._series.values() if one.judged and one.keeps_growing]

    def table(self) -> str:
        lines = ["| | first | 1st quarter | 2nd | 3rd | 4th | last | |", f"|{'---|' * 8}"]
        for one in self._series.values():
            if one.values[-1] != one.values[0] or ": rows" not in one.name:
                said = " | ".join(f"{value:,.0f}" for value in (one.values[0], *one.parts(), one.values[-1]))
                word = "**grows**" if one.keeps_growing and one.judged else "kept" if one.keeps_growing else ""
                lines.append(f"| {one.name} | {said} | {word} |")
        return "\n".join(lines)


def memory_mb(family: Iterable[int]) -> float:
    """VmRSS of each without what is only mapped from files: what is shared would count once for each process."""
    total = 0
    for process in family:
        try:
            lines = Path(f"/proc/{process}/status").read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith(("RssAnon:", "RssShmem:")))
    return total / 1024


def descriptors(process: int) -> int:
    try:
        return sum(1 for _one in Path(f"/proc/{process}/fd").iterdir())
    except (FileNotFoundError, ProcessLookupError):
        return 0


def rows() -> list[tuple[str, int]]:
    from django.db import connection

    with connection.cursor() as cursor:
        found = []
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a table's name
            found.append((table, int(cursor.fetchone()[0])))
    return found
