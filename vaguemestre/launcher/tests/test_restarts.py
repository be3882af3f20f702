"""A program that cannot start is tried again for ever, less and less often, and says so."""

import time
from pathlib import Path

import pytest

from vaguemestre.launcher.processes import restarts
from vaguemestre.web.restarts import MANY, WELL_SECONDS, failures_by_program, read_restart


@pytest.fixture
def slept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What was waited, of which nobody waits: each start fails at once."""
    (tmp_path / "supervision").mkdir()
    waits: list[float] = []
    clock = [1_800_000_000.75]  # no whole second: a note that is rounded up lies in the future

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        clock[0] += seconds

    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr(time, "time", lambda: clock[0])
    return waits


def test_it_waits_longer_each_time_and_never_longer_than_a_minute(slept: list[float], tmp_path: Path) -> None:
    for _ in range(10):
        restarts.wait_turn(tmp_path, "gate")
    assert slept == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_it_says_so_in_its_log(slept: list[float], tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        restarts.wait_turn(tmp_path, "gate")
    assert "gate ended soon after its start, failure 2 in a row: again in 2 s" in caplog.text


def test_who_ran_well_starts_at_once(slept: list[float], tmp_path: Path) -> None:
    for _ in range(4):
        restarts.wait_turn(tmp_path, "gate")
    time.sleep(WELL_SECONDS)
    slept.clear()
    restarts.wait_turn(tmp_path, "gate")
    assert slept == []


def test_an_operators_own_start_does_not_wait(slept: list[float], tmp_path: Path) -> None:
    for _ in range(4):
        restarts.wait_turn(tmp_path, "gate")
    slept.clear()
    restarts.forget(tmp_path, "gate")
    restarts.wait_turn(tmp_path, "gate")
    assert slept == []


def test_some_failures_in_a_row_are_told_until_it_runs_well(slept: list[float], tmp_path: Path) -> None:
    for _ in range(MANY):
        restarts.wait_turn(tmp_path, "gate")
    assert failures_by_program(tmp_path, time.time()) == {}
    restarts.wait_turn(tmp_path, "gate")
    assert failures_by_program(tmp_path, time.time()) == {"gate": MANY}
    assert failures_by_program(tmp_path, time.time() + WELL_SECONDS) == {}


def test_a_note_cut_by_a_power_cut_means_none(tmp_path: Path) -> None:
    file = tmp_path / "gate"
    file.write_text("3")
    assert read_restart(file) is None
    assert failures_by_program(tmp_path / "nowhere", 0) == {}
