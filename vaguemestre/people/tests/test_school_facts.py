"""What one line says of a place is not believed against the others, and what changes is shown."""

import pytest

from vaguemestre.people.models import School
from vaguemestre.people.testing import TILLEULS, Authority, row

pytestmark = pytest.mark.django_db
WRONG = {"posting1_school": "Rectorat", "posting1_kind": "rectorat", "posting1_city": "Paris"}
NAME = TILLEULS["posting1_school"]


def test_one_wrong_line_does_not_rewrite_a_school(authority: Authority) -> None:
    authority.take(row(1), row(2), row(3))
    changes = authority.compare(row(1), row(2), row(3, **WRONG))
    assert (changes.schools, changes.former_schools, changes.refused) == ([], {}, [])
    assert [(r.line, r.column, r.value) for r in changes.remarks] == [(5, "posting1_kind", "rectorat")]
    assert "college" in changes.remarks[0].reason
    assert changes.unchanged == 3


def test_also_the_first_time(authority: Authority) -> None:
    authority.take(row(1, **WRONG), row(2), row(3))
    school = School.objects.get()
    assert (school.name, school.kind, school.city) == (NAME, "college", "Amiens")


def test_among_equals_what_is_known_stays(authority: Authority) -> None:
    authority.take(row(1), row(2))
    changes = authority.compare(row(1, **WRONG), row(2))
    assert (changes.schools, [r.line for r in changes.remarks]) == ([], [3])


def test_a_school_that_all_lines_tell_otherwise_stands_in_the_diff(authority: Authority) -> None:
    authority.take(row(1), row(2))
    changes = authority.compare(row(1, posting1_kind="lycee"), row(2, posting1_kind="lycee"))
    assert changes.remarks == []
    assert changes.counts()["schools"] == 1
    (school,) = changes.schools
    assert (school.kind, changes.former_schools[school.uai].kind) == ("lycee", "college")


def test_a_new_school_is_no_change(authority: Authority) -> None:
    assert authority.compare(row(1)).counts()["schools"] == 0


def test_spellings_of_one_name_are_one_meaning_and_the_usual_one_is_kept(authority: Authority) -> None:
    capitals = {"posting1_school": "COLLEGE DES TILLEULS"}
    authority.take(row(1), row(2), row(3, **capitals), *(row(n, **WRONG) for n in (4, 5)))
    assert School.objects.get().name == NAME
    changes = authority.compare(row(1), row(2), row(3, **capitals))
    assert (changes.remarks, changes.schools) == ([], [])
