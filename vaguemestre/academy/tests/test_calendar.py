"""The vectors of the French calendar, holidays that move included."""

from datetime import date, timedelta

import pytest

from vaguemestre.academy.calendar import (
    add_working_days,
    easter,
    is_working_day,
    public_holidays,
    school_holiday,
)


@pytest.mark.parametrize(
    ("start", "five", "ten"),
    [
        (date(2026, 9, 1), date(2026, 9, 8), date(2026, 9, 15)),
        (date(2026, 11, 5), date(2026, 11, 13), date(2026, 11, 20)),
        (date(2026, 11, 24), date(2026, 12, 1), date(2026, 12, 8)),
        (date(2026, 12, 18), date(2026, 12, 28), date(2027, 1, 5)),
        (date(2027, 4, 30), date(2027, 5, 10), date(2027, 5, 18)),
        (date(2027, 7, 9), date(2027, 7, 19), date(2027, 7, 26)),
    ],
)
def test_five_and_ten_working_days(start: date, five: date, ten: date) -> None:
    assert add_working_days(start, 5) == five
    assert add_working_days(start, 10) == ten


def test_nothing_added_is_the_day_itself() -> None:
    assert add_working_days(date(2027, 5, 1), 0) == date(2027, 5, 1)


@pytest.mark.parametrize(
    "sunday",
    [date(1954, 4, 18), date(2000, 4, 23), date(2008, 3, 23), date(2027, 3, 28), date(2028, 4, 16), date(2038, 4, 25)],
)
def test_easter(sunday: date) -> None:
    assert easter(sunday.year) == sunday


def test_easter_is_a_sunday_of_spring_for_centuries() -> None:
    for year in range(1900, 2200):
        day = easter(year)
        assert day.weekday() == 6
        assert date(year, 3, 22) <= day <= date(year, 4, 25)


def test_public_holidays_of_2027() -> None:
    expected = {
        date(2027, 1, 1), date(2027, 3, 29), date(2027, 5, 1), date(2027, 5, 6), date(2027, 5, 8), date(2027, 5, 17),
        date(2027, 7, 14), date(2027, 8, 15), date(2027, 11, 1), date(2027, 11, 11), date(2027, 12, 25),
    }  # fmt: skip
    assert public_holidays(2027) == expected


def test_working_days() -> None:
    assert is_working_day(date(2026, 11, 24))
    assert not is_working_day(date(2026, 11, 11))  # a Wednesday
    assert not is_working_day(date(2026, 11, 28))  # a Saturday
    assert not is_working_day(date(2028, 4, 17))  # Easter Monday
    assert is_working_day(date(2027, 5, 7))  # the day after Ascension: no school, but offices are open


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 10, 17), date(2026, 11, 1)),
        (date(2026, 12, 19), date(2027, 1, 3)),
        (date(2027, 2, 20), date(2027, 3, 7)),
        (date(2027, 4, 17), date(2027, 5, 2)),
    ],
)
def test_school_holidays_of_zone_b(first: date, last: date) -> None:
    holiday = school_holiday(first)
    assert holiday is not None
    assert (holiday.first, holiday.last) == (first, last)
    assert school_holiday(last) == holiday
    assert school_holiday(first - timedelta(days=1)) is None
    assert school_holiday(last + timedelta(days=1)) is None
