import re
import time
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.testing import sign_in
from vaguemestre.courier.models import TextMessage
from vaguemestre.portal import service_state
from vaguemestre.sso.logout import logout_monitoring
from vaguemestre.testing import Cast, make_account, make_person, make_school, without_noise
from vaguemestre.web.findings import Finding, Severity, operator_findings
from vaguemestre.web.health_checks import Check


@pytest.fixture(autouse=True)
def a_fresh_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_state, "_watch", service_state._Watch())


@pytest.fixture
def mail_is_down(settings: LazySettings) -> None:
    settings.MAIL = {
        **settings.MAIL,
        "imaps": ("127.0.0.1", 9),
        "smtps": ("127.0.0.1", 9),
        "cleaner": Path("/nowhere/cleaner.sock"),
    }


def test_it_says_in_words_what_is_closed_and_what_is_not(client: Client, db: None, mail_is_down: None) -> None:
    page = client.get("/etat/").content.decode()
    assert "Une partie des services est momentanément fermée." in page
    assert "Les messages qui arrivent sont gardés." in page
    assert re.search(r"Comptes\s+<span class=\"visually-hidden\">fonctionne", page), "what works has no sentence"
    services = service_state.service_state(timezone.now()).services
    assert page.count("Fermé") == sum(not service.works for service in services)
    assert "127.0.0.1" not in page


def test_other_pages_ask_for_one_sentence(client: Client, db: None, mail_is_down: None) -> None:
    text = client.get("/etat/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in text
    assert "momentanément fermée" in text


def test_everything_works_with_everything_running(
    client: Client, db: None, daemons: None, settings: LazySettings
) -> None:
    services_seen = {
        str(service.name): service.works for service in service_state.service_state(timezone.now()).services
    }
    assert services_seen["Comptes"]
    assert services_seen["Lecture du courrier"]
    assert services_seen["Envoi du courrier"]


def test_a_crowd_costs_one_look(db: None, mail_is_down: None) -> None:
    now = timezone.now()
    first = service_state.service_state(now)
    assert service_state.service_state(now + timedelta(seconds=10)) is first
    assert service_state.service_state(now + timedelta(seconds=16)) is not first


def test_text_messages_are_a_service_where_there_is_a_gateway(
    client: Client, db: None, mail_is_down: None, settings: LazySettings
) -> None:
    now = timezone.now()
    assert "SMS" not in without_noise(client.get("/etat/").content.decode())
    assert "SMS" not in without_noise(client.get("/donnees-personnelles/").content.decode())
    settings.SMS = {}
    assert "SMS" in client.get("/donnees-personnelles/").content.decode()
    TextMessage.objects.create(
        to="+336•••••42", text="", state="given-up", queued_at=now, until=now, attempts=3, tried_at=now, settled_at=now
    )
    seen = service_state.service_state(now + timedelta(minutes=1)).services[-1]
    assert (str(seen.name), seen.works) == ("Codes par SMS", False)


def test_applications_are_a_service(
    client: Client, db: None, mail_is_down: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Applications" in client.get("/etat/").content.decode()
    monkeypatch.setattr(service_state, "_watch", service_state._Watch())
    monkeypatch.setattr(logout_monitoring, "check_logout", lambda _now: Check("applications", False))
    assert "quittez aussi chacune d’elles" in client.get("/etat/").content.decode()


def test_a_program_that_falls_again_and_again_is_told_and_not_by_its_name(
    client: Client,
    db: None,
    mail_is_down: None,
    settings: LazySettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.DATA = tmp_path
    folder = tmp_path / "supervision"
    folder.mkdir()
    (folder / "supervisor.pid").write_text("4711\n")
    assert "s’arrête sans cesse" not in client.get("/etat/").content.decode()
    (folder / "handouts").write_text(f"4 {time.time():.0f}\n")
    monkeypatch.setattr(service_state, "_watch", service_state._Watch())
    page = client.get("/etat/").content.decode()
    assert "s’arrête sans cesse" in page
    assert "handouts" not in page
    assert "vaguemestre_programs_failing 1" in client.get("/metrics/").content.decode()


def test_administrators_see_what_the_operator_s_check_says(
    client: Client, cast: Cast, rewired: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(_now: datetime) -> list[Finding]:
        return [Finding(Severity.ALARM, "La sauvegarde a trois jours.", "Voyez son journal.")]

    monkeypatch.setattr(service_state, "_watch", SimpleNamespace(state=lambda now: service_state.State([], now)))
    rewired.enter_context(operator_findings.replaced(late))
    asked = "/etat/?exploitation"
    assert "trois jours" not in client.get(asked).content.decode()
    sign_in(client, cast.teacher)
    assert "trois jours" not in client.get(asked).content.decode()
    assert "trois jours" not in client.get(asked, headers={"HX-Request": "true"}).content.decode()
    assert asked not in client.get("/etat/").content.decode()
    office = make_school("0809001Z", kind="rectorat")
    sign_in(client, make_account(make_person(category="ADMR", function="ADMIN", school=office)), strong=True)
    at_once = client.get("/etat/").content.decode()
    assert f'hx-get="{asked}"' in at_once
    assert "trois jours" not in at_once, "it would wait for all that is looked at"
    for headers in ({}, {"HX-Request": "true"}):
        page = client.get(asked, headers=headers).content.decode()
        assert ("<html" in page) is not bool(headers)
        assert "La sauvegarde a trois jours." in page
        assert "Voyez son journal." in page
