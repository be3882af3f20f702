"""The next échelon by the statutory durations, the drawing of it, and what is not known."""

from datetime import date

import pytest

from vaguemestre.career.file import career_text, grade_step_drawing
from vaguemestre.career.file.next_grade_step import months_later, prospect_of
from vaguemestre.career.file.salary_grids import grid_of
from vaguemestre.career.models import GradeStep


def step(
    number: int | None, since: date | None, *, corps: str = "Certifié", grade: str = "Classe normale"
) -> GradeStep:
    return GradeStep(corps=corps, grade=grade, step=number, since=since, seen_on=since or date(2026, 9, 1))


@pytest.mark.parametrize(
    ("number", "since", "latest", "soonest"),
    [
        (1, date(2025, 9, 1), date(2026, 9, 1), None),
        (5, date(2018, 9, 1), date(2021, 3, 1), None),
        (6, date(2021, 3, 1), date(2024, 3, 1), date(2023, 3, 1)),
        (8, date(2026, 3, 1), date(2029, 9, 1), date(2028, 9, 1)),
        (10, date(2024, 2, 29), date(2028, 2, 29), None),
    ],
)
def test_of_the_normal_class(number: int, since: date, latest: date, soonest: date | None) -> None:
    found = prospect_of(step(number, since)).next
    assert found
    assert (found.rung.number, found.latest, found.soonest) == (number + 1, latest, soonest)


def test_the_whole_way_is_what_the_unions_publish() -> None:
    """26 years in the normal class, 15 in the one above."""
    for grade, years in (("Classe normale", 26), ("Hors classe", 15)):
        grid = grid_of("professeur des ecoles", grade.upper())
        assert grid
        assert sum(rung.months or 0 for rung in grid.rungs) == years * 12
        assert [rung.number for rung in grid.rungs] == list(range(1, len(grid.rungs) + 1))
        assert sorted({rung.index for rung in grid.rungs}) == [rung.index for rung in grid.rungs]


@pytest.mark.parametrize(
    ("corps", "grade", "years", "last"),
    [
        ("Agrégé", "Classe normale", 26, 835), ("Professeur agrégé", "hors classe", 7, 895),
        ("Professeur de chaire supérieure", "", 12.5, 895), ("AAE", "Attaché", 26, 678),
        ("Attaché d'administration de l'État", "Attaché principal", 21, 826), ("AAE", "attaché hors-classe", 11.5, 835),
        ("SAENES", "Classe normale", 26, 508), ("SAENES", "Classe supérieure", 26, 539),
        ("SAENES", "Classe exceptionnelle", 24, 592), ("ADJAENES", "Adjoint administratif", 19, 387),
        ("ADJAENES", "Adjoint administratif principal de 2e classe", 20, 425),
        ("ADJAENES", "Adjoint administratif principal de 1re classe", 19, 478), ("AESH", "", 30, 455),
    ],
)  # fmt: skip
def test_the_way_of_the_other_corps(corps: str, grade: str, years: float, last: int) -> None:
    """So many years from the first échelon to the last one; indices only go up."""
    grid = grid_of(corps, grade)
    assert grid
    assert sum(rung.months or 0 for rung in grid.rungs) == years * 12
    assert [rung.months is None for rung in grid.rungs] == [False] * (len(grid.rungs) - 1) + [True]
    indices = [rung.index for rung in grid.rungs]
    assert sorted(set(indices)) == indices
    assert indices[-1] == last


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (step(11, date(2020, 9, 1)), "dernier échelon"),
        (step(8, None), "ne peut pas être calculé"),
        (step(3, date(2020, 9, 1), corps="Infirmier ENES"), "Nous ne connaissons pas les durées"),
        (
            step(2, date(2020, 9, 1), corps="Agrégé", grade="Classe exceptionnelle"),
            "Nous ne connaissons pas les durées",
        ),
        (step(2, date(2020, 9, 1), corps="SAENES", grade="Hors classe"), "Nous ne connaissons pas les durées"),
        (step(9, date(2020, 9, 1), grade="Hors classe"), "n’est pas dans la grille"),
    ],
    ids=str,
)
def test_what_cannot_be_said_is_not_said(one: GradeStep, words: str) -> None:
    found = prospect_of(one)
    assert found.next is None
    assert words in career_text.coming_text(found)
    assert career_text.possibility_text(found.next) == ""


def test_an_earlier_day_is_a_possibility_not_a_promise() -> None:
    found = prospect_of(step(8, date(2026, 3, 1)))
    assert found.next
    assert career_text.coming_text(found) == "L’échelon 9 viendra le 1er\xa0septembre 2029 au plus tard."
    assert career_text.possibility_text(found.next).endswith("c’est possible, ce n’est pas promis.")


def test_months_are_those_of_the_calendar() -> None:
    assert months_later(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert months_later(date(2026, 12, 15), 1) == date(2027, 1, 15)
    assert months_later(date(2026, 11, 30), 3) == date(2027, 2, 28)


TODAY = date(2026, 11, 24)


def test_the_stairs_go_up_to_today_then_on_in_dots() -> None:
    steps = [step(6, date(2021, 3, 1)), step(7, date(2023, 3, 1)), step(8, date(2026, 3, 1))]
    wide, narrow = grade_step_drawing.grade_step_drawings(steps, prospect_of(steps[-1]), TODAY)
    assert [mark.words for mark in wide.treads] == ["6", "7", "8", "9"]
    assert [mark.under for mark in narrow.treads] == ["", "", "", ""]
    assert wide.past.count("V") == 2
    assert wide.coming.count("V") == 1
    across = [float(mark.x) for mark in wide.treads]
    assert across == sorted(across)
    assert 0 < float(wide.now[0]) < float(wide.ring[0] if wide.ring else 0) < wide.size.width


def test_what_is_not_dated_cuts_the_stairs() -> None:
    steps = [step(5, date(2018, 9, 1)), step(6, None), step(7, date(2023, 3, 1)), step(8, date(2026, 3, 1))]
    wide, _narrow = grade_step_drawing.grade_step_drawings(steps, prospect_of(steps[-1]), TODAY)
    assert [mark.words for mark in wide.treads] == ["7", "8", "9"]
    assert grade_step_drawing.grade_step_drawings([step(8, None)], prospect_of(step(8, None)), TODAY) == []


def test_whoever_should_have_risen_already_is_drawn_as_well() -> None:
    late = step(1, date(2020, 9, 1))
    for drawing in grade_step_drawing.grade_step_drawings([late], prospect_of(late), TODAY):
        assert [mark.words for mark in drawing.treads] == ["1", "2"]
        assert "nan" not in drawing.past + drawing.coming


def test_one_single_day_is_a_drawing_too() -> None:
    fresh = step(1, TODAY)
    assert len(grade_step_drawing.grade_step_drawings([fresh], prospect_of(fresh), TODAY)) == 2
