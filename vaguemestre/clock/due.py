"""Timed acts: `at` asks for one, `run` does what is due. A job runs at least once: it must bear running twice.

A row holds the job's name, never the place of its function, so that files may move. Each room's `wiring.py` imports the
modules that have jobs.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache

from django.core.exceptions import ImproperlyConfigured
from django.db.models import F
from django.utils.module_loading import autodiscover_modules

from vaguemestre.clock.models import Due

logger = logging.getLogger(__name__)

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=6)

type Act = Callable[[str, datetime], datetime | None]  # (key, now) -> when it comes again, if it says so


def _missing(_key: str, _now: datetime) -> datetime | None:
    raise ImproperlyConfigured("a job without a function")


class Job:
    """A timed act that rows know by its name: data, never renamed without a migration. With `every`, it comes back for
    ever after so many seconds, and its key is ""."""

    def __init__(self, name: str, *, every: int | None = None) -> None:
        if name in _jobs:
            raise ValueError(f"two jobs are named {name}")
        self.name, self.every = name, every
        self.act: Act = _missing
        _jobs[name] = self

    def register(self, act: Act) -> Act:
        """A decorator of the function that does it."""
        if self.act is not _missing:
            raise ValueError(f"{self.name} has two functions")
        self.act = act
        return act


_jobs: dict[str, Job] = {}


def recurring(name: str, *, every: int) -> Callable[[Act], Act]:
    """A decorator: a job that nobody asks for by hand."""
    return Job(name, every=every).register


def jobs() -> Mapping[str, Job]:
    load()
    return _jobs


@cache
def load() -> None:
    autodiscover_modules("wiring")
    if idle := [job.name for job in _jobs.values() if job.act is _missing]:
        raise ImproperlyConfigured(f"jobs without a function (imported by no wiring.py?): {', '.join(idle)}")


def job_named(name: str) -> Job:
    try:
        return jobs()[name]
    except KeyError:
        raise LookupError(f"no job is named {name}") from None


def count_unknown() -> int:
    """Rows whose job no version of ours knows, as after a downgrade: they wait, and are tried again."""
    return Due.objects.exclude(job__in=jobs()).count()


def at(when: datetime, job: Job, key: str) -> None:
    """Do `job` for `key` at `when`. Joins the caller's transaction; the same job and key replaces."""
    facts = {"at": when, "attempts": 0, "error": None}
    Due.objects.update_or_create(
        job=job.name, key=key, defaults={**facts, "version": F("version") + 1}, create_defaults=facts
    )


def all_planned(job: Job, keys: Iterable[str]) -> dict[str, datetime]:
    """When each of them will be done, by one query; those that nobody asks for any more are not in it."""
    return dict(Due.objects.filter(job=job.name, key__in=list(keys)).values_list("key", "at"))


def keys_under_way(job: Job) -> list[str]:
    """Asked for, and not failed so far."""
    return list(Due.objects.filter(job=job.name, error=None).values_list("key", flat=True))


def drop(job: Job, key: str) -> None:
    """What was asked for is no longer wanted; no word if it was done or never asked."""
    Due.objects.filter(job=job.name, key=key).delete()


def postpone(job: Job, until: datetime) -> None:
    """Whatever is due before, for any key, waits until then: what it needs is away."""
    Due.objects.filter(job=job.name, at__lt=until).update(at=until, version=F("version") + 1)


def plan_recurring(now: datetime) -> None:
    """Every recurring job has its row; one that recurs no longer loses it."""
    names = [job.name for job in jobs().values() if job.every]
    Due.objects.filter(key="").exclude(job__in=names).delete()
    Due.objects.bulk_create([Due(job=name, key="", at=now) for name in names], ignore_conflicts=True)


def plan_sooner(now: datetime) -> None:
    """No recurring job waits for longer than it usually does: the clock was set back."""
    for job in jobs().values():
        if job.every:
            late = Due.objects.filter(job=job.name, key="", at__gt=now + timedelta(seconds=job.every))
            late.update(at=now, version=F("version") + 1)


def run(now: datetime) -> int:
    """Do everything due at `now`, oldest first; a failure is kept and tried again later. Returns how many went well."""
    return sum(_attempt(due, now) for due in Due.objects.filter(at__lte=now).order_by("at", "id"))


def _attempt(due: Due, now: datetime) -> bool:
    retry_at = now + retry_delay(due.attempts)
    # The claim: another clock's, or a request made meanwhile, has another version, and then the row is not ours.
    unchanged = Due.objects.filter(pk=due.pk, version=due.version)
    if not unchanged.update(at=retry_at, attempts=F("attempts") + 1, version=F("version") + 1):
        return False
    claimed = Due.objects.filter(pk=due.pk, version=due.version + 1)
    try:
        job = job_named(due.job)
        again = job.act(due.key, now)
    except Exception as error:  # whatever a job raises, the other acts are still due
        logger.exception("%s(%s) failed; next attempt %s", due.job, due.key, retry_at.isoformat())
        claimed.update(error=f"{type(error).__name__}: {error}"[:2000])
        return False
    # A job that was asked for again while it ran, by itself or by anybody, has another version: that request stands.
    if job.every and due.key == "":
        again = again or now + timedelta(seconds=job.every)
    if again:
        claimed.update(at=again, attempts=0, error=None)
    else:
        claimed.delete()
    return True


def retry_delay(attempts: int) -> timedelta:
    """A minute, then three times as long each time, up to six hours."""
    factor: int = 3 ** min(attempts, 10)
    return min(FIRST_RETRY * factor, LONGEST_RETRY)
