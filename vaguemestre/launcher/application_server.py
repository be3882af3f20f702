"""granian, on a socket made anew, with workers that end with it: `python -m vaguemestre.launcher.application_server …`.

It leaves the socket of one that was killed where it is, and then refuses to start; its workers would serve on without
it. Takes granian's own options, the application last.
"""

import gc
import importlib
import os
import signal
import sys
from pathlib import Path

from granian.cli import entrypoint
from granian.log import LOGGING_CONFIG

from vaguemestre.mailbox.sandbox.parent_death import end_with_parent
from vaguemestre.web.monitoring import counters, logged_program


def run() -> None:
    if "--uds" in sys.argv:
        # Nobody else's: the data folder is held by one service alone.
        Path(sys.argv[sys.argv.index("--uds") + 1]).unlink(missing_ok=True)
    if folder := os.environ.get(counters.VARIABLE):
        counters.begin(Path(folder))
    # Its own lines, and those of `events`, which is no Django; in workers of the others the settings come after it.
    LOGGING_CONFIG.update(logged_program.configuration())
    _read_application(sys.argv[-1])
    os.register_at_fork(after_in_child=lambda: end_with_parent(signal.SIGKILL))
    entrypoint()  # type: ignore[no-untyped-call]  # granian is typed, this one function is not


def _read_application(target: str) -> None:
    """Once, before there are workers: they share the memory of all that never changes, one that is started again serves
    at once, and the garbage collector no longer goes through it. No connection and no thread is opened by reading."""
    importlib.import_module(target.partition(":")[0])
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    run()
