"""A private PostgreSQL cluster in a folder, for a test run: no port, no password, gone with the folder."""

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from vaguemestre.launcher.data_folder.folder import WEB_USER
from vaguemestre.launcher.errors import LauncherError

SETTINGS = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "listen_addresses=''",
    "shared_buffers=128MB",
]


def programs() -> Path:
    """Debian may hold several versions side by side: the newest one serves."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise LauncherError("PostgreSQL's programs are missing: bin/setup --postgresql")
    return found[-1].parent


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Yields the database's address. The cluster runs as the product's user, since initdb refuses root."""
    binaries, files, socket = programs(), folder / "files", folder / "socket"
    for made in (folder, files, socket):
        made.mkdir(mode=0o700)
        shutil.chown(made, WEB_USER, WEB_USER)
    _run(binaries / "initdb", "-D", files, "-U", WEB_USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    start(folder)
    try:
        _run(binaries / "createdb", "-h", socket, "-U", WEB_USER, WEB_USER)
        yield f"postgresql:///{WEB_USER}?host={socket}&user={WEB_USER}"
    finally:
        _run(binaries / "pg_ctl", "-D", files, "-m", "immediate", "-w", "stop")


def start(folder: Path) -> None:
    """Also one that was killed."""
    options = " ".join([f"-k {folder / 'socket'}", *(f"-c {setting}" for setting in SETTINGS)])
    _run(programs() / "pg_ctl", "-D", folder / "files", "-l", folder / "log", "-w", "-o", options, "start")


def _run(*command: str | Path) -> None:
    done = subprocess.run(
        [str(word) for word in command], user=WEB_USER, group=WEB_USER, extra_groups=[], cwd="/",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise LauncherError(f"{Path(command[0]).name}: {done.stdout.strip()}")
