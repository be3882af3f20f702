"""What cannot wait for its turn behind other acts: somebody who signs out is out everywhere within two seconds.

`wake` knocks at a door of the tasks process, where a thread of its own does what `register` was told. A knock that is
lost costs a second: the thread looks by itself as often.
"""

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import Error as DatabaseError, close_old_connections, connection, transaction
from django.utils import timezone

from vaguemestre.clock import due

logger = logging.getLogger(__name__)
INTERVAL_SECONDS = 1.0
ENOUGH = 64  # bytes read at once: what several have knocked is one look

type Act = Callable[[datetime], None]  # (now)
_acts: list[Act] = []


def register(act: Act) -> Act:
    """A decorator: the thread does it when it is knocked at, and looks after it every second."""
    _acts.append(act)
    return act


def wake() -> None:
    """Call it inside the act's transaction: nobody looks before what is to be seen is there."""
    transaction.on_commit(knock, robust=True)


def knock() -> None:
    place = _door()
    if place is None:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
        client.setblocking(False)  # a process that is away, or has been knocked at often, looks by itself
        client.sendto(b".", str(place))


def loop(stop: threading.Event) -> None:
    """The thread: ends within a second of `stop`."""
    due.load()
    with _listening() as door:
        while not stop.is_set():
            _wait(door, stop)
            close_old_connections()
            for act in _acts:
                _do(act)
    connection.close()


def _do(act: Act) -> None:
    try:
        act(timezone.now())
    except DatabaseError:
        logger.warning("%s: the database is busy or away; once more in a second", act.__module__, exc_info=True)
    except Exception:  # whatever it raises, the next look is in a second
        logger.exception("%s failed", act.__module__)


def _wait(door: socket.socket | None, stop: threading.Event) -> None:
    if door is None:
        stop.wait(INTERVAL_SECONDS)
        return
    with suppress(TimeoutError):
        _heard(door)
    door.setblocking(False)
    with suppress(BlockingIOError):
        while True:
            _heard(door)  # they are all answered by the one look that follows
    door.settimeout(INTERVAL_SECONDS)


def _heard(door: socket.socket) -> None:
    """Who knocks under a name wants to know whether this process is alive (`engine.liveness_probes`)."""
    _said, client = door.recvfrom(ENOUGH)
    if client:
        with suppress(OSError):
            door.sendto(b"!", client)


@contextmanager
def _listening() -> Iterator[socket.socket | None]:
    place = _door()
    if place is None:
        yield None
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as door:
        place.unlink(missing_ok=True)
        door.bind(str(place))
        place.chmod(0o600)
        door.settimeout(INTERVAL_SECONDS)
        yield door


def _door() -> Path | None:
    return settings.DATA / "run" / "tasks.sock" if settings.DATA else None
