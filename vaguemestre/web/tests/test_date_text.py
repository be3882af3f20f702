from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from vaguemestre.web import date_text

NOW = datetime(2026, 11, 24, 13, 14, tzinfo=UTC)  # a Tuesday, 14 h 14 in Amiens


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (NOW - timedelta(seconds=20), "à l’instant"),
        (NOW - timedelta(minutes=12), "il y a 12 min"),
        (NOW - timedelta(minutes=59, seconds=59), "il y a 59 min"),
        (datetime(2026, 11, 24, 8, 41, tzinfo=UTC), "9 h 41"),
        (datetime(2026, 11, 23, 16, 31, tzinfo=UTC), "hier, 17 h 31"),
        (datetime(2026, 11, 22, 23, 30, tzinfo=UTC), "hier, 0 h 30"),  # the day is that of Amiens, not of UTC
        (datetime(2026, 11, 20, 9, 0, tzinfo=UTC), "ven. 20 nov."),
        (datetime(2026, 10, 1, 9, 0, tzinfo=UTC), "jeu. 1er oct."),
        (datetime(2025, 3, 3, 9, 0, tzinfo=UTC), "3 mars 2025"),
        (NOW + timedelta(minutes=5), "14 h 19"),  # a clock that is ahead
    ],
)
def test_a_moment_in_french_words(when: datetime, words: str) -> None:
    with translation.override("fr"):
        assert _plain(date_text.relative_date_text(when, NOW)) == words


def test_the_exact_moment() -> None:
    with translation.override("fr"):
        assert (
            _plain(date_text.full_date_text(datetime(2026, 3, 1, 17, 2, tzinfo=UTC)))
            == "dimanche 1er mars 2026 à 18 h 02"
        )


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (NOW, "aujourd’hui"),
        (NOW - timedelta(days=1), "hier, lundi 23 novembre"),
        (NOW - timedelta(days=18), "le vendredi 6 novembre 2026"),
    ],
)
def test_a_day_inside_a_sentence(when: datetime, words: str) -> None:
    with translation.override("fr"):
        assert _plain(date_text.day_in_sentence(when, NOW)) == words


def test_english_for_those_who_chose_it() -> None:
    with translation.override("en"):
        assert (
            _plain(date_text.relative_date_text(datetime(2026, 11, 23, 16, 31, tzinfo=UTC), NOW)) == "yesterday, 17:31"
        )


@pytest.mark.parametrize(
    ("day", "heading"),
    [
        (date(2026, 11, 24), "Aujourd’hui"),
        (date(2026, 11, 23), "Hier"),
        (date(2026, 11, 20), "La semaine dernière"),
        (date(2026, 11, 12), "Plus tôt ce mois-ci"),
        (date(2026, 10, 31), "Octobre 2026"),
    ],
)
def test_the_heading_of_a_day(day: date, heading: str) -> None:
    when = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    with translation.override("fr"):
        assert _plain(date_text.day_heading(when, NOW)) == heading


def _plain(text: str) -> str:
    return text.replace(date_text.NBSP, " ")
