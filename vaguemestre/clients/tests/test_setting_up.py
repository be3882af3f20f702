"""The page of a program: everybody's values, a password for whoever is signed in, and the line that says it works."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.accounts.attempts import attempt_log
from vaguemestre.accounts.mail_access import app_passwords
from vaguemestre.accounts.models import Account, AppPassword, SignIn
from vaguemestre.accounts.testing import sign_in
from vaguemestre.clients.programs import PROGRAMS
from vaguemestre.testing import Cast

PAGE = "/bv/logiciels/thunderbird/"


def came_in(account: Account, agent: str = "Thunderbird 153.7.0", **facts: object) -> None:
    told = {"channel": SignIn.Channel.IMAP, "address": "192.0.2.7", "agent": agent, "now": timezone.now()} | facts
    result = told.pop("result", SignIn.Result.GOOD)
    attempt_log.note_attempt(account, result, **told)  # type: ignore[arg-type]


def test_the_settings_of_a_program_are_those_of_this_installation(client: Client, cast: Cast) -> None:
    host, port = settings.MAIL["imaps"]
    page = client.get("/bv/logiciels/").content.decode()
    assert f"<dd>{host}</dd>" in page
    assert f"<dd>{port}</dd>" in page
    assert f"<dd>{settings.MAIL['smtps'][1]}</dd>" in page
    sign_in(client, cast.teacher)
    assert cast.teacher.identifier in client.get("/bv/logiciels/").content.decode()


@pytest.mark.parametrize("address", ["/bv/logiciels/", "/bv/logiciels/autre/"])
def test_a_program_that_can_finds_what_to_be_let_in_with(client: Client, cast: Cast, address: str) -> None:
    page = client.get(address).content.decode()
    for value in (
        settings.ORIGIN,
        "/sso/authorize/",
        "/sso/token/",
        "logiciel-de-messagerie",
        "thunderbird",
        "<code>mail</code>",
    ):
        assert value in page
    assert "/sso/token/" not in client.get(PAGE).content.decode()


@pytest.mark.parametrize("name", PROGRAMS)
def test_each_program_has_its_page_for_strangers_too(client: Client, cast: Cast, name: str) -> None:
    address = f"/bv/logiciels/{name}/"
    page = client.get(address).content.decode()
    assert "votre adresse" in page or name in {"apple", "autre"}
    assert "mot-de-passe/" not in page
    assert f"next={address}" in page
    sign_in(client, cast.teacher)
    page = client.get(address).content.decode()
    assert cast.teacher.address in page
    assert f'action="{address}mot-de-passe/"' in page
    assert ('class="qr"' in page) == (name == "android")
    assert ("apple/profil/" in page) == (name == "apple")


def test_there_is_no_other_program(client: Client, cast: Cast) -> None:
    sign_in(client, cast.teacher)
    for address in ("/bv/logiciels/eudora/", "/bv/logiciels/eudora/connexion/"):
        assert client.get(address).status_code == 404
    assert client.post("/bv/logiciels/eudora/mot-de-passe/", {"nom": "x"}).status_code == 404


def test_a_password_is_made_in_place_and_shown_once(client: Client, cast: Cast) -> None:
    sign_in(client, cast.teacher)
    page = client.post(f"{PAGE}mot-de-passe/", {"nom": "Thunderbird du bureau"}).content.decode()
    [made] = app_passwords.living_app_passwords(cast.teacher)
    assert (made.name, made.scope) == ("Thunderbird du bureau", AppPassword.Scope.BOTH)
    groups = re.findall(r"<span>(\w{4})</span>", page)
    assert app_passwords.digest("".join(groups)) == made.hash
    assert groups[0] not in re.findall(r"<span>(\w{4})</span>", client.get(PAGE).content.decode())


def test_what_is_refused_makes_none(client: Client, cast: Cast) -> None:
    assert client.post(f"{PAGE}mot-de-passe/", {"nom": "x"}).status_code == 302
    assert client.get(f"{PAGE}mot-de-passe/").status_code == 405
    sign_in(client, cast.teacher)
    for name in ("", "x" * 61):
        assert 'aria-invalid="true"' in client.post(f"{PAGE}mot-de-passe/", {"nom": name}).content.decode()
    assert not app_passwords.living_app_passwords(cast.teacher)
    for number in range(app_passwords.MOST):
        app_passwords.make_app_password(cast.teacher, f"n{number}", AppPassword.Scope.BOTH, timezone.now())
    assert "Vous en avez déjà 20" in client.post(f"{PAGE}mot-de-passe/", {"nom": "x"}).content.decode()
    assert app_passwords.living_app_passwords(cast.teacher).count() == app_passwords.MOST


def test_an_open_screen_makes_none_without_a_fresh_proof(client: Client, cast: Cast) -> None:
    sign_in(client, cast.teacher, now=timezone.now() - timedelta(minutes=30))
    answer = client.post(f"{PAGE}mot-de-passe/", {"nom": "x"})
    assert answer.status_code == 302
    assert "/session/confirmation/" in answer["Location"]
    assert not app_passwords.living_app_passwords(cast.teacher)


def test_the_line_says_which_program_has_just_come_in(client: Client, cast: Cast) -> None:
    sign_in(client, cast.teacher)
    assert "Aucun logiciel" in client.get(f"{PAGE}connexion/").content.decode()
    came_in(cast.head, "Somebody else")
    came_in(cast.teacher)
    said = client.get(f"{PAGE}connexion/").content.decode()
    assert "C’est connecté." in said
    assert re.search(r"Il y a \d+.secondes?, Thunderbird 153.7.0, réseau 192.0.2", said)
    assert "Somebody" not in said
    came_in(cast.teacher, "", result=SignIn.Result.WRONG)
    assert "mot de passe incorrect" in client.get(f"{PAGE}connexion/").content.decode()


def test_what_was_long_ago_is_no_success(client: Client, cast: Cast) -> None:
    sign_in(client, cast.teacher)
    came_in(cast.teacher, now=timezone.now() - timedelta(hours=5))
    said = client.get(f"{PAGE}connexion/").content.decode()
    assert "C’est connecté." not in said
    assert "Dernière connexion" in said
    assert "Thunderbird 153.7.0" in said


def test_a_page_left_open_stops_asking(client: Client, cast: Cast) -> None:
    sign_in(client, cast.teacher)
    assert 'hx-get="/bv/logiciels/thunderbird/connexion/?regard=1"' in client.get(PAGE).content.decode()
    for typed in ("200", "9999", "x", "-1", "9" * 50):
        said = client.get(f"{PAGE}connexion/", {"regard": typed}).content.decode()
        assert ("hx-get" in said) == (typed not in {"200", "9999"})


def test_a_name_of_a_program_is_text(client: Client, cast: Cast) -> None:
    sign_in(client, cast.teacher)
    came_in(cast.teacher, "<img src=x>")
    said = client.get(f"{PAGE}connexion/").content.decode()
    assert "&lt;img src=x&gt;" in said


def test_the_page_asks_little(
    client: Client, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    sign_in(client, cast.teacher)
    for number in range(30):
        came_in(cast.teacher, f"program {number}")
    with django_assert_max_num_queries(4):
        client.get(f"{PAGE}connexion/")
    with django_assert_max_num_queries(8):
        client.get(PAGE)
