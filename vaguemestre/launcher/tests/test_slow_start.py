"""A machine that has no time for a start: what has started stays, and the next `bin/run` continues from there."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from vaguemestre.engine.processes import Program
from vaguemestre.launcher import demo, run
from vaguemestre.launcher.data_folder import folder_lock, ports
from vaguemestre.launcher.errors import LauncherError, UnreadyError
from vaguemestre.launcher.processes import supervision
from vaguemestre.launcher.processes.supervision import Supervision

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="starts programs as other users")

ENDLESS = ("/bin/sleep", "1000")


@pytest.fixture
def begun(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What each start prepares and loads. Of its two programs one answers once a file is there."""
    done: list[str] = []
    monkeypatch.setenv("VAGUEMESTRE_DATA", str(open_folder))  # as a start says it, and taken back

    def listed(*_place: object) -> list[Program]:
        late = open_folder / "late"
        return [Program("quick", ENDLESS, "root", lambda: True), Program("slow", ENDLESS, "root", late.exists)]

    monkeypatch.setattr(run, "programs", listed)

    def prepared(*_place: object) -> list[str]:
        done.append("prepared")
        return []

    monkeypatch.setattr(run, "prepare", prepared)
    monkeypatch.setattr(demo, "load", lambda *_place: done.append("loaded"))
    monkeypatch.setattr(supervision, "READY_SECONDS", 1)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield done
    run.stop(open_folder)
    for number, handler in handlers.items():  # a stop is deaf to them
        signal.signal(number, handler)


def test_the_second_goes_on_where_the_first_ended(open_folder: Path, begun: list[str]) -> None:
    with (
        ports.claimed_base() as base,
        pytest.raises(UnreadyError, match=r"slow ne répond pas[^§]*Ce qui a démarré continue"),
        run.running(open_folder, base),
    ):
        pytest.fail("it is not ready")
    found = Supervision(open_folder)
    before = {name: found.pid(name) for name in ("quick", "slow")}
    assert (begun, all(before.values())) == (["prepared"], True)
    (open_folder / "late").touch()
    with run.running(open_folder, base, background=True):
        assert begun == ["prepared", "loaded"]
        assert {name: found.pid(name) for name in before} == before
    with pytest.raises(LauncherError, match="est déjà pris"), run.running(open_folder, base):
        pytest.fail("it runs")


def test_a_start_that_is_still_waited_for_is_nobody_else_s(open_folder: Path, begun: list[str]) -> None:
    with ports.claimed_base() as base, pytest.raises(UnreadyError), run.running(open_folder, base):
        pytest.fail("it is not ready")
    with (
        folder_lock.hold(open_folder, folder_lock.UNREADY),
        pytest.raises(LauncherError, match="est déjà pris"),
        run.running(open_folder, base),
    ):
        pytest.fail("another one waits")
    assert begun == ["prepared"]


def test_what_was_found_ends_with_the_one_who_goes_on(open_folder: Path, begun: list[str]) -> None:
    with ports.claimed_base() as base, pytest.raises(UnreadyError), run.running(open_folder, base):
        pytest.fail("it is not ready")
    (open_folder / "late").touch()
    with run.running(open_folder, base) as service:
        assert service.process.poll() is None
    assert service.process.poll() is not None
    assert folder_lock.is_free(open_folder)
