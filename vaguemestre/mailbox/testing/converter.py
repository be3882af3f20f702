"""Shared by tests: converter."""

import socket
import time
from pathlib import Path

LETTER = rb"{\rtf1\ansi Conseil de classe\par}"


def wait_until(truth: object) -> None:
    deadline = time.monotonic() + 90
    while not truth():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.05)


def listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0  # bound is not yet listening
