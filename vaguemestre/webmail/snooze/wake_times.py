"""The hours one may choose, in the academy's own time, and how they are said."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from django.utils import timezone
from django.utils.translation import get_language, gettext as _, pgettext

from vaguemestre.web import date_text

MORNING, EVENING = time(8), time(18)
EVENING_OFFERED_UNTIL = time(17)
MONDAY = 0
A_DAY, LONGEST = timedelta(days=1), timedelta(days=5 * 366)


@dataclass(frozen=True, slots=True)
class WakeTimeChoice:
    """`value` is the instant itself: what was read is what is done, in a page left open overnight too."""

    label: str
    words: str
    value: str


def wake_time_choices(now: datetime) -> list[WakeTimeChoice]:
    local = timezone.localtime(now)
    return list(_choices(local.date(), local.time() < EVENING_OFFERED_UNTIL, get_language()))


@lru_cache(maxsize=8)
def _choices(today: date, evening: bool, _language: str | None) -> list[WakeTimeChoice]:
    tomorrow, monday, in_a_week = today + timedelta(days=1), _next(MONDAY, today), today + timedelta(days=7)
    offered = [
        (_("Tomorrow morning"), local_hour(tomorrow, MORNING)),
        (pgettext("a choice", "Monday"), local_hour(monday, MORNING)),
        (_("In a week"), local_hour(in_a_week, MORNING)),
    ]
    if evening:
        offered.insert(0, (_("This evening"), local_hour(today, EVENING)))
    midnight = local_hour(today, time(0))
    return list(
        {
            when: WakeTimeChoice(label, wake_time_text(when, midnight), when.isoformat())
            for label, when in reversed(offered)
        }.values()
    )[::-1]


def local_hour(day: date, hour: time) -> datetime:
    """A day's hour here. One that the change to summer time leaves out is the one an hour later; of two, the first."""
    here = datetime.combine(day, hour, timezone.get_current_timezone())
    return here.astimezone(UTC)


def parse_wake_time(value: str, now: datetime) -> datetime | None:
    """An instant out of a form; None when it is none, is past, or is beyond what anybody plans."""
    try:
        when = datetime.fromisoformat(value)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=timezone.get_current_timezone())
    return when.astimezone(UTC) if now < when < now + LONGEST else None


def wake_time_text(when: datetime, now: datetime) -> str:
    """today, 18 h 00; tomorrow, 8 h 00; lun. 30 nov., 8 h 00."""
    day, today = timezone.localtime(when).date(), timezone.localtime(now).date()
    if day == today:
        named = _("today")
    elif day == today + timedelta(days=1):
        named = _("tomorrow")
    else:
        named = date_text.short_date(day, today)
    return _("%(day)s, %(time)s") % {"day": named, "time": date_text.clock_time(when)}


def _next(weekday: int, today: date) -> date:
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
