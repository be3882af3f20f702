"""What stands beside the daemons in a test: a gate and an event process that say yes, and room for the real ones."""

import contextlib
import os
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from django.db import connections

type WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def agree(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Every sign-in may go on, every event is taken. Touches no database, which a running test may hold locked."""
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


def _wait_for_port(port: int) -> None:
    import socket

    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError(f"nothing answers on port {port}")
