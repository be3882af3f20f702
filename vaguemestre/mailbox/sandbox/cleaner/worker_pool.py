"""Keeps a few workers: hands each one job at a time, kills what takes too long, replaces what is dead or old.

Where the machine lets none begin, who asks is told so ("away"): that says nothing of their mail.
"""

import contextlib
import fcntl
import json
import os
import select
import socket
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread
from typing import IO, cast

from vaguemestre.mailbox.sandbox.cleaner.framing import FrameError, read_frame, write_frame
from vaguemestre.mailbox.sandbox.cleaner.result_cache import Made, Request, ResultCache, read_request
from vaguemestre.mailbox.sandbox.cleaner.worker import INPUT_LIMIT, READY
from vaguemestre.mailbox.sandbox.socket_process import accept_connection, error_name, listen, log_trouble

SECONDS_A_JOB = 3.0
SECONDS_TO_START = 10.0
JOBS_A_WORKER = 500
SECONDS_A_CLIENT = 2.0  # to send its request: only our own processes can reach the socket
OUTPUT_LIMIT = 4 * 1024 * 1024
PIPE_OCTETS = 1024 * 1024  # a mail passes at once, instead of by sixteen pages and as many changes of process
NO_ROOM = b'{"error": "room"}'
UNKNOWN = b'{"error": "unknown"}', b""  # by its name alone: its bytes are to be sent
_ROOT = Path(__file__).resolve().parents[4]


class WorkerFailedError(Exception):
    """The word says how: "time", "crash", or "away" when it never began."""


class Worker:
    """Raises `OSError` where none can be started."""

    def __init__(self) -> None:
        self.jobs = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "vaguemestre.mailbox.sandbox.cleaner.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a parser's complaint may quote the mail
            env={"PYTHONPATH": str(_ROOT), "PATH": os.environ.get("PATH", "")},
            cwd="/",
            bufsize=0,
        )
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):  # the system has no room for it: it is slower
                fcntl.fcntl(cast(IO[bytes], pipe), fcntl.F_SETPIPE_SZ, PIPE_OCTETS)

    def do(self, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        """Both ways are watched: a worker that stops reading is as late as one that does not answer."""
        answer = _Answer(cast(IO[bytes], self._process.stdout), time.monotonic() + SECONDS_TO_START)
        if self.jobs == 0:
            self._begin(answer)
        try:
            self.jobs += 1
            answer.deadline = time.monotonic() + SECONDS_A_JOB
            write_frame(_Patient(cast(IO[bytes], self._process.stdin), answer.deadline), head, body)
            return read_frame(answer, OUTPUT_LIMIT)
        except TimeoutError as error:
            raise WorkerFailedError("time") from error
        except (OSError, FrameError) as error:
            # The processor limit may strike a moment before the clock.
            raise WorkerFailedError("time" if time.monotonic() > answer.deadline - 0.5 else "crash") from error

    def _begin(self, answer: "_Answer") -> None:
        """Its start is not the time of the first mail."""
        try:
            if read_frame(answer, 0)[0] != READY:
                raise FrameError("not ready")
        except (OSError, FrameError) as error:  # TimeoutError too
            log_trouble(
                "cleaner", f"a child ended before it began, or takes too long to begin ({type(error).__name__})"
            )
            raise WorkerFailedError("away") from error

    def is_gone(self) -> bool:
        return self._process.poll() is not None

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()


class _Answer:
    """The worker's output, read no longer than until the deadline."""

    def __init__(self, stream: IO[bytes], deadline: float) -> None:
        self._stream = stream
        self.deadline = deadline

    def read(self, size: int, /) -> bytes:
        data = bytearray()
        while len(data) < size:
            ready, _, _ = select.select([self._stream], [], [], max(0.0, self.deadline - time.monotonic()))
            if not ready:
                raise TimeoutError
            piece = os.read(self._stream.fileno(), min(PIPE_OCTETS, size - len(data)))
            if not piece:
                break
            data += piece
        return bytes(data)


class _Patient:
    """The worker's input, written no longer than until the deadline."""

    def __init__(self, stream: IO[bytes], deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline
        os.set_blocking(stream.fileno(), False)

    def write(self, data: bytes, /) -> int:
        left = memoryview(data)
        while left:
            _, ready, _ = select.select([], [self._stream], [], max(0.0, self._deadline - time.monotonic()))
            if not ready:
                raise TimeoutError
            left = left[os.write(self._stream.fileno(), left) :]
        return len(data)

    def flush(self) -> None:
        return


class WorkerPool:
    """One worker and the connections it serves, in a thread; several keepers accept on the same socket, and have one
    shelf."""

    def __init__(self, listener: socket.socket, shelf: ResultCache[socket.socket], stopping: Event) -> None:
        self._listener = listener
        self._shelf = shelf
        self._stopping = stopping
        self._worker: Worker | None = None
        self._renew()
        self.thread = Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        while not self._stopping.is_set():
            if connection := accept_connection("cleaner", self._listener, self._stopping):
                try:
                    self._serve(connection)
                except (OSError, FrameError):  # one that left or spoke nonsense is its own affair
                    connection.close()
        self._end()

    def _serve(self, connection: socket.socket) -> None:
        """It is closed once it is answered: perhaps by another keeper, which makes the same."""
        connection.settimeout(SECONDS_A_CLIENT)
        with connection.makefile("rb") as stream:
            head, body = read_frame(stream, INPUT_LIMIT)
        wanted = read_request(head, body)
        if wanted.by_name:
            self._find(connection, wanted)
            return
        place = wanted.place
        if place is None:
            self._make([connection], head, body, None)
            return
        found, makes = self._shelf.find(place, connection, wanted.name)
        if found:
            _tell([connection], found)
        elif makes:
            self._make([connection], head, body, place)

    def _find(self, connection: socket.socket, wanted: Request) -> None:
        found, waits = self._shelf.find_named(wanted.name, connection) if wanted.name else (None, False)
        if not waits:
            _tell([connection], found or UNKNOWN)

    def _make(self, askers: list[socket.socket], head: bytes, body: bytes, place: bytes | None) -> None:
        made = _refused("crash")
        try:
            if self._worker is None or self._worker.is_gone():  # killed from outside between two mails: no mail's fault
                self._renew()
            made = self._worker.do(head, body) if self._worker else _refused("away")
            made = (place and self._shelf.put(place, head, *made)) or made
        except WorkerFailedError as failure:
            made = _refused(str(failure))
            self._renew()
        finally:
            _tell(askers + (self._shelf.done(place) if place else []), made)
        # One that once had no room for a mail may have none for the next.
        if self._worker and (self._worker.jobs >= JOBS_A_WORKER or made[0] == NO_ROOM):
            self._renew()

    def _renew(self) -> None:
        """None where the machine lets no child begin: the next mail tries again."""
        self._end()
        try:
            self._worker = Worker()
        except (OSError, MemoryError) as error:
            log_trouble("cleaner", f"no child can be started: {error_name(error)}")

    def _end(self) -> None:
        if self._worker:
            self._worker.end()
        self._worker = None


def _refused(word: str) -> Made:
    return json.dumps({"error": word}).encode(), b""


def _tell(askers: list[socket.socket], made: Made) -> None:
    """Whoever has left meanwhile wants none."""
    for connection in askers:
        with connection, contextlib.suppress(OSError), connection.makefile("wb") as stream:
            write_frame(stream, *made)


def serve(path: Path, stopping: Event, *, workers: int = 2) -> None:
    """Until `stopping`."""
    with listen(path) as listener:
        shelf = ResultCache[socket.socket]()
        keepers = [WorkerPool(listener, shelf, stopping) for _ in range(workers)]
        for keeper in keepers:
            keeper.thread.start()
        stopping.wait()
        for keeper in keepers:
            keeper.thread.join(SECONDS_A_JOB + 1)
    path.unlink(missing_ok=True)
