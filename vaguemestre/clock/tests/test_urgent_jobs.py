import socket
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from vaguemestre.clock import urgent_jobs
from vaguemestre.engine import liveness_probes

LOOKS: list[float] = []


def look(_now: datetime) -> None:
    LOOKS.append(time.monotonic())


def fall(_now: datetime) -> None:
    raise RuntimeError("an act that fails")


@pytest.fixture
def running(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The thread, which would look by itself after a minute only: what it does sooner, it was woken for."""
    (tmp_path / "run").mkdir()
    settings.DATA = tmp_path
    monkeypatch.setattr(urgent_jobs, "_acts", [fall, look])
    monkeypatch.setattr(urgent_jobs, "INTERVAL_SECONDS", 60)
    LOOKS.clear()
    stop = threading.Event()
    thread = threading.Thread(target=urgent_jobs.loop, args=(stop,))
    thread.start()
    while not (tmp_path / "run" / "tasks.sock").exists():
        time.sleep(0.01)
    yield
    stop.set()
    urgent_jobs.knock()
    thread.join()


def seen(count: int) -> bool:
    deadline = time.monotonic() + 20
    while len(LOOKS) < count and time.monotonic() < deadline:
        time.sleep(0.01)
    return len(LOOKS) >= count


@pytest.mark.django_db(transaction=True)
def test_it_looks_when_the_act_is_committed(running: None) -> None:
    with transaction.atomic():
        urgent_jobs.wake()
        assert LOOKS == []
    assert seen(1)


@pytest.mark.django_db(transaction=True)
def test_an_act_that_is_undone_wakes_nobody(running: None) -> None:
    with transaction.atomic():
        urgent_jobs.wake()
        transaction.set_rollback(True)
    with transaction.atomic():
        urgent_jobs.wake()
    assert seen(1)
    assert len(LOOKS) == 1


@pytest.mark.django_db(transaction=True)
def test_one_that_fails_keeps_the_others_from_nothing(running: None) -> None:
    """It comes first in the list, at each look."""
    urgent_jobs.knock()
    assert seen(1)
    urgent_jobs.knock()
    assert seen(2)


@pytest.mark.django_db(transaction=True)
def test_who_asks_whether_it_is_alive_is_answered(running: None, settings: Settings) -> None:
    place = settings.DATA / "run" / "tasks.sock"
    assert liveness_probes.knock_is_answered(place)
    urgent_jobs.knock()  # by nobody's name: answered to nobody
    assert liveness_probes.knock_is_answered(place)


def test_one_that_hangs_answers_no_knock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(liveness_probes, "SECONDS", 0.2)
    assert not liveness_probes.knock_is_answered(tmp_path / "away.sock")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as deaf:
        deaf.bind(str(tmp_path / "deaf.sock"))
        assert not liveness_probes.knock_is_answered(tmp_path / "deaf.sock")


def test_nobody_at_the_door_costs_the_act_nothing(tmp_path: Path, settings: Settings) -> None:
    settings.DATA = tmp_path
    urgent_jobs.knock()
    settings.DATA = None
    urgent_jobs.knock()
