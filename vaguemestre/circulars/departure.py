"""When a circular leaves: once it is approved, or at a chosen time of a working day."""

from datetime import datetime, time, timedelta

from django.utils import timezone

EARLIEST, LATEST = time(7), time(19)  # not by night
FURTHEST = timedelta(days=60)


class DepartureError(ValueError):
    """No time of a working day, passed, or too far away."""


def chosen_departure(day: str, clock: str, now: datetime) -> datetime | None:
    """`day` as 2026-09-01, `clock` as 08:30; both empty: None. Raises DepartureError."""
    if not day and not clock:
        return None
    try:
        local = datetime.fromisoformat(f"{day}T{clock}")
    except ValueError as error:
        raise DepartureError from error
    if local.tzinfo is not None or local.weekday() > 4 or not EARLIEST <= local.time() <= LATEST:
        raise DepartureError
    at = timezone.make_aware(local)
    if has_passed(at, now) or at > now + FURTHEST:
        raise DepartureError
    return at


def has_passed(at: datetime | None, now: datetime) -> bool:
    return at is not None and at <= now
