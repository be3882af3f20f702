"""Pictures drawn again, for a card or for the screen: each person's in turn, two at once, each by a process that ends
with it; kept for a while.

What cannot be drawn is kept as nothing, so that it is not tried at each look; what the machine has no room to draw
just now is not.
"""

import errno
import logging
import os
import re
import subprocess
import sys
import time
from base64 import b64decode
from collections import Counter
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock, Thread

from vaguemestre.mailbox.sandbox.converter import State, landlock
from vaguemestre.mailbox.sandbox.converter.fair_queue import FairQueue
from vaguemestre.mailbox.sandbox.converter.thumbnail_client import (
    INPUT_LIMIT,
    MOST_PAGES,
    SHELVES,
    THUMBNAILS,
    UNFIT,
    ThumbnailCache,
    path_of,
    reads_heic,
)
from vaguemestre.mailbox.sandbox.socket_process import error_name, log_trouble

AT_ONCE = 2
WAITING_LIMIT = 24  # pictures, each on the disk until its turn
WAITING_OF_ONE = 6
PLACES = 500
SECONDS = 6.0  # by the clock
KEPT_SECONDS = 7 * 86400
FAILURE_SECONDS = 3600  # what could not be drawn is tried again after that
PRUNE_SECONDS, PRUNE_AFTER = 600.0, 24 * 1024 * 1024  # bytes made
WITHOUT = "converter: this kernel has no Landlock (Linux 5.13, `lsm=` with landlock): no picture is drawn"
WITHOUT_HEIC = "converter: no libheif (libheif1, libheif-plugin-libde265): no picture of an iPhone is drawn"
_GOOD = b64decode("R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAkQBADs=")  # a GIF of one point
_BLOCK = 4096  # what the smallest file takes
_NAME = re.compile(r"[0-9a-f]{16}-[0-9a-f]{40}")
_ROOT = Path(__file__).resolve().parents[4]
_COMMAND = (sys.executable, "-P", "-m", "vaguemestre.mailbox.sandbox.converter.image_worker")

logger = logging.getLogger(__name__)


class ImageWorkerEndedError(Exception):
    """The child took too long or ended without a word: for its picture's sake, or for the machine's."""


class ImageJobs:
    def __init__(self, folder: Path, work: Path, stopping: Event) -> None:
        self._folder, self._work, self._stopping = folder, work, stopping
        self._waiting = FairQueue(WAITING_LIMIT, WAITING_OF_ONE)
        self._known: dict[str, int] = {}  # waiting or under way; which page of each
        self._away: set[str] = set()  # not drawn for want of room on the machine: said once, and tried again
        self._lock = Lock()
        self._made, self._pruned = 0, -PRUNE_SECONDS  # bytes since, and when
        for shelf in SHELVES:
            (folder / shelf).mkdir(mode=0o750, exist_ok=True)
        if not landlock.version():
            logger.warning(WITHOUT)
        if not reads_heic():
            logger.warning(WITHOUT_HEIC)
        self.threads = [Thread(target=self._draw_all, daemon=True) for _ in range(AT_ONCE)]

    def take(self, owner: str, name: str, shelf: ThumbnailCache, content: bytes, page: int = 1) -> State:
        """What finds no room is asked for at the next look."""
        if not 0 < page <= MOST_PAGES or not _NAME.fullmatch(name) or not 0 < len(content) <= INPUT_LIMIT:
            return "failed"
        job = f"{name}.{shelf.name}"
        with self._lock:
            # In this order: what was under way a moment ago is there.
            if job in self._known:
                return "waiting"
            if path_of(self._folder, name, shelf).exists():
                return "done"
            if job in self._away:
                self._away.discard(job)
                return "away"
            source = self._work / job
            try:
                source.write_bytes(content)
            except OSError:  # a full disk
                source.unlink(missing_ok=True)
                raise
            self._known[job] = page
            if not self._waiting.put(owner, job):
                del self._known[job]
                source.unlink()
        return "waiting"

    def is_awaited(self, owner: str, name: str, shelf: ThumbnailCache) -> bool:
        """Under way, or without room."""
        if not _NAME.fullmatch(name):
            return False
        with self._lock:
            if f"{name}.{shelf.name}" in self._known:
                return True
            return not path_of(self._folder, name, shelf).exists() and not self._waiting.has_room(owner)

    def _draw_all(self) -> None:
        while not self._stopping.is_set():
            self._prune_in_time()
            if job := self._waiting.get(timeout=0.5):
                self._draw_one(job)

    def _draw_one(self, job: str) -> None:
        name, _dot, shelf = job.partition(".")
        source, draft, octets = self._work / job, self._work / f"{job}.jpg", 0
        try:
            if not self._drawn(source, draft, SHELVES[shelf], self._known.get(job, 1)):
                draft.write_bytes(b"")
            octets = max(draft.stat().st_size, _BLOCK)
            draft.chmod(0o640)  # the folder's group reads it
            draft.replace(path_of(self._folder, name, SHELVES[shelf]))
        except (OSError, MemoryError) as error:  # a full disk, no process: the thread must live to draw the next one
            log_trouble("converter", f"a picture is not drawn: {error_name(error)}")
            draft.unlink(missing_ok=True)
            with self._lock:
                if len(self._away) > PLACES:
                    self._away.clear()
                self._away.add(job)
        finally:
            source.unlink(missing_ok=True)
            with self._lock:
                self._known.pop(job, None)
                self._made += octets

    def _drawn(self, source: Path, draft: Path, shelf: ThumbnailCache, page: int) -> bool:
        """Raises `OSError` where a good picture is not drawn either: the one that failed may be as good. Where nothing
        is ever drawn, for want of Landlock, nothing is said of it."""
        try:
            return draw_image(source, draft, shelf, page)
        except ImageWorkerEndedError:
            trial, made = (source.with_name(f"{source.name}.{word}") for word in ("good", "trial"))
            try:
                trial.write_bytes(_GOOD)
                if landlock.version():
                    draw_image(trial, made, THUMBNAILS, 1)
                return False
            except ImageWorkerEndedError as error:
                raise OSError(errno.EAGAIN, "no child did its work") from error
            finally:
                trial.unlink(missing_ok=True)
                made.unlink(missing_ok=True)

    def _prune_in_time(self) -> None:
        with self._lock:
            if self._made < PRUNE_AFTER and time.monotonic() - self._pruned < PRUNE_SECONDS:
                return
            self._made, self._pruned = 0, time.monotonic()
        for shelf in SHELVES.values():
            with suppress(OSError):  # a file that has just gone: the thread must live
                prune_images(self._folder, shelf)


def draw_image(source: Path, draft: Path, shelf: ThumbnailCache = THUMBNAILS, page: int = 1) -> bool:
    """Whether `draft` holds the picture now: it is none that can be drawn else. Raises `ImageWorkerEndedError`;
    `OSError` when nothing could be started or written."""
    with source.open("rb") as picture, draft.open("wb") as drawn:
        process = subprocess.Popen(
            (*_COMMAND, shelf.name, str(page)),
            stdin=picture,
            stdout=drawn,
            stderr=subprocess.DEVNULL,  # a complaint may quote the picture
            env={"PYTHONPATH": str(_ROOT), "PATH": os.environ.get("PATH", "")},
            cwd="/",
        )
        try:
            status = process.wait(SECONDS)
        except subprocess.TimeoutExpired as error:
            raise ImageWorkerEndedError from error
        finally:
            process.kill()
            process.wait()
    if status not in {0, UNFIT}:
        raise ImageWorkerEndedError
    return status == 0 and draft.stat().st_size > 0


def prune_images(folder: Path, shelf: ThumbnailCache, *, now: float | None = None) -> None:
    """What is too old, then the oldest of whoever has too much, then the oldest of all."""
    now = now or time.time()
    files = sorted(
        ((path.stat(), path) for path in (folder / shelf.name).glob("*.jpg")), key=lambda pair: -pair[0].st_mtime
    )
    total, owned = 0, Counter[str]()
    for stat, path in files:
        owner, weight = path.name.partition("-")[0], max(stat.st_size, _BLOCK)
        age = now - stat.st_mtime
        too_old = age > KEPT_SECONDS or (not stat.st_size and age > FAILURE_SECONDS)
        if too_old or total + weight > shelf.of_all or owned[owner] + weight > shelf.of_one:
            path.unlink(missing_ok=True)
        else:
            total += weight
            owned[owner] += weight
