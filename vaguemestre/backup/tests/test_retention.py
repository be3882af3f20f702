"""The last of each day, week and month stays."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from vaguemestre.backup.places.configuration import BackupConfiguration
from vaguemestre.backup.places.repository import BackupSnapshot
from vaguemestre.backup.places.runs import PARTS, RECORD
from vaguemestre.backup.run.retention import forgettable

START = datetime(2026, 1, 1, 2, tzinfo=UTC)


def _run(day: int, *, complete: bool = True, hour: int = 0) -> list[BackupSnapshot]:
    at, name = START + timedelta(days=day, hours=hour), f"{day}.{hour}"
    parts = (*PARTS, RECORD) if complete else PARTS[:1]
    return [BackupSnapshot(f"{name}-{part}", at, {"run": name, "part": part}, 1, 1) for part in parts]


def test_days_weeks_and_months(configuration: BackupConfiguration) -> None:
    policy = replace(configuration, keep_days=3, keep_weeks=2, keep_months=2)
    snapshots = [one for day in range(40) for one in _run(day)] + _run(39, hour=5)
    gone = {one.split("-")[0] for one in forgettable(snapshots, policy)}
    kept = {one.tags["run"] for one in snapshots} - gone
    # 10 February is day 40: its last run, the two days before, Sunday's (day 38), and the end of January.
    assert kept == {"39.5", "38.0", "37.0", "30.0"}


def test_unfinished_ones_go_after_a_day_and_never_the_only_one(configuration: BackupConfiguration) -> None:
    unfinished = _run(1, complete=False)
    assert forgettable(unfinished, configuration) == []
    assert forgettable([*unfinished, *_run(5)], configuration) == ["1.0-database"]
    assert forgettable([*_run(5), *_run(5, complete=False, hour=1)], configuration) == []
