"""When Dovecot must reload. Its effect, on a clock that is set back: `proofs/clock.py`."""

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from vaguemestre.engine import clock_steps
from vaguemestre.engine.clock_steps import ClockSteps
from vaguemestre.testing import data_folder


@pytest.fixture
def process(tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """In the place of Dovecot's first one; the signal ends it, also under nohup."""
    with subprocess.Popen(["env", "--default-signal=HUP", "sleep", "600"]) as begun:
        comm = Path(f"/proc/{begun.pid}/comm")
        while comm.read_text() != "sleep\n":  # until then a signal that is ignored here is lost
            time.sleep(0.01)
        (tmp_path / "master.pid").write_text(f"{begun.pid}\n")
        yield begun
        begun.kill()


def test_a_clock_that_is_set_back_is_seen(
    tmp_path: Path, process: "subprocess.Popen[bytes]", monkeypatch: pytest.MonkeyPatch
) -> None:
    steps, real = ClockSteps(tmp_path), time.time
    for shift in (3600, 3599.5):  # forwards, or by little
        monkeypatch.setattr(time, "time", lambda shift=shift: real() + shift)
        steps.look()
    assert process.poll() is None
    monkeypatch.setattr(time, "time", real)
    steps.look()
    assert process.wait(10) == -signal.SIGHUP
    steps.look()


def test_where_dovecot_does_not_run_nothing_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock_steps, "_ahead", iter((3600.0, 0.0)).__next__)
    ClockSteps(tmp_path).look()


def test_the_number_is_dovecot_s(daemons: None) -> None:
    number = int((data_folder() / "run" / "dovecot" / "master.pid").read_text())
    assert Path(f"/proc/{number}/comm").read_text() == "dovecot\n"
