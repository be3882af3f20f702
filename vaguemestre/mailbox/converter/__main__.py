"""`python -m vaguemestre.mailbox.converter FOLDER`: until SIGTERM."""

import signal
import sys
from pathlib import Path
from threading import Event
from types import FrameType

from vaguemestre.mailbox.converter.keeper import serve


def main() -> int:
    if len(sys.argv) != 2:
        sys.stderr.write("usage: python -m vaguemestre.mailbox.converter FOLDER\n")
        return 2
    stopping = Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    serve(Path(sys.argv[1]), stopping)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
