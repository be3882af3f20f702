"""Which web process nginx asks: of a session always the same, and all of them are asked."""

import shutil
import socketserver
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from vaguemestre.instance import Instance
from vaguemestre.launcher.data_folder.folder import WEB_USER
from vaguemestre.launcher.data_folder.web_sockets import web_sockets
from vaguemestre.launcher.testing.nginx import serving


class Web(BaseHTTPRequestHandler):
    """Says at which socket it was asked."""

    def do_GET(self) -> None:
        body = str(self.server.server_address).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """pytest's output is for others."""


@pytest.fixture(autouse=True)
def web(open_folder: Path, instance: Instance) -> Iterator[None]:
    with ExitStack() as stack:
        for path in web_sockets(open_folder):
            server = stack.enter_context(socketserver.UnixStreamServer(str(path), Web))
            shutil.chown(path, WEB_USER)
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
        yield


def test_a_session_always_comes_to_the_same_process(open_folder: Path, instance: Instance) -> None:
    with serving(open_folder, instance) as ask:
        for word in ("one", "another", "third"):
            cookies = {"Cookie": f"langue=fr; __Host-session={word}"}
            asked = {ask("GET", path, headers=cookies) for path in ("/webmail/", "/portail/", "/webmail/lettre/", "/")}
            assert len(asked) == 1


def test_sessions_and_strangers_come_to_all(open_folder: Path, instance: Instance) -> None:
    everywhere = {(200, str(path)) for path in web_sockets(open_folder)}
    with serving(open_folder, instance) as ask:
        assert {ask("GET", "/", headers={"Cookie": f"__Host-session=s{number}"}) for number in range(60)} == everywhere
        assert {ask("GET", "/") for _ in range(60)} == everywhere
