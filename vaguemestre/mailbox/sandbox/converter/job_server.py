"""Takes documents, converts one after the other, keeps what was made for a while. Answers at once where each stands.

Pictures to be drawn come by the same door and go to the `image_jobs`, which waits for no document."""

import contextlib
import json
import logging
import shutil
import socket
import time
from collections import OrderedDict
from pathlib import Path
from threading import Event, Lock, Thread

from vaguemestre.mailbox.sandbox.cleaner.framing import FrameError, read_frame, write_frame
from vaguemestre.mailbox.sandbox.converter import INPUT_LIMIT, SOCKET, State, document_key, is_installed, landlock
from vaguemestre.mailbox.sandbox.converter.fair_queue import FairQueue
from vaguemestre.mailbox.sandbox.converter.image_jobs import ImageJobs
from vaguemestre.mailbox.sandbox.converter.libreoffice import ConversionError, convert, works
from vaguemestre.mailbox.sandbox.converter.office_formats import can_convert
from vaguemestre.mailbox.sandbox.converter.thumbnail_client import SHELVES
from vaguemestre.mailbox.sandbox.socket_process import accept_connection, error_name, listen, log_trouble

WAITING_LIMIT = 30  # documents, each on the disk until its turn
WAITING_OF_ONE = 5  # of one person: who opens more asks again, which the page does by itself
PLACES = 500
SECONDS_A_CLIENT = 5.0
KEPT_OCTETS = 500 * 1024 * 1024
KEPT_SECONDS = 7 * 86400
PRUNE_SECONDS = 3600.0
WITHOUT = "converter: without Landlock, what converts documents is bound by its user's rights alone"
FAILURE_SECONDS = 3600.0  # a document that failed is not tried again before

logger = logging.getLogger(__name__)


class JobServer:
    def __init__(self, folder: Path, stopping: Event) -> None:
        self._folder = folder
        self._work = folder / "work"
        self._stopping = stopping
        self._waiting = FairQueue(WAITING_LIMIT, WAITING_OF_ONE)
        self._known: set[str] = set()  # waiting or under way
        self._places: OrderedDict[str, str] = OrderedDict()  # what was asked for from there last
        self._failed: dict[str, float] = {}
        self._away: set[str] = set()  # not converted for want of room on the machine: said once, and tried again
        self._lock = Lock()
        shutil.rmtree(self._work, ignore_errors=True)
        self._work.mkdir(mode=0o700)
        if is_installed() and not landlock.version():
            logger.warning(WITHOUT)
        self._drawer = ImageJobs(folder, self._work, stopping)

    def serve(self, listener: socket.socket) -> None:
        workers = [Thread(target=self._convert_all, daemon=True), *self._drawer.threads]
        for worker in workers:
            worker.start()
        while not self._stopping.is_set():
            if connection := accept_connection("converter", listener, self._stopping):
                # A client that left or spoke nonsense is its own affair.
                with connection, contextlib.suppress(OSError, FrameError, ValueError, KeyError):
                    self._answer(connection)
        for worker in workers:
            worker.join(10)

    def _answer(self, connection: socket.socket) -> None:
        connection.settimeout(SECONDS_A_CLIENT)
        with connection.makefile("rwb") as stream:
            head, content = read_frame(stream, INPUT_LIMIT)
            asked = json.loads(head)
            if "picture" in asked:
                shelf, page = SHELVES[asked["shelf"]], int(asked.get("page", 1))
                state: State | None = self._drawer.take(
                    str(asked["owner"]), str(asked["picture"]), shelf, content, page
                )
            elif "extension" in asked:
                owner, place = str(asked["owner"]), str(asked.get("place", ""))
                state = self._take(owner, str(asked["extension"]), content, place)
            else:
                state = self._state(str(asked["owner"]), str(asked.get("place", "")), str(asked["shelf"]))
            write_frame(stream, json.dumps({"state": state}).encode(), b"")

    def _state(self, owner: str, place: str, shelf: str) -> State | None:
        """None: bring it."""
        if shelf:
            return "waiting" if self._drawer.is_awaited(owner, place, SHELVES[shelf]) else None
        with self._lock:
            key = self._places.get(place)
            if key is None or key in self._away or (self._folder / f"{key}.pdf").exists() or self._has_failed(key):
                return None
            return "waiting" if key in self._known or not self._waiting.has_room(owner) else None

    def _take(self, owner: str, extension: str, content: bytes, place: str) -> State:
        if not is_installed() or not can_convert(extension, content):
            return "failed"
        key = document_key(extension, content)
        with self._lock:
            self._remember(place, key)
            if key in self._known:
                return "waiting"
            if (self._folder / f"{key}.pdf").exists():  # it may have been under way a moment ago
                return "done"
            if self._has_failed(key):
                return "failed"
            if key in self._away:
                self._away.discard(key)
                return "away"
            source = self._work / f"{key}.{extension}"
            source.write_bytes(content)
            if self._waiting.put(owner, source.name):
                self._known.add(key)
            else:
                source.unlink()
        return "waiting"  # whoever found no room asks again

    def _remember(self, place: str, key: str) -> None:
        self._places[place] = key
        self._places.move_to_end(place)
        if len(self._places) > PLACES:
            self._places.popitem(last=False)

    def _has_failed(self, key: str) -> bool:
        return self._failed.get(key, 0.0) > time.monotonic()

    def _convert_all(self) -> None:
        pruned = -PRUNE_SECONDS
        while not self._stopping.is_set():
            if time.monotonic() - pruned > PRUNE_SECONDS:  # also when nobody opens anything for a week
                prune(self._folder)
                pruned = time.monotonic()
            if name := self._waiting.get(timeout=0.5):
                self._convert_one(self._work / name)

    def _convert_one(self, source: Path) -> None:
        key = source.stem
        try:
            made = convert(source, self._work / "job", self._stopping)
            made.replace(self._folder / f"{key}.pdf")
        except ConversionError as failure:
            self._give_up(key, is_its_fault=str(failure) != "output" or works(self._work / "trial", self._stopping))
        except (OSError, MemoryError) as error:  # a full disk too: the thread must live to convert the next one
            log_trouble("converter", f"a document is not converted: {error_name(error)}")
            self._give_up(key, is_its_fault=False)
        finally:
            source.unlink(missing_ok=True)
            shutil.rmtree(self._work / "job", ignore_errors=True)
            with self._lock:
                self._known.discard(key)
        prune(self._folder)

    def _give_up(self, key: str, *, is_its_fault: bool) -> None:
        with self._lock:
            if not is_its_fault:
                if len(self._away) > PLACES:
                    self._away.clear()
                self._away.add(key)
                return
            self._failed = {one: until for one, until in self._failed.items() if until > time.monotonic()}
            self._failed[key] = time.monotonic() + FAILURE_SECONDS


def prune(folder: Path, *, now: float | None = None, octets: int = KEPT_OCTETS) -> None:
    """The oldest leave first: what is too old, then what is too much."""
    files = sorted(((path.stat(), path) for path in folder.glob("*.pdf")), key=lambda pair: pair[0].st_mtime)
    total = sum(stat.st_size for stat, _path in files)
    oldest = (now or time.time()) - KEPT_SECONDS
    for stat, path in files:
        if stat.st_mtime >= oldest and total <= octets:
            return
        path.unlink(missing_ok=True)
        total -= stat.st_size


def serve(folder: Path, stopping: Event) -> None:
    """Until `stopping`."""
    path = folder / SOCKET
    with listen(path) as listener:
        JobServer(folder, stopping).serve(listener)
    path.unlink(missing_ok=True)
