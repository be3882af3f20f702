"""A program of ours that hangs falls silent, and who supervises it hears that."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

from vaguemestre.instance import Instance
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.processes import programs, supervisor_daemon
from vaguemestre.launcher.processes.supervisor_daemon import WatchingSupervisor
from vaguemestre.launcher.testing import descendants, until
from vaguemestre.mailbox.sandbox import watchdog

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs the users that bin/setup makes")

OFTEN = """
import runpy, sys
from vaguemestre.mailbox.sandbox import watchdog
watchdog.INTERVAL_SECONDS = {seconds}
watchdog._said_at = -watchdog.INTERVAL_SECONDS
del sys.argv[0]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""
APPLICATION = """
import time

def application(environ, start_response):
    while environ["PATH_INFO"] == "/hang":
        time.sleep(1)
    start_response("503 Service Unavailable", [])
    return [b""]

async def events(scope, receive, send):
    while scope.get("path") == "/hang":
        time.sleep(1)
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})
"""
SERVER = ("vaguemestre.launcher.processes.application_server", "wsgi", "{application}:application")
WEB = (*SERVER, "--uds", "{}/web.sock", "--blocking-threads", "2", "+", "--uds", "{}/small.sock")
EVENTS = (SERVER[0], "asgi", "{application}:events", "--uds", "{}/web.sock")
# Each loop that serves: which program it is of, and how it is started.
LOOPS = {
    "sendercheck": ("vaguemestre.engine.sender_milter", "{}/socket", "{}/none", "ac-demo.example"),
    "decoder": ("vaguemestre.engine.decoder", "{}/socket"),
    "cleaner": ("vaguemestre.mailbox.sandbox.cleaner", "{}/socket"),
    "converter": ("vaguemestre.mailbox.sandbox.converter", "{}"),
    "queuekeeper": ("vaguemestre.engine.queue_manager", "{}/socket", "{}", "{}/log"),
    "web": WEB,
    "events": EVENTS,
}
SAME_LOOP = {"restorer": "queuekeeper", "gate": "web", "files": "web"}
ELSEWHERE = {"tasks"}  # tests/test_tasks_process.py


class Notices:
    """As a supervisor hears them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))

    def come(self, seconds: float) -> bool:
        self._socket.settimeout(seconds)
        with suppress(TimeoutError):
            return b"WATCHDOG=1" in self._socket.recv(4096)
        return False

    def fall_silent(self) -> bool:
        """What was under way is over; then there is none for five times as long as there should be."""
        deadline = time.monotonic() + 30
        while self.come(1):
            if time.monotonic() > deadline:
                return False
        return True

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def notices(open_folder: Path) -> Iterator[Notices]:
    made = Notices(open_folder / "notices.sock")
    yield made
    made.close()


@contextmanager
def started(place: Path, loop: tuple[str, ...], *, seconds: float = 0.2) -> Iterator["subprocess.Popen[bytes]"]:
    (place / "slow_application.py").write_text(APPLICATION)
    words = [word.replace("{application}", "slow_application").replace("{}", str(place)) for word in loop]
    environment = {
        **os.environ, "PYTHONPATH": f"{CHECKOUT}:{place}", watchdog.VARIABLE: str(place / "notices.sock"),
    }  # fmt: skip
    program = [sys.executable, "-c", OFTEN.format(seconds=seconds), *words]
    with subprocess.Popen(program, cwd=CHECKOUT, env=environment) as process:
        try:
            yield process
        finally:
            for one in reversed(descendants(process.pid)):
                os.kill(one, signal.SIGKILL)


def test_every_program_of_ours_is_watched() -> None:
    nowhere = Path("/nowhere")
    listed = programs.programs(nowhere, Instance(data=nowhere, mode="production", rspamd=True))
    assert {one.name for one in listed if one.beats} == {*LOOPS, *SAME_LOOP, *ELSEWHERE}


@pytest.mark.parametrize("program", LOOPS)
def test_it_gives_signs_of_life_until_it_is_stopped(open_folder: Path, notices: Notices, program: str) -> None:
    with started(open_folder, LOOPS[program]) as process:
        assert all(notices.come(60) for _time in range(3))
        os.kill(process.pid, signal.SIGSTOP)
        assert notices.fall_silent()


@pytest.mark.parametrize("loop", [WEB, EVENTS])
def test_a_server_in_which_nothing_returns_is_silent(
    open_folder: Path, notices: Notices, loop: tuple[str, ...]
) -> None:
    with started(open_folder, loop):
        assert notices.come(60)
        hanging = [_asked(open_folder / "web.sock", "/hang") for _thread in range(2)]
        assert notices.fall_silent()
        for connection in hanging:
            connection.close()


def test_a_server_gives_its_first_sign_as_soon_as_it_serves(open_folder: Path, notices: Notices) -> None:
    """No one watches over it before: one that hangs soon after its start would hang for ever."""
    with started(open_folder, WEB, seconds=3600):
        assert notices.come(60)


def test_one_of_several_servers_that_is_stopped_makes_them_silent(open_folder: Path, notices: Notices) -> None:
    with started(open_folder, WEB) as process:
        assert notices.come(60)
        os.kill(descendants(process.pid)[-1], signal.SIGSTOP)
        assert notices.fall_silent()


def _asked(path: Path, target: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(path))
    connection.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return connection


class Watched:
    """The supervisor's own look at its programs, of which there is one, on a clock of the test's."""

    process: "subprocess.Popen[bytes]"

    def __init__(self) -> None:
        self._now = 1000.0
        self.supervisor = WatchingSupervisor(SimpleNamespace(logger=SimpleNamespace(warn=print)))

    def begin(self, data: Path, words: str) -> None:
        self.look_after(0)
        environment = {
            **os.environ, "PYTHONPATH": str(CHECKOUT), watchdog.VARIABLE: str(data / supervisor_daemon.NOTICES),
        }  # fmt: skip
        self.process = subprocess.Popen([sys.executable, "-c", words], env=environment)
        program = SimpleNamespace(pid=self.process.pid, config=SimpleNamespace(name="talker"))
        self.supervisor.process_groups = {"all": SimpleNamespace(processes={"talker": program})}

    def monotonic(self) -> float:
        return self._now

    def look_after(self, seconds: float) -> None:
        self._now += seconds
        self.supervisor.tick()

    def lives(self) -> bool:
        """A signal takes a moment."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(1)
        return self.process.poll() is None

    def is_heard(self) -> bool:
        self.look_after(0)
        return self.process.pid in self.supervisor._left


SAYS_ONE_WORD = """
import time
from vaguemestre.mailbox.sandbox import watchdog
watchdog.beat()
time.sleep(1000)
"""


@pytest.fixture
def watched(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    (open_folder / "run").mkdir()
    monkeypatch.setenv("VAGUEMESTRE_DATA", str(open_folder))
    made = Watched()
    monkeypatch.setattr(supervisor_daemon, "time", made)
    made.begin(open_folder, SAYS_ONE_WORD)
    until(made.is_heard, "its word is not heard")
    yield made
    made.process.kill()
    made.process.wait()
    if made.supervisor._listener:
        made.supervisor._listener.close()


def test_whoever_is_silent_too_long_is_killed(watched: Watched) -> None:
    for _second in range(int(watchdog.SILENCE_SECONDS)):
        watched.look_after(1)
    assert watched.lives()
    watched.look_after(1)
    assert watched.process.wait(10) == -signal.SIGKILL


def test_a_machine_that_slept_or_a_supervisor_that_was_stopped_has_heard_nobody(watched: Watched) -> None:
    for _night in range(10):
        watched.look_after(8 * 3600)
    assert watched.lives()


def test_a_start_may_take_its_time(watched: Watched) -> None:
    watched.supervisor._left.clear()  # as if it had said nothing yet
    for _second in range(int(10 * watchdog.SILENCE_SECONDS)):
        watched.look_after(1)
    assert watched.lives()


def test_a_limit_that_is_no_time_ends_no_supervisor(watched: Watched) -> None:
    """Any user of the machine may write there."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
        client.connect(os.environ["VAGUEMESTRE_DATA"] + f"/{supervisor_daemon.NOTICES}")
        client.send(b"WATCHDOG_USEC=" + b"9" * 1000)
    watched.look_after(1)
