"""When the HR office's file was last taken in, and what of it was refused."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _, ngettext

from vaguemestre.arrivals.models import FeedDrop
from vaguemestre.people.models import Snapshot
from vaguemestre.web.date_text import full_date_text
from vaguemestre.web.findings import Act, Fact, Finding, Severity
from vaguemestre.web.metrics import Gauge

LATE = timedelta(days=8)  # one that comes each week has not come


def feed_gauges(now: datetime) -> Iterator[Gauge]:
    """`web.metrics.gauge_sources`. Nothing before the first one."""
    if last := _last():
        age = max(0.0, (now - last.applied_at).total_seconds())
        yield Gauge("feed_age_seconds", "Since the last HR feed was taken in.", age)
        yield Gauge("feed_refused_lines", "Lines of it that were refused.", _refused(last))


def feed_findings(now: datetime) -> Iterator[Finding]:
    """`web.findings.operator_findings`."""
    last = _last()
    if last is None:
        return
    if (age := now - last.applied_at) > LATE:
        yield Finding(
            Severity.ALARM,
            _("No HR feed has been taken in for %(days)d days: joiners have no account, leavers keep theirs.")
            % {"days": age.days},
            _("Ask the HR office for its file, then: vaguemestre people import FILE"),
            last.applied_at,
        )
    if refused := _refused(last):
        said = ngettext(
            "%(count)d line of the last HR feed was refused.", "%(count)d lines of the last HR feed were refused.",
            refused,
        )  # fmt: skip
        yield Finding(
            Severity.NOTE, said % {"count": refused},
            _("Give the report of the import to the HR office: docs/hr-feed.md explains each reason."),
        )  # fmt: skip


def drop_findings(_now: datetime) -> Iterator[Finding]:
    """`web.findings.operator_findings`. A feed on the screen that waits for a decision."""
    drop = FeedDrop.objects.filter(state=FeedDrop.State.CHECKED).first()
    if drop:
        counts = {key: drop.counts.get(key, 0) for key in ("joiners", "movers", "leavers", "refused")}
        yield Finding(
            Severity.TASK,
            _("An HR feed waits for your decision."),
            _("Joiners: %(joiners)d. Movers: %(movers)d. Leavers: %(leavers)d. Refused lines: %(refused)d.") % counts,
            drop.dropped_at,
            Act(_("Read the changes"), reverse("operations:feed")),
        )


def feed_facts(now: datetime) -> Iterator[Fact]:
    """`web.findings.service_facts`."""
    last = _last()
    if last and now - last.applied_at <= LATE:
        counts = {key: last.counts.get(key, 0) for key in ("joiners", "movers", "leavers")}
        yield Fact(
            _("HR feed taken in %(moment)s") % {"moment": full_date_text(last.applied_at)},
            _("Joiners: %(joiners)d. Movers: %(movers)d. Leavers: %(leavers)d.") % counts,
        )


def _last() -> Snapshot | None:
    return Snapshot.objects.filter(undone_at=None).order_by("-number").first()


def _refused(snapshot: Snapshot) -> int:
    return int(snapshot.counts.get("refused", 0))
