"""Shared by tests: nginx."""

import http.client
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from threading import Thread

from vaguemestre.instance import Instance
from vaguemestre.launcher.data_folder import folder
from vaguemestre.launcher.data_folder.web_sockets import web_sockets
from vaguemestre.launcher.nginx import configuration

type Ask = Callable[..., tuple[int, str]]


@contextmanager
def serving(data: Path, instance: Instance) -> Iterator[Ask]:
    context = ssl.create_default_context(cafile=str(data / "tls" / "ca.pem"))

    def ask(
        method: str, path: str, source: str = "127.0.0.1", host: str | None = None, **more: object
    ) -> tuple[int, str]:
        connection = http.client.HTTPSConnection(
            instance.host, instance.ports.web, context=context, source_address=(source, 0), timeout=30
        )
        with closing(connection):
            if host:
                more["headers"] = {"Host": host}
            connection.request(method, path, **more)  # type: ignore[arg-type]
            answer = connection.getresponse()
            return answer.status, answer.getheader("Location") or answer.read().decode()

    user = folder.WEB_USER
    with subprocess.Popen(configuration.command(data), user=user, group=user, extra_groups=[]) as server:
        try:
            _until_it_answers(ask)
            yield ask
        finally:
            server.terminate()


def _until_it_answers(ask: Ask) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            ask("GET", "/session/")
        except OSError:
            assert time.monotonic() < deadline, "nginx does not answer"
            time.sleep(0.05)
        else:
            return


@dataclass(frozen=True)
class Fetched:
    status: int
    headers: Message
    content: bytes


def fetching(
    instance: Instance, path: str, headers: Mapping[str, str] | None = None, method: str = "GET",
    source: str = "127.0.0.1",
) -> Fetched:  # fmt: skip
    """Through the nginx that serves, with what its answer says."""
    context = ssl.create_default_context(cafile=f"{instance.data}/tls/ca.pem")
    connection = http.client.HTTPSConnection(
        instance.host, instance.ports.web, context=context, source_address=(source, 0), timeout=30
    )
    with closing(connection):
        connection.request(method, path, headers=dict(headers or {}))
        answer = connection.getresponse()
        return Fetched(answer.status, answer.headers, answer.read())


@contextmanager
def pages(
    data: Path, answers: Callable[[str], dict[str, str]], content: bytes = b"", at: Sequence[Path] = ()
) -> Iterator[list[Message]]:
    """In the place of the web processes, or of others `at` their sockets: to each address the headers of `answers`.
    Yields those of all requests."""
    asked: list[Message] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers)
            self.send_response(200)
            for name, value in {"Content-Length": str(len(content)), **answers(self.path)}.items():
                self.send_header(name, value)
            self.end_headers()
            if content and self.command != "HEAD":
                self.wfile.write(content)

        do_POST = do_HEAD = do_GET

        def address_string(self) -> str:
            return "nginx"

        def log_message(self, *_words: object) -> None:
            return

    with ExitStack() as servers:
        for path in at or web_sockets(data):
            path.unlink(missing_ok=True)
            server = servers.enter_context(ThreadingUnixStreamServer(str(path), Handler))
            path.chmod(0o777)
            Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
            servers.callback(server.shutdown)
        yield asked
