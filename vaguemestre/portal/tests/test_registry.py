"""The administrators' screens of the registry."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.models import Session
from vaguemestre.accounts.testing import sign_in
from vaguemestre.audit.models import Entry
from vaguemestre.sso.models import Application
from vaguemestre.sso.openid import own_applications
from vaguemestre.sso.testing import make_application
from vaguemestre.testing import Cast, make_account, make_person, make_school

pytestmark = pytest.mark.django_db
PAGE = "/arena/registre/"
ACTS = ("modification/", "secret/", "essai/", "maintenance/", "maintenance/fin/", "fermeture/", "fermeture/retrait/")


@pytest.fixture
def administrator(client: Client) -> Client:
    desk = make_school("0809001Z", kind="rectorat")
    person = make_person("Ada", "Ministre", category="ADMR", function="ADMIN", school=desk)
    sign_in(client, make_account(person), strong=True)
    return client


def form(**changes: str) -> dict[str, str]:
    rows = {"audience-TOTAL_FORMS": "2", "audience-INITIAL_FORMS": "0"}
    usual = {
        "name": "ONDE", "slug": "onde", "summary": "Élèves inscrits.", "domain": "scolarite-1d", "protocol": "oidc",
        "home": "https://onde.example/", "redirects": "https://onde.example/retour\n\nhttps://onde.example/autre ",
        "scopes": "profile", "delegable": "on", "audience-0-category": "DIRECOLE", "audience-1-uai": "0809901C",
    }  # fmt: skip
    return usual | rows | changes


def test_registered_with_its_secret_shown_once(administrator: Client) -> None:
    assert "Aucune application" in administrator.get(PAGE).content.decode()
    page = administrator.post(f"{PAGE}nouvelle/", form())
    assert page.status_code == 200
    found = re.search(r'id="secret">([\w-]{40,})<', page.content.decode())
    assert found
    row = Application.objects.get()
    assert row.redirect_uris.split() == ["https://onde.example/retour", "https://onde.example/autre"]
    assert set(row.audiences.values_list("category", "uai")) == {("DIRECOLE", None), (None, "0809901C")}
    assert row.delegable
    assert not row.own
    screen = administrator.get(f"{PAGE}onde/").content.decode()
    assert found[1] not in screen
    assert row.client_id in screen
    assert "ONDE" in administrator.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"home": "http://onde.example/"}, "https://"),
        ({"redirects": "https://onde.example/#x"}, "Pas de « # »"),
        ({"redirects": "https://*.example/"}, "s’écrit en"),
        ({"redirects": ""}, "au moins une adresse de retour"),
        ({"protocol": "cas"}, "au moins une adresse de service"),
        ({"slug": "Onde 1"}, "Minuscules"),
        ({"slug": "nouvelle"}, "Minuscules"),
        ({"domain": "ailleurs"}, "said-bad"),
        ({"audience-1-uai": "0809901Z"}, "pas un UAI"),
        ({"name": ""}, "said-bad"),
        ({"backchannel": "https://moi@onde.example/"}, "Ni nom ni mot de passe"),
    ],
)
def test_a_wrong_form_comes_back_with_what_was_typed(administrator: Client, wrong: dict[str, str], said: str) -> None:
    answer = administrator.post(f"{PAGE}nouvelle/", form(**wrong))
    page = answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert answer.status_code == 422
    assert said in page
    assert "Élèves inscrits." in page
    assert not Application.objects.exists()


def test_a_word_is_given_once(administrator: Client) -> None:
    administrator.post(f"{PAGE}nouvelle/", form())
    assert administrator.post(f"{PAGE}nouvelle/", form()).status_code == 422


def test_changed_shut_opened_closed(administrator: Client) -> None:
    administrator.post(f"{PAGE}nouvelle/", form())
    changed = form(name="ONDE 2", everybody="on")
    assert administrator.post(f"{PAGE}onde/modification/", changed).status_code == 302
    assert "Modifications enregistrées." in administrator.get(f"{PAGE}onde/").content.decode()
    row = Application.objects.get()
    assert (row.name, row.slug, row.audiences.count()) == ("ONDE 2", "onde", 1)
    assert administrator.post(f"{PAGE}onde/maintenance/", {"reason": ""}).status_code == 422
    back = timezone.localtime() + timedelta(days=1)
    shut = {"reason": "Nouvelle base.", "day": back.date().isoformat(), "hour": "14:00"}
    assert administrator.post(f"{PAGE}onde/maintenance/", shut).status_code == 302
    assert "Nouvelle base." in administrator.get(f"{PAGE}onde/").content.decode()
    for act, active in (("maintenance/fin/", True), ("fermeture/", False), ("fermeture/retrait/", True)):
        assert administrator.post(f"{PAGE}onde/{act}").status_code == 302
        row.refresh_from_db()
        assert (row.shut_reason, row.active) == ("", active)
    assert Entry.objects.filter(subject="onde").count() == 6


@pytest.mark.parametrize(
    "wrong", [{"day": "2020-01-01", "hour": "10:00"}, {"day": "2999-01-01"}, {"hour": "10:00"}, {"day": "hier"}]
)
def test_a_return_that_cannot_be(administrator: Client, wrong: dict[str, str]) -> None:
    make_application("ONDE", slug="onde")
    assert administrator.post(f"{PAGE}onde/maintenance/", {"reason": "Disque.", **wrong}).status_code == 422
    assert Application.objects.get().shut_reason == ""


def test_a_new_secret_each_time(administrator: Client) -> None:
    row = make_application("ONDE", slug="onde")
    kept = Application.objects.get().client_secret
    page = administrator.post(f"{PAGE}onde/secret/").content.decode()
    assert row.client_id in page
    assert Application.objects.get().client_secret != kept


def test_the_trial_says_what_answered(administrator: Client) -> None:
    make_application("ONDE", slug="onde", home="https://127.0.0.1:9/", redirect_uris="")
    page = administrator.post(f"{PAGE}onde/essai/").content.decode()
    assert "https://127.0.0.1:9/" in page
    assert "Non essayée d’ici" in page or "Personne ne répond" in page


def test_many_are_found_by_any_word_of_theirs(administrator: Client) -> None:
    for number in range(11):
        make_application(f"Élections {number}", slug=f"e-{number}")
    make_application("Chorus-DT", slug="frais", summary="Ordres de mission.")
    for typed in ("chorus", "MISSION", "frais"):
        page = administrator.get(PAGE, {"q": typed}).content.decode()
        assert "1 application pour" in page
        assert f'href="{PAGE}frais/"' in page
        assert f'href="{PAGE}e-1/"' not in page
    page = administrator.get(PAGE, {"q": "<zz>"}).content.decode()
    assert "&lt;zz&gt;" in page
    assert "n’est encore inscrite" not in page


def test_one_that_does_not_exist(administrator: Client) -> None:
    assert administrator.get(f"{PAGE}inconnue/").status_code == 404
    for act in ACTS:
        assert administrator.post(f"{PAGE}inconnue/{act}").status_code == 404


def test_nobody_else(client: Client, cast: Cast) -> None:
    make_application("ONDE", slug="onde")
    for account in (cast.teacher, cast.head, cast.help_desk):
        sign_in(client, account, strong=True)
        assert client.get(PAGE).status_code == 404
        assert client.get(f"{PAGE}onde/").status_code == 404
        assert client.post(f"{PAGE}nouvelle/", form(slug="autre")).status_code == 404
        for act in ACTS:
            assert client.post(f"{PAGE}onde/{act}").status_code == 404
    assert not Entry.objects.filter(act__startswith="application.").exists()


def test_a_password_alone_does_not_open_it(administrator: Client) -> None:
    Session.objects.update(strong=False)
    make_application("ONDE", slug="onde")
    assert administrator.get(PAGE).status_code == 403
    assert administrator.post(f"{PAGE}onde/fermeture/").status_code == 403


def test_nothing_is_done_at_an_open_screen(administrator: Client) -> None:
    make_application("ONDE", slug="onde")
    Session.objects.update(proved_at=timezone.now() - timedelta(days=1))
    for act in ("secret/", "fermeture/", "maintenance/", "modification/"):
        answer = administrator.post(f"{PAGE}onde/{act}", form(reason="Disque."))
        assert answer.headers["Location"].startswith("/session/confirmation/")
    assert not Entry.objects.filter(act__startswith="application.").exists()


def test_a_mail_program_is_listed_and_closed_and_nothing_else(administrator: Client) -> None:
    own_applications.keep_mail_programs()
    assert "le portail, pour le courrier" in administrator.get(PAGE).content.decode()
    page = administrator.get(f"{PAGE}thunderbird/").content.decode()
    assert "sans secret" in page
    for act in ("modification/", "secret/", "essai/", "maintenance/"):
        assert f"thunderbird/{act}" not in page
        assert administrator.post(f"{PAGE}thunderbird/{act}", form()).status_code == 404
    administrator.post(f"{PAGE}thunderbird/fermeture/")
    assert not Application.objects.get(slug="thunderbird").active
