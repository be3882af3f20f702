"""What a browser gets while parts are closed."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.testing import sign_in
from vaguemestre.maintenance import acts
from vaguemestre.maintenance.acts import Plan
from vaguemestre.maintenance.models import Maintenance, Part
from vaguemestre.testing import Cast, make_account, make_person, make_school

pytestmark = pytest.mark.django_db
TEXT = "Remplacement d’un disque."


def close(*parts: Part, begun: bool = True, hours: int = 2) -> Maintenance:
    now = timezone.now()
    row = acts.announce(Plan(now, now + timedelta(hours=hours), TEXT, parts), by="operator:test", now=now)
    if begun:
        acts.begin(row, by="operator:test", now=now)
    return row


@pytest.fixture
def teacher(client: Client, cast: Cast) -> Client:
    sign_in(client, cast.teacher)
    return client


def test_a_closed_part_says_until_when_and_a_machine_when_to_come_back(teacher: Client) -> None:
    close(Part.WEBMAIL)
    answer = teacher.get("/webmail/")
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) == 3600  # the longest wait that is told
    assert answer["Cache-Control"] == "no-store"
    assert "Content-Security-Policy" in answer
    page = answer.content.decode()
    assert TEXT in page
    assert "Thunderbird" in page
    assert page.count(TEXT) == 1  # the page, no banner above it
    assert teacher.get("/portail/").status_code == 200


def test_what_is_being_written_stays(teacher: Client) -> None:
    close(Part.WEBMAIL)
    answer = teacher.post("/webmail/ecrire/brouillon/", headers={"HX-Request": "true"})
    assert answer.status_code == 503
    assert "<html" not in answer.content.decode()


@pytest.mark.parametrize("path", ["/health/", "/etat/", "/session/", "/bv/", "/accessibilite/"])
def test_when_even_signing_in_is_closed_these_answer(client: Client, path: str) -> None:
    close(Part.SIGN_IN)
    assert client.get(path).status_code != 503


@pytest.mark.parametrize("path", ["/portail/", "/webmail/", "/mon-compte/", "/session/premiere-connexion/", "/rien/"])
def test_when_signing_in_is_closed_nothing_behind_it_opens(teacher: Client, path: str) -> None:
    close(Part.SIGN_IN)
    assert teacher.get(path).status_code == 503


def test_forms_of_a_lost_password_close_with_the_accounts_its_advice_does_not(client: Client) -> None:
    close(Part.ACCOUNT)
    assert client.post("/bv/").status_code == 503
    assert client.get("/bv/").status_code == 200


def test_administrators_go_on(client: Client, db: None) -> None:
    desk = make_school("0809001Z", kind="rectorat")
    admin = make_account(make_person("Ada", "Ministre", category="ADMR", function="ADMIN", school=desk))
    sign_in(client, admin, strong=True)
    close(Part.SIGN_IN)
    assert client.get("/portail/").status_code == 200


def test_a_banner_before_on_the_way_in_and_inside(teacher: Client) -> None:
    close(Part.WEBMAIL, begun=False)
    for path in ("/portail/", "/etat/"):
        assert TEXT in teacher.get(path).content.decode() or "Maintenance" in teacher.get(path).content.decode()
    assert TEXT in teacher.get("/portail/").content.decode()
    assert TEXT in Client().get("/session/").content.decode()
    assert teacher.get("/webmail/dossiers/").status_code != 503


def test_no_banner_without_a_maintenance(teacher: Client) -> None:
    assert "Maintenance" not in teacher.get("/portail/").content.decode()


def test_the_state_page_tells(client: Client) -> None:
    close(Part.WEBMAIL)
    page = client.get("/etat/").content.decode()
    assert "Maintenance" in page
    summary = client.get("/etat/", headers={"HX-Request": "true"}).content.decode()
    assert "Maintenance" in summary


def test_an_administrators_text_is_no_markup(teacher: Client) -> None:
    now = timezone.now()
    plan = Plan(now, now + timedelta(hours=1), "<b>gras</b>", [])
    acts.begin(acts.announce(plan, by="operator:test", now=now), by="operator:test", now=now)
    assert "<b>gras</b>" not in teacher.get("/portail/").content.decode()
