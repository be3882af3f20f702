"""How the product, which is not root, asks a process that is: a line of JSON in, a line out, over a Unix socket whose
owner is the key. No Django."""

import json
import logging
import os
import shutil
import socket
import socketserver
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vaguemestre.mailbox.sandbox import watchdog

LONGEST = 1024 * 1024
SILENCE_SECONDS = 10
OWNER = "vaguemestre"
PING = {"act": "ping"}  # is somebody there who answers?

logger = logging.getLogger(__name__)

type Answer = Callable[[dict[str, Any]], dict[str, Any]]


class NoAnswerError(Exception):
    """The process is away, or what it does failed: which of them, its log says."""


def ask(path: Path, question: dict[str, Any], patience: float) -> dict[str, Any]:
    """Raises NoAnswerError."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(patience)
            connection.connect(str(path))
            connection.sendall(json.dumps(question).encode() + b"\n")
            with connection.makefile("rb") as stream:
                said = json.loads(stream.readline() or b"{}")
    except (OSError, ValueError) as error:
        raise NoAnswerError(f"{path.stem}: {error}") from error
    if not isinstance(said, dict) or not said:
        raise NoAnswerError(f"{path.stem}: hung up")
    return said


def serve(path: Path, answer: Answer, *, in_between: Callable[[], None] = lambda: None) -> None:
    """One conversation at a time, for ever. What `answer` raises is told by its name alone. `in_between` is done about
    twice a second."""
    path.unlink(missing_ok=True)
    usual = os.umask(0o177)
    with _Server(path, answer, in_between) as server:
        os.umask(usual)
        shutil.chown(path, OWNER, follow_symlinks=False)
        server.serve_forever()


class _Conversation(socketserver.StreamRequestHandler):
    timeout = SILENCE_SECONDS

    def handle(self) -> None:
        line = self.rfile.readline(LONGEST)
        if not line.endswith(b"\n"):
            return  # whoever connected and left
        try:
            asked = json.loads(line)
            answer: Answer = self.server.answer  # type: ignore[attr-defined]  # of _Server
            said = {"here": True} if asked == PING else answer(asked)
        except (RuntimeError, subprocess.SubprocessError, OSError, ValueError, KeyError, TypeError) as error:
            logger.warning("%s: %s", type(error).__name__, error)
            said = {"error": type(error).__name__}
        self.wfile.write(json.dumps(said).encode() + b"\n")


class _Server(socketserver.UnixStreamServer):
    """One at a time: two hands on one queue would only be in each other's way."""

    def __init__(self, path: Path, answer: Answer, in_between: Callable[[], None]) -> None:
        self.answer, self._in_between = answer, in_between
        super().__init__(str(path), _Conversation)

    def service_actions(self) -> None:
        watchdog.beat()
        self._in_between()
