"""Logout notifications that wait, for whoever runs the service: figures, lines in the log, and whether our own side
works."""

import logging
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from vaguemestre.clock import due
from vaguemestre.sso import signing_keys
from vaguemestre.sso.models import Farewell
from vaguemestre.sso.signing_keys import SigningKeyError
from vaguemestre.web.health_checks import Check
from vaguemestre.web.metrics import Gauge

logger = logging.getLogger(__name__)

TOO_LONG = timedelta(minutes=10)
UNTRIED = timedelta(minutes=1)


def logout_gauges(now: datetime) -> list[Gauge]:
    """`web.metrics.gauge_sources`."""
    waiting = Farewell.objects.filter(next_at__isnull=False)
    late = Q(asked_at__lt=now - TOO_LONG)
    told = waiting.aggregate(
        count=Count("pk"), late=Count("pk", late), places=Count("visit__application", late, distinct=True),
        oldest=Min("asked_at"),
    )  # fmt: skip
    age = max(int((now - told["oldest"]).total_seconds()), 0) if told["oldest"] else 0
    return [
        Gauge("farewells_waiting", "Ended sessions that an application has not been told of yet.", told["count"]),
        Gauge("farewells_overdue", "Those that have waited for more than ten minutes.", told["late"]),
        Gauge("farewells_overdue_applications", "How many applications those are for.", told["places"]),
        Gauge("farewells_oldest_seconds", "How long the oldest has waited.", age),
    ]


def count_late_applications(now: datetime) -> int:
    """How many have something that has waited for too long."""
    late = Farewell.objects.filter(next_at__isnull=False, asked_at__lt=now - TOO_LONG)
    return late.values("visit__application").distinct().count()


@due.recurring("sso.logout.warn", every=600)
def warn_about_late(_key: str, now: datetime) -> None:
    """By the clock: a line for each application, as often as it comes, until it has heard."""
    late = Farewell.objects.filter(next_at__isnull=False, asked_at__lt=now - TOO_LONG).order_by()
    for row in late.values("visit__application__slug").annotate(count=Count("pk"), since=Min("asked_at")):
        minutes = int((now - row["since"]).total_seconds()) // 60
        logger.warning(
            "farewells: %s has not heard of %d session(s), the first for %d minutes: see /sso/deconnexions/",
            row["visit__application__slug"], row["count"], minutes,
        )  # fmt: skip


def check_logout(now: datetime) -> Check:
    """Our own side: something to sign with, and somebody who tells. An application that is down is its own affair."""
    try:
        signing_keys.published_keys(now)
    except SigningKeyError:
        return Check("applications", False, "no key that signs")
    untold = Farewell.objects.filter(next_at__lt=now - UNTRIED, tries=0)
    told = not untold.exists() or _telling(now)
    return Check("applications", told, "" if told else "nobody tells them")


def _telling(now: datetime) -> bool:
    """Somebody tells, and has much to tell: many may wait for one that is slow."""
    return Farewell.objects.filter(done_at__gt=now - UNTRIED).exists()
