"""For tests: a stranger’s web server on loopback, which notes everything that it is told about who asks; and what the
process that speaks with strangers answers."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponseBase

from vaguemestre import files
from vaguemestre.web import file_tickets

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)
type Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Trap:
    """`answers` by path; what has none is a picture. `heard`: request line, headers and form of each request."""

    port: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)
    heard: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def listen(self, request: BaseHTTPRequestHandler) -> None:
        form = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        self.heard.append((request.requestline, dict(request.headers.items()), form))
        self.answers.get(request.path.partition("?")[0], picture)(request)


def picture(request: BaseHTTPRequestHandler) -> None:
    say(request, 200, PNG, {"Content-Type": "text/html", "Set-Cookie": "who=reader"})


def say(
    request: BaseHTTPRequestHandler, status: int, content: bytes = b"", headers: dict[str, str] | None = None
) -> None:
    request.send_response(status)
    for name, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(content)


@contextmanager
def trapped(address: str = "127.0.0.1") -> Iterator[Trap]:
    trap = Trap()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            trap.listen(self)

        do_POST = do_HEAD = do_GET

        def log_message(self, *_words: object) -> None:
            return

    with ThreadingHTTPServer((address, 0), Handler) as server:
        trap.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield trap
        finally:
            server.shutdown()
            thread.join()


@dataclass
class FilesAnswer:
    status: int
    headers: dict[str, str]
    octets: Iterator[bytes]

    @property
    def content(self) -> bytes:
        return b"".join(self.octets)


def from_files(
    answer: HttpResponseBase, method: str = "GET", *, permitted: str = "", refused: str = "", **headers: str
) -> FilesAnswer:
    """What `files` says where the product's `answer` sends there, as nginx has it do. `permitted`, `refused`: an
    address and networks, as `instance.toml` says; `headers` of the visitor's."""
    place = urlsplit(answer["X-Accel-Redirect"])
    asked = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    environ = {"REQUEST_METHOD": method, "PATH_INFO": place.path, "QUERY_STRING": place.query, **asked}
    begun: list[tuple[str, list[tuple[str, str]]]] = []
    folder = Path(settings.MAIL["handouts"]).parent
    secret = (Path(settings.SECRETS_DIR or "") / file_tickets.KEY).read_bytes().strip()
    told = {files.PERMITTED: permitted, files.REFUSED: refused}
    with (
        patch.dict(os.environ, told),
        patch.object(files, "_data", lambda: folder),
        patch.object(files, "_key", lambda: secret),
    ):
        content = files.application(environ, lambda *said: begun.append(said))
    [(status, said)] = begun
    return FilesAnswer(int(status.partition(" ")[0]), dict(said), _reading(folder, content))


def _reading(folder: Path, content: Iterator[bytes]) -> Iterator[bytes]:
    with patch.object(files, "_data", lambda: folder):
        yield from content
