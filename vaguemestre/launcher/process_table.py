"""The machine's processes, as /proc tells them."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")


class Process(NamedTuple):
    pid: int
    parent: int
    group: int
    session: int

    def command(self) -> list[str]:
        with suppress(OSError):
            return (PROC / str(self.pid) / "cmdline").read_text(errors="replace").rstrip("\0").split("\0")
        return []

    def said(self) -> str:
        """The program that it runs, without what it was told: that may be a secret."""
        words = self.command()
        if "-m" in words[:-1]:  # Python's modules
            return words[words.index("-m") + 1]
        return Path(words[0].split(" ")[0].rstrip(":")).name if words else ""

    def open_files(self) -> Iterator[str]:
        """Paths, or `socket:[inode]`."""
        with suppress(OSError):
            for descriptor in (PROC / str(self.pid) / "fd").iterdir():
                with suppress(OSError):
                    yield str(descriptor.readlink())

    def uses(self, folder: Path) -> bool:
        """It stands in it, holds a file of it open, or was told of it."""
        place, beneath = PROC / str(self.pid), f"{folder}/"
        with suppress(OSError):
            if f"{(place / 'cwd').readlink()}/".startswith(beneath):
                return True
        told: list[str] = self.command()
        with suppress(OSError):
            told += (place / "environ").read_text(errors="replace").split("\0")
        if any(f"={beneath}" in f"={word}/" for word in told):
            return True
        return any(path.startswith(beneath) for path in self.open_files())


def booted() -> float:
    """When this machine, or this container, began, by the clock that dates files."""
    ticks = int((PROC / "1" / "stat").read_text(errors="replace").rpartition(")")[2].split()[19])
    machine = next(line for line in (PROC / "stat").read_text().splitlines() if line.startswith("btime "))
    return int(machine.split()[1]) + ticks / os.sysconf("SC_CLK_TCK")


def processes() -> list[Process]:
    """Those that live: not the dead that nobody has waited for yet."""
    found = []
    for place in PROC.iterdir():
        if place.name.isdecimal():
            with suppress(OSError):  # it has just ended
                # After the name, which may hold anything: state, parent, group, session.
                state, *numbers = (place / "stat").read_text(errors="replace").rpartition(")")[2].split()
                if state not in "ZX":
                    found.append(Process(int(place.name), *map(int, numbers[:3])))
    return found
