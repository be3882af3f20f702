"""What the operator sees of logout notifications that wait, and what everybody sees of our own side."""

import logging
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from vaguemestre.accounts.models import Account
from vaguemestre.sso import application_sessions
from vaguemestre.sso.logout import logout_monitoring
from vaguemestre.sso.models import Application, Farewell, Protocol
from vaguemestre.sso.testing import make_application
from vaguemestre.web.health_checks import Check

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LONG_AGO = NOW - timedelta(minutes=25)


def make_notification(application: Application, account: Account, *, asked_at: datetime = NOW, **facts: object) -> None:
    visit = application_sessions.note_application_session(
        account, f"{Farewell.objects.count():064}", application, Protocol.OIDC, now=NOW
    )
    defaults = {"tries": 4, "next_at": NOW + timedelta(minutes=3), "last_error": "ConnectionRefusedError"}
    Farewell.objects.create(visit=visit, asked_at=asked_at, **(defaults | facts))


@pytest.fixture
def waiting(account: Account) -> Application:
    """Two that wait for long, one of a moment, one told, one given up."""
    away = make_application("Notes", slug="notes")
    for _number in range(2):
        make_notification(away, account, asked_at=LONG_AGO)
    make_notification(make_application("Cahier"), account)
    make_notification(away, account, asked_at=LONG_AGO, next_at=None, done_at=NOW)
    make_notification(away, account, asked_at=LONG_AGO - timedelta(days=2), next_at=None)
    return away


def test_figures(client: Client, waiting: Application) -> None:
    told = {gauge.name: gauge.value for gauge in logout_monitoring.logout_gauges(NOW)}
    assert told == {
        "farewells_waiting": 3, "farewells_overdue": 2, "farewells_overdue_applications": 1,
        "farewells_oldest_seconds": 25 * 60,
    }  # fmt: skip
    page = client.get("/metrics/").content.decode()
    assert "# TYPE vaguemestre_farewells_waiting gauge\nvaguemestre_farewells_waiting 3\n" in page
    assert "notes" not in page


def test_figures_are_for_this_machine(client: Client) -> None:
    page = client.get("/metrics/").content.decode()
    assert "vaguemestre_farewells_waiting 0\n" in page
    assert client.get("/metrics/", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 404


def test_the_log_names_who_has_not_heard(waiting: Application, caplog: pytest.LogCaptureFixture) -> None:
    logout_monitoring.warn_about_late("", NOW)
    [line] = caplog.records
    assert line.levelno == logging.WARNING
    assert "notes has not heard of 2 session(s), the first for 25 minutes" in line.getMessage()
    assert logout_monitoring.count_late_applications(NOW) == 1


def test_one_that_is_down_is_no_fault_of_ours(waiting: Application) -> None:
    assert logout_monitoring.check_logout(NOW).answers


def test_nobody_tells(account: Account) -> None:
    application = make_application()
    make_notification(application, account, tries=0, next_at=NOW)
    assert logout_monitoring.check_logout(NOW + timedelta(seconds=59)).answers
    later = NOW + timedelta(seconds=61)
    assert logout_monitoring.check_logout(later) == Check("applications", False, "nobody tells them")
    make_notification(application, account, next_at=None, done_at=NOW + timedelta(seconds=30))
    assert logout_monitoring.check_logout(later).answers  # one that is slow has many to hear


def test_nothing_to_sign_with(settings: Settings, tmp_path: Path) -> None:
    settings.SECRETS_DIR = tmp_path
    assert not logout_monitoring.check_logout(NOW).answers
