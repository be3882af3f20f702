"""Whoever reads what a command prints may leave before its end: `vaguemestre dns | head`."""

import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def closed_output_accepted() -> Iterator[None]:
    """The command then ends with 1 and says nothing. A pipe or socket of its own that broke is another matter."""
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        if not _reader_has_left():
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python's own last flush fails too
        raise SystemExit(1) from None


def _reader_has_left() -> bool:
    poll = select.poll()
    poll.register(sys.stdout, 0)
    return any(happened & select.POLLERR for _file, happened in poll.poll(0))
