"""`prompt` and `max_age`: when somebody proves again who they are, and when no page may be shown."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.lifecycle import lock
from vaguemestre.accounts.models import Account, Session
from vaguemestre.accounts.testing import PASSWORD, make_account, sign_in
from vaguemestre.sso.testing import RelyingParty, came_back, make_application


def sent_to(location: str) -> tuple[str, str]:
    """The page, and where it leads afterwards."""
    parts = urlsplit(location)
    return parts.path, parse_qs(parts.query)["next"][0]


def test_nobody_is_there(client: Client, relying: RelyingParty) -> None:
    told = came_back(client.get(relying.request(prompt="none")))
    assert (told["error"], told["state"]) == ("login_required", relying.state)


def test_somebody_is(browser: Client, relying: RelyingParty) -> None:
    assert "code" in came_back(browser.get(relying.request(prompt="none")))


def test_a_first_sign_in_is_not_done(client: Client, relying: RelyingParty) -> None:
    sign_in(client, make_account("Noé", "Veau", password=None))
    assert came_back(client.get(relying.request(prompt="none")))["error"] == "interaction_required"
    assert client.get(relying.request()).headers["Location"].startswith("/session/premiere-connexion/")


def test_an_account_that_was_locked_meanwhile(browser: Client, account: Account, relying: RelyingParty) -> None:
    lock.lock(account, by="system", reason="essai", now=timezone.now())
    assert came_back(browser.get(relying.request(prompt="none")))["error"] == "login_required"


def test_login_asks_again_and_then_goes_on(browser: Client, relying: RelyingParty) -> None:
    page, following = sent_to(browser.get(relying.request(prompt="login")).headers["Location"])
    assert page == "/session/confirmation/"
    again = sent_to(browser.get(following).headers["Location"])
    assert again[0] == page  # coming back without having proved anything is not enough
    response = browser.post(page, {"secret": PASSWORD, "next": following})
    assert response.headers["Location"] == following
    assert "code" in came_back(browser.get(following))


def test_the_mark_cannot_be_written(browser: Client, relying: RelyingParty) -> None:
    for mark in ("0", "0:x", f"{timezone.now().timestamp() - 9999}:faux"):
        response = browser.get(f"{relying.request(prompt='login')}&vu={mark}")
        assert response.headers["Location"].startswith("/session/confirmation/")


def test_a_sign_in_made_for_it_is_the_proof(client: Client, account: Account, relying: RelyingParty) -> None:
    page, following = sent_to(client.get(relying.request(prompt="login")).headers["Location"])
    assert page == "/session/"
    sign_in(client, account)
    assert "code" in came_back(client.get(following))


@pytest.mark.parametrize(("age", "asked"), [("600", False), ("60", True), ("0", True)])
def test_an_old_proof(browser: Client, relying: RelyingParty, age: str, asked: bool) -> None:
    Session.objects.update(proved_at=timezone.now() - timedelta(minutes=5))
    response = browser.get(relying.request(max_age=age))
    assert response.headers["Location"].startswith("/session/confirmation/") is asked
    silent = came_back(browser.get(relying.request(max_age=age, prompt="none")))
    assert ("error" in silent) is asked


def test_a_hint_of_somebody_else(browser: Client, relying: RelyingParty) -> None:
    mine = relying.tokens(browser)["id_token"]
    assert "code" in came_back(browser.get(relying.request(id_token_hint=mine, prompt="none")))
    other = Client()
    sign_in(other, make_account("Karim", "Belkacem"))
    theirs = relying.tokens(other)["id_token"]
    assert came_back(browser.get(relying.request(id_token_hint=theirs)))["error"] == "login_required"
    assert came_back(browser.get(relying.request(id_token_hint="x.y.z")))["error"] == "login_required"


@pytest.mark.parametrize(
    ("strong", "by_text", "acr", "amr"),
    [
        (False, False, "urn:vaguemestre:password", ["pwd"]),
        (True, False, "urn:vaguemestre:strong", ["mfa"]),
        (True, True, "urn:vaguemestre:text", ["pwd", "sms", "mfa"]),
    ],
)
def test_how_strong(browser: Client, strong: bool, by_text: bool, acr: str, amr: list[str]) -> None:
    from vaguemestre.sso import signing_keys

    Session.objects.update(strong=strong, by_text=by_text)
    relying = RelyingParty(make_application(own=True))
    told = signing_keys.read_id_token(relying.tokens(browser)["id_token"])
    assert told
    assert (told["acr"], told["amr"]) == (acr, amr)
