"""Two of one name are never the same line of a list."""

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from vaguemestre.people.models import School
from vaguemestre.people.namesakes import Traits, tell_apart, told_apart
from vaguemestre.testing import make_person, make_school

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


@pytest.mark.django_db
def test_a_name_that_exists_twice_is_never_alone(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    here, there = make_school("0809002Y"), make_school("0809003X")
    School.objects.filter(pk=there.pk).update(name="École Jules-Ferry")
    maths = make_person("Jean", "Martin", school=here)
    maths.postings.update(discipline="Mathématiques")
    other, lone = make_person("Jean", "Martin", school=there), make_person("Lili", "Hocquet", school=here)
    tell_apart([maths, lone])  # the other one is not in the list: the name exists twice all the same
    assert maths.distinct_name == f"Jean Martin, Mathématiques, {here.name} ({here.city})"
    assert (lone.distinct_name, maths.bearers) == ("Lili Hocquet", 1)
    tell_apart([maths, other])
    assert "École Jules-Ferry" in other.distinct_name
    assert (maths.bearers, other.bearers) == (2, 2)
    with django_assert_num_queries(1):
        tell_apart([lone])


@pytest.mark.django_db
def test_two_who_share_name_function_and_school_still_differ() -> None:
    school = make_school("0809002Y")
    twins = [make_person("Jean", "Martin", school=school), make_person("Jean", "Martin", school=school)]
    twins[1].postings.update(starts=date(2024, 9, 1))
    tell_apart(twins)
    assert twins[0].distinct_name != twins[1].distinct_name
    assert "01/09/2024" in twins[1].distinct_name
