"""An application learns who comes, through the code flow: what it is told, and what it is not."""

import time
from typing import Any

import jwt
from django.conf import settings
from django.test import Client

from vaguemestre.accounts.models import Account
from vaguemestre.sso.models import AccessToken, ApplicationSession, Code, RefreshToken
from vaguemestre.sso.testing import SECRET, RelyingParty, came_back, make_application, userinfo


def id_token(client: Client, token: str, relying: RelyingParty) -> dict[str, Any]:
    """Read as a library reads it: with the published keys, the algorithm fixed, the audience asked for."""
    published = jwt.PyJWKSet.from_dict(client.get("/sso/keys/").json())
    key = published[jwt.get_unverified_header(token)["kid"]]
    told: dict[str, Any] = jwt.decode(
        token, key.key, algorithms=["RS256"], audience=relying.application.client_id, issuer=settings.ORIGIN
    )
    return told


def test_a_code_then_tokens_then_who_it_is(browser: Client, relying: RelyingParty, account: Account) -> None:
    told = came_back(browser.get(relying.request()))
    assert told["state"] == relying.state
    assert told["iss"] == settings.ORIGIN
    given = relying.redeem(Client(), told["code"]).json()  # type: ignore[attr-defined]
    assert (given["token_type"], given["expires_in"], given["scope"]) == ("Bearer", 600, "openid profile")
    claims = id_token(browser, given["id_token"], relying)
    who: Any = userinfo(Client(), given["access_token"])
    assert who.json() == {
        "sub": claims["sub"], "name": "Agathe Essai", "given_name": "Agathe", "family_name": "Essai",
        "preferred_username": account.identifier,
    }  # fmt: skip


def test_the_id_token_says_how_and_when_they_signed_in(
    browser: Client, relying: RelyingParty, account: Account
) -> None:
    claims = id_token(browser, relying.tokens(browser)["id_token"], relying)
    session = account.sessions.get()
    assert claims["nonce"] == relying.nonce
    assert claims["auth_time"] == int(session.proved_at.timestamp())
    assert claims["sid"] == str(ApplicationSession.objects.get().sid)
    assert (claims["acr"], claims["amr"]) == ("urn:vaguemestre:password", ["pwd"])
    assert claims["exp"] - claims["iat"] == 600
    assert abs(claims["iat"] - time.time()) < 60


def test_the_subject_says_nothing_and_stays(browser: Client, relying: RelyingParty, account: Account) -> None:
    other = RelyingParty(make_application(own=True))
    first = id_token(browser, relying.tokens(browser)["id_token"], relying)["sub"]
    second = id_token(browser, other.tokens(browser)["id_token"], other)["sub"]
    assert first == second
    assert not {account.key, account.identifier, account.person.key} & {first}


def test_a_second_application_has_another_sid_and_the_same_one_keeps_its_own(
    browser: Client, relying: RelyingParty
) -> None:
    other = RelyingParty(make_application(own=True))
    for one in (relying, relying, other):
        one.tokens(browser)
    assert ApplicationSession.objects.count() == 2


def test_nothing_that_opens_anything_is_kept_as_it_is(browser: Client, relying: RelyingParty) -> None:
    code = relying.code(browser)
    given: Any = relying.redeem(browser, code)
    tokens = given.json()
    kept = {
        *Code.objects.values_list("digest", flat=True), *AccessToken.objects.values_list("digest", flat=True),
        *RefreshToken.objects.values_list("digest", flat=True),
    }  # fmt: skip
    assert not kept & {code, tokens["access_token"], tokens["refresh_token"]}
    relying.application.refresh_from_db()
    assert relying.application.client_secret.startswith("random_sha256$")
    assert SECRET not in relying.application.client_secret


def test_a_stranger_signs_in_and_goes_on(client: Client, relying: RelyingParty) -> None:
    response = client.get(relying.request())
    assert response.headers["Location"].startswith("/session/?next=%2Fsso%2Fauthorize%2F%3F")
