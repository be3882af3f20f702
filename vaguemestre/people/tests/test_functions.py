"""Labels, and roles that follow from posts."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from vaguemestre.people import access, feed_writer, testing
from vaguemestre.people.categories import CATEGORIES, Family
from vaguemestre.people.functions import Role, roles
from vaguemestre.people.models import Person
from vaguemestre.people.numen import Numen
from vaguemestre.people.offices import office_of
from vaguemestre.people.snapshot import compare

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
DSDEN60 = testing.TILLEULS | {
    "posting1_uai": "0609002J", "posting1_school": "DSDEN de l’Oise", "posting1_kind": "dsden",
}  # fmt: skip


@pytest.fixture
def staff(tmp_path: Path) -> dict[str, Person]:
    """Everybody who matters here, by first name."""
    rows = [
        testing.row(1, first_name="Mathilde"),
        testing.row(2, first_name="Nadia", category="DIRECOLE"),
        testing.row(3, first_name="Sylvie", category="ADMR", **testing.RECTORAT | {"posting1_function": "GEST"}),
        testing.row(4, first_name="Thomas", category="ADMD", **DSDEN60 | {"posting1_function": "ASSIST"}),
        testing.row(5, first_name="Hélène", category="ADMR", **testing.RECTORAT | {"posting1_function": "ADMIN"}),
        testing.row(6, first_name="Éloïse", duty_start="2026-12-01"),
        testing.row(7, first_name="Gérard", duty_end="2026-11-23"),
        testing.row(8, first_name="Oise", department="60"),
    ]
    feed = testing.feed(tmp_path, rows)
    assert feed.refused == []
    feed_writer.apply_changes(compare(feed, DATED), now=timezone.now(), by="system")
    return {person.first_name: person for person in Person.objects.all()}


DATED = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("Mathilde", {Role.TEACHER}),
        ("Nadia", {Role.SCHOOL_HEAD}),
        ("Sylvie", {Role.HR_OFFICER}),
        ("Thomas", {Role.HELP_DESK}),
        ("Hélène", {Role.ADMINISTRATOR}),
        ("Éloïse", set()),
        ("Gérard", set()),
    ],
)
def test_roles_follow_from_posts(staff: dict[str, Person], who: str, expected: set[Role]) -> None:
    assert roles(staff[who], today=TODAY) == expected


def test_a_role_begins_and_ends_with_duty(staff: dict[str, Person]) -> None:
    assert roles(staff["Éloïse"], today=date(2026, 12, 1)) == {Role.TEACHER}
    assert roles(staff["Gérard"], today=date(2026, 11, 23)) == {Role.TEACHER}
    posting = staff["Thomas"].postings.get()
    posting.ends = TODAY - timedelta(days=1)
    posting.save()
    assert roles(staff["Thomas"], today=TODAY) == frozenset()


def test_a_function_gives_a_role_only_to_office_staff_at_an_office(staff: dict[str, Person]) -> None:
    staff["Mathilde"].postings.update(function="ADMIN")
    staff["Thomas"].postings.update(function="ADMIN")  # of a DSDEN: the service is the rectorat's
    assert roles(staff["Mathilde"], today=TODAY) == {Role.TEACHER}
    assert roles(staff["Thomas"], today=TODAY) == frozenset()


def test_found_by_numen(staff: dict[str, Person]) -> None:
    assert access.person_by_numen(Numen(testing.numen(1))) == staff["Mathilde"]
    assert access.person_by_numen(Numen("20E9900000ZZZ")) is None


def test_every_family_and_every_label() -> None:
    assert {category.family for category in CATEGORIES.values()} == set(Family)
    for category in CATEGORIES.values():
        assert category.masculine
        assert category.feminine
    assert CATEGORIES["DIRECOLE"].label("Mme") == "directrice d’école"
    assert CATEGORIES["DIRECOLE"].label("M.") == "directeur d’école"


def test_what_a_person_says_of_herself(staff: dict[str, Person]) -> None:
    person = staff["Nadia"]
    assert person.function_label == "directrice d’école"
    assert person.full_name == "Nadia Martinc"
    person.usual_name = "Benhamou"
    assert person.full_name == "Nadia Benhamou"
    main = person.main_posting
    assert main is not None
    assert main.school.name == "Collège des Tilleuls"


@pytest.mark.parametrize(
    ("category", "department", "office"),
    [("CERT", "80", "DSDEN de la Somme"), ("ADMD", "02", "DSDEN de l’Aisne"), ("CERT", "75", "Rectorat"),
     ("ADMR", "80", "Rectorat"), ("IAIPR", "60", "Rectorat")],
)  # fmt: skip
def test_whom_somebody_calls(category: str, department: str, office: str) -> None:
    assert office_of(Person(category=category, department=department)).name.startswith(office)
