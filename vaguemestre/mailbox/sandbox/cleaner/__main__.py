"""`python -m vaguemestre.mailbox.sandbox.cleaner SOCKET`: until SIGTERM."""

from pathlib import Path
from threading import Event

from vaguemestre.mailbox.sandbox import confinement
from vaguemestre.mailbox.sandbox.cleaner import worker_pool
from vaguemestre.mailbox.sandbox.converter.landlock import NoLandlockError
from vaguemestre.mailbox.sandbox.socket_process import log_trouble, run_server


def serve(path: Path, stopping: Event) -> None:
    try:
        confinement.keep_socket(path.parent)
    except NoLandlockError:
        log_trouble("cleaner", "without Landlock, it is bound by its user's rights alone")
    worker_pool.serve(path, stopping)


if __name__ == "__main__":
    raise SystemExit(run_server(serve, "python -m vaguemestre.mailbox.sandbox.cleaner SOCKET"))
