"""The diagnosis: it always ends somewhere useful, with the right number, and never looks at an account."""

from datetime import date

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from vaguemestre.academy.facts import academy
from vaguemestre.portal import diagnosis
from vaguemestre.portal.diagnosis import Advice, LetterDates, Question
from vaguemestre.testing import wrong_fields

pytestmark = pytest.mark.django_db
QUESTIONS = {key: page for key, page in diagnosis.PAGES.items() if isinstance(page, Question)}
ADVICES = {key: page for key, page in diagnosis.PAGES.items() if isinstance(page, Advice)}


def test_every_answer_leads_somewhere_and_everything_is_reached() -> None:
    reached = {answer.leads_to for page in QUESTIONS.values() for answer in page.answers}
    assert reached <= {*diagnosis.PAGES, diagnosis.LETTER}
    assert {*diagnosis.PAGES, diagnosis.LETTER} - reached == {diagnosis.START}


@pytest.mark.parametrize("key", diagnosis.PAGES)
def test_every_page_shows_whom_to_call_and_asks_no_account(
    client: Client, key: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    address = reverse("portal:trouble-step", args=[key])
    with django_assert_num_queries(0):
        page = client.get(address).content.decode()
    assert all(department.office.phone in page for department in academy().departments)
    assert "%(" not in page
    with django_assert_num_queries(0):
        mine = client.get(address, {"departement": "60"}).content.decode()
    others = [department.office.phone for department in academy().departments if department.code != "60"]
    assert "03 44 06 45 00" in mine
    assert not any(phone in mine for phone in others), "one's own department, once it is known"


@pytest.mark.parametrize("key", ADVICES)
def test_every_advice_ends_with_something_to_press_or_to_call(client: Client, key: str) -> None:
    advice = ADVICES[key]
    assert advice.act or advice.call
    if advice.act:
        address = reverse(advice.act.url)
        assert f'href="{address}"' in client.get(reverse("portal:trouble-step", args=[key])).content.decode()
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("key", ADVICES)
@pytest.mark.parametrize("department", ["", "60"])
def test_a_number_is_said_once(client: Client, key: str, department: str) -> None:
    address = reverse("portal:trouble-step", args=[key])
    page = client.get(address, {"departement": department} if department else {}).content.decode()
    assert page.count(">03 44 06 45 00<") == 1


def test_the_department_goes_along(client: Client) -> None:
    page = client.get("/bv/connexion/", {"departement": "02"}).content.decode()
    assert '/bv/connexion/refus/?departement=02"' in page
    assert "departement" not in client.get("/bv/connexion/", {"departement": "99"}).content.decode().split("<aside")[0]


def test_an_unknown_page_is_none(client: Client) -> None:
    assert client.get("/bv/connexion/nulle-part/").status_code == 404


def test_the_days_of_the_letter_are_working_days() -> None:
    """Armistice Day and two week-ends between."""
    dates = LetterDates(date(2026, 11, 2), date(2026, 11, 10))
    assert (dates.first, dates.last) == (date(2026, 11, 9), date(2026, 11, 17))
    assert not dates.to_come
    assert not dates.late
    assert LetterDates(date(2026, 11, 2), date(2026, 11, 18)).late
    assert LetterDates(date(2026, 11, 2), date(2026, 11, 1)).to_come


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("1", "9", str(date.today().year - 1)), "Elle devrait être là."),
        (("31", "2", "2026"), "Cette date n’existe pas"),
        (("1", "1", "1926"), "Cette date n’existe pas"),
        (("x", "", ""), "Cette date n’existe pas"),
        (("", "", ""), "Quand ma lettre arrive-t-elle"),
    ],
)
def test_what_the_page_says_of_a_date(client: Client, typed: tuple[str, str, str], said: str) -> None:
    page = client.get("/bv/connexion/lettre/", dict(zip(("jour", "mois", "annee"), typed, strict=True)))
    assert said in page.content.decode()
    wrong = wrong_fields(page.content.decode())
    assert set(wrong) == ({"jour", "mois", "annee"} if "existe" in said and "pas" in said else set())


def test_a_date_stays_when_the_department_is_chosen(client: Client) -> None:
    page = client.get("/bv/connexion/lettre/", {"jour": "16", "mois": "11", "annee": "2026"}).content.decode()
    assert "?departement=80&amp;jour=16&amp;mois=11&amp;annee=2026" in page


def test_help_leads_to_what_is_there(client: Client) -> None:
    page = client.get("/bv/").content.decode()
    for name in (
        "accounts:lost-password",
        "portal:trouble",
        "portal:numen",
        "portal:trouble-letter",
        "clients:programs",
    ):
        assert f'href="{reverse(name)}"' in page
    assert 'id="vol"' in page
    sign_in = client.get("/session/").content.decode()
    assert f'href="{reverse("accounts:lost-password")}"' in sign_in
    assert settings.LANGUAGE_CODE == "fr"
