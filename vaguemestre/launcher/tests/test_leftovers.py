"""Whose processes a number in a file of yesterday's names. The whole story of deaths is `test_deaths`."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import pytest

from vaguemestre.engine.processes import Program
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.data_folder import folder
from vaguemestre.launcher.process_table import booted, processes
from vaguemestre.launcher.processes import leftovers
from vaguemestre.launcher.processes.supervision import Supervision, clean_environment
from vaguemestre.launcher.run import stop
from vaguemestre.launcher.testing import descendants, until
from vaguemestre.testing import data_folder

Shell = Callable[[str], int]
DEAF = ("/bin/sh", "-c", "trap '' TERM; while :; do sleep 1; done")
BREAKS = """
import os, runpy
from supervisor import supervisord
tick = supervisord.Supervisor.tick
def break_there(self, now=None):
    tick(self, now)
    if os.path.exists(os.environ["VAGUEMESTRE_DATA"] + "/breaks"):
        raise RuntimeError("breaks")
supervisord.Supervisor.tick = break_there
runpy.run_module("vaguemestre.launcher.processes.supervisor_daemon", run_name="__main__")
"""


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """Runs a line in a session of its own that stands in the data folder. Its number."""
    for file in (leftovers.SUPERVISOR, leftovers.POSTFIX):
        (tmp_path / file).parent.mkdir(parents=True)
    started: list[subprocess.Popen[bytes]] = []

    def run(line: str) -> int:
        started.append(subprocess.Popen(["sh", "-c", line], cwd=tmp_path, start_new_session=True))
        return started[-1].pid

    yield run
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def an_orphan(shell: Shell) -> int:
    """A session whose leader has ended."""
    leader = shell("sleep 600 & exit")
    os.waitid(os.P_PID, leader, os.WEXITED | os.WNOWAIT)
    return leader


def left(data: Path) -> int:
    return len(leftovers.members(data, leftovers.of_the_dead(data)))


def test_what_a_killed_supervisor_has_left_is_found_and_ended(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / leftovers.SUPERVISOR).write_text(f"{an_orphan(shell)}\n")
    assert left(tmp_path) == 1
    leftovers.end(tmp_path, leftovers.of_the_dead(tmp_path))
    assert left(tmp_path) == 0


class BreakingSupervision(Supervision):
    def _launch(self, words: IO[bytes], _lock: int | None) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-P", "-c", BREAKS, "--nodaemon", "-c", str(self.configuration)],
            stdin=subprocess.DEVNULL, stdout=words, stderr=subprocess.STDOUT, env=clean_environment(self.data),
            cwd=CHECKOUT, start_new_session=True,
        )  # fmt: skip


def test_what_outlives_a_supervisor_that_broke_is_ended(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "PATIENCE", 0.1)
    folder.lay_out(open_folder)
    supervision = BreakingSupervision(open_folder)
    process = supervision.start([Program("deaf", DEAF, "root", lambda: True)])
    until(lambda: supervision.state("deaf") == "RUNNING", "it is not started")
    deaf = supervision.pid("deaf")
    until(lambda: len(descendants(deaf)) > 1, "it does not begin")
    (open_folder / "breaks").touch()
    process.wait()
    try:
        assert lives(deaf)
        assert stop(open_folder) == 0
        assert not lives(deaf)
    finally:
        with suppress(ProcessLookupError):
            os.kill(deaf, signal.SIGKILL)


def lives(pid: int) -> bool:
    return any(one.pid == pid for one in processes())


def test_a_number_from_before_the_last_boot_is_nobody_s(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / leftovers.SUPERVISOR
    file.write_text(f"{an_orphan(shell)}\n")
    assert booted() <= time.time()
    os.utime(file, (booted() - 1, booted() - 1))
    assert left(tmp_path) == 0


def test_a_supervisor_that_seems_to_live_is_somebody_else(shell: Shell, tmp_path: Path) -> None:
    """The folder's lock is free: the number has become that of an operator's shell."""
    (tmp_path / leftovers.SUPERVISOR).write_text(f"{shell('sleep 600; true')}\n")
    assert left(tmp_path) == 0


def test_what_has_taken_postfix_s_number_is_not_postfix(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / leftovers.SUPERVISOR).write_text(f"{an_orphan(shell)}\n")
    (tmp_path / leftovers.POSTFIX).write_text(f"{shell('sleep 600; true')}\n")
    assert left(tmp_path) == 1


def test_a_postfix_that_lives_is_known_by_its_file(daemons: None) -> None:
    """The supervisor of this run lives and so does not count."""
    data = data_folder()
    assert leftovers.of_the_dead(data) == [int((data / leftovers.POSTFIX).read_text())]


def test_our_own_session_is_never_ended(shell: Shell, tmp_path: Path) -> None:
    mine = subprocess.Popen(["sleep", "600"], cwd=tmp_path)
    try:
        assert leftovers.members(tmp_path, [os.getsid(0)]) == []
    finally:
        mine.kill()
        mine.wait()


def test_a_number_that_names_nobody_is_not_kept(
    shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Or it would be asked again beside units of systemd, which write none."""
    (tmp_path / leftovers.SUPERVISOR).write_text(f"{shell('sleep 600; true')}\n")
    assert stop(tmp_path) == 0
    assert "Rien ne tourne" in capsys.readouterr().out
    assert not (tmp_path / leftovers.SUPERVISOR).exists()
