"""One supervisor a data folder. The lock lives exactly as long as the supervisor, even when its launcher is gone."""

import fcntl
import os
import time
from pathlib import Path
from typing import IO

from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.texts import _

NAME = "launcher.lock"
# There from the start of a supervisor until all of its programs have answered; locked by the launcher that waits.
UNREADY = "supervision/unready"


def hold(data: Path, name: str = NAME) -> IO[str]:
    """Returns the locked file; whoever keeps it open, parent or child, keeps the folder."""
    file = (data / name).open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = holder_of(data)
        file.close()
        raise LauncherError(
            _(
                "{data} is in use: {holder}.\nTo stop it: bin/run --data {data} --stop",
                data=data,
                holder=holder or _("another bin/run is starting"),
            )
        ) from None
    file.truncate(0)
    return file


def sign(data: Path, pid: int, *, background: bool) -> None:
    """Says to a second comer who holds the folder."""
    kind, when = _("in the background") if background else _("in a terminal"), time.strftime("%d/%m %H:%M")
    (data / NAME).write_text(_("bin/run {kind}, process {pid}, since {when}", kind=kind, pid=pid, when=when))


def holder_of(data: Path) -> str:
    try:
        return (data / NAME).read_text().strip()
    except OSError:
        return ""


def is_free(data: Path) -> bool:
    try:
        descriptor = os.open(data / NAME, os.O_RDONLY)  # the disk may be read-only meanwhile
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True
