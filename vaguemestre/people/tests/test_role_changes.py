"""Whoever gains or loses a role by a feed stands in the diff by name."""

import pytest

from vaguemestre.people.functions import Role
from vaguemestre.people.snapshot import Changes
from vaguemestre.people.testing import RECTORAT, TILLEULS, Authority, row

pytestmark = pytest.mark.django_db
ADMIN = {"category": "ADMR", "posting1_function": "ADMIN"}
NONE: frozenset[Role] = frozenset()
TEACHER = frozenset({Role.TEACHER})
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
type Shown = tuple[str, frozenset[Role], frozenset[Role]]


def shown(changes: Changes) -> list[Shown]:
    return [(change.name, change.before, change.after) for change in changes.roles]


def test_a_teacher_whose_line_invents_a_rectorat(authority: Authority) -> None:
    authority.take(row(1), row(2))
    invented = {"posting1_uai": "0809001Z", "posting1_school": "Annexe", "posting1_kind": "rectorat"}
    changes = authority.compare(row(1), row(2, **ADMIN, **invented))
    assert shown(changes) == [("Anne Martinc", TEACHER, ADMINISTRATOR)]
    assert changes.roles[0].of_office


def test_a_place_that_becomes_a_rectorat_makes_administrators_of_unchanged_lines(authority: Authority) -> None:
    authority.take(row(1, **ADMIN))
    changes = authority.compare(row(1, **ADMIN, **TILLEULS | {"posting1_kind": "rectorat"}))
    assert (changes.unchanged, shown(changes)) == (1, [("Anne Martinb", NONE, ADMINISTRATOR)])


def test_joiners_and_leavers_with_a_role_over_others(authority: Authority) -> None:
    authority.take(row(1), row(2, **ADMIN, **RECTORAT))
    changes = authority.compare(row(1), row(3, **ADMIN, **RECTORAT), row(4), row(5, category="CHEF"))
    assert shown(changes) == [
        ("Anne Martinc", ADMINISTRATOR, NONE),
        ("Anne Martind", NONE, ADMINISTRATOR),
        ("Anne Martinf", NONE, frozenset({Role.SCHOOL_HEAD})),
    ]


def test_whoever_is_held_back_loses_nothing(authority: Authority) -> None:
    authority.take(row(1, **ADMIN, **RECTORAT), row(2))
    changes = authority.compare(row(2), row(3, hr_key="", numen="?", birth_date="?"))
    assert (len(changes.held), shown(changes)) == (1, [])


def test_a_role_of_a_later_day_is_shown_when_it_is_announced(authority: Authority) -> None:
    authority.take(row(1))
    later = row(1, effective_on="2027-01-04", **ADMIN, **RECTORAT | {"posting1_starts": "2027-01-04"})
    changes = authority.compare(later)
    assert shown(changes) == [("Anne Martinb", TEACHER, ADMINISTRATOR)]
    authority.take(later)
    assert shown(authority.compare(later)) == []


def test_a_role_that_ends_with_the_posting(authority: Authority) -> None:
    authority.take(row(1, **ADMIN, **RECTORAT))
    changes = authority.compare(row(1, **ADMIN, **RECTORAT, posting1_ends="2026-11-20"))
    assert shown(changes) == [("Anne Martinb", ADMINISTRATOR, NONE)]


def test_nothing_new_nothing_shown(authority: Authority) -> None:
    rows = [row(1, **ADMIN, **RECTORAT), row(2), row(3, category="CHEF")]
    authority.take(*rows)
    assert authority.compare(*rows).roles == []
