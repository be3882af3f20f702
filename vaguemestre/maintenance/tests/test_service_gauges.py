"""How late work is, how long the disks last: seen to move, and said when it matters."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django_tasks_db.models import DBTaskResult

from vaguemestre.clock import due
from vaguemestre.clock.models import Due
from vaguemestre.letters.tasks import seal_letters
from vaguemestre.maintenance import disk_history, service_gauges
from vaguemestre.maintenance.models import DiskSample
from vaguemestre.web.findings import Finding, Severity
from vaguemestre.web.metrics import Gauge

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GB = 1000**3
JOB = due.Job("tests.gauges.nothing")


@JOB.register
def nothing(_key: str, _now: datetime) -> None:
    pass


def figures(told: Iterable[Gauge]) -> dict[str, float]:
    return {gauge.name: gauge.value for gauge in told}


def severities(found: Iterable[Finding]) -> list[Severity]:
    return [finding.severity for finding in found]


@pytest.fixture(autouse=True)
def nothing_due() -> None:
    Due.objects.all().delete()
    DBTaskResult.objects.all().delete()


def test_the_clock_s_lag_is_that_of_the_oldest_act() -> None:
    due.at(NOW + HOUR, JOB, "later")
    assert figures(service_gauges.clock_gauges(NOW))["clock_lag_seconds"] == 0
    due.at(NOW - timedelta(minutes=4), JOB, "a")
    assert figures(service_gauges.clock_gauges(NOW))["clock_lag_seconds"] == 240
    assert severities(service_gauges.clock_findings(NOW)) == []
    due.at(NOW - timedelta(minutes=6), JOB, "b")
    assert severities(service_gauges.clock_findings(NOW)) == [Severity.ALARM]
    due.run(NOW)
    assert figures(service_gauges.clock_gauges(NOW))["clock_lag_seconds"] == 0


def test_tasks_that_wait_are_told() -> None:
    seal_letters.enqueue()
    DBTaskResult.objects.update(enqueued_at=NOW - HOUR)
    assert figures(service_gauges.clock_gauges(NOW))["tasks_lag_seconds"] == 3600
    assert severities(service_gauges.clock_findings(NOW)) == [Severity.ALARM]


def test_what_fails_again_and_again_is_noted() -> None:
    due.at(NOW + HOUR, JOB, "a")
    Due.objects.update(attempts=2)
    assert figures(service_gauges.clock_gauges(NOW))["jobs_failing"] == 0
    Due.objects.update(attempts=3)
    assert figures(service_gauges.clock_gauges(NOW))["jobs_failing"] == 1
    assert severities(service_gauges.clock_findings(NOW)) == [Severity.NOTE]


def test_disks_are_recorded_and_forgotten(settings: LazySettings, tmp_path: Path) -> None:
    for store in ("queue", "mail", "db"):
        (tmp_path / store).mkdir()
    settings.DATA = tmp_path
    disk_history.record_disks("", NOW - 8 * DAY)
    disk_history.record_disks("", NOW)
    assert sorted(DiskSample.objects.values_list("store", "at")) == [("db", NOW), ("mail", NOW), ("queue", NOW)]
    told = [gauge for gauge in service_gauges.disk_gauges(NOW) if gauge.name == "disk_free_bytes"]
    assert {gauge.labels["store"] for gauge in told} == {"queue", "mail", "db"}
    assert all(gauge.value > 0 for gauge in told)


def fills(store: str, *, a_day: float, free_now: float, hours: int = 72) -> None:
    DiskSample.objects.bulk_create(
        DiskSample(at=NOW - hour * HOUR, store=store, free=int(free_now + a_day * hour / 24)) for hour in range(hours)
    )


@pytest.mark.parametrize(("days", "severity"), [(60, None), (20, Severity.NOTE), (5, Severity.ALARM)])
def test_a_disk_that_fills_says_when(days: int, severity: Severity | None) -> None:
    fills("mail", a_day=10 * GB, free_now=10 * GB * days)
    fills("db", a_day=0, free_now=GB)
    [(store, left)] = disk_history.days_left(NOW)
    assert store == "mail"
    assert left == pytest.approx(days, rel=0.01)
    assert severities(service_gauges.disk_findings(NOW)) == ([severity] if severity else [])


def test_an_hour_of_filling_is_no_habit() -> None:
    fills("mail", a_day=100 * GB, free_now=GB, hours=20)
    assert list(disk_history.days_left(NOW)) == []


@pytest.mark.parametrize(("said", "notes"), [("no", 1), ("yes", 0), ("", 0)])
def test_a_clock_that_nobody_sets_right_is_said(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str, notes: int
) -> None:
    """By what systemd says of it: this command is asked."""
    command = tmp_path / "timedatectl"
    command.write_text(f'#!/bin/sh\n[ "$*" = "show --property=NTPSynchronized --value" ] && echo "{said}"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert list(service_gauges.machine_clock_findings(NOW)) == [], "of a demo nothing is said"
    settings.INSTANCE = settings.INSTANCE.model_copy(update={"mode": "production"})
    assert len(list(service_gauges.machine_clock_findings(NOW))) == notes
    command.unlink()
    assert list(service_gauges.machine_clock_findings(NOW)) == []
