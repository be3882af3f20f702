"""For tests: a stranger’s web server on loopback, which notes everything that it is told about who asks."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

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
