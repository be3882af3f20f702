"""Address lines by NF Z 10-011."""

import pytest
from hypothesis import given, strategies as st

from vaguemestre.people import postal


@pytest.mark.parametrize(
    ("number", "given_line", "line"),
    [
        (4, "12 bis, rue de l’Église", "12 BIS RUE DE L EGLISE"),
        (4, "3, chemin des Prés-Verts.", "3 CHEMIN DES PRES VERTS"),
        (6, "80000 Amiens", "80000 AMIENS"),
        (6, "60200  Compiègne Cedex 9", "60200 COMPIEGNE CEDEX 9"),
        (5, "Lieu-dit Le Cœur", "LIEU DIT LE COEUR"),
        (2, "Appt 3,  esc. B", "Appt 3, esc. B"),
    ],
)
def test_what_can_be_put_right_is(number: int, given_line: str, line: str) -> None:
    assert postal.normalised(number, given_line) == line


@given(st.integers(2, 7), st.text(max_size=60))
def test_once_right_it_stays(number: int, line: str) -> None:
    once = postal.normalised(number, line)
    assert postal.normalised(number, once) == once


@pytest.mark.parametrize(
    ("line", "right"),
    [("80000 AMIENS", True), ("2A000 AJACCIO", False), ("AMIENS", False), ("80000", False), ("80000 123", False)],
)
def test_town(line: str, right: bool) -> None:
    assert postal.is_french_town(line) is right
