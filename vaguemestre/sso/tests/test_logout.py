"""An application signs somebody out of everything; nobody else does it in its name."""

from typing import Any

import pytest
from django.test import Client

from vaguemestre.accounts.models import Account, Session
from vaguemestre.accounts.testing import make_account, sign_in
from vaguemestre.sso.logout import logout_notifications
from vaguemestre.sso.models import Farewell, Protocol
from vaguemestre.sso.testing import RelyingParty, make_application, userinfo

AFTER = "https://appli.example.fr/fin"


@pytest.fixture
def relying(db: None) -> RelyingParty:
    return RelyingParty(make_application(own=True, post_logout_redirect_uris=AFTER))


def ask(**said: str) -> dict[str, str]:
    return {"post_logout_redirect_uri": AFTER, "state": "etat"} | said


def test_with_its_id_token_at_once(browser: Client, relying: RelyingParty, outside: Client) -> None:
    given = relying.tokens(browser)
    response = browser.get("/sso/logout/", ask(id_token_hint=given["id_token"]))
    assert response.headers["Location"] == f"{AFTER}?state=etat"
    assert not Session.objects.exists()
    assert browser.get("/portail/").headers["Location"].startswith("/session/")
    assert userinfo(outside, given["access_token"]).status_code == 401
    assert relying.refresh(outside, given["refresh_token"]).status_code == 400


def test_also_when_the_token_has_ended(browser: Client, relying: RelyingParty, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from vaguemestre.sso import signing_keys

    monkeypatch.setattr(signing_keys, "TOKEN_LIFE", timedelta(seconds=-60))
    token = relying.tokens(browser)["id_token"]
    assert browser.get("/sso/logout/", ask(id_token_hint=token)).headers["Location"].startswith(AFTER)
    assert not Session.objects.exists()


def test_without_it_the_person_is_asked(browser: Client, relying: RelyingParty) -> None:
    """A picture on a stranger's page may name the address."""
    address = "/sso/logout/"
    asked = ask(client_id=relying.application.client_id)
    page = browser.get(address, asked)
    assert page.status_code == 200
    assert "Se déconnecter" in page.text
    assert Session.objects.exists()
    response: Any = browser.post(f"{address}?client_id={asked['client_id']}&post_logout_redirect_uri={AFTER}")
    assert response.headers["Location"] == AFTER
    assert not Session.objects.exists()


def test_the_button_has_its_token(account: Account, relying: RelyingParty) -> None:
    client = Client(enforce_csrf_checks=True)
    sign_in(client, account)
    assert client.post("/sso/logout/").status_code == 403
    assert Session.objects.exists()


def test_another_person_s_token_or_another_session_s_asks(
    browser: Client, relying: RelyingParty, account: Account
) -> None:
    other = Client()
    sign_in(other, make_account("Karim", "Belkacem"))
    theirs = relying.tokens(other)["id_token"]
    again = Client()
    sign_in(again, account)
    elsewhere = relying.tokens(again)["id_token"]
    for hint in (theirs, elsewhere, "x.y.z", ""):
        assert browser.get("/sso/logout/", ask(id_token_hint=hint)).status_code == 200
    assert Session.objects.count() == 3


@pytest.mark.parametrize(
    "address",
    ["https://mal.example/", f"{AFTER}/", AFTER.upper(), f"{AFTER}?a=1", f"https://moi@{AFTER[8:]}", "//x", ""],
)
def test_it_leads_to_a_registered_address_or_to_our_own_door(
    browser: Client, relying: RelyingParty, address: str
) -> None:
    hint = relying.tokens(browser)["id_token"]
    response = browser.get("/sso/logout/", ask(id_token_hint=hint, post_logout_redirect_uri=address))
    assert response.headers["Location"] == "/session/?fin=1"


def test_a_token_and_a_name_that_differ(browser: Client, relying: RelyingParty) -> None:
    hint = relying.tokens(browser)["id_token"]
    other = make_application()
    assert browser.get("/sso/logout/", ask(id_token_hint=hint, client_id=other.client_id)).status_code == 200
    assert Session.objects.exists()


def test_whoever_has_left_goes_on(client: Client, relying: RelyingParty) -> None:
    asked = ask(client_id=relying.application.client_id)
    assert client.get("/sso/logout/", asked).headers["Location"] == f"{AFTER}?state=etat"
    assert client.get("/sso/logout/", ask()).headers["Location"] == "/session/?fin=1"


def test_what_was_opened_by_cas_ends_too(browser: Client, relying: RelyingParty, account: Account) -> None:
    service = "https://notes.example/entree"
    make_application(protocol=Protocol.CAS, cas_services=[service], own=True, redirect_uris="")
    hint = relying.tokens(browser)["id_token"]
    went = browser.get("/cas/login", {"service": service}).headers["Location"]
    ticket = went.split("ticket=")[1]
    assert browser.get("/cas/serviceValidate", {"service": service, "ticket": ticket}).status_code == 200
    assert browser.get("/sso/logout/", ask(id_token_hint=hint)).status_code == 302
    told = Farewell.objects.get()  # the other has no address to be told at
    assert (told.visit.protocol, told.visit.ticket, logout_notifications.logout_url(told.visit)) == (
        "cas",
        ticket,
        service,
    )
    assert told.next_at
    again = browser.get("/cas/serviceValidate", {"service": service, "ticket": ticket}).content.decode()
    assert "INVALID_TICKET" in again
