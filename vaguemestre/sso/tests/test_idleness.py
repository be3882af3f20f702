"""Whoever uses nothing of ours for an hour is signed out of what they opened, at the minute, not when they return."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account, Session
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.testing import make_account, sign_in
from vaguemestre.sso import application_sessions
from vaguemestre.sso.logout import logout_notifications
from vaguemestre.sso.models import ApplicationSession, Farewell, Protocol
from vaguemestre.sso.testing import make_application

pytestmark = pytest.mark.django_db
IDLE = timedelta(minutes=academy().sessions.idle_minutes)
SHARED = timedelta(minutes=academy().sessions.shared_computer_idle_minutes)
TOLD = "https://appli.example.fr/fin"
NOW = timezone.now()


@pytest.fixture
def account() -> Account:
    return make_account("Agathe", "Essai")


def opened(browser: Client, account: Account, *, shared: bool = False) -> ApplicationSession:
    sign_in(browser, account)
    session = Session.objects.filter(account=account).latest("created_at")
    Session.objects.filter(pk=session.pk).update(shared_computer=shared, last_used_at=NOW, expires_at=NOW + 9 * IDLE)
    application = make_application(own=True, backchannel_logout_uri=TOLD)
    return application_sessions.note_application_session(account, session.pk, application, Protocol.OIDC, now=NOW)


@pytest.mark.parametrize(("shared", "limit"), [(False, IDLE), (True, SHARED)])
def test_told_at_the_minute(client: Client, account: Account, *, shared: bool, limit: timedelta) -> None:
    visit = opened(client, account, shared=shared)
    logout_notifications.look_after("", NOW + limit)  # a use of this very second may still be written
    assert not Farewell.objects.exists()
    logout_notifications.look_after("", NOW + limit + logout_notifications.A_MOMENT)
    assert Farewell.objects.get().visit == visit


def test_the_session_stays_to_say_why_it_ended(client: Client, account: Account) -> None:
    opened(client, account)
    Session.objects.update(last_used_at=NOW - IDLE - logout_notifications.A_MOMENT)
    logout_notifications.look_after("", timezone.now())
    assert Farewell.objects.count() == 1
    client.get("/portail/")
    assert "sans activité" in client.get("/session/").content.decode()


@pytest.mark.parametrize("page", ["/portail/", "/mon-compte/", "/iprof/"])
def test_whoever_uses_something_of_ours_is_not_idle(client: Client, account: Account, page: str) -> None:
    """I-Prof has a session of its own, and the portal's cookie comes along all the same."""
    opened(client, account)
    Session.objects.update(last_used_at=timezone.now() - IDLE + timedelta(minutes=1))
    client.get(page)
    logout_notifications.look_after("", timezone.now() + timedelta(minutes=2))
    assert not Farewell.objects.exists()


def test_what_the_browser_asks_by_itself_is_no_use(client: Client, account: Account) -> None:
    opened(client, account)
    Session.objects.update(last_used_at=timezone.now() - IDLE + timedelta(minutes=1))
    client.get("/portail/", headers={sessions.BACKGROUND: "1"})
    logout_notifications.look_after("", timezone.now() + timedelta(minutes=2))
    assert Farewell.objects.count() == 1


def test_only_the_sessions_that_are_idle(client: Client, account: Account) -> None:
    idle, used = opened(client, account), opened(Client(), make_account("Karim", "Reste"))
    Session.objects.filter(pk=idle.session).update(last_used_at=NOW - IDLE - logout_notifications.A_MOMENT)
    logout_notifications.look_after("", NOW)
    assert Farewell.objects.get().visit == idle
    assert ApplicationSession.objects.get(ended_at=None) == used


def test_more_than_one_look_takes_at_once(client: Client, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logout_notifications, "BATCH", 2)
    visit = opened(client, account)
    for number in range(4):
        application_sessions.note_application_session(
            account, f"{number:064}", visit.application, Protocol.OIDC, now=NOW
        )
    logout_notifications.look_after("", NOW + IDLE + logout_notifications.A_MOMENT)
    assert Farewell.objects.count() == 5
