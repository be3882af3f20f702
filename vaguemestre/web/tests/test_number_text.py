import pytest
from django.utils import translation

from vaguemestre.web import number_text


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 octet"),
        (1, "1 octet"),
        (2, "2 octets"),
        (1023, "1023 octets"),
        (1024, "1 Ko"),
        (219_136, "214 Ko"),
        (1_153_434, "1,1 Mo"),
        (20 * 1024**2, "20 Mo"),
        (3_328_599_654, "3,1 Go"),
        (2 * 1024**3, "2 Go"),
        (2048 * 1024**3, "2048 Go"),
    ],
)
def test_sizes_in_french(count: int, words: str) -> None:
    with translation.override("fr"):
        assert number_text.octets_text(count).replace(number_text.NBSP, " ") == words


def test_thousands_are_grouped_as_the_language_does() -> None:
    with translation.override("fr"):
        assert number_text.number_text(35539) == f"35{number_text.NARROW}539"
    with translation.override("en"):
        assert number_text.number_text(35539) == "35,539"
