"""Letters that nobody has printed yet: their people cannot sign in."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Min
from django.utils.translation import gettext as _, ngettext

from vaguemestre.letters.models import Letter
from vaguemestre.web.findings import Finding, Severity
from vaguemestre.web.metrics import Gauge

SLOW, LATE = timedelta(days=2), timedelta(days=7)
_WAITING = Letter.State.PREPARED, Letter.State.SEALED


def letter_gauges(now: datetime) -> Iterator[Gauge]:
    """`web.metrics.gauge_sources`."""
    count, oldest = _waiting()
    yield Gauge("letters_waiting", "Letters that wait to be printed.", count)
    age = (now - oldest).total_seconds() if oldest else 0
    yield Gauge("letters_oldest_seconds", "How long the oldest of them has waited.", max(0.0, age))


def letter_findings(now: datetime) -> Iterator[Finding]:
    """`web.findings.operator_findings`."""
    count, oldest = _waiting()
    if oldest is None or now - oldest < SLOW:
        return
    days = (now - oldest).days
    said = ngettext(
        "%(count)d letter waits to be printed, since %(days)d days: its person cannot sign in.",
        "%(count)d letters wait to be printed, the oldest since %(days)d days: their people cannot sign in.",
        count,
    )
    yield Finding(
        Severity.ALARM if now - oldest > LATE else Severity.NOTE,
        said % {"count": count, "days": days},
        _("Print them: vaguemestre letters print. If all wait for their password, see that vaguemestre-tasks runs."),
    )


def _waiting() -> tuple[int, datetime | None]:
    told = Letter.objects.filter(state__in=_WAITING).aggregate(count=Count("pk"), oldest=Min("prepared_at"))
    return told["count"], told["oldest"]
