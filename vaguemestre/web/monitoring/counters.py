"""Counts that several processes of one program add to: each in a file of its own, whose place on the disk is taken at
once, and which the kernel keeps. Whoever is asked for figures adds the files up.

Not the files of `prometheus_client`: these take their place as they are written, and on a full disk the process that
counts is killed by it (SIGBUS). No Django. Reasons: docs/decisions/metrics.md.
"""

import mmap
import os
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import product
from pathlib import Path
from shutil import rmtree
from threading import Lock
from typing import Final

VARIABLE: Final = "COUNTER_FOLDER"  # of this program; those of the others lie beside it
_WIDTH = 8  # bytes of a count
_lock = Lock()


def begin(folder: Path) -> None:
    """Before the program's first process: all its counts are zero. A full disk is no reason not to run."""
    with suppress(OSError):
        rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)


class Counter:
    """`labels`: of each all values that it ever has, so that nothing a stranger types becomes one."""

    def __init__(self, name: str, means: str, labels: Mapping[str, Sequence[str]], slots: int = 1) -> None:
        self.name, self.means, self.labels = name, means, tuple(labels)
        rows = list(product(*labels.values()))
        self._places = {values: place * slots for place, values in enumerate(rows)}
        self._slots = slots
        self._size = len(rows) * slots * _WIDTH
        self._mine: tuple[int, memoryview] | None = None  # of which process

    def add(self, *values: str) -> None:
        self._add(self._places[values], 1)

    def totals(self) -> Iterator[tuple[dict[str, str], list[int]]]:
        """Of all processes together: the labels' values, and the counts that belong to them."""
        counts = [sum(column) for column in zip(*self._everybody(), strict=True)]
        for values, place in self._places.items():
            yield dict(zip(self.labels, values, strict=True)), counts[place : place + self._slots]

    def _add(self, place: int, amount: int) -> None:
        with _lock:
            self._memory()[place] += amount

    def _memory(self) -> memoryview:
        if self._mine is None or self._mine[0] != os.getpid():
            self._mine = os.getpid(), memoryview(self._new_file()).cast("Q")
        return self._mine[1]

    def _new_file(self) -> mmap.mmap:
        folder = os.environ.get(VARIABLE)
        if folder:
            with suppress(OSError):
                descriptor = os.open(Path(folder) / f"{self.name}.{os.getpid()}", os.O_RDWR | os.O_CREAT, 0o600)
                try:
                    os.posix_fallocate(descriptor, 0, self._size)
                    return mmap.mmap(descriptor, self._size)
                finally:
                    os.close(descriptor)
        return mmap.mmap(-1, self._size)

    def _everybody(self) -> Iterator[memoryview]:
        with _lock:
            yield self._memory()
        if folder := os.environ.get(VARIABLE):
            mine = Path(folder) / f"{self.name}.{os.getpid()}"
            for file in Path(folder).parent.glob(f"*/{self.name}.*"):
                with suppress(OSError):
                    found = file.read_bytes() if file != mine else b""
                    if len(found) == self._size:  # else of another version
                        yield memoryview(found).cast("Q")


class Histogram(Counter):
    """How long something took. `bounds` in seconds, ascending."""

    def __init__(self, name: str, means: str, labels: Mapping[str, Sequence[str]], bounds: Sequence[float]) -> None:
        super().__init__(name, means, labels, slots=len(bounds) + 2)
        self.bounds = tuple(bounds)

    def observe(self, seconds: float, *values: str) -> None:
        place = self._places[values]
        self._add(place + bisect_left(self.bounds, seconds), 1)
        self._add(place + self._slots - 1, int(seconds * 1_000_000))  # the last: microseconds altogether
