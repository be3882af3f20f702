"""Timed acts: `at` asks for one, `run` does what is due. A job runs at least once: it must bear running twice."""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.utils.module_loading import import_string

from vaguemestre.clock.models import Due

logger = logging.getLogger(__name__)

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=6)


def at(when: datetime, job: str, key: str) -> None:
    """Call `job(key, now)` at `when`. Joins the caller's transaction; the same job and key replaces."""
    Due.objects.update_or_create(job=job, key=key, defaults={"at": when, "attempts": 0, "error": None})


def asked(job: str, key: str) -> datetime | None:
    """When it will be done; None when nobody asks for it any more."""
    return Due.objects.filter(job=job, key=key).values_list("at", flat=True).first()


def all_asked(job: str, keys: Iterable[str]) -> dict[str, datetime]:
    """When each of them will be done, by one query; those that nobody asks for any more are not in it."""
    return dict(Due.objects.filter(job=job, key__in=list(keys)).values_list("key", "at"))


def drop(job: str, key: str) -> None:
    """What was asked for is no longer wanted; no word if it was done or never asked."""
    Due.objects.filter(job=job, key=key).delete()


def plan_recurring(now: datetime) -> None:
    """Every job of `settings.RECURRING` (dotted path to seconds) has its row; a job taken off the list loses it."""
    recurring = _recurring()
    Due.objects.filter(key="").exclude(job__in=recurring).delete()
    Due.objects.bulk_create([Due(job=job, key="", at=now) for job in recurring], ignore_conflicts=True)


def run(now: datetime) -> int:
    """Do everything due at `now`, oldest first; a failure is kept and tried again later. Returns how many went well."""
    return sum(_attempt(due, now) for due in Due.objects.filter(at__lte=now).order_by("at", "id"))


def _attempt(due: Due, now: datetime) -> bool:
    retry_at = now + retry_delay(due.attempts)
    # The claim: another clock, or a job asked for again meanwhile, has moved `at`, and then it is not ours.
    claimed = Due.objects.filter(pk=due.pk, at=due.at).update(at=retry_at, attempts=F("attempts") + 1)
    if not claimed:
        return False
    try:
        import_string(due.job)(due.key, now)
    except Exception as error:  # whatever a job raises, the other acts are still due
        logger.exception("%s(%s) failed; next attempt %s", due.job, due.key, retry_at.isoformat())
        Due.objects.filter(pk=due.pk).update(error=f"{type(error).__name__}: {error}"[:2000])
        return False
    _settle(due, retry_at, now)
    return True


def _settle(due: Due, claimed_until: datetime, now: datetime) -> None:
    """A job that asked for itself again while running has moved `at`: then the row stays as it is."""
    mine = Due.objects.filter(pk=due.pk, at=claimed_until)
    seconds = _recurring().get(due.job) if due.key == "" else None
    if seconds is None:
        mine.delete()
    else:
        mine.update(at=now + timedelta(seconds=seconds), attempts=0, error=None)


def retry_delay(attempts: int) -> timedelta:
    """A minute, then three times as long each time, up to six hours."""
    factor: int = 3 ** min(attempts, 10)
    return min(FIRST_RETRY * factor, LONGEST_RETRY)


def _recurring() -> Mapping[str, int]:
    return settings.RECURRING
