"""The tasks process itself: it keeps the time, does background work, and ends when it is told to."""

import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.processes import OwnData
from vaguemestre.clock.due import jobs
from vaguemestre.mailbox.sandbox import watchdog
from vaguemestre.people import testing

DEADLINE_SECONDS = 30
STATUS = "SELECT status FROM django_tasks_database_dbtaskresult"


@pytest.fixture
def start(data: OwnData) -> Iterator[Callable[[], "subprocess.Popen[str]"]]:
    started = []

    def start_tasks() -> "subprocess.Popen[str]":
        started.append(data.start("tasks"))
        return started[-1]

    yield start_tasks
    for process in started:
        process.kill()
        process.wait()


def test_it_gives_signs_of_life(
    data: OwnData, start: Callable[[], "subprocess.Popen[str]"], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(str(data.folder / "run" / "notices.sock"))
        supervisor.settimeout(DEADLINE_SECONDS)
        monkeypatch.setitem(data.environment, watchdog.VARIABLE, str(data.folder / "run" / "notices.sock"))
        start()
        assert all(b"WATCHDOG=1" in supervisor.recv(4096) for _word in range(2))


def wait_for(data: OwnData, running: "subprocess.Popen[str]", query: str, expected: object) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while data.value(query) != expected:
        assert running.poll() is None, data.log()
        assert time.monotonic() < deadline, data.log()
        time.sleep(0.05)


def test_it_keeps_the_time_works_and_stops_when_told(
    data: OwnData, start: Callable[[], "subprocess.Popen[str]"]
) -> None:
    """The background task is one that a killed process left as running, and which nobody runs."""
    data.shell(
        "from datetime import datetime, UTC\n"
        "from django_tasks_db.models import DBTaskResult\n"
        "from vaguemestre.clock import due\n"
        "from vaguemestre.clock.worker import worker_id\n"
        "from vaguemestre.letters.tasks import seal_letters\n"
        "due.at(datetime(2026, 1, 1, tzinfo=UTC), due.job_named('clock.tasks.prune'), 'test')\n"
        "seal_letters.enqueue()\n"
        "DBTaskResult.objects.get().claim(worker_id())\n"
    )
    running = start()
    wait_for(data, running, "SELECT count(*) FROM clock_due WHERE key = 'test'", 0)
    wait_for(data, running, STATUS, "SUCCESSFUL")
    recurring = [job for job in jobs().values() if job.every]
    assert data.value("SELECT count(*) FROM clock_due WHERE key = ''") == len(recurring)
    running.send_signal(signal.SIGTERM)
    assert running.wait(DEADLINE_SECONDS) == 0, data.log()
    assert "Traceback" not in data.log()


def test_a_busy_process_gives_its_task_time_and_then_goes(
    data: OwnData, start: Callable[[], "subprocess.Popen[str]"]
) -> None:
    """More passwords than one slice of work: the process ends all the same, and the rest is done later."""
    data.run("people", "import", str(_crowd(data)))
    running = start()
    wait_for(data, running, STATUS, "RUNNING")
    running.send_signal(signal.SIGTERM)
    assert running.wait(DEADLINE_SECONDS) == 0, data.log()
    assert data.value("SELECT count(*) FROM letters_letter WHERE state = 'prepared'") != 0


def _crowd(data: OwnData) -> Path:
    file = data.folder / "feed.csv"
    file.write_text(testing.text(testing.row(number) for number in range(1, 601)), encoding="utf-8")
    return file
