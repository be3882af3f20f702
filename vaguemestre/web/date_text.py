"""Dates and times as people say them. Every function takes its `now`: nothing here looks at the clock."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils import dateformat, timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext as _

NBSP = "\N{NO-BREAK SPACE}"
MANY = 4096  # moments and days whose words are kept: a list says the same ones again and again


def clock_time(when: datetime) -> str:
    """14 h 02; 14:02 in English."""
    local = timezone.localtime(when)
    if get_language() == "fr":
        return f"{local.hour}{NBSP}h{NBSP}{local.minute:02}"
    return f"{local.hour}:{local.minute:02}"


def full_date(day: date) -> str:
    """mardi 24 novembre 2026; the first of a month is said 1er."""
    if get_language() == "fr":
        number = "1er" if day.day == 1 else str(day.day)
        return f"{dateformat.format(day, 'l')} {number}{NBSP}{dateformat.format(day, 'F Y')}"
    return dateformat.format(day, "l j F Y")


def full_date_text(when: datetime) -> str:
    return _("%(date)s at %(time)s") % {"date": full_date(timezone.localtime(when).date()), "time": clock_time(when)}


def day_in_sentence(when: datetime, now: datetime) -> str:
    """aujourd’hui; hier, lundi 23 novembre; le vendredi 6 novembre 2026."""
    day, today = timezone.localtime(when).date(), timezone.localtime(now).date()
    if day == today:
        return _("today")
    if day == today - timedelta(days=1):
        return _("yesterday, %(date)s") % {"date": full_date(day).rsplit(" ", 1)[0]}
    return _("on %(date)s") % {"date": full_date(day)}


def short_date(day: date, today: date) -> str:
    """ven. 20 nov.; with the year when it is another one."""
    number = "1er" if day.day == 1 and get_language() == "fr" else str(day.day)
    if day.year == today.year:
        weekday = dateformat.format(day, "D") + ("." if get_language() == "fr" else "")
        return f"{weekday} {number}{NBSP}{dateformat.format(day, 'N')}"
    return f"{number}{NBSP}{dateformat.format(day, 'N')} {day.year}"


def relative_date_text(when: datetime, now: datetime) -> str:
    """The shortest words that leave no doubt: il y a 12 min, 11 h 20, hier, 17 h 31, ven. 20 nov., 3 mars 2025."""
    age = now - when
    if timedelta(0) <= age < timedelta(minutes=1):
        return _("just now")
    if timedelta(0) <= age < timedelta(hours=1):
        return _minutes_ago(int(age.total_seconds()) // 60, get_language())
    return _on_a_day(when, local_day(now), get_language())


@lru_cache(maxsize=128)
def _minutes_ago(count: int, _language: str | None) -> str:
    return _("%(count)d min ago") % {"count": count}


def day_heading(when: datetime, now: datetime) -> str:
    return _heading(local_day(when), local_day(now), get_language())


@lru_cache(maxsize=MANY)
def local_day(when: datetime) -> date:
    return timezone.localtime(when, timezone.get_default_timezone()).date()


@lru_cache(maxsize=MANY)
def _on_a_day(when: datetime, today: date, _language: str | None) -> str:
    day = local_day(when)
    if day == today:
        return clock_time(when)
    if day == today - timedelta(days=1):
        return _("yesterday, %(time)s") % {"time": clock_time(when)}
    return short_date(day, today)


@lru_cache(maxsize=MANY)
def _heading(day: date, today: date, _language: str | None) -> str:
    monday = today - timedelta(days=today.weekday())
    if day >= today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    if day >= monday:
        return _("This week")
    if day >= monday - timedelta(days=7):
        return _("Last week")
    if (day.year, day.month) == (today.year, today.month):
        return _("Earlier this month")
    return date_format(day, "F Y").capitalize()
