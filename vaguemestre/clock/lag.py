"""How late work is: of the clock, and of background tasks. A few indexed questions, whatever waits."""

from datetime import datetime

from django.db.models import Min
from django_tasks_db.models import DBTaskResult

from vaguemestre.clock.models import Due

FAILURES = 3  # in a row that are no accident


def clock_lag(now: datetime) -> float:
    """Seconds that the oldest due act is late; 0 when nothing is due."""
    return _seconds_since(Due.objects.filter(at__lte=now).aggregate(oldest=Min("at"))["oldest"], now)


def tasks_lag(now: datetime) -> float:
    """Seconds that the oldest task has waited for its turn."""
    ready = DBTaskResult.objects.ready().order_by()
    return _seconds_since(ready.aggregate(oldest=Min("enqueued_at"))["oldest"], now)


def count_failing() -> int:
    return Due.objects.filter(attempts__gte=FAILURES).count()


def _seconds_since(moment: datetime | None, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds()) if moment else 0.0
