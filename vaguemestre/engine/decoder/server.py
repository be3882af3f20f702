"""One child for each document handed over. Speaks as Dovecot's `script` service does (`fts_decoder_driver = script`):

    VERSION<tab>script<tab>4<tab>0 · alarm=10 · noreply · the type · an empty line, then the document until its end

Without a type it asks which are known. Dovecot gives up the whole message when it cannot write all of the document:
so that is always read to its end, whatever is done with it.
"""

import contextlib
import os
import socket
import time
from pathlib import Path
from threading import Event

from vaguemestre.engine.decoder.child import forked, text_of
from vaguemestre.engine.decoder.media_types import SIGNS, TYPES, listed
from vaguemestre.mailbox.sandbox.socket_process import accept_connection, listen

INPUT_LIMIT = 30 * 1024 * 1024
HEAD_LIMIT = 4096
SECONDS_A_CLIENT = 60.0  # between two pieces of a document: Dovecot reads it from its disk
AT_ONCE = 4
# A document may cost this much of a processor. Those that cost more than an ordinary one live on what all of them
# regain with time: a mail with a thousand bombs must not keep the indexer from everybody else's mail.
SECONDS_A_DOCUMENT, SECONDS_ORDINARY = 5.0, 0.1
SECONDS_SAVED, SECONDS_REGAINED = 60.0, 0.25


class Allowance:
    """Processor time for documents that are no ordinary ones. Spent, each still has the time of an ordinary one."""

    def __init__(self, now: float) -> None:
        self._seconds, self._at = SECONDS_SAVED, now

    def seconds(self, now: float) -> float:
        """What the next document may cost."""
        self._seconds = min(SECONDS_SAVED, self._seconds + max(0.0, now - self._at) * SECONDS_REGAINED)
        self._at = now
        return max(SECONDS_ORDINARY, min(SECONDS_A_DOCUMENT, self._seconds))

    def spend(self, seconds: float) -> None:
        self._seconds = max(0.0, self._seconds - max(0.0, seconds - SECONDS_ORDINARY))


class Decoder:
    def __init__(self) -> None:
        self._nowhere = os.open(os.devnull, os.O_WRONLY)  # none of its children needs to open it
        self._children = 0
        self._allowance = Allowance(time.monotonic())

    def serve(self, path: Path, stopping: Event) -> None:
        with listen(path) as listener:
            while not stopping.is_set():
                self._reap(wait=self._children >= AT_ONCE)
                if connection := accept_connection("decoder", listener, stopping):
                    with connection, contextlib.suppress(OSError):  # no child began: it is read without its words
                        self._hand_over(listener, connection)
        path.unlink(missing_ok=True)
        while self._children:  # what was begun is finished: Dovecot is still writing
            self._reap(wait=True)

    def _hand_over(self, listener: socket.socket, connection: socket.socket) -> None:
        seconds = self._allowance.seconds(time.monotonic())
        if forked():
            self._children += 1
            return
        try:
            listener.close()
            answer(connection, seconds, self._nowhere)
        finally:
            os._exit(0)

    def _reap(self, *, wait: bool) -> None:
        """Takes away who has finished, and what it and its own child have cost."""
        while self._children:
            pid, _status, usage = os.wait4(-1, 0 if wait else os.WNOHANG)
            if not pid:
                return
            self._children -= 1
            self._allowance.spend(usage.ru_utime + usage.ru_stime)
            wait = False


def answer(connection: socket.socket, seconds: float, nowhere: int) -> None:
    """Gives back nothing for whatever cannot be read; the one who asked is never kept from speaking to the end."""
    connection.settimeout(SECONDS_A_CLIENT)
    with contextlib.suppress(OSError):  # it left, or fell silent
        try:
            arguments, begun = _head(connection)
            if arguments:
                connection.sendall(_decoded(connection, arguments[0], begun, seconds, nowhere))
            elif arguments is not None:
                connection.sendall(listed())
        finally:
            while connection.recv(1 << 16):
                pass


def _head(connection: socket.socket) -> tuple[list[str] | None, bytes]:
    """The arguments, and what came of the document with them. None: nobody who speaks so."""
    received = b""
    while b"\n\n" not in received and len(received) < HEAD_LIMIT:
        piece = connection.recv(HEAD_LIMIT)
        if not piece:
            break
        received += piece
    head, ended, begun = received.partition(b"\n\n")
    version, *lines = head.decode("utf-8", "replace").split("\n")
    if not ended or not version.startswith("VERSION\tscript\t"):
        return None, b""
    options = [line for line in lines if not line.startswith("alarm=")]
    return options[1:], begun  # the first says that only the text is wanted back


def _decoded(connection: socket.socket, kind: str, begun: bytes, seconds: float, nowhere: int) -> bytes:
    with open(os.memfd_create("document"), "w+b", buffering=0) as document:  # noqa: PTH123 - no path: it is never on the disk
        whole = _received(connection, begun, document.fileno())
        if not whole or kind not in TYPES or not os.pread(document.fileno(), 8, 0).startswith(SIGNS):
            return b""
        return text_of(document.fileno(), seconds, nowhere).encode()


def _received(connection: socket.socket, begun: bytes, document: int) -> bool:
    """Whether all of it was kept."""
    size, piece = 0, begun or connection.recv(1 << 16)
    while piece:
        if size + len(piece) <= INPUT_LIMIT:
            os.write(document, piece)
        size += len(piece)
        piece = connection.recv(1 << 16)
    return 0 < size <= INPUT_LIMIT
