"""Fresh proof: a sensitive act asks to sign in again, then comes back."""

from datetime import timedelta
from typing import cast

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.factors import passkeys, totp
from vaguemestre.accounts.models import Account, Session, SignIn
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import freshly_proved
from vaguemestre.accounts.testing import PASSWORD, make_account, sign_in
from vaguemestre.accounts.testing.factors import SECRET
from vaguemestre.accounts.testing.passkeys import device
from vaguemestre.accounts.testing.person import post_as_a_person

pytestmark = pytest.mark.django_db
URL = "/session/confirmation/"
OLD = timedelta(minutes=academy().sessions.proof_minutes)


@freshly_proved
def act(request: StaffRequest) -> HttpResponse:
    return HttpResponse("done")


@pytest.fixture
def account(client: Client) -> Account:
    account = make_account()
    sign_in(client, account)
    return account


def grow_old() -> None:
    Session.objects.update(proved_at=timezone.now() - OLD)


def asked(method: str = "get", path: str = "/mon-compte/codes/?x=1", **headers: str) -> HttpResponse:
    request = cast(StaffRequest, getattr(RequestFactory(), method)(path, headers=headers))
    request.session_record = Session.objects.get()
    return cast(HttpResponse, act(request))


def test_fresh_after_signing_in_and_stale_later(account: Account) -> None:
    assert asked().content == b"done"
    grow_old()
    assert asked().headers["Location"] == "/session/confirmation/?next=%2Fmon-compte%2Fcodes%2F%3Fx%3D1"


def test_an_act_that_was_refused_leads_back_to_its_page(account: Account) -> None:
    grow_old()
    response = asked("post", "/mon-compte/codes/retrait/", Referer="https://testserver/mon-compte/?y=2")
    assert response.headers["Location"] == "/session/confirmation/?next=%2Fmon-compte%2F%3Fy%3D2&acte=1"


def test_proving_again(client: Client, account: Account) -> None:
    grow_old()
    page = client.get(URL, {"next": "/mon-compte/", "acte": "1"}).content.decode()
    assert "Rien n’a encore changé." in page
    token = client.cookies["__Host-session"].value
    response = client.post(URL, {"secret": PASSWORD, "next": "/mon-compte/"})
    assert response.headers["Location"] == "/mon-compte/"
    assert client.cookies["__Host-session"].value == token
    assert Session.objects.get().proved_at > timezone.now() - timedelta(minutes=1)
    assert asked().content == b"done"


def test_a_wrong_secret_proves_nothing_and_is_counted(client: Client, account: Account) -> None:
    grow_old()
    assert "n’est pas le bon" in client.post(URL, {"secret": "faux"}).content.decode()
    assert Session.objects.get().proved_at <= timezone.now() - OLD
    assert SignIn.objects.get().result == SignIn.Result.WRONG


def test_guessing_at_an_open_screen_is_slowed(client: Client, account: Account) -> None:
    for number in range(5):
        post_as_a_person(client, URL, {"secret": f"faux {number}"})
    response = client.post(URL, {"secret": PASSWORD})
    assert response.status_code == 429
    assert "Retry-After" in response.headers


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example"])
def test_it_never_leaves_this_site(client: Client, account: Account, wanted: str) -> None:
    assert client.post(URL, {"secret": PASSWORD, "next": wanted}).headers["Location"] == "/portail/"


def test_a_strangers_password_does_not_prove(client: Client, account: Account) -> None:
    make_account("Luc", "Autre")
    grow_old()
    client.post(URL, {"secret": PASSWORD, "identifiant": "lautre"})
    assert Session.objects.get().account == account


def test_a_stranger_signs_in_first(client: Client) -> None:
    assert client.get(URL).headers["Location"].startswith("/session/?next=")


def with_telephone(account: Account) -> None:
    """Added from another window; this one was opened with the password alone."""
    totp.enrol_with(account, SECRET, timezone.now())


def code_of(account: Account) -> str:
    return totp.present_code(account, timezone.now()) or ""


def test_a_window_opened_by_the_password_alone_shows_the_factor_that_came_since(
    client: Client, account: Account
) -> None:
    with_telephone(account)
    assert asked().status_code == 302  # however fresh its proof is
    page = client.get(URL).content.decode()
    assert "demande maintenant un code en plus du mot de passe" in page
    assert 'name="code"' in page
    for wrong in ({}, {"code": "000000"}):
        answer = client.post(URL, {"secret": PASSWORD} | wrong).content.decode()
        assert "n’est pas le bon" in answer
    assert client.post("/mon-compte/second-facteur/telephone/retrait/").headers["Location"].startswith(URL)
    response = client.post(URL, {"secret": PASSWORD, "code": code_of(account), "next": "/mon-compte/"})
    assert response.headers["Location"] == "/mon-compte/"
    assert Session.objects.get().strong
    assert asked().content == b"done"


def test_wrong_codes_are_counted_as_wrong_passwords(client: Client, account: Account) -> None:
    with_telephone(account)
    for number in range(5):
        post_as_a_person(client, URL, {"secret": PASSWORD, "code": f"00000{number}"})
    assert client.post(URL, {"secret": PASSWORD, "code": code_of(account)}).status_code == 429


def test_a_window_that_showed_the_factor_is_asked_the_password_only(client: Client, account: Account) -> None:
    with_telephone(account)
    Session.objects.update(strong=True, proved_at=timezone.now() - OLD)
    assert 'name="code"' not in client.get(URL).content.decode()
    assert client.post(URL, {"secret": PASSWORD, "next": "/mon-compte/"}).headers["Location"] == "/mon-compte/"


def test_a_passkey_that_has_not_checked_its_holder_proves_nothing(client: Client, account: Account) -> None:
    """A key left in the computer: whoever passes by could press it."""
    key, now = device(), timezone.now()
    assert passkeys.add_passkey(account, key.create(passkeys.creation_options(account, now)), "Ordinateur", now)
    grow_old()
    assert "&quot;userVerification&quot;: &quot;required&quot;" in client.get(URL).content.decode()
    key.verifies = False
    answer = key.get(passkeys.request_options(account, timezone.now(), checked=True))
    assert "n’est pas le bon" in client.post(URL, {"cle": answer}).content.decode()
    assert asked().status_code == 302
    key.verifies = True
    client.post(URL, {"cle": key.get(passkeys.request_options(account, timezone.now(), checked=True))})
    assert asked().content == b"done"
