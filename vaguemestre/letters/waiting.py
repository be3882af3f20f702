"""Letters that nobody has printed yet: their people cannot sign in."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext

from vaguemestre.letters.models import Letter
from vaguemestre.web.findings import Act, Fact, Finding, Severity
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
    if oldest is None:
        return
    days = (now - oldest).days
    if now - oldest < SLOW:
        said = ngettext("%(count)d letter is ready to be printed.", "%(count)d letters are ready to be printed.", count)
        yield Finding(
            Severity.TASK, said % {"count": count}, _("Print them: vaguemestre letters print"), oldest, _print()
        )
        return
    said = ngettext(
        "%(count)d letter waits to be printed, since %(days)d days: its person cannot sign in.",
        "%(count)d letters wait to be printed, the oldest since %(days)d days: their people cannot sign in.",
        count,
    )
    yield Finding(
        Severity.ALARM if now - oldest > LATE else Severity.TASK,
        said % {"count": count, "days": days},
        _("Print them: vaguemestre letters print. If all wait for their password, see that vaguemestre-tasks runs."),
        oldest,
        _print(),
    )


def letter_facts(_now: datetime) -> Iterator[Fact]:
    """`web.findings.service_facts`."""
    if _waiting()[1] is None:
        yield Fact(_("All letters are printed"))


def _print() -> Act:
    return Act(_("Print the letters"), reverse("operations:letters"))


def _waiting() -> tuple[int, datetime | None]:
    told = Letter.objects.filter(state__in=_WAITING).aggregate(count=Count("pk"), oldest=Min("prepared_at"))
    return told["count"], told["oldest"]
