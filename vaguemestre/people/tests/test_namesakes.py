"""Two of one name are never the same line of a list."""

import pytest

from vaguemestre.people.namesakes import Traits, told_apart

JEAN = "Jean Martin (professeur des écoles)"
HERE = ("", "École Jules-Ferry", "Classe normale", "depuis le 01/09/2020", "jean.martin@")


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (("Mathématiques", *HERE[1:3], "x", "y"), ["depuis le 01/09/2020", "x"]),
        (("", "École Ménans", *HERE[2:4], "x"), ["École Jules-Ferry", "École Ménans"]),
        (("", HERE[1], "Hors classe", HERE[3], "x"), ["Classe normale", "Hors classe"]),
        (("", *HERE[1:3], "depuis le 01/09/2024", "x"), ["depuis le 01/09/2020", "depuis le 01/09/2024"]),
        (("", *HERE[1:4], "jean.martin2@"), ["jean.martin@", "jean.martin2@"]),
    ],
)
def test_namesakes_are_told_by_the_first_that_differs(other: Traits, said: list[str]) -> None:
    named = [(JEAN, HERE), ("Lili Hocquet (AESH)", HERE), (JEAN, other)]
    assert told_apart(named) == [f"{JEAN}, {said[0]}", "Lili Hocquet (AESH)", f"{JEAN}, {said[1]}"]


def test_three_need_two_traits() -> None:
    rows = [("Mathématiques", "Classe normale"), ("Mathématiques", "Hors classe"), ("Anglais", "Classe normale")]
    assert told_apart([(JEAN, row) for row in rows]) == [f"{JEAN}, {', '.join(row)}" for row in rows]
