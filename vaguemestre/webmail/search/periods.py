"""Dates as they are typed in a search: a day, a month, a year, or the words people have for them."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from vaguemestre.mailbox.mime.word_stems import fold

type Period = tuple[date, date]  # the first day, and the first day after

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier january", "fevrier february", "mars march", "avril april", "mai may", "juin june",
            "juillet july", "aout august", "septembre september", "octobre october", "novembre november",
            "decembre december",
        ), start=1,
    )
    for name in names.split()
}  # fmt: skip
_AGO = re.compile(r"(\d{1,3})\s?(j|jours?|d|days?|sem|semaines?|w|weeks?|mois|m|months?|ans?|y|years?)")
_TYPED = re.compile(
    r"\d{1,2}([/.-])\d{1,2}\1(?:\d{4}|\d{2})|\d{1,2}/(?:\d{1,2}|\d{4})|\d{4}([/.-])\d{1,2}\2\d{1,2}", re.ASCII
)
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


def parse_day(text: str, today: date) -> Period | None:
    """Of what nobody types but for a date: 12/12/2026, 12.12.2026, 2026-12-12, 12/12, 12/2026."""
    return parse_period(text, today) if _TYPED.fullmatch(text) else None


def parse_period(text: str, today: date) -> Period | None:
    """None for what is no date. A day without its year is the nearest such day."""
    said = " ".join(fold(text).replace("’", "'").replace("-", " - ").split())
    readers: tuple[Callable[[str, date], Period | None], ...] = (_word, _ago, _named_month, _numbers)
    try:
        return next((found for read in readers if (found := read(said, today))), None)
    except (ValueError, OverflowError):
        return None


def _word(said: str, today: date) -> Period | None:
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    last_year = date(today.year - 1, 1, 1), date(today.year, 1, 1)
    words: dict[str, Period] = {
        "aujourd'hui today": (today, today + _DAY),
        "hier yesterday": (today - _DAY, today),
        "avant - hier": (today - 2 * _DAY, today - _DAY),
        "cette semaine|semaine|this week": (monday, monday + _WEEK),
        "semaine derniere|la semaine derniere|semaine passee|la semaine passee|last week": (monday - _WEEK, monday),
        "ce mois|ce mois - ci|mois|this month": (first, _month_after(first)),
        "mois dernier|le mois dernier|mois passe|le mois passe|last month": ((first - _DAY).replace(day=1), first),
        "cette annee|annee|this year": (date(today.year, 1, 1), date(today.year + 1, 1, 1)),
        "annee derniere|l'annee derniere|annee passee|l'annee passee|last year": last_year,
        "an dernier|l'an dernier|an passe|l'an passe": last_year,
    }
    plain = said.replace(" - ", " ")
    for names, found in words.items():
        known = names.split("|") if "|" in names else [names] if " - " in names else names.split()
        if said in known or plain in {name.replace(" - ", " ") for name in known}:
            return found
    return None


def _ago(said: str, today: date) -> Period | None:
    """3j, 2 semaines, 6 mois, 1 an: from then until today."""
    match = _AGO.fullmatch(said)
    if not match:
        return None
    count, unit = int(match[1]), match[2]
    if unit[0] in "ay":
        return years_before(today, count), today + _DAY
    if unit[0] == "m":
        return months_before(today, count), today + _DAY
    return today - count * (_DAY if unit[0] in "jd" else _WEEK), today + _DAY


def _named_month(said: str, today: date) -> Period | None:
    """janvier, janvier 2026, 3 janvier, 3 janvier 2026."""
    match = re.fullmatch(r"(?:(\d{1,2})(?:er)? )?([a-z]+)(?: (\d{4}))?", said.replace(" - ", " "))
    month = _MONTHS.get(match[2]) if match else None
    if not match or month is None:
        return None
    if match[1]:
        return _one_day(int(match[1]), month, int(match[3]) if match[3] else None, today)
    year = int(match[3]) if match[3] else today.year - (month > today.month)
    return _whole_month(year, month)


def _numbers(said: str, today: date) -> Period | None:
    """2026-01-31, 31/01/2026, 31.1.26, 31/1, 01/2026, 2026-01, 2026."""
    numbers = [int(number) for number in re.findall(r"\d{1,4}", said)]
    if not re.fullmatch(r"\d{1,4}(?: ?[-/.] ?\d{1,4}){0,2}", said) or len(numbers) > 3:
        return None
    year_first = re.match(r"\d{4}", said) is not None
    if len(numbers) == 1:
        return (date(numbers[0], 1, 1), date(numbers[0] + 1, 1, 1)) if year_first else None
    if len(numbers) == 2 and (year_first or numbers[1] > 99):
        return _whole_month(*(numbers if year_first else reversed(numbers)))
    if year_first:
        return _one_day(numbers[2], numbers[1], numbers[0], today)
    year = numbers[2] if len(numbers) == 3 else None
    return _one_day(numbers[0], numbers[1], year + 2000 if year is not None and year < 100 else year, today)


def _one_day(day: int, month: int, year: int | None, today: date) -> Period | None:
    years = [year] if year is not None else [today.year, today.year - 1, today.year + 1]
    days = [found for one in years if (found := _existing(one, month, day))]
    if not days:
        return None
    nearest = min(days, key=lambda found: abs(found - today))
    return nearest, nearest + _DAY


def _existing(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _whole_month(year: int, month: int) -> Period:
    first = date(year, month, 1)
    return first, _month_after(first)


def _month_after(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def months_before(today: date, count: int) -> date:
    years, month = divmod(today.month - 1 - count, 12)
    return date(today.year + years, month + 1, min(today.day, 28))


def years_before(today: date, count: int) -> date:
    return date(today.year - count, today.month, min(today.day, 28))
