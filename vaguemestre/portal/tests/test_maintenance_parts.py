"""The state page while a maintenance is on."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.maintenance import state
from vaguemestre.maintenance.models import Maintenance, Part
from vaguemestre.portal import service_state
from vaguemestre.web import health_checks
from vaguemestre.web.health_checks import Check

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("closes", "signing_in", "on_the_web"),
    [(Part.SIGN_IN, True, True), (Part.WEBMAIL, False, True), (Part.DESK, False, False)],
)
def test_what_a_maintenance_closes_is_not_said_to_work(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch, closes: Part, signing_in: bool, on_the_web: bool
) -> None:
    now = timezone.now()
    row = Maintenance(starts_at=now - HOUR, begun_at=now - HOUR, ends_at=now + HOUR, closes=[closes])
    monkeypatch.setattr(service_state, "_watch", service_state._Watch())
    monkeypatch.setattr(state, "current", lambda _now: row)
    monkeypatch.setattr(health_checks, "run_checks", lambda: [Check("database", True), Check("reading", True)])
    page = client.get("/etat/").content.decode()
    assert page.count("La connexion est fermée le temps de la maintenance.") == 2 * signing_in  # applications too
    assert ("fonctionne</span>" in page) != signing_in
    assert ("Sur le web, fermée le temps de la maintenance." in page) == on_the_web
