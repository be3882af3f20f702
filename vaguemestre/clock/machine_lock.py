"""One slice of a long work at a time on this machine, whichever process was asked for it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def hold_machine_lock(lock: Path) -> Iterator[bool]:
    """False while another process is at it; what dies lets go. The folder of the lock is made."""
    lock.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(descriptor)
