"""Shared by tests: thumbnails."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vaguemestre.mailbox.sandbox import converter
from vaguemestre.mailbox.sandbox.converter import image_jobs, job_server
from vaguemestre.mailbox.sandbox.converter.thumbnail_client import THUMBNAILS
from vaguemestre.mailbox.testing.converter import listens, wait_until

RED, BLUE = (254, 0, 0), (0, 0, 254)


@contextmanager
def running(folder: Path) -> Iterator[None]:
    stopping = threading.Event()
    thread = threading.Thread(target=job_server.serve, args=(folder, stopping))
    thread.start()
    try:
        wait_until(lambda: listens(folder / converter.SOCKET))
        yield
    finally:
        stopping.set()
        thread.join(20)
    assert not thread.is_alive()


def near(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) < 12


NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []


def taken_over(*acts: str, out: Path, before: str = "", ends: int = 0, octets: int = 0) -> bytes:
    """What a picture could do that has become the process, a word an act; and what it has written at the end."""
    code = (
        "import os, socket\n"
        "from vaguemestre.mailbox.sandbox.converter import image_worker, landlock\n"
        f"{before}\n"
        "def evil(raw):\n"
        "    said = ''\n"
        f"    for act in ({''.join(f'lambda: {act}, ' for act in acts)}):\n"
        "        try: act(); said += 'done '\n"
        "        except (OSError, MemoryError): said += 'refused '\n"
        f"    return said.encode() + bytes({octets})\n"
        "image_worker.draw_thumbnail = evil\n"
        "image_worker.main()\n"
    )
    with out.open("wb") as written:
        done = subprocess.run(
            [*NOBODY, sys.executable, "-P", "-c", code, THUMBNAILS.name, "1"],
            input=b"x", stdout=written, stderr=subprocess.DEVNULL, check=False, cwd="/",
            env={"PYTHONPATH": str(image_jobs._ROOT), "PATH": os.environ["PATH"]},
        )  # fmt: skip
    assert bool(done.returncode) == bool(ends)
    return out.read_bytes()
