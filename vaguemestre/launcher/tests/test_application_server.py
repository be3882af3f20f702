"""Several servers of one application, which live and end together."""

import http.client
import os
import re
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.data_folder import web_sockets
from vaguemestre.launcher.process_table import processes
from vaguemestre.launcher.testing import until

APPLICATION = "wsgiref.simple_server:demo_app"  # answers with its environment
CREDENTIALS = struct.Struct("3i")


@pytest.fixture
def sockets(tmp_path: Path) -> list[Path]:
    return [*web_sockets.expand(str(tmp_path / "web-{}.sock")), tmp_path / "files.sock"]


@pytest.fixture
def server(tmp_path: Path, sockets: list[Path]) -> Iterator[subprocess.Popen[bytes]]:
    command = [
        sys.executable, "-P", "-m", "vaguemestre.launcher.processes.application_server", "wsgi", APPLICATION,
        "--uds", str(tmp_path / "web-{}.sock"), "--blocking-threads", "2",
        "+", "--blocking-threads", "2", "--uds", str(sockets[-1]),
    ]  # fmt: skip
    sockets[0].touch()  # left by one that was killed
    with subprocess.Popen(command, cwd=CHECKOUT, env={**os.environ, "PYTHONPATH": str(CHECKOUT)}) as process:
        until(lambda: all(map(_answer, sockets)), "it does not answer")
        yield process
        process.kill()


def _answer(path: Path) -> str:
    connection = http.client.HTTPConnection("localhost", timeout=3)
    with socket.socket(socket.AF_UNIX) as connection.sock:
        try:
            connection.sock.connect(str(path))
            connection.request("GET", "/")
            return connection.getresponse().read().decode()
        except OSError:
            return ""


def _worker(path: Path) -> int:
    """The process that listens."""
    with socket.socket(socket.AF_UNIX) as asking:
        asking.connect(str(path))
        process, _user, _group = CREDENTIALS.unpack(
            asking.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
        )
    return int(process)


def _master(path: Path) -> int:
    """The one that replaces it."""
    worker = _worker(path)
    return next(one.parent for one in processes() if one.pid == worker)


def _is_begun_anew(path: Path, old: int) -> bool:
    try:
        return bool(_answer(path)) and _master(path) != old
    except (OSError, StopIteration):  # the one that answered has just ended
        return False


def _family(process: int) -> set[int]:
    known, found = processes(), {process}
    for _generation in range(3):
        found |= {one.pid for one in known if one.parent in found}
    return found


def test_each_listens_at_a_socket_of_its_own(server: subprocess.Popen[bytes], sockets: list[Path]) -> None:
    assert len(set(map(_worker, sockets))) == len(sockets) >= 3
    assert all(re.search("wsgi.multithread = ", _answer(path)) for path in sockets)


def test_a_worker_that_is_killed_is_replaced(server: subprocess.Popen[bytes], sockets: list[Path]) -> None:
    old, master = _worker(sockets[0]), _master(sockets[0])
    os.kill(old, signal.SIGKILL)
    until(lambda: bool(_answer(sockets[0])), "nobody answers in its place")
    assert (_worker(sockets[0]) != old, _master(sockets[0])) == (True, master)
    assert server.poll() is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_one_that_ends_is_begun_anew_and_all_end_when_it_does_so_again(
    server: subprocess.Popen[bytes], sockets: list[Path], number: signal.Signals
) -> None:
    others = [_master(path) for path in (sockets[0], *sockets[2:])]
    old = _master(sockets[1])
    os.kill(old, number)
    until(lambda: _is_begun_anew(sockets[1], old), "nobody answers in its place")
    assert [_master(path) for path in (sockets[0], *sockets[2:])] == others
    family = _family(server.pid)
    os.kill(_master(sockets[1]), number)
    assert server.wait(10) == 0
    until(lambda: not family & {one.pid for one in processes()}, "some live on")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_all_end_with_it(server: subprocess.Popen[bytes], number: signal.Signals) -> None:
    family = _family(server.pid)
    server.send_signal(number)
    server.wait(10)
    until(lambda: not family & {one.pid for one in processes()}, "some live on")
