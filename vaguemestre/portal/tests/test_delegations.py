"""The page on which a head lends applications."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Session
from vaguemestre.accounts.testing import sign_in
from vaguemestre.sso.models import Application, Delegation
from vaguemestre.sso.testing import make_application
from vaguemestre.testing import Cast, make_account, make_person

pytestmark = pytest.mark.django_db
PAGE = "/arena/delegations/"
TODAY = timezone.localdate()


@pytest.fixture
def siecle() -> Application:
    make_application("Sans prêt", seen_by={"category": "CHEF"})
    return make_application("SIECLE", slug="siecle", seen_by={"category": "CHEF"}, delegable=True)


@pytest.fixture
def head(client: Client, cast: Cast, siecle: Application) -> Client:
    sign_in(client, cast.head)
    return client


def form(cast: Cast, **changes: str) -> dict[str, str]:
    last = (TODAY + timedelta(days=10)).isoformat()
    return {"application": "siecle", "colleague": cast.teacher.identifier, "last_day": last} | changes


def test_given_seen_and_taken_back(head: Client, cast: Cast) -> None:
    page = head.get(PAGE).content.decode()
    assert cast.teacher.person.full_name in page
    assert cast.stranger.person.full_name not in page
    assert "Sans prêt" not in page
    assert head.post(f"{PAGE}ajout/", form(cast)).status_code == 302
    made = Delegation.objects.get()
    assert timezone.localtime(made.ends).date() == TODAY + timedelta(days=11)  # the last day is whole
    page = head.get(PAGE).content.decode()
    assert "est délégué à" in page
    assert "est délégué à" not in head.get(PAGE).content.decode()  # said once
    assert head.post(f"{PAGE}{made.pk}/retrait/").status_code == 302
    made.refresh_from_db()
    assert made.withdrawn_at
    assert "Vous ne déléguez rien" in head.get(PAGE).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"application": "sans-pret"}, {"application": ""}, {"colleague": "kbelkacem"}, {"colleague": ""},
        {"last_day": ""}, {"last_day": "2020-01-01"}, {"last_day": "2999-01-01"}, {"last_day": "demain"},
    ],
)  # fmt: skip
def test_a_wrong_choice_comes_back_and_says_so(head: Client, cast: Cast, wrong: dict[str, str]) -> None:
    answer = head.post(f"{PAGE}ajout/", form(cast, **wrong))
    assert answer.status_code == 422
    assert "said-bad" in answer.content.decode()
    assert not Delegation.objects.exists()


def test_another_establishment_is_none_of_theirs(head: Client, cast: Cast) -> None:
    assert head.get(f"{PAGE}?uai=0021111B").status_code == 404
    assert head.post(f"{PAGE}ajout/", form(cast, uai="0021111B")).status_code == 404


def test_nobody_else_has_this_page(client: Client, cast: Cast, head: Client) -> None:
    head.post(f"{PAGE}ajout/", form(cast))
    number = Delegation.objects.get().pk
    for account in (cast.teacher, cast.help_desk, cast.stranger):
        sign_in(client, account, strong=True)
        assert client.get(PAGE).status_code == 404
        assert client.post(f"{PAGE}ajout/", form(cast)).status_code == 404
        assert client.post(f"{PAGE}{number}/retrait/").status_code == 404
    assert Delegation.objects.get().withdrawn_at is None


def test_nothing_is_lent_at_an_open_screen(head: Client, cast: Cast) -> None:
    Session.objects.update(proved_at=timezone.now() - timedelta(minutes=academy().sessions.proof_minutes))
    asked = head.post(f"{PAGE}ajout/", form(cast)).headers["Location"]
    assert asked.startswith("/session/confirmation/")
    assert not Delegation.objects.exists()


def test_two_colleagues_of_one_name_are_told_apart(head: Client, cast: Cast) -> None:
    same = make_account(make_person(cast.teacher.person.first_name, cast.teacher.person.last_name))
    page = head.get(PAGE).content.decode()
    choices = re.findall(rf"<option[^>]*>([^<]*{cast.teacher.person.last_name}[^<]*)<", page)
    assert len(set(choices)) == len(choices) == 2
    head.post(f"{PAGE}ajout/", form(cast, colleague=same.identifier))
    assert f"<p>{same.address}. " in head.get(PAGE).content.decode()
