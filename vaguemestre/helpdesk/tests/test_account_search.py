"""One box finds somebody however they spell their name, and never lets a NUMEN into an address."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from vaguemestre.accounts.models import Account, KeptForm
from vaguemestre.accounts.roles.agent_scope import Agent, agent_named
from vaguemestre.accounts.sessions import page_owner
from vaguemestre.helpdesk.account.account_search import MOST, find_accounts
from vaguemestre.helpdesk.tests.console import Desk, at_the_desk, make_teacher, school
from vaguemestre.people.models import Posting
from vaguemestre.people.numen import Numen
from vaguemestre.people.uai import check_letter

pytestmark = pytest.mark.database  # each case is matched by the database

NUMEN = "20E9912345ABC"


def agent(account: Account) -> Agent:
    found = agent_named(account)
    assert found is not None
    return found


def search(client: Client, typed: str) -> str:
    response = client.post(reverse("helpdesk:search"), {"q": typed})
    assert response.status_code == 302
    return response.headers["Location"]


@pytest.mark.parametrize(
    "typed",
    [
        "Lefèvre", "lefevre", "LEFEVRE", "mathilde lefèvre", "lefevre mathilde", "lef math", "mlefevre", "fevre",
        "mathilde.lefevre@ac-amiens.fr", "MathildeLefevre@ac-amiens.fr",
    ],
)  # fmt: skip
def test_a_person_is_found(desk: Desk, typed: str) -> None:
    assert [account.key for account in find_accounts(agent(desk.somme), typed).accounts] == [desk.teacher.key]


@pytest.mark.parametrize("typed", ["", "   ", "'; drop table", "%", "_", "lefevre karim", "@", "x" * 500])
def test_nothing_is_found_for_nothing(desk: Desk, typed: str) -> None:
    assert (
        find_accounts(agent(desk.somme), typed).accounts == ()
        or list(find_accounts(agent(desk.somme), typed).accounts) == []
    )


def test_a_compound_name_is_found_glued_and_in_parts_and_by_the_civil_name(desk: Desk) -> None:
    account = make_teacher("Anne-Cécile", "De La Fontaine", usual_name="O’Brien")
    for typed in ("anne cecile", "annececile", "delafontaine", "fontaine", "obrien", "o'brien"):
        assert account.key in [found.key for found in find_accounts(agent(desk.somme), typed).accounts]


def test_a_department_s_agent_finds_only_its_people(desk: Desk) -> None:
    assert not find_accounts(agent(desk.somme), "belkacem").accounts
    assert not find_accounts(agent(desk.somme), desk.neighbour.address).accounts
    assert find_accounts(agent(desk.rectorat), "belkacem").accounts


def test_a_school_by_its_uai(desk: Desk) -> None:
    place = school(f"0809001{check_letter('0809001')}", "college", "80")
    Posting.objects.filter(person=desk.teacher.person).update(school=place)
    found = find_accounts(agent(desk.somme), f" {place.uai.lower()} ")
    assert found.school == place
    assert [account.key for account in found.accounts] == [desk.teacher.key]
    assert not find_accounts(agent(desk.aisne), place.uai).accounts


def test_many_are_cut_at_fifty_and_said(desk: Desk) -> None:
    for number in range(MOST + 1):
        make_teacher("Jean", f"Martin{number}")
    found = find_accounts(agent(desk.somme), "martin")
    assert len(found.accounts) == MOST
    assert found.more


def test_the_search_costs_a_few_queries_whatever_it_finds(
    desk: Desk, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        make_teacher("Jean", f"Martin{number}")
    looking = agent(desk.somme)
    with django_assert_max_num_queries(5):
        assert len(find_accounts(looking, "martin").accounts) == 20


def test_a_whole_numen_leads_to_its_person_and_stands_in_no_address(desk: Desk) -> None:
    numen, person = Numen(NUMEN), desk.teacher.person
    person.numen_lookup, person.numen_cipher = numen.lookup, numen.encrypted()
    person.save()
    client = at_the_desk(desk.somme)
    where = search(client, f" {NUMEN.lower()} ")
    assert where == reverse("helpdesk:person", args=[desk.teacher.key])
    page = client.get(where).content.decode()
    assert NUMEN not in page
    assert numen.masked in page
    assert NUMEN not in search(at_the_desk(desk.aisne), NUMEN)


SPELT = [
    "20E.99.12345.ABC", "numen 20E9912345ABC", "20 E 99 123 45 abc", "20e-99-12345-abc", "Lefèvre 20E9912345ABC svp",
    "n°20E9912345ABC", "20E/99/12345/ABC", "2 0 E 9 9 1 2 3 4 5 A B C",
]  # fmt: skip


@pytest.mark.parametrize("typed", SPELT)
def test_a_numen_is_recognised_however_it_is_typed(desk: Desk, typed: str) -> None:
    numen, person = Numen(NUMEN), desk.teacher.person
    person.numen_lookup, person.numen_cipher = numen.lookup, numen.encrypted()
    person.save()
    client = at_the_desk(desk.somme)
    assert search(client, typed) == reverse("helpdesk:person", args=[desk.teacher.key])
    unknown = search(at_the_desk(desk.aisne), typed)
    assert unknown == f"{reverse('helpdesk:people')}?numen=1"
    assert client.get(reverse("helpdesk:people"), {"q": typed}).headers["Location"].endswith("?numen=1")


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("search", {"q": NUMEN}),
        ("identity-code-check", {"code": "123456"}),
        ("rescue-record", {"code": "123456"}),
        ("identity-questions", {"year": "1984", "town": "AMIENS"}),
    ],
)
def test_what_is_confidential_is_not_kept_when_the_session_has_ended(
    desk: Desk, name: str, fields: dict[str, str]
) -> None:
    client, answer = Client(), HttpResponse()
    page_owner.remember_owner(answer, desk.somme)
    client.cookies.update(answer.cookies)
    arguments = [] if name == "search" else [desk.teacher.key]
    client.post(reverse(f"helpdesk:{name}", args=arguments), fields)
    assert not KeptForm.objects.exists()
    client.post(reverse("helpdesk:lock", args=[desk.teacher.key]), {"reason": "gardé"})
    assert KeptForm.objects.exists(), "others are"


def test_a_numen_typed_into_the_address_is_neither_searched_nor_echoed(desk: Desk) -> None:
    response = at_the_desk(desk.somme).get(reverse("helpdesk:people"), {"q": NUMEN})
    assert response.status_code == 302
    assert NUMEN not in response.headers["Location"]


def test_one_result_opens_at_once_and_several_are_listed(desk: Desk) -> None:
    client = at_the_desk(desk.somme)
    assert search(client, "lefevre") == reverse("helpdesk:person", args=[desk.teacher.key])
    other = make_teacher("Paul", "Lefèvre")
    page = client.get(search(client, "lefevre")).content.decode()
    assert desk.teacher.identifier in page
    assert other.identifier in page


def test_nobody_is_said_and_what_to_try(desk: Desk) -> None:
    client = at_the_desk(desk.somme)
    assert "zorglub" in client.get(search(client, "zorglub")).content.decode()


@pytest.mark.parametrize("typed", SPELT)
def test_the_journal_is_filtered_by_a_numen_without_showing_it(desk: Desk, typed: str) -> None:
    numen, person = Numen(NUMEN), desk.teacher.person
    person.numen_lookup, person.numen_cipher = numen.lookup, numen.encrypted()
    person.save()
    journal = reverse("helpdesk:journal")
    found = at_the_desk(desk.somme).post(journal, {"person": typed, "act": "account.locked"})
    assert found.headers["Location"] == f"{journal}?person={desk.teacher.identifier}&act=account.locked"
    unknown = at_the_desk(desk.aisne).post(journal, {"person": "", "agent": typed})
    assert unknown.headers["Location"] == f"{journal}?numen=1"
    in_the_address = at_the_desk(desk.somme).get(journal, {"person": typed, "act": "account.locked"})
    assert in_the_address.headers["Location"] == f"{journal}?act=account.locked&numen=1"


def test_the_journal_s_filters_have_an_address(desk: Desk) -> None:
    client, journal = at_the_desk(desk.somme), reverse("helpdesk:journal")
    response = client.post(journal, {"person": " Élodie ", "first": "hier", "act": "", "numen": "x"}, follow=True)
    assert response.redirect_chain == [(f"{journal}?person=+%C3%89lodie+&first=hier", 302)]
    assert response.context["form"].errors["first"]
