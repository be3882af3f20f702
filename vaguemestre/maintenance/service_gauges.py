"""Figures of the clock, of background tasks and of the disks, and what of them needs somebody."""

import subprocess
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _, ngettext

from vaguemestre.clock import due, lag
from vaguemestre.maintenance import disk_history
from vaguemestre.web.findings import Fact, Finding, Severity
from vaguemestre.web.health_checks import STORES
from vaguemestre.web.metrics import Gauge

PATIENCE_SECONDS = 3  # for the machine’s own commands
CLOCK_LATE, TASKS_LATE = 300, 1800  # seconds
SOON, AT_ONCE = 30, 7  # days until a disk is full


def clock_gauges(now: datetime) -> Iterator[Gauge]:
    """`web.metrics.gauge_sources`."""
    yield Gauge("clock_lag_seconds", "How late the oldest timed act is that is due.", lag.clock_lag(now))
    yield Gauge("tasks_lag_seconds", "How long the oldest background task has waited.", lag.tasks_lag(now))
    yield Gauge("jobs_failing", "Timed acts that have failed three times and are tried again.", lag.count_failing())
    yield Gauge("jobs_unknown", "Timed acts that wait for a job which this version does not know.", due.count_unknown())


def disk_gauges(now: datetime) -> Iterator[Gauge]:
    """`web.metrics.gauge_sources`. Raises OSError."""
    if settings.DATA is None:
        return
    for store in STORES:
        free, size = disk_history.free_and_size(settings.DATA / store)
        yield Gauge("disk_free_bytes", "Room on the disk of this store.", free, {"store": store})
        yield Gauge("disk_size_bytes", "Size of the disk of this store.", size, {"store": store})
    for store, days in disk_history.days_left(now):
        yield Gauge("disk_days_left", "Days until it is full, at the pace of the last week.", days, {"store": store})


def clock_findings(now: datetime) -> Iterator[Finding]:
    """`web.findings.operator_findings`."""
    late, waiting = int(lag.clock_lag(now)), int(lag.tasks_lag(now))
    if late > CLOCK_LATE or waiting > TASKS_LATE:
        yield Finding(
            Severity.ALARM,
            _("Background work is %(minutes)d minutes late: sendings at an hour, notices and closures wait.")
            % {"minutes": max(late, waiting) // 60},
            _("See the end of its log (journalctl -u vaguemestre-tasks), then restart vaguemestre-tasks."),
        )
    if failing := lag.count_failing():
        said = ngettext(
            "%(count)d timed act fails again and again.", "%(count)d timed acts fail again and again.", failing
        )
        yield Finding(
            Severity.NOTE,
            said % {"count": failing},
            _("Each says why in its log: journalctl -u vaguemestre-tasks | grep failed"),
        )
    if unknown := due.count_unknown():
        said = ngettext(
            "%(count)d timed act is of a version that is not this one.",
            "%(count)d timed acts are of a version that is not this one.",
            unknown,
        )
        yield Finding(Severity.NOTE, said % {"count": unknown}, _("They wait for the newer version: install it again."))


def disk_findings(now: datetime) -> Iterator[Finding]:
    """`web.findings.operator_findings`. That a disk is full, `/ready/` says."""
    soonest = min(disk_history.days_left(now), key=lambda told: told[1], default=None)
    if soonest is None or soonest[1] >= SOON:
        return
    store, days = soonest
    said = ngettext(
        "The disk of DATA/%(store)s is full in %(days)d day, at the pace of the last week.",
        "The disk of DATA/%(store)s is full in %(days)d days, at the pace of the last week.",
        int(days),
    )
    yield Finding(
        Severity.ALARM if days < AT_ONCE else Severity.NOTE,
        said % {"store": store, "days": int(days)},
        _("Give the disk more room, or make some: what takes it is told by du -x --max-depth=1 DATA."),
    )


def disk_facts(now: datetime) -> Iterator[Fact]:
    """`web.findings.service_facts`. The fullest disk of the service. Raises OSError."""
    left = min((days for _store, days in disk_history.days_left(now)), default=None)
    if settings.DATA is None or (left is not None and left < SOON):
        return
    rooms = [disk_history.free_and_size(settings.DATA / store) for store in STORES]
    used = max(1 - free / size for free, size in rooms if size)
    detail = _("It does not fill.") if left is None else _("At the pace of the last week, full in %(days)d days.")
    yield Fact(_("Disk full to %(percent)d %%") % {"percent": round(100 * used)}, detail % {"days": left or 0})


def machine_clock_findings(_now: datetime) -> Iterator[Finding]:
    """`web.findings.operator_findings`. Where nobody can tell (in a unit without a way to systemd), nothing is said."""
    if settings.INSTANCE.mode != "production":
        return
    command = ["timedatectl", "show", "--property=NTPSynchronized", "--value"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return
    if said.strip() == "no":
        yield Finding(
            Severity.NOTE,
            _("The machine’s clock is not synchronised: codes of OTP keys and sign-ins fail once it is wrong."),
            _("Install systemd-timesyncd or chrony; then: timedatectl set-ntp true"),
        )
