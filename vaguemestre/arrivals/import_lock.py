"""One import at a time: the second waits for the first. The data is safe without it (`Snapshot.number`); this spares
the second a database that is locked for longer than it would wait."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def my_turn(folder: Path | None, *, waiting: Callable[[], None]) -> Iterator[None]:
    """`waiting` is called once if somebody else is at it. Without a data folder there is nobody else."""
    if folder is None:
        yield
        return
    # Opened for reading: whoever made the file (root, or the service's user), the other may lock it too.
    descriptor = os.open(folder / "import.lock", os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
