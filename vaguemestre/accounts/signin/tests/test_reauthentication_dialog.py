"""Signing in again over an open page: its text stays, for its own person only."""

import re
from typing import TYPE_CHECKING

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.factors import totp
from vaguemestre.accounts.models import Account, Session
from vaguemestre.accounts.sessions import page_owner, sessions
from vaguemestre.accounts.testing import PASSWORD, make_account, sign_in
from vaguemestre.accounts.testing.person import post_as_a_person

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = pytest.mark.django_db
URL = "/session/ici/"
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Current-URL": "https://testserver/portail/"}
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def account() -> Account:
    return make_account("Agathe", "Essai")


def of(account: Account) -> dict[str, str]:
    return HTMX | {"X-Whose": page_owner.owner_mark(account)}


def post(client: Client, whose: Account, name: str = "aessai", secret: str = PASSWORD) -> "Response":
    return post_as_a_person(client, URL, {"identifiant": name, "secret": secret}, of(whose))


def test_every_page_of_a_person_says_whose_it_is(client: Client, account: Account) -> None:
    assert "X-Whose" not in client.get("/session/").content.decode()
    sign_in(client, account)
    page = client.get("/portail/").content.decode()
    assert f'"X-Whose": "{page_owner.owner_mark(account)}"' in page
    assert 'hx-trigger="session-ended from:body"' in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_open_page_stays_and_asks(client: Client, account: Account, method: str) -> None:
    response = getattr(client, method)("/webmail/ecrire/", headers=of(account))
    assert response.status_code == 401 or response.status_code == 405
    response = client.get("/portail/", headers=of(account))
    assert (response.status_code, response.headers["HX-Trigger"]) == (401, "session-ended")
    assert response.headers["HX-Reswap"] == "none"
    assert "HX-Redirect" not in response.headers


def test_signing_in_again_gives_the_page_its_word(account: Account) -> None:
    client = Client(enforce_csrf_checks=True)
    sign_in(client, account)
    client.get("/portail/")
    del client.cookies[sessions.COOKIE]
    dialog = client.get(URL, headers=of(account)).content.decode()
    assert "Ce que vous écriviez est toujours là" in dialog
    word = re.search(r'csrfmiddlewaretoken" value="([^"]+)', dialog)
    assert word
    data = {"identifiant": "aessai", "secret": PASSWORD, "csrfmiddlewaretoken": word[1]}
    back = client.post(URL, data, headers=of(account))
    new = re.search(r'data-word="([^"]+)"', back.content.decode())
    assert new
    act = client.post("/session/fin/", headers=of(account) | {"X-CSRFToken": new[1]})
    assert act.status_code == 302


def test_a_wrong_secret_asks_again(client: Client, account: Account) -> None:
    assert "Identifiant ou mot de passe incorrect." in post(client, account, secret="faux").content.decode()
    assert not Session.objects.exists()


def test_somebody_else_does_not_get_the_text(client: Client, account: Account) -> None:
    make_account("Luc", "Autre")
    answer = post(client, account, "lautre")
    assert "Cette page est à quelqu’un d’autre" in answer.content.decode()
    assert not Session.objects.exists()
    assert sessions.COOKIE not in answer.cookies


def test_a_page_of_somebody_else_answers_nothing(client: Client, account: Account) -> None:
    """Another person has signed in in another window: the open page of the first does nothing in their name."""
    other = make_account("Luc", "Autre")
    sign_in(client, other)
    assert client.get("/portail/", headers=of(account)).status_code == 401
    assert "Cette page est à quelqu’un d’autre" in client.get(URL, headers=of(account)).content.decode()
    assert client.get("/portail/", headers=of(other)).status_code == 200


def test_back_already_in_another_window(client: Client, account: Account) -> None:
    sign_in(client, account)
    assert "data-word=" in client.get(URL, headers=of(account)).content.decode()


def test_an_old_word_is_replaced_in_an_open_page(account: Account) -> None:
    client = Client(enforce_csrf_checks=True)
    sign_in(client, account)
    response = client.post("/session/fin/", headers=of(account))
    assert (response.status_code, response.headers["HX-Trigger"]) == (403, "session-ended")
    assert Session.objects.exists()


def test_the_second_step_in_place(client: Client, account: Account) -> None:
    totp.enrol_with(account, SECRET, timezone.now())
    step = post(client, account)
    assert "Deuxième étape" in step.content.decode()
    assert not Session.objects.exists()
    refused = client.post(f"{URL}second-facteur/", {"code": "1234567"}, headers=of(account))
    assert "Ce code n’ouvre pas." in refused.content.decode()
    back = client.post(f"{URL}second-facteur/", {"code": pyotp.TOTP(SECRET).now()}, headers=of(account))
    assert "data-word=" in back.content.decode()
    assert Session.objects.get().strong


def test_the_second_step_of_somebody_else(client: Client, account: Account) -> None:
    totp.enrol_with(account, SECRET, timezone.now())
    post(client, account)
    other = make_account("Luc", "Autre")
    client.post(f"{URL}second-facteur/", {"code": pyotp.TOTP(SECRET).now()}, headers=of(other))
    assert not Session.objects.exists()


def test_the_name_is_there_already(client: Client, account: Account) -> None:
    client.post("/session/", {"identifiant": "aessai", "secret": PASSWORD})
    del client.cookies[sessions.COOKIE]
    assert 'value="aessai"' in client.get(URL, headers=of(account)).content.decode()
    assert 'value="aessai"' not in client.get(URL, headers=of(make_account("Luc", "Autre"))).content.decode()


def test_by_hand_it_is_the_ordinary_page(client: Client) -> None:
    assert client.get(URL).headers["Location"] == "/session/"


def test_too_many_tries(client: Client, account: Account) -> None:
    for number in range(5):
        post(client, account, secret=f"faux {number}")
    response = post(client, account)
    assert response.status_code == 429
    assert "Retry-After" in response.headers
