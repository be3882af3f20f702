"""Shared by tests: exhaustion."""

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from vaguemestre.mailbox.testing.converter import listens, wait_until

_ROOT = Path(__file__).resolve().parents[3]
CLEANER, OFFICE = "vaguemestre-cleaner", "vaguemestre-office"


@dataclass
class Process:
    user: str
    pid: int
    folder: Path
    journal: Path

    @property
    def socket(self) -> Path:
        return self.folder / "socket"

    def children(self) -> list[int]:
        tasks = Path(f"/proc/{self.pid}/task").iterdir()
        return [int(pid) for task in tasks for pid in (task / "children").read_text().split()]

    def limit(self, what: str, most: int | None = None) -> None:
        """None: as before. By its own user, to whom the kernel grants it everywhere."""
        soft, _hard = resource.getrlimit(getattr(resource, f"RLIMIT_{what.upper()}"))
        former = "unlimited" if soft == resource.RLIM_INFINITY else soft
        word = f"--{what}={former if most is None else most}:"
        subprocess.run([*as_user(self.user), "prlimit", f"--pid={self.pid}", word], check=True)

    def open_files(self) -> int:
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def said(self) -> str:
        return self.journal.read_text()


@contextmanager
def running(user: str, module: str, place: str, *before: str) -> Iterator[Process]:
    """`before`: what becomes the command, in the end."""
    with TemporaryDirectory() as name:
        home, folder, journal = Path(name), Path(name, "folder"), Path(name, "journal")
        home.chmod(0o711)
        folder.mkdir()
        shutil.chown(folder, user, "vaguemestre")
        folder.chmod(0o2750)
        command = [*before, *as_user(user), sys.executable, "-P", "-m", module, str(folder / place)]
        around = {"PYTHONPATH": str(_ROOT), "PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"}
        with journal.open("wb") as told:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=told, env=around, cwd="/")
        try:
            wait_until(lambda: process.poll() is not None or listens(folder / "socket"))
            assert process.poll() is None, journal.read_text()
            yield Process(user, process.pid, folder, journal)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def as_user(user: str) -> list[str]:
    return ["setpriv", "--reuid", user, "--regid", user, "--clear-groups"]
