"""What stands beside the daemons in a test: a gate and an event process that say yes, and room for the real ones."""

import contextlib
import functools
import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from django.db import connections

type WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def agree(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Every sign-in may continue, every event is taken. Touches no database, which a running test may hold locked."""
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    body = b'{"status": 0, "msg": ""}'
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


class Neighbour:
    """One small server on a loopback port, whose application a test may change."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.application: WsgiApplication = agree
        self._server: WSGIServer | None = None

    def start(self) -> None:
        self._server = _Server(("127.0.0.1", self.port), _Quiet)
        self._server.set_app(self._answer)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    @contextlib.contextmanager
    def serving(self, application: WsgiApplication) -> Iterator[int]:
        self.application = application
        try:
            yield self.port
        finally:
            self.application = agree

    @contextlib.contextmanager
    def replaced_by(self, target: str, *, interface: str) -> Iterator[int]:
        """The real process, as the launcher starts it, on the same port."""
        self.stop()
        command = [
            sys.executable, "-m", "granian", "--interface", interface, "--host", "127.0.0.1", "--port", str(self.port),
            "--workers", "1", "--workers-kill-timeout", "1", "--no-ws", "--log-level", "warning", target,
        ]  # fmt: skip
        process = subprocess.Popen(command, env=dict(os.environ))
        try:
            _wait_for_port(self.port)
            yield self.port
        finally:
            process.terminate()
            process.wait(timeout=15)
            self.start()

    def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            return self.application(environ, start_response)
        finally:
            connections.close_all()  # this thread's own


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


@contextlib.contextmanager
def sleeping_indexer(data: Path | None) -> Iterator[Callable[[], None]]:
    """What makes Dovecot's index for searching stands still, until what is given is called or the block ends."""
    assert data is not None
    # As long as somebody is connected, Dovecot does not end it for having nothing to do.
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(20)
        client.connect(str(data / "run" / "dovecot" / "indexer"))
        client.sendall(b"VERSION\tindexer-client\t1\t0\n")
        assert client.recv(100).startswith(b"VERSION\tindexer-server"), "Dovecot starts no indexer"
        indexer = _child_of_dovecot(data, "indexer")
        wake = functools.partial(os.kill, indexer, signal.SIGCONT)
        os.kill(indexer, signal.SIGSTOP)
        try:
            yield wake
        finally:
            wake()


@contextlib.contextmanager
def sleeping_auth(data: Path) -> Iterator[None]:
    """Nobody can sign in at Dovecot."""
    auth = _child_of_dovecot(data, "auth")
    os.kill(auth, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(auth, signal.SIGCONT)


def _child_of_dovecot(data: Path, wanted: str) -> int:
    """Not `auth -w`, the workers: these have started later. Numbers of processes begin again."""
    master = (data / "run" / "dovecot" / "master.pid").read_text().strip()
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            number, name, _state, parent, *more = stat.read_text().split()
            if (name, parent) == (f"({wanted})", master):
                found.append((int(more[17]), int(number)))  # since when it runs: proc_pid_stat(5), field 22
    return min(found)[1]


def _wait_for_port(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError(f"nothing answers on port {port}")
