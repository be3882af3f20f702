"""A code is worth something once, for one minute, to the one application that asked for it and can prove it."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.audit.models import Entry
from vaguemestre.sso.models import AccessToken, Code
from vaguemestre.sso.testing import BACK, RelyingParty, came_back, make_application, userinfo


def refused(response: Any, error: str = "invalid_grant") -> None:
    assert (response.status_code, response.json()["error"]) == (400, error), response.content


def test_a_code_shown_again_ends_what_came_of_it(browser: Client, relying: RelyingParty, outside: Client) -> None:
    code = relying.code(browser)
    given: Any = relying.redeem(outside, code)
    tokens = given.json()
    refused(relying.redeem(outside, code))
    assert userinfo(outside, tokens["access_token"]).status_code == 401
    refused(relying.refresh(outside, tokens["refresh_token"]))
    assert Entry.objects.filter(act="sso.shown-twice").exists()


def test_also_what_came_of_it_later(browser: Client, relying: RelyingParty, outside: Client) -> None:
    code = relying.code(browser)
    given: Any = relying.redeem(outside, code)
    later: Any = relying.refresh(outside, given.json()["refresh_token"])
    refused(relying.redeem(outside, code))
    assert userinfo(outside, later.json()["access_token"]).status_code == 401
    refused(relying.refresh(outside, later.json()["refresh_token"]))


def test_another_authorisation_of_the_same_person_goes_on(
    browser: Client, relying: RelyingParty, outside: Client
) -> None:
    kept = relying.tokens(browser)
    code = relying.code(browser)
    relying.redeem(outside, code)
    refused(relying.redeem(outside, code))
    assert userinfo(outside, kept["access_token"]).status_code == 200


def test_a_code_is_old_after_a_minute(browser: Client, relying: RelyingParty) -> None:
    code = relying.code(browser)
    assert Code.objects.get().expires_at <= timezone.now() + timedelta(seconds=60)
    Code.objects.update(expires_at=timezone.now())
    refused(relying.redeem(browser, code))


def test_another_application_s_code_is_none(browser: Client, relying: RelyingParty, outside: Client) -> None:
    thief = RelyingParty(make_application(own=True), verifier=relying.verifier)
    code = relying.code(browser)
    refused(thief.redeem(outside, code))
    assert not AccessToken.objects.exists()
    assert relying.redeem(outside, code).status_code == 200  # and trying took nothing from its owner


@pytest.mark.parametrize("address", [f"{BACK}/", BACK.upper(), "https://mal.example/", ""])
def test_the_address_is_the_one_that_was_asked_for(browser: Client, relying: RelyingParty, address: str) -> None:
    response: Any = relying.redeem(browser, relying.code(browser), redirect_uri=address)
    assert response.status_code == 400
    assert not AccessToken.objects.exists()


def test_and_it_is_said(browser: Client, relying: RelyingParty) -> None:
    assert relying.redeem(browser, relying.code(browser), redirect_uri=None).status_code == 400


@pytest.mark.parametrize("verifier", [None, "", "x" * 43, "é" * 43])
def test_without_its_verifier_a_code_is_none(browser: Client, relying: RelyingParty, verifier: str | None) -> None:
    response: Any = relying.redeem(browser, relying.code(browser), code_verifier=verifier)
    assert response.status_code == 400
    assert response.json()["error"] in {"invalid_grant", "invalid_request"}
    assert not AccessToken.objects.exists()


def test_the_challenge_is_not_its_own_verifier(browser: Client, relying: RelyingParty) -> None:
    """Who has seen the address knows the challenge."""
    refused(relying.redeem(browser, relying.code(browser), code_verifier=relying.challenge))


@pytest.mark.parametrize(
    "changed",
    [
        {"code_challenge": None},
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"code_challenge_method": "s256"},
        {"code_challenge_method": "S512"},
        {"code_challenge": "court"},
        {"code_challenge": "é" * 43},
        {"code_challenge": "=" * 43},
    ],
)
def test_without_s256_there_is_no_code(browser: Client, relying: RelyingParty, changed: dict[str, str | None]) -> None:
    told = came_back(browser.get(relying.request(**changed)))
    assert told["error"] == "invalid_request"
    assert not Code.objects.exists()


@pytest.mark.parametrize("secret", ["", "faux", "é", "random_sha256$a$b"])
def test_a_confidential_application_shows_its_secret(browser: Client, relying: RelyingParty, secret: str) -> None:
    code = relying.code(browser)
    relying.secret = secret
    response: Any = relying.redeem(browser, code)
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    assert not AccessToken.objects.exists()


def test_the_kept_hash_is_no_secret(browser: Client, relying: RelyingParty) -> None:
    code = relying.code(browser)
    relying.secret = relying.application.client_secret
    assert relying.redeem(browser, code).status_code == 401


def test_or_in_the_body_but_not_twice(browser: Client, relying: RelyingParty, outside: Client) -> None:
    asked = {
        "grant_type": "authorization_code", "redirect_uri": BACK, "code_verifier": relying.verifier,
        "client_id": relying.application.client_id, "client_secret": relying.secret,
    }  # fmt: skip
    twice: Any = relying.redeem(outside, relying.code(browser), client_secret=relying.secret)
    refused(twice, "invalid_request")
    wrong = asked | {"code": relying.code(browser), "client_secret": "faux"}
    assert _form(outside, wrong).status_code == 401
    missing = {name: value for name, value in wrong.items() if name != "client_secret"}
    assert _form(outside, missing).status_code == 401
    assert _form(outside, asked | {"code": relying.code(browser)}).status_code == 200


def test_a_public_application_has_its_verifier_alone(browser: Client, outside: Client) -> None:
    relying = RelyingParty(make_application(own=True, client_type="public"))
    asked = {
        "grant_type": "authorization_code", "redirect_uri": BACK, "client_id": relying.application.client_id,
        "code_verifier": relying.verifier,
    }  # fmt: skip
    wrong = _form(outside, asked | {"code": relying.code(browser), "code_verifier": "x" * 43})
    assert wrong.status_code == 400
    assert _form(outside, asked | {"code": relying.code(browser)}).status_code == 200


@pytest.mark.parametrize("grant", ["password", "client_credentials", "implicit", "openid", "", "urn:x"])
def test_no_other_way_to_a_token(browser: Client, relying: RelyingParty, grant: str) -> None:
    asked = {"grant_type": grant, "username": "x", "password": "y", "scope": "openid", "code": "z"}
    response: Any = relying.post(browser, "/sso/token/", **asked)
    assert response.status_code == 400
    assert "access_token" not in response.json()


def test_machines_read_no_cookie_and_take_forms_alone(browser: Client, relying: RelyingParty) -> None:
    assert browser.get("/sso/userinfo/").status_code == 401
    assert browser.post("/sso/token/", {"grant_type": "refresh_token"}).status_code == 400  # multipart
    assert browser.post("/sso/token/", "{}", content_type="application/json").status_code == 400
    assert browser.post("/sso/token/", b"\xff", content_type="application/x-www-form-urlencoded").status_code == 400
    assert relying.post(browser, "/sso/token/?code=x", grant_type="authorization_code").status_code == 400


def _form(client: Client, asked: dict[str, str]) -> Any:
    return client.post("/sso/token/", urlencode(asked), content_type="application/x-www-form-urlencoded")
