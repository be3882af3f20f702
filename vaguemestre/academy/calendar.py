"""Working days (jours ouvrés: Monday to Friday without public holidays) and school holidays of the authority's zone."""

from datetime import date, timedelta
from functools import lru_cache

from vaguemestre.academy.facts import SchoolHoliday, academy

_FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
_FROM_EASTER = (1, 39, 50)  # Easter Monday, Ascension, Whit Monday


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm, as Meeus gives it)."""
    golden = year % 19
    century, in_century = divmod(year, 100)
    leap_centuries, in_leap_century = divmod(century, 4)
    moon_correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - moon_correction + 15) % 30
    leaps, in_leap = divmod(in_century, 4)
    to_sunday = (32 + 2 * in_leap_century + 2 * leaps - epact - in_leap) % 7
    late = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=64)
def public_holidays(year: int) -> frozenset[date]:
    """Of metropolitan France; the two more days of Alsace-Moselle are not among them."""
    moving = (easter(year) + timedelta(days=days) for days in _FROM_EASTER)
    return frozenset({date(year, month, day) for month, day in _FIXED} | set(moving))


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in public_holidays(day.year)


def add_working_days(day: date, count: int) -> date:
    """The day `count` working days after; counting starts the day after `day`."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def working_day_after(day: date) -> date:
    return add_working_days(day, 1)


def working_day_before(day: date) -> date:
    day -= timedelta(days=1)
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def school_holiday(day: date) -> SchoolHoliday | None:
    """The school holidays that this day is part of, as far as academy.toml knows the year."""
    return next((holiday for holiday in academy().school_holidays if holiday.first <= day <= holiday.last), None)
