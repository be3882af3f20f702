"""The page for Prometheus, and the rules that read it."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.test import Client

from vaguemestre.web import metrics
from vaguemestre.web.metrics import Gauge
from vaguemestre.web.monitoring import page_timing
from vaguemestre.web.monitoring.counters import Histogram

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
RULES = settings.BASE_DIR / "deploy" / "prometheus" / "rules.yml"
SCRAPE = RULES.with_name("scrape.yml")
LINE = re.compile(r'vaguemestre_[a-z0-9_]+(\{[a-z_]+="[^"\\]*"(,[a-z_]+="[^"\\]*")*\})? [0-9.e+-]+')


def two(_now: datetime) -> Iterator[Gauge]:
    yield Gauge("queue_messages", "Messages.", 3, {"queue": "active"})
    yield Gauge("refusals_total", "Refusals.", 1, kind="counter")
    yield Gauge("queue_messages", "Messages.", 0.25, {"queue": "hold"})


def broken(_now: datetime) -> Iterator[Gauge]:
    raise OSError("away")


def test_figures_of_one_name_come_together(rewired: ExitStack) -> None:
    rewired.enter_context(metrics.gauge_sources.replaced(two))
    assert metrics.metrics_text(NOW).splitlines() == [
        "# HELP vaguemestre_queue_messages Messages.",
        "# TYPE vaguemestre_queue_messages gauge",
        'vaguemestre_queue_messages{queue="active"} 3',
        'vaguemestre_queue_messages{queue="hold"} 0.25',
        "# HELP vaguemestre_refusals_total Refusals.",
        "# TYPE vaguemestre_refusals_total counter",
        "vaguemestre_refusals_total 1",
        "# HELP vaguemestre_sources_failing Parts of the service whose figures are missing here.",
        "# TYPE vaguemestre_sources_failing gauge",
        "vaguemestre_sources_failing 0",
    ]


def test_what_fails_hides_nothing_else(rewired: ExitStack) -> None:
    rewired.enter_context(metrics.gauge_sources.replaced(broken, two))
    text = metrics.metrics_text(NOW)
    assert 'vaguemestre_queue_messages{queue="active"} 3' in text
    assert "vaguemestre_sources_failing 1" in text


def test_a_histogram_is_written_as_prometheus_reads_it() -> None:
    histogram = Histogram("wait_seconds", "Waits.", {"page": ["list"]}, (0.1, 1))
    for seconds in (0.05, 0.5, 3):
        histogram.observe(seconds, "list")
    lines = list(metrics._lines(metrics.histogram_gauges(histogram)))
    assert lines[1:] == [
        "# TYPE vaguemestre_wait_seconds histogram",
        'vaguemestre_wait_seconds_bucket{page="list",le="0.1"} 1',
        'vaguemestre_wait_seconds_bucket{page="list",le="1"} 2',
        'vaguemestre_wait_seconds_bucket{page="list",le="+Inf"} 3',
        'vaguemestre_wait_seconds_sum{page="list"} 3.55',
        'vaguemestre_wait_seconds_count{page="list"} 3',
    ]


def test_pages_that_people_wait_for_are_timed(client: Client, db: None) -> None:
    def counted() -> dict[str, float]:
        return {gauge.labels["page"]: gauge.value for gauge in page_timing.page_gauges(NOW) if gauge.suffix == "_count"}

    before = counted()
    client.get("/health/")
    assert counted() == before
    client.get("/webmail/dossiers/0123456789abcdef0123456789abcdef/")  # nobody is signed in: an answer all the same
    assert counted() == {**before, "list": before["list"] + 1}


def rules() -> list[dict[str, Any]]:
    [group] = yaml.safe_load(RULES.read_text())["groups"]
    return list(group["rules"])


def test_each_rule_asks_for_figures_that_we_give(client: Client, db: None, daemons: None) -> None:
    answer = client.get("/metrics/").content.decode()
    given = set(re.findall(r"^(vaguemestre_\w+?)(?:\{| )", answer, re.MULTILINE))
    conditional = {"vaguemestre_disk_days_left", "vaguemestre_feed_age_seconds", "vaguemestre_feed_refused_lines",
                   "vaguemestre_deliveries_total", "vaguemestre_refusals_total", "vaguemestre_backup_failing",
                   "vaguemestre_certificate_days", "vaguemestre_mail_heartbeat_failing",
                   "vaguemestre_mail_heartbeat_age_seconds"}  # fmt: skip
    assert len(rules()) > 15
    for rule in rules():
        asked = set(re.findall(r"vaguemestre_\w+", rule["expr"]))
        assert asked <= given | conditional, rule["alert"]
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"]


def test_each_line_can_be_read_and_names_nobody(client: Client, db: None, daemons: None) -> None:
    lines = client.get("/metrics/").content.decode().splitlines()
    assert [line for line in lines if not line.startswith("#") and not LINE.fullmatch(line)] == []
    assert "vaguemestre_sources_failing 0" in lines
    assert not any("@" in line for line in lines)


def test_prometheus_s_own_checker_agrees(tmp_path: Path) -> None:
    """Where it is installed; what each rule asks for is looked at above."""
    assert yaml.safe_load(SCRAPE.read_text())["scrape_configs"][0]["metrics_path"] == "/metrics/"
    if promtool := shutil.which("promtool"):
        subprocess.run([promtool, "check", "rules", str(RULES)], check=True, capture_output=True)
