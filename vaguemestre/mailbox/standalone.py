"""What the processes of this room have in common: one place to serve at, and an end when they are told to."""

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event
from types import FrameType


def run(serve: Callable[[Path, Event], None], usage: str) -> int:
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
