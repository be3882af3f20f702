"""A gateway of text messages on a real socket, for tests and demonstrations: it keeps what it was given."""

import ssl
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from urllib.parse import parse_qs

PLACE = "/envoi"
SECRET = "le-secret-de-la-passerelle"


class Gateway:
    """`status`, `says`, `silent` and `drips` (a byte at a time) are how it answers from now on."""

    def __init__(self, port: int = 0, *, certificate: Path | None = None, key: Path | None = None) -> None:
        self.status, self.says, self.silent, self.drips = 202, "0: Accepted for delivery", False, False
        self.received: list[dict[str, str]] = []
        self.asked: list[str] = []  # the lines of request, as a log would keep them
        self.arrived: SimpleQueue[dict[str, str]] = SimpleQueue()
        self.heard = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        if certificate and key:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.scheme = "https" if certificate else "http"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self._server.server_address[1]}{PLACE}"

    def stop(self) -> None:
        self.heard.set()
        self._server.shutdown()
        self._server.server_close()

    def settings(self, secret: Path | None = None, **more: Any) -> dict[str, Any]:
        """As `settings.SMS` for this gateway."""
        return {
            "url": self.url, "number_field": "to", "text_field": "text", "secret_field": "password" if secret else None,
            "fields": {"username": "vaguemestre"}, "number_begins": "+", "accepted": "", "ca": None, "timeout": 5,
            "a_day": 100, "prefixes": ("+336", "+337", "+262"), "secret": secret, **more,
        }  # fmt: skip

    @property
    def texts(self) -> list[tuple[str, str]]:
        """(To which number, what), oldest first."""
        return [(form["to"], form["text"]) for form in self.received]


def _handler(gateway: Gateway) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            gateway.asked.append(self.requestline)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            gateway.received.append(form)
            gateway.arrived.put(form)
            if gateway.silent:
                gateway.heard.wait(20)
                return
            self.send_response(gateway.status)
            if 300 <= gateway.status < 400:
                self.send_header("Location", gateway.url + "/ailleurs")
            self.end_headers()
            if gateway.drips:
                with suppress(OSError):  # who asked has hung up
                    _drip(gateway, self.wfile)
            else:
                self.wfile.write(gateway.says.encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
            """Says nothing."""

    return Handler


def _drip(gateway: Gateway, into: BufferedIOBase) -> None:
    for sign in gateway.says:
        into.write(sign.encode())
        if gateway.heard.wait(0.3):
            return
