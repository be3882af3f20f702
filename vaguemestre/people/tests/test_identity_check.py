"""A key that stands on somebody else's line hands over no mailbox: the table of docs/hr-feed.md, case by case."""

import pytest

from vaguemestre.audit.models import Entry
from vaguemestre.people.models import Person
from vaguemestre.people.snapshot import Changes
from vaguemestre.people.testing import Authority, row

pytestmark = pytest.mark.django_db
VERA = row(1, first_name="Véra", last_name="Lésée", birth_date="1980-02-29")
OTHER_NAME = {"first_name": "Tania", "last_name": "Voleuse"}
OTHER_BIRTH = {"birth_date": "1991-05-05"}
OTHER_KEY = {"hr_key": "RH77"}
NO_KEY = {"hr_key": ""}
NO_NUMEN = {"numen": ""}
CORRECTED_BIRTH = {"birth_date": "1980-02-28"}
MARRIED = {"last_name": "Dupont"}


def compared(authority: Authority, **columns: str) -> Changes:
    authority.take(VERA, row(2))
    return authority.compare(VERA | columns, row(2))


def test_a_numen_on_a_stranger_s_line_hands_over_nothing(authority: Authority) -> None:
    changes = compared(authority, **OTHER_NAME, **OTHER_BIRTH, **OTHER_KEY)
    assert (changes.changed, changes.joiners, changes.leavers, changes.frozen) == ([], [], [], 1)
    (refusal,) = changes.refused
    assert (refusal.line, refusal.column) == (3, "numen")
    assert "Véra Lésée, born 1980-02-29" in refusal.reason
    assert "--same-person 3" in refusal.reason


@pytest.mark.parametrize(
    "columns",
    [
        # NUMEN and key are known together
        OTHER_NAME | OTHER_BIRTH,
        # one of the two, and the line or the service has not the other
        OTHER_NAME | OTHER_BIRTH | NO_KEY,
        OTHER_NAME | OTHER_BIRTH | NO_NUMEN,
        OTHER_BIRTH | NO_KEY | {"first_name": "Tania"},
        OTHER_BIRTH | NO_KEY | {"last_name": "Voleuse"},
        OTHER_BIRTH | NO_NUMEN | {"first_name": "Tania"},
        # the NUMEN is known, with another key
        OTHER_NAME | OTHER_KEY,
        OTHER_KEY | {"first_name": "Tania"},  # a twin
        OTHER_BIRTH | OTHER_KEY | {"first_name": "Tania"},
        CORRECTED_BIRTH | OTHER_KEY,  # a namesake
        OTHER_BIRTH | OTHER_KEY | {"last_name": "Voleuse"},
    ],
)
def test_somebody_else(authority: Authority, columns: dict[str, str]) -> None:
    changes = compared(authority, **columns)
    assert (changes.changed, changes.joiners, changes.leavers, changes.frozen) == ([], [], [], 1)
    assert len(changes.refused) == 1


@pytest.mark.parametrize(
    "columns",
    [
        MARRIED,
        MARRIED | CORRECTED_BIRTH,
        OTHER_NAME,
        CORRECTED_BIRTH | {"first_name": "Paul"},
        MARRIED | NO_KEY,
        OTHER_NAME | NO_KEY,
        CORRECTED_BIRTH | NO_KEY,
        CORRECTED_BIRTH | NO_NUMEN,
        MARRIED | NO_NUMEN,
        MARRIED | OTHER_KEY,
        OTHER_KEY,
        # the same name, written otherwise
        CORRECTED_BIRTH | NO_KEY | {"first_name": "VERA", "last_name": "Lesee"},
        CORRECTED_BIRTH | NO_KEY | {"first_name": "Véra-Maria", "last_name": "Lésée Dupont"},
        CORRECTED_BIRTH | NO_KEY | {"last_name": "Dupont", "usual_name": "Lésée"},
    ],
)
def test_the_same_person(authority: Authority, columns: dict[str, str]) -> None:
    changes = compared(authority, **columns)
    assert changes.refused == []
    assert len(changes.changed) + changes.unchanged == 2


def test_somebody_answers_for_a_line(authority: Authority) -> None:
    authority.take(VERA, row(2))
    told = VERA | OTHER_NAME | OTHER_BIRTH | OTHER_KEY
    authority.take(told, row(2), same_person=[3])
    vera = Person.objects.get(hr_key="RH77")
    assert vera.full_name == "Tania Voleuse"
    assert Entry.objects.filter(act="person.confirmed", subject=vera.key, actor="operator:test").count() == 1
    assert authority.compare(told, row(2)).refused == []


def test_an_answer_about_one_line_says_nothing_of_another(authority: Authority) -> None:
    authority.take(VERA, row(2))
    changes = authority.compare(VERA | OTHER_NAME | OTHER_BIRTH | OTHER_KEY, row(2), same_person=[4])
    assert (len(changes.refused), changes.confirmed) == (1, [])
