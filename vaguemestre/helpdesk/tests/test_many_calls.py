"""Forty calls in a row: found as callers say it, reached by one key, and whoever called before is one press away."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.roles.agent_scope import Agent, agent_named
from vaguemestre.helpdesk.account import recent_accounts
from vaguemestre.helpdesk.account.account_search import find_accounts
from vaguemestre.helpdesk.tests.console import Desk, at_the_desk, make_teacher, school
from vaguemestre.people.models import Person, Posting, School
from vaguemestre.people.uai import check_letter

pytestmark = pytest.mark.database  # each case is matched by the database

HOME = reverse("helpdesk:people")


def agent(account: Account) -> Agent:
    found = agent_named(account)
    assert found is not None
    return found


def at_the_lindens(account: Account) -> School:
    place = school(f"0809002{check_letter('0809002')}", "college", "80")
    School.objects.filter(pk=place.pk).update(name="Collège des Tilleuls", city="Péronne")
    Posting.objects.filter(person=account.person).update(school=place)
    return place


@pytest.mark.parametrize(
    ("typed", "who"),
    [
        ("Collège des Tilleuls", ["lefevre", "martin"]), ("tilleuls", ["lefevre", "martin"]),
        ("martin aux tilleuls", ["martin"]), ("Tilleuls Péronne lefèvre", ["lefevre"]),
        ("martin lycée", []), ("martin acacias", []), ("aux", []),
    ],
)  # fmt: skip
def test_a_school_by_its_name_and_one_of_its_people(desk: Desk, typed: str, who: list[str]) -> None:
    known = {"lefevre": desk.teacher, "martin": make_teacher("Jean", "Martin")}
    make_teacher("Paul", "Martin")
    for account in known.values():
        at_the_lindens(account)
    found = find_accounts(agent(desk.somme), typed).accounts
    assert [account.key for account in found] == [known[name].key for name in who]
    assert not find_accounts(agent(desk.aisne), typed).accounts


def test_who_bears_the_whole_name_comes_first(desk: Desk) -> None:
    others = [make_teacher("Martine", "Abadie"), make_teacher("Martin", "Bel"), make_teacher("Paul", "Martinez")]
    them = [make_teacher("Luc", "Martin"), make_teacher("Zoé", "Martin", usual_name="Roy")]
    found = [one.key for one in find_accounts(agent(desk.somme), "martin").accounts]
    assert found == [one.key for one in (*them, *others)]
    assert [one.key for one in find_accounts(agent(desk.somme), "martin luc").accounts] == [them[0].key]


def opened(client: Client, *accounts: Account) -> str:
    for account in accounts:
        client.get(reverse("helpdesk:person", args=[account.key]))
    return client.get(HOME).content.decode()


def listed(page: str) -> list[str]:
    part = page.partition('id="dernieres"')[2].partition("</section>")[0]
    return re.findall(r'href="/assistance/comptes/([^/"]+)/"', part)


def test_the_last_persons_are_at_hand_for_this_agent_alone(desk: Desk) -> None:
    client = at_the_desk(desk.somme)
    other = make_teacher("Jean", "Martin")
    assert "dernieres" not in client.get(HOME).content.decode()
    assert listed(opened(client, desk.teacher, other, desk.teacher)) == [desk.teacher.key, other.key]
    cookie = client.cookies[recent_accounts.COOKIE]
    assert cookie["secure"]
    assert cookie["httponly"]
    assert not cookie["max-age"]  # it goes with the browser
    next_one = at_the_desk(desk.rectorat)
    next_one.cookies[recent_accounts.COOKIE] = cookie.value
    assert listed(next_one.get(HOME).content.decode()) == []


def test_five_at_most_and_none_that_is_no_longer_served(desk: Desk) -> None:
    client = at_the_desk(desk.somme)
    people = [make_teacher("Jean", f"Martin{number}") for number in range(recent_accounts.MOST + 2)]
    assert listed(opened(client, *people)) == [one.key for one in reversed(people[2:])]
    Person.objects.filter(pk=people[-1].person.pk).update(department="02")
    assert people[-1].key not in listed(client.get(HOME).content.decode())


@pytest.mark.parametrize("forged", ["", "x", "WyJhMDAwMDAwMSJd:1:2"])
def test_a_forged_list_is_no_list(desk: Desk, forged: str) -> None:
    client = at_the_desk(desk.somme)
    client.cookies[recent_accounts.COOKIE] = forged
    assert "dernieres" not in client.get(HOME).content.decode()


def test_what_one_goes_on_with_has_the_focus(desk: Desk) -> None:
    client = at_the_desk(desk.somme)
    for number in range(2):
        make_teacher("Jean", f"Martin{number}")
    focused = re.findall(r"<(\w+)[^>]* autofocus", client.get(f"{HOME}?q=martin").content.decode())
    assert focused == ["a"]
    assert re.findall(r"<(\w+)[^>]* autofocus", client.get(f"{HOME}?q=zorglub").content.decode()) == ["input"]


@pytest.mark.parametrize("name", ["lock", "otp-person"])
def test_a_page_that_asks_has_its_box_ready(desk: Desk, name: str) -> None:
    page = at_the_desk(desk.somme).get(reverse(f"helpdesk:{name}", args=[desk.teacher.key])).content.decode()
    assert re.findall(r"<(\w+)[^>]* autofocus", page) == ["input"]


@pytest.mark.parametrize("tail", ["", "identite/", "verrou/", "vol/", "histoire/"])
def test_one_key_leads_to_the_next_call_from_everywhere(desk: Desk, tail: str) -> None:
    where = reverse("helpdesk:person", args=[desk.teacher.key]) + tail
    page = at_the_desk(desk.somme).get(where).content.decode()
    assert f'data-key="/" href="{HOME}"' in page


def test_whoever_turned_the_keys_off_in_the_mail_has_none_here(desk: Desk) -> None:
    client = at_the_desk(desk.somme)
    off = '<html lang="fr" data-keys="off">'
    assert off not in client.get(HOME).content.decode()
    client.post(reverse("webmail:keyboard"), {"touches": "non"})
    assert off in client.get(HOME).content.decode()
    assert off not in at_the_desk(desk.aisne).get(HOME).content.decode()
