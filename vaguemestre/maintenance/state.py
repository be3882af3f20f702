"""What is closed at this moment, known to every request for a query every few seconds."""

import logging
from datetime import UTC, datetime, timedelta
from threading import Lock

from django.db import DatabaseError

from vaguemestre.maintenance.models import Maintenance

logger = logging.getLogger(__name__)
KEPT = timedelta(seconds=3)
FOR_EVER = datetime.max.replace(tzinfo=UTC)


class _Watch:
    """The maintenances that are not over, as the last look found them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._rows: list[Maintenance] = []
        self._until: datetime | None = None

    def rows(self, now: datetime) -> list[Maintenance]:
        if self._until is not None and now < self._until:
            return self._rows
        # One thread looks; the others continue with what was known, so that a slow database does not stop them all.
        if self._lock.acquire(blocking=self._until is None):
            try:
                self._look(now)
            finally:
                self._lock.release()
        return self._rows

    def _look(self, now: datetime) -> None:
        try:
            self._rows = list(Maintenance.objects.filter(ended_at=None).order_by("starts_at", "pk"))
        except DatabaseError:
            # The page itself will say what is wrong; a maintenance that was on stays on.
            logger.warning("maintenance: the database does not answer", exc_info=True)
        self._until = now + KEPT

    def forget(self) -> None:
        self._until = None

    def suppose_nothing(self) -> None:
        self._rows, self._until = [], FOR_EVER


_watch = _Watch()


def current(now: datetime) -> Maintenance | None:
    """The one under way. It is over at its hour, to the second, if it ends by itself."""
    for row in _watch.rows(now):
        if row.under_way and not (row.ends_by_itself and row.ends_at <= now):
            return row
    return None


def announced(now: datetime) -> Maintenance | None:
    """The next one to come, until its expected end."""
    return next((row for row in _watch.rows(now) if row.begun_at is None and row.ends_at > now), None)


def forget() -> None:
    """What was just written holds here at once; in the other processes within `KEPT`."""
    _watch.forget()


def suppose_nothing() -> None:
    """For tests of other things: no look until something is announced here."""
    _watch.suppose_nothing()
