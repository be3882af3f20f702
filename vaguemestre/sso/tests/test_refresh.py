"""A refresh token serves once; nothing that was given outlives the session, the account or the right."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.lifecycle import closure, lock
from vaguemestre.accounts.models import Account, Session
from vaguemestre.accounts.sessions import sessions
from vaguemestre.audit.models import Entry
from vaguemestre.sso.models import AccessToken, ApplicationSession, Audience
from vaguemestre.sso.testing import RelyingParty, make_application, userinfo


@pytest.fixture
def given(browser: Client, relying: RelyingParty) -> dict[str, Any]:
    return relying.tokens(browser)


def everything_is_refused(relying: RelyingParty, outside: Client, given: dict[str, Any]) -> None:
    assert userinfo(outside, given["access_token"]).status_code == 401
    refreshed: Any = relying.refresh(outside, given["refresh_token"])
    assert (refreshed.status_code, refreshed.json()["error"]) == (400, "invalid_grant")


def test_a_new_one_each_time(relying: RelyingParty, outside: Client, given: dict[str, Any]) -> None:
    seen = {given["refresh_token"]}
    for _ in range(3):
        response: Any = relying.refresh(outside, given["refresh_token"])
        given = response.json()
        assert given["id_token"]
        assert userinfo(outside, given["access_token"]).status_code == 200
        seen.add(given["refresh_token"])
    assert len(seen) == 4


def test_a_stolen_one_ends_the_family(relying: RelyingParty, outside: Client, given: dict[str, Any]) -> None:
    """Whoever comes second, attacker or owner: neither continues."""
    response: Any = relying.refresh(outside, given["refresh_token"])
    after = response.json()
    assert relying.refresh(outside, given["refresh_token"]).status_code == 400
    everything_is_refused(relying, outside, given)
    everything_is_refused(relying, outside, after)
    assert Entry.objects.filter(act="sso.shown-twice").exists()


def test_another_application_s_is_none(relying: RelyingParty, outside: Client, given: dict[str, Any]) -> None:
    thief = RelyingParty(make_application(own=True))
    assert thief.refresh(outside, given["refresh_token"]).status_code == 400
    assert relying.refresh(outside, given["refresh_token"]).status_code == 200


def test_it_gives_no_more_than_before(relying: RelyingParty, outside: Client, given: dict[str, Any]) -> None:
    more: Any = relying.refresh(outside, given["refresh_token"], scope="openid profile email")
    assert more.json()["error"] == "invalid_scope"
    less: Any = relying.refresh(outside, given["refresh_token"], scope="openid")
    told: Any = userinfo(outside, less.json()["access_token"])
    assert set(told.json()) == {"sub"}


def test_an_access_token_lives_ten_minutes(outside: Client, given: dict[str, Any]) -> None:
    AccessToken.objects.update(expires_at=timezone.now())
    response = userinfo(outside, given["access_token"])
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.parametrize("token", ["", "x", "é", "x" * 10000])
def test_a_token_that_we_did_not_give(outside: Client, given: dict[str, Any], token: str) -> None:
    assert outside.get("/sso/userinfo/", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_refresh_token_and_an_id_token_open_nothing(outside: Client, given: dict[str, Any]) -> None:
    assert userinfo(outside, given["refresh_token"]).status_code == 401
    assert userinfo(outside, given["id_token"]).status_code == 401


def test_signed_out(browser: Client, relying: RelyingParty, outside: Client, given: dict[str, Any]) -> None:
    browser.post("/session/fin/")
    everything_is_refused(relying, outside, given)


def test_signed_out_before_the_code_is_used(browser: Client, relying: RelyingParty, outside: Client) -> None:
    code = relying.code(browser)
    browser.post("/session/fin/")
    assert relying.redeem(outside, code).status_code == 400


def test_session_idle_too_long(relying: RelyingParty, outside: Client, given: dict[str, Any]) -> None:
    Session.objects.update(last_used_at=timezone.now() - timedelta(hours=1))
    everything_is_refused(relying, outside, given)


def test_session_over(relying: RelyingParty, outside: Client, given: dict[str, Any]) -> None:
    Session.objects.update(expires_at=timezone.now())
    everything_is_refused(relying, outside, given)


def test_all_sessions_ended(account: Account, relying: RelyingParty, outside: Client, given: dict[str, Any]) -> None:
    sessions.end_sessions(account)
    everything_is_refused(relying, outside, given)


def test_account_locked(account: Account, relying: RelyingParty, outside: Client, given: dict[str, Any]) -> None:
    lock.lock(account, by="system", reason="essai", now=timezone.now())
    everything_is_refused(relying, outside, given)


def test_account_closed(account: Account, relying: RelyingParty, outside: Client, given: dict[str, Any]) -> None:
    closure.close_accounts([account], on=timezone.localdate(), now=timezone.now())
    everything_is_refused(relying, outside, given)


def test_right_withdrawn(relying: RelyingParty, outside: Client, given: dict[str, Any]) -> None:
    Audience.objects.update(department="02")
    everything_is_refused(relying, outside, given)


def test_application_withdrawn(relying: RelyingParty, outside: Client, given: dict[str, Any]) -> None:
    relying.application.active = False
    relying.application.save()
    assert userinfo(outside, given["access_token"]).status_code == 401
    assert relying.refresh(outside, given["refresh_token"]).status_code == 401


def test_visit_ended(relying: RelyingParty, outside: Client, given: dict[str, Any]) -> None:
    ApplicationSession.objects.update(ended_at=timezone.now())
    everything_is_refused(relying, outside, given)


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_given_back(relying: RelyingParty, outside: Client, given: dict[str, Any], which: str) -> None:
    assert relying.post(outside, "/sso/revocation/", token=given[which]).status_code == 200
    everything_is_refused(relying, outside, given)


def test_by_its_own_application_alone(relying: RelyingParty, outside: Client, given: dict[str, Any]) -> None:
    other = RelyingParty(make_application(own=True))
    assert other.post(outside, "/sso/revocation/", token=given["access_token"]).status_code == 200  # RFC 7009, 2.2
    other.secret = "faux"
    assert other.post(outside, "/sso/revocation/", token=given["access_token"]).status_code == 401
    assert userinfo(outside, given["access_token"]).status_code == 200
