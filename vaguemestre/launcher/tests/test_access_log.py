"""nginx's log in both formats: the id of a request as web got it, and the IMAP sessions that web told nginx alone."""

import json
import re
import shutil
import socketserver
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Literal

import pytest

from vaguemestre.instance import Instance
from vaguemestre.launcher.data_folder.folder import WEB_USER
from vaguemestre.launcher.data_folder.web_sockets import web_sockets
from vaguemestre.launcher.nginx import configuration
from vaguemestre.launcher.testing.nginx import serving

SESSION = "s5QKroJhAAAAAAAA"


class Web(BaseHTTPRequestHandler):
    """Answers with what it was told."""

    def do_GET(self) -> None:
        body = self.headers["X-Request-ID"].encode()
        self.send_response(200)
        self.send_header("X-Mail-Sessions", SESSION)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """pytest's output is for others."""


@pytest.fixture
def web(open_folder: Path, instance: Instance) -> Iterator[None]:
    path, *others = web_sockets(open_folder)
    for other in others:
        other.symlink_to(path)
    with socketserver.UnixStreamServer(str(path), Web) as server:
        shutil.chown(path, WEB_USER)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("log_format", ["plain", "json"])
def test_one_id_stands_in_the_log_and_at_web_s(
    open_folder: Path, instance: Instance, web: None, log_format: Literal["plain", "json"]
) -> None:
    configuration.render(open_folder, instance.model_copy(update={"log_format": log_format}))
    with serving(open_folder, instance) as ask:
        status, told = ask("GET", "/suivi/%22?secret=4711", headers={"X-Request-ID": "0" * 32})
        assert (status, len(told)) == (200, 32)
        assert set(told) != {"0"}, "a visitor's own word is not passed on"
        line = _line(open_folder / "log" / "nginx" / "access.log", "suivi")
    assert "4711" not in line
    if log_format == "json":
        read = json.loads(line)
        assert (read["request"], read["imap_sessions"], read["status"]) == (told, SESSION, 200)
        moment = read["time"]
    else:
        assert line.endswith(f" {told} {SESSION}")
        moment = line.partition("[")[2].partition("]")[0]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", moment)


def _line(log: Path, word: str) -> str:
    deadline = time.monotonic() + 10
    while True:
        found = [line for line in log.read_text().splitlines() if word in line]
        if found:
            return found[0]
        assert time.monotonic() < deadline
        time.sleep(0.05)
