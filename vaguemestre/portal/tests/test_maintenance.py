"""The administrators' screen."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Session
from vaguemestre.accounts.testing import sign_in
from vaguemestre.maintenance import state
from vaguemestre.maintenance.models import Maintenance
from vaguemestre.sso.logout import logout_monitoring
from vaguemestre.testing import Cast, make_account, make_person, make_school

pytestmark = pytest.mark.django_db
SCREEN = "/portail/maintenance/"


@pytest.fixture
def administrator(client: Client) -> Client:
    desk = make_school("0809001Z", kind="rectorat")
    sign_in(
        client,
        make_account(make_person("Ada", "Ministre", category="ADMR", function="ADMIN", school=desk)),
        strong=True,
    )
    return client


def form(**changes: str) -> dict[str, str]:
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    usual = {
        "starts_day": tomorrow, "starts_hour": "21:00", "ends_day": tomorrow, "ends_hour": "23:00",
        "closes": "webmail", "text": "Nouveau disque.",
    }  # fmt: skip
    return usual | changes


def test_announce_close_and_open(administrator: Client) -> None:
    assert administrator.get(SCREEN).status_code == 200
    assert administrator.post(f"{SCREEN}annonce/", form()).status_code == 302
    row = Maintenance.objects.get()
    assert "Nouveau disque." in administrator.get(SCREEN).content.decode()
    assert administrator.post(f"{SCREEN}{row.pk}/debut/").status_code == 302
    assert state.current(timezone.now()) == row
    assert administrator.get(SCREEN).status_code == 200
    assert administrator.post(f"{SCREEN}{row.pk}/fin/").status_code == 302
    assert state.current(timezone.now()) is None
    assert "Nouveau disque." in administrator.get(SCREEN).content.decode()


def test_close_at_once(administrator: Client) -> None:
    administrator.post(f"{SCREEN}annonce/", form(begin="1"))
    assert Maintenance.objects.get().under_way


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends_hour": "20:00"},
        {"starts_day": ""},
        {"ends_day": "2020-01-01", "starts_day": "2019-01-01"},
        {"closes": "tout"},
    ],
)
def test_a_wrong_form_comes_back_with_what_was_typed(administrator: Client, wrong: dict[str, str]) -> None:
    answer = administrator.post(f"{SCREEN}annonce/", form(**wrong))
    assert answer.status_code == 422
    assert "Nouveau disque." in answer.content.decode()
    assert not Maintenance.objects.exists()


def test_a_second_one_while_one_is_under_way(administrator: Client) -> None:
    administrator.post(f"{SCREEN}annonce/", form(begin="1"))
    assert administrator.post(f"{SCREEN}annonce/", form(begin="1")).status_code == 409


@pytest.mark.parametrize("path", ["annonce/", "1/debut/", "1/fin/"])
def test_nothing_is_done_at_an_open_screen(administrator: Client, path: str) -> None:
    Session.objects.update(proved_at=timezone.now() - timedelta(minutes=academy().sessions.proof_minutes))
    asked = administrator.post(f"{SCREEN}{path}", form()).headers["Location"]
    assert asked.startswith("/session/confirmation/")
    assert not Maintenance.objects.exists()
    assert "Nouveau disque." in administrator.get(administrator.get(asked).context["next"]).content.decode()


@pytest.mark.parametrize("path", ["", "annonce/", "1/debut/", "1/fin/"])
def test_a_password_alone_does_not_open_it(administrator: Client, path: str) -> None:
    Session.objects.update(strong=False)
    answer = administrator.post(f"{SCREEN}{path}", form()) if path else administrator.get(SCREEN)
    assert answer.status_code == 403
    assert not Maintenance.objects.exists()


@pytest.mark.parametrize("path", ["", "annonce/", "1/debut/", "1/fin/"])
def test_nobody_else(client: Client, cast: Cast, path: str) -> None:
    for account in (cast.teacher, cast.help_desk):
        sign_in(client, account, strong=True)
        answer = client.post(f"{SCREEN}{path}") if path else client.get(SCREEN)
        assert answer.status_code == 404


def test_it_says_that_an_application_has_not_heard_for_long(
    administrator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "n’ont pas appris une déconnexion depuis" not in administrator.get(SCREEN).content.decode()
    monkeypatch.setattr(logout_monitoring, "count_late_applications", lambda _now: 3)
    assert "3 applications n’ont pas appris une déconnexion depuis" in administrator.get(SCREEN).content.decode()
