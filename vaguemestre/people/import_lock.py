"""One import at a time: the second waits for the first. The data is safe without it (`Snapshot.number`); this spares
the second a database that is locked for longer than it would wait, and what changes as many accounts a deadlock."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from django.conf import settings


class ImportRunningError(Exception):
    """Somebody else is at it."""


@contextmanager
def my_turn(*, waiting: Callable[[], None]) -> Iterator[None]:
    """`waiting` is called once if somebody else is at it. Without a data folder there is nobody else."""
    if not settings.DATA:
        yield
        return
    # Opened for reading: whoever made the file (root, or the service's user), the other may lock it too.
    descriptor = os.open(settings.DATA / "run" / "import.lock", os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def refuse_to_wait() -> NoReturn:
    """For `my_turn`: whoever comes again later. Raises `ImportRunningError`."""
    raise ImportRunningError
