"""The modules of the conformance suite's "Basic OP" plan that no other test here stands for (a table in
docs/decisions/openid-connect.md names the test of each). All requests bear a challenge: we ask for one, it does not.
"""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.models import Account, Session
from vaguemestre.accounts.testing import PASSWORD, make_account, sign_in
from vaguemestre.sso.models import Code
from vaguemestre.sso.testing import BACK, RelyingParty, came_back, make_application, userinfo

FORM = "application/x-www-form-urlencoded"


def claims_of(given: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = jwt.decode(given["id_token"], options={"verify_signature": False})
    return told


def parts(address: str) -> tuple[str, str]:
    path, query = urlsplit(address).path, urlsplit(address).query
    return path, query


@pytest.mark.parametrize(
    "changed",
    [
        {"nonce": None},
        {"scope": "profile openid"},
        {"scope": "openid address"},
        {"scope": "openid phone"},
        {"scope": "openid profile email address phone"},
        {"scope": "openid offline_access"},
        {"display": "page"},
        {"display": "popup"},
        {"max_age": "10000"},
        {"extra": "foobar"},
        {"login_hint": "quelqu.un@ac-amiens.fr"},
        {"ui_locales": "se"},
        {"claims_locales": "se"},
        {"acr_values": "1 2"},
        {"claims": '{"userinfo": {"name": {"essential": true}}}'},
    ],
    ids=str,
)
def test_what_is_not_understood_or_not_needed_is_no_error(
    browser: Client, relying: RelyingParty, changed: dict[str, str | None]
) -> None:
    given = relying.tokens(browser, **changed)
    known = {"openid", "profile", "email"}
    assert set(given["scope"].split()) == set((changed.get("scope") or relying.scope).split()) & known
    claims = claims_of(given)
    assert claims.get("nonce") == changed.get("nonce", relying.nonce)
    assert claims["acr"]
    assert claims["auth_time"]
    assert userinfo(Client(), given["access_token"]).status_code == 200


@pytest.mark.parametrize("scope", ["offline_access", "address phone", "profile offline_access", "openid mail"])
def test_a_scope_that_is_known_and_not_given_is_refused_and_so_is_none_that_is_known(
    browser: Client, relying: RelyingParty, scope: str
) -> None:
    assert came_back(browser.get(relying.request(scope=scope)))["error"] == "invalid_scope"


def test_a_request_by_post_is_the_same_request(browser: Client, relying: RelyingParty) -> None:
    """As another site sends it: no cookie of ours comes with it, no anti-forgery word, and no code yet."""
    asked = dict(urlsplit_query(relying.request()))
    answer = Client(enforce_csrf_checks=True).post("/sso/authorize/", urlencode(asked), content_type=FORM)
    assert (answer.status_code, parts(answer.headers["Location"])[0]) == (303, "/sso/authorize/")
    assert not Code.objects.exists()
    told = came_back(browser.get(answer.headers["Location"]))
    assert relying.redeem(Client(), told["code"]).status_code == 200
    assert told["state"] == relying.state


def test_a_post_never_leads_away_nor_is_it_endless(browser: Client, relying: RelyingParty) -> None:
    asked = dict(urlsplit_query(relying.request(redirect_uri="https://mal.example/")))
    sent_on = browser.post("/sso/authorize/?client_id=autre", urlencode(asked), content_type=FORM)
    assert browser.get(sent_on.headers["Location"]).status_code == 400
    assert browser.post("/sso/authorize/", {"state": "s" * 7000}).status_code == 400


def test_a_look_at_the_headers_makes_no_code(browser: Client, relying: RelyingParty) -> None:
    assert browser.head(relying.request()).status_code == 405
    assert not Code.objects.exists()


def test_userinfo_by_get_by_post_and_by_a_form(browser: Client, relying: RelyingParty, outside: Client) -> None:
    token = relying.tokens(browser)["access_token"]
    header = {"Authorization": f"Bearer {token}"}
    body = urlencode({"access_token": token})
    answers: list[Any] = [
        outside.get("/sso/userinfo/", headers=header),
        outside.post("/sso/userinfo/", headers=header),
        outside.post("/sso/userinfo/", body, content_type=FORM),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert answers[0].json() == answers[1].json() == answers[2].json()
    assert outside.post("/sso/userinfo/", body, content_type=FORM, headers=header).status_code == 400
    assert outside.get(f"/sso/userinfo/?{body}").status_code == 401
    assert outside.post("/sso/userinfo/", "access_token=faux", content_type=FORM).status_code == 401


def test_a_proof_asked_for_gives_a_later_auth_time(browser: Client, relying: RelyingParty, account: Account) -> None:
    """`prompt=login` and `max_age=1`: the second token says another moment than the first."""
    Session.objects.update(proved_at=timezone.now() - timedelta(minutes=5))
    first = claims_of(relying.tokens(browser))["auth_time"]
    for changed in ({"prompt": "login"}, {"max_age": "1"}):
        page = browser.get(relying.request(**changed)).headers["Location"]
        following = parse_qs(parts(page)[1])["next"][0]
        browser.post("/session/confirmation/", {"secret": PASSWORD, "next": following})
        code = came_back(browser.get(following))["code"]
        given: Any = relying.redeem(browser, code)
        assert claims_of(given.json())["auth_time"] > first
        Session.objects.update(proved_at=timezone.now() - timedelta(minutes=5))


def test_no_unsigned_token_is_asked_for_nor_given(browser: Client, relying: RelyingParty) -> None:
    assert jwt.get_unverified_header(relying.tokens(browser)["id_token"])["alg"] == "RS256"


def test_the_account_is_chosen_before_anything_else(browser: Client, relying: RelyingParty, account: Account) -> None:
    """`prompt=select_account` was left aside without a word."""
    page = browser.get(relying.request(prompt="select_account"))
    assert page.status_code == 200
    assert account.display_name in page.text
    assert not Code.objects.exists()
    [same] = [
        line.partition('href="')[2].partition('"')[0]
        for line in page.text.splitlines()
        if "button-primary button-large" in line
    ]
    assert "code" in came_back(browser.get(same.replace("&amp;", "&")))


def test_another_account_leaves_this_one_first(browser: Client, relying: RelyingParty) -> None:
    other = make_account("Karim", "Belkacem")
    query = urlsplit(relying.request(prompt="select_account")).query
    assert browser.get(f"/sso/autre-compte/?{query}").status_code == 405
    page = browser.post(f"/sso/autre-compte/?{query}").headers["Location"]
    assert not Session.objects.exists()
    sign_in(browser, other)
    given: Any = relying.redeem(browser, came_back(browser.get(parse_qs(parts(page)[1])["next"][0]))["code"])
    who: Any = userinfo(Client(), given.json()["access_token"])
    assert who.json()["family_name"] == "Belkacem"


def test_whoever_signs_in_for_it_has_chosen(client: Client, relying: RelyingParty, account: Account) -> None:
    page = client.get(relying.request(prompt="select_account")).headers["Location"]
    sign_in(client, account)
    assert "code" in came_back(client.get(parse_qs(parts(page)[1])["next"][0]))
    assert came_back(Client().get(relying.request(prompt="none select_account")))["error"] == "invalid_request"


def test_a_refresh_token_serves_its_own_application_and_keeps_who_it_is_about(
    browser: Client, relying: RelyingParty, outside: Client
) -> None:
    given = relying.tokens(browser, scope="openid offline_access", prompt="consent")
    other = RelyingParty(make_application(own=True))
    assert other.refresh(outside, given["refresh_token"]).status_code == 400
    again: Any = relying.refresh(outside, given["refresh_token"])
    before, after = claims_of(given), claims_of(again.json())
    kept = ("iss", "sub", "aud", "auth_time")
    assert [before[name] for name in kept] == [after[name] for name in kept]
    assert after["iss"] == settings.ORIGIN


def test_a_request_object_neither_changes_where_one_goes(browser: Client, relying: RelyingParty) -> None:
    unsigned = jwt.encode({"redirect_uri": "https://mal.example/"}, key="", algorithm="none")
    assert came_back(browser.get(relying.request(request=unsigned)), BACK)["error"] == "request_not_supported"


def urlsplit_query(address: str) -> list[tuple[str, str]]:
    return [(name, value) for name, (value,) in parse_qs(urlsplit(address).query).items()]
