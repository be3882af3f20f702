"""`python -m vaguemestre.mailbox.cleaner SOCKET`: until SIGTERM."""

from pathlib import Path
from threading import Event

from vaguemestre.mailbox import confinement
from vaguemestre.mailbox.cleaner import keeper
from vaguemestre.mailbox.converter.landlock import NoLandlock
from vaguemestre.mailbox.standalone import run, tell


def serve(path: Path, stopping: Event) -> None:
    try:
        confinement.keep_socket(path.parent)
    except NoLandlock:
        tell("cleaner", "without Landlock, it is bound by its user's rights alone")
    keeper.serve(path, stopping)


if __name__ == "__main__":
    raise SystemExit(run(serve, "python -m vaguemestre.mailbox.cleaner SOCKET"))
