"""The hours offered, in the academy's own time."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone, translation

from vaguemestre.webmail.snooze import wake_times


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.get_default_timezone()).astimezone(UTC)


def offered(now: datetime) -> dict[str, datetime]:
    with translation.override("fr"):
        return {choice.label: datetime.fromisoformat(choice.value) for choice in wake_times.wake_time_choices(now)}


def test_on_a_thursday_morning_four_are_offered() -> None:
    assert offered(paris("2026-11-26T10:00")) == {
        "Ce soir": paris("2026-11-26T18:00"),
        "Demain matin": paris("2026-11-27T08:00"),
        "Lundi": paris("2026-11-30T08:00"),
        "Dans une semaine": paris("2026-12-03T08:00"),
    }


def test_late_no_evening_and_the_same_morning_is_offered_once() -> None:
    assert list(offered(paris("2026-11-29T21:00"))) == ["Demain matin", "Dans une semaine"]  # tomorrow is Monday
    assert list(offered(paris("2026-11-30T06:00"))) == ["Ce soir", "Demain matin", "Lundi"]  # a week from now is Monday


@pytest.mark.parametrize(("day", "utc"), [("2026-10-24", 7), ("2027-03-27", 6)])
def test_over_a_change_of_time_eight_stays_eight(day: str, utc: int) -> None:
    """The night of the 25th of October is an hour longer, that of the 28th of March an hour shorter."""
    tomorrow = offered(paris(f"{day}T10:00"))["Demain matin"]
    assert tomorrow.astimezone(UTC).hour == utc
    assert timezone.localtime(tomorrow).hour == 8


def test_an_hour_that_the_spring_leaves_out_is_the_one_after() -> None:
    assert timezone.localtime(wake_times.local_hour(date(2027, 3, 28), time(2, 30))).time() == time(3, 30)


def test_an_instant_is_taken_as_it_is_and_an_hour_alone_as_ours() -> None:
    now = paris("2026-11-26T10:00")
    assert wake_times.parse_wake_time("2026-11-27T08:00+00:00", now) == datetime(2026, 11, 27, 8, tzinfo=UTC)
    assert wake_times.parse_wake_time("2026-11-27T08:00", now) == datetime(2026, 11, 27, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "value", ["", "demain", "2026-11-26T09:59", "2099-01-01T00:00", "0001-01-01T00:00", "9999-12-31T23:59"]
)
def test_nothing_else_is_an_hour(value: str) -> None:
    assert wake_times.parse_wake_time(value, paris("2026-11-26T10:00")) is None


def test_in_words() -> None:
    now = paris("2026-11-26T10:00")
    with translation.override("fr"):
        said = [
            wake_times.wake_time_text(now + timedelta(hours=hours), now).replace("\N{NO-BREAK SPACE}", " ")
            for hours in (8, 22, 94)
        ]
    assert said == ["aujourd’hui, 18 h 00", "demain, 8 h 00", "lun. 30 nov., 8 h 00"]
