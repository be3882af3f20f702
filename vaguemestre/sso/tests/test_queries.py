"""How often the database is asked: what grows here is felt by every application at every sign-in."""

from typing import Any

from django.test import Client

from vaguemestre.sso.testing import RelyingParty, userinfo


def test_authorise_then_token_then_userinfo(
    browser: Client, relying: RelyingParty, outside: Client, django_assert_num_queries: Any
) -> None:
    relying.tokens(browser)  # the visit and the subject are made once
    address = relying.request()
    with django_assert_num_queries(5):  # session, client, audience, visit, the code
        location = browser.get(address).headers["Location"]
    code = location.split("code=")[1].split("&")[0]
    # A transaction (2), client, code, session, audience; two tokens made, the code marked.
    with django_assert_num_queries(9):
        response: Any = relying.redeem(outside, code)
    with django_assert_num_queries(3):  # token, session, audience
        assert userinfo(outside, response.json()["access_token"]).status_code == 200
    with django_assert_num_queries(9):
        assert relying.refresh(outside, response.json()["refresh_token"]).status_code == 200
