"""Which time zones of a sender's own are followed: as programs write them, a change or two of the clock in a year.

The library follows one when somebody asks how late it is there, change by change from the first, without any bound.
"""

import re
from datetime import date
from typing import Any

from icalendar import Calendar
from icalendar.prop import vRecur

CHANGE_LIMIT = 40  # of the clock, in all zones of a file
YEAR_LIMIT = 5000  # in which its rules strike, one after the other: two since year 1 are less
DATE_LIMIT = 400  # that are written one by one
_KNOWN = {"FREQ", "INTERVAL", "WKST", "UNTIL", "COUNT", "BYMONTH", "BYDAY", "BYMONTHDAY"}
_DAY = re.compile(r"([+-]?[1-5])?(?:MO|TU|WE|TH|FR|SA|SU)")


def can_be_followed(calendar: Calendar, last: int) -> bool:
    """To year `last`. Nothing is followed here."""
    changes = [change for zone in calendar.walk("VTIMEZONE") for change in zone.walk() if change is not zone]
    if len(changes) > CHANGE_LIMIT or any("EXRULE" in change or "EXDATE" in change for change in changes):
        return False
    rules = [(change, rule) for change in changes for rule in _all(change.get("RRULE"))]
    if not all(isinstance(rule, vRecur) and _is_yearly(rule) for _change, rule in rules):
        return False
    dates = sum(len(getattr(line, "dts", ())) for change in changes for line in _all(change.get("RDATE")))
    return dates <= DATE_LIMIT and sum(_years(change, rule, last) for change, rule in rules) <= YEAR_LIMIT


def _is_yearly(rule: Any) -> bool:
    """One day of a month, and one that comes: what never does is looked for until year 9999."""
    values = {name.upper(): _all(value) for name, value in rule.items()}
    months, weekdays, days = (values.get(name, []) for name in ("BYMONTH", "BYDAY", "BYMONTHDAY"))
    if not values.keys() <= _KNOWN or not _are(values, "FREQ", "YEARLY") or not _are(values, "INTERVAL", "1", "1"):
        return False
    found = [_DAY.fullmatch(str(day).upper()) for day in weekdays]
    if len(months) > 1 or len(found) > 1 or not all(found) or len(days) > 7:
        return False
    numbered = any(day and day[1] for day in found)
    if (found or days) and not months:
        return False  # every week of the year
    if (numbered and days) or (not numbered and found and not days) or (len(days) > 1 and not found):
        return False  # the fifth Sunday, if it is the first of the month; every Sunday of a month; many days of it
    return all(1 <= int(month) <= 12 for month in months) and (not days or any(1 <= int(day) <= 28 for day in days))


def _are(values: dict[str, list[Any]], name: str, wanted: str, unsaid: str = "") -> bool:
    return [str(value).upper() for value in values.get(name, [unsaid])] == [wanted]


def _years(change: Any, rule: Any, last: int) -> int:
    starts = [one.dt.year for one in _all(change.get("DTSTART")) if isinstance(getattr(one, "dt", None), date)]
    ends = [one.year for one in _all(rule.get("UNTIL")) if isinstance(one, date)]
    return max(0, min([*ends, last]) - min(starts, default=0))


def _all(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
