import os
import time

import pytest

from vaguemestre.launcher.processes.supervision import Patience


@pytest.mark.parametrize(
    ("load", "passed", "over"), [(0.0, 170, False), (0.0, 190, True), (20.0, 1700, False), (20.0, 1900, True)]
)
def test_a_busy_machine_is_given_more_time(
    monkeypatch: pytest.MonkeyPatch, load: float, passed: int, over: bool
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(os, "getloadavg", lambda: (load, 0.0, 0.0))
    patience = Patience(180)
    clock[0] += passed
    assert patience.is_over() is over
