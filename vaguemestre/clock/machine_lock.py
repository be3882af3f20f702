"""One process of this machine at a time is at something: a slice of a long work, a message, a copy in Drafts."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def hold_machine_lock(lock: Path) -> Iterator[bool]:
    """False while another process is at it; what dies lets go. The folder of the lock is made."""
    lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield _is_taken(descriptor)
    finally:
        os.close(descriptor)


def is_machine_lock_held(lock: Path) -> bool:
    """By another process at this moment. Nothing is made."""
    if not lock.exists():
        return False
    with hold_machine_lock(lock) as free:
        return not free


def _is_taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
