"""What the processes of this room have in common: one place to serve at, an end when they are told to, and what they
say when the machine does not let them work."""

import errno
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event
from types import FrameType

from vaguemestre.mailbox.sandbox import watchdog

SECONDS_SILENT = 60.0  # the same trouble is not said again before
logger = logging.getLogger(__name__)
_said: dict[str, float] = {}


def run_server(serve: Callable[[Path, Event], None], usage: str) -> int:
    """Until SIGTERM. The exit status."""
    if len(sys.argv) != 2:
        sys.stderr.write(f"usage: {usage}\n")
        return 2
    stopping = Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    serve(Path(sys.argv[1]), stopping)
    return 0


def listen(path: Path) -> socket.socket:
    """Its own user and the folder's group, which is the web's, may connect."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    previous = os.umask(0o117)
    try:
        listener.bind(str(path))
    finally:
        os.umask(previous)
    listener.listen(256)
    listener.settimeout(0.5)
    return listener


def accept_connection(program: str, listener: socket.socket, stopping: Event) -> socket.socket | None:
    """None: nobody came yet, or there is no room for one more; who knocks then waits."""
    watchdog.beat()
    try:
        return listener.accept()[0]
    except TimeoutError:
        return None
    except OSError as error:
        log_trouble(program, f"nobody is let in: {error_name(error)}")
        stopping.wait(0.5)
        return None


def log_trouble(program: str, trouble: str) -> None:
    """A line for the journal."""
    line, now = f"{program}: {trouble}", time.monotonic()
    if now - _said.get(line, -SECONDS_SILENT) >= SECONDS_SILENT:
        _said[line] = now
        logger.warning("%s", line)


def error_name(error: OSError | MemoryError) -> str:
    """By its number's name, as manuals have it."""
    number = errno.ENOMEM if isinstance(error, MemoryError) else error.errno or 0
    return f"{errno.errorcode.get(number, 'OSError')} ({os.strerror(number) if number else error})"
