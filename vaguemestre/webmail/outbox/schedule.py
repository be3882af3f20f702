"""When a message may leave by itself: three sensible moments, an hour of one's own, and a word for the night."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext as _

from vaguemestre.academy.calendar import add_working_days, is_working_day, public_holidays
from vaguemestre.webmail.snooze import wake_times
from vaguemestre.webmail.snooze.wake_times import WakeTimeChoice, local_hour, wake_time_text

LONGEST = timedelta(days=365)
MORNING, EVENING, EVENING_OFFERED_UNTIL = time(8), time(18), time(17)
DAY_BEGINS, DAY_ENDS = time(7), time(20)
SUNDAY, A_WEEK = 6, 7


@dataclass(frozen=True, slots=True)
class SendTimeOption:
    """What the sheet proposes beside "Envoyer". `advice`: at night and on Sundays, the morning to wait for."""

    choices: list[WakeTimeChoice]
    advice: WakeTimeChoice | None
    today: str
    latest: str


@dataclass(frozen=True, slots=True)
class SendTime:
    """The question for a day and an hour, as it was answered so far."""

    day: str
    hour: str
    missed: bool  # it was answered with what is none, is over, or is too far


def send_time_option(now: datetime) -> SendTimeOption:
    local = timezone.localtime(now)
    advice = _advice(local.date(), get_language(), _is_early(local)) if is_rest(now) else None
    return SendTimeOption(
        send_time_choices(now), advice, local.date().isoformat(), timezone.localdate(now + LONGEST).isoformat()
    )


def send_time_choices(now: datetime) -> list[WakeTimeChoice]:
    """On working days only: nobody is to be written to in the name of a habit."""
    local = timezone.localtime(now)
    evening = DAY_BEGINS <= local.time() < EVENING_OFFERED_UNTIL and is_working_day(local.date())
    return list(_choices(local.date(), evening, _is_early(local), get_language()))


def is_rest(now: datetime) -> bool:
    """The hours in which nobody need read their mail."""
    local = timezone.localtime(now)
    day = local.date()
    is_free = day.weekday() == SUNDAY or day in public_holidays(day.year)
    return is_free or not DAY_BEGINS <= local.time() < DAY_ENDS


def parse_send_time(value: str, now: datetime) -> datetime | None:
    """An instant out of a form; None when it is none, is over, or is more than a year away."""
    when = wake_times.parse_wake_time(value, now)
    return when.replace(microsecond=0) if when and when <= now + LONGEST else None


def send_time_question(day: str, hour: str, now: datetime) -> SendTime:
    """The question, with the next working morning until something was answered."""
    local = timezone.localtime(now)
    first = _first_morning(local.date(), early=_is_early(local))
    return SendTime(day or first.isoformat(), hour or f"{MORNING:%H:%M}", missed=bool(day or hour))


@lru_cache(maxsize=16)
def _choices(today: date, evening: bool, early: bool, _language: str | None) -> tuple[WakeTimeChoice, ...]:
    first = _first_morning(today, early=early)
    monday = today + timedelta(days=A_WEEK - today.weekday())
    week = monday if is_working_day(monday) else add_working_days(monday, 1)
    if week == first:
        week = add_working_days(first, 1)
    found = [_choice(_("This evening"), local_hour(today, EVENING), today)] if evening else []
    return (*found, *(_choice(_morning(day, today), local_hour(day, MORNING), today) for day in (first, week)))


@lru_cache(maxsize=16)
def _advice(today: date, _language: str | None, early: bool) -> WakeTimeChoice:
    first = _first_morning(today, early=early)
    return _choice(_morning(first, today), local_hour(first, MORNING), today)


def _first_morning(today: date, *, early: bool) -> date:
    return today if early and is_working_day(today) else add_working_days(today, 1)


def _is_early(local: datetime) -> bool:
    return local.time() < DAY_BEGINS


def _morning(day: date, today: date) -> str:
    if day == today:
        return _("This morning")
    if day == today + timedelta(days=1):
        return _("Tomorrow morning")
    return capfirst(_("%s morning") % date_format(day, "l"))


def _choice(label: str, when: datetime, today: date) -> WakeTimeChoice:
    return WakeTimeChoice(label, wake_time_text(when, local_hour(today, time(0))), when.isoformat())
