"""The processes that must not hang or end with PostgreSQL: pages, gate, tasks and `vaguemestre check`, on one that is
stopped with all its processes, or killed."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import pytest

from tools import database_template, postgresql
from vaguemestre.engine.daemon_folders import require_data
from vaguemestre.instance import Instance
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.data_folder import folder
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.process_table import processes
from vaguemestre.launcher.testing import descendants, until

THREADS = 8
MORE_THAN_THREADS = 20
PATIENCE = 60.0  # the limits are ten seconds; without them it is for ever
SERVER = ("vaguemestre.launcher.processes.application_server", "wsgi")


@dataclass(frozen=True)
class Service:
    data: Path
    cluster: Path
    environment: dict[str, str]

    @contextlib.contextmanager
    def serving(self, application: str, threads: int) -> Iterator[Path]:
        path = self.data / "run" / f"{application}.sock"
        words = (f"vaguemestre.{application}:application", "--uds", str(path), "--blocking-threads", str(threads))
        with subprocess.Popen(self._command(*SERVER, *words), env=self.environment, cwd=CHECKOUT) as process:
            try:
                until(lambda: _asked(path, "/health/") is not None, f"{application} does not answer")
                yield path
            finally:
                process.kill()

    def check(self) -> str:
        command = self._command("vaguemestre", "check")
        done = subprocess.run(
            command,
            env=self.environment,
            cwd=CHECKOUT,
            timeout=PATIENCE,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        return done.stdout

    @contextlib.contextmanager
    def working(self, log: Path) -> Iterator[subprocess.Popen[bytes]]:
        with (
            log.open("wb") as said,
            subprocess.Popen(
                self._command("vaguemestre", "tasks"), env=self.environment, cwd=CHECKOUT, stdout=said, stderr=said
            ) as process,
        ):
            try:
                yield process
            finally:
                process.kill()

    def asks_for_task(self) -> str:
        """Its outcome, once a worker has been at it."""
        code = (
            "import time; from vaguemestre.clock.sliced_work import do_slice\n"
            "asked = do_slice.enqueue('exports.make')\n"
            "for _try in range(300):\n    asked.refresh()\n    if asked.is_finished: break\n    time.sleep(0.1)\n"
            "print(asked.status)"
        )
        command = self._command("vaguemestre", "shell", "--no-imports", "-v0", "-c", code)
        done = subprocess.run(
            command, env=self.environment, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True, check=True
        )
        return done.stdout.strip()

    @contextlib.contextmanager
    def hanging(self) -> Iterator[None]:
        family = self._family()
        _signal(family, signal.SIGSTOP)
        try:
            yield
        finally:
            _signal(family, signal.SIGCONT)

    @contextlib.contextmanager
    def killed(self) -> Iterator[None]:
        family = self._family()
        _signal(family, signal.SIGKILL)
        try:
            yield
        finally:
            until(lambda: not {*family} & {process.pid for process in processes()}, "it is not quite dead")
            until(self._is_started, "what it has left is in its way")

    def _is_started(self) -> bool:
        with contextlib.suppress(LauncherError):
            postgresql.start(self.cluster)
            return True
        return False

    def _family(self) -> list[int]:
        return descendants(int((self.cluster / "files" / "postmaster.pid").read_text().split()[0]))

    @staticmethod
    def _command(module: str, *arguments: str) -> list[str]:
        return [sys.executable, "-P", "-m", module, *arguments]


@pytest.fixture(scope="module")
def service(installed: Instance) -> Iterator[Service]:
    """One for all: its tables take a minute where none are kept."""
    try:
        postgresql.programs()
    except LauncherError:
        pytest.skip("no PostgreSQL here")
    data = require_data(installed)
    cluster = data / "postgresql"
    with postgresql.cluster(cluster) as address:
        facts = {"mode": "test", "host": installed.host, "database": address}
        folder.write_instance(data / "instance.toml", facts, installed.ports)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("VAGUEMESTRE_")}
        environment |= {"VAGUEMESTRE_DATA": str(data), "PYTHONPATH": str(CHECKOUT), "LANG": "C.UTF-8"}
        environment["DJANGO_SETTINGS_MODULE"] = "vaguemestre.settings"
        if not database_template.fill_postgresql(address):
            migrate = [sys.executable, "-P", "-m", "vaguemestre", "migrate", "--skip-checks", "-v0"]
            subprocess.run(migrate, env=environment, cwd=CHECKOUT, check=True)
        yield Service(data, cluster, environment)


def _signal(family: Sequence[int], number: signal.Signals) -> None:
    for process in family:
        with contextlib.suppress(ProcessLookupError):  # it ended with the first
            os.kill(process, number)


def _asked(path: Path, target: str, body: str = "", **headers: str) -> int | None:
    """The status, or None: no answer."""
    connection = http.client.HTTPConnection("localhost", timeout=PATIENCE)
    with socket.socket(socket.AF_UNIX) as connection.sock:
        connection.sock.settimeout(PATIENCE)
        try:
            connection.sock.connect(str(path))
            connection.request("POST" if body else "GET", target, body, {"X-Forwarded-Proto": "https", **headers})
            return connection.getresponse().status
        except OSError:
            return None


def _pages(web: Path) -> list[int | None]:
    """More at once than there are threads; each reads a session."""
    with ThreadPoolExecutor(MORE_THAN_THREADS) as readers:
        targets = ["/bv/"] * MORE_THAN_THREADS
        return list(readers.map(lambda target: _asked(web, target, Cookie="__Host-session=none"), targets))


def _sign_ins(gate: Path, word: str) -> list[int | None]:
    told = '{"login": "jean.martin", "remote": "192.0.2.1", "protocol": "imap", "mechanism": "PLAIN"}'
    with ThreadPoolExecutor(MORE_THAN_THREADS) as programs:
        targets = ["/policy?command=allow"] * MORE_THAN_THREADS
        return list(programs.map(lambda target: _asked(gate, target, told, **{"X-Vaguemestre-Gate": word}), targets))


def _all(answers: Sequence[int | None], status: HTTPStatus) -> bool:
    return set(answers) == {status}


@pytest.mark.parametrize("fault", [Service.hanging, Service.killed])
def test_pages_say_503_and_come_back(
    service: Service, fault: Callable[[Service], contextlib.AbstractContextManager[None]]
) -> None:
    with service.serving("wsgi", THREADS) as web:
        assert _all(_pages(web), HTTPStatus.OK)
        with fault(service):
            assert _all(_pages(web), HTTPStatus.SERVICE_UNAVAILABLE)
            assert _asked(web, "/health/") == HTTPStatus.OK
        until(lambda: _all(_pages(web), HTTPStatus.OK), "they do not come back")


def test_mail_programs_are_let_in_by_a_gate_that_goes_on(service: Service) -> None:
    word = (service.data / "secrets" / "policy.key").read_text().strip()
    with service.serving("gate", 4) as gate:
        assert _all(_sign_ins(gate, word), HTTPStatus.OK)
        with service.hanging():
            assert _all(_sign_ins(gate, word), HTTPStatus.OK)
        assert _all(_sign_ins(gate, word), HTTPStatus.OK)


def test_check_says_that_the_database_does_not_answer(service: Service) -> None:
    with service.hanging():
        assert "ALARME\u00a0: La base ne répond pas" in service.check()


def test_the_tasks_wait_and_go_on(service: Service, tmp_path: Path) -> None:
    """A process that ends is started again later each time."""
    log = tmp_path / "tasks.log"
    with service.working(log) as tasks:
        assert service.asks_for_task() == "SUCCESSFUL"
        with service.killed():
            _waits(tasks, log)
        assert service.asks_for_task() == "SUCCESSFUL"
        assert tasks.poll() is None


def test_the_tasks_start_before_the_database(service: Service, tmp_path: Path) -> None:
    log = tmp_path / "tasks.log"
    with contextlib.ExitStack() as started:
        with service.killed():
            tasks = started.enter_context(service.working(log))
            _waits(tasks, log)
        assert service.asks_for_task() == "SUCCESSFUL"
        assert tasks.poll() is None


def _waits(tasks: subprocess.Popen[bytes], log: Path) -> None:
    until(lambda: "the tasks wait" in log.read_text() or tasks.poll() is not None, "it has seen nothing")
    assert tasks.poll() is None
