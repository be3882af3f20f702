"""The page: one answer for every failure, where it leads, and what the browser receives."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.accounts.attempts import known_devices
from vaguemestre.accounts.factors import totp
from vaguemestre.accounts.lifecycle import closure
from vaguemestre.accounts.models import Account, KnownDevice, Session, SignIn
from vaguemestre.accounts.otp.testing import hold
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.testing import PASSWORD, make_account, sign_in
from vaguemestre.accounts.testing.person import post_as_a_person

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = pytest.mark.django_db
URL = "/session/"
WRONG = "Identifiant ou mot de passe incorrect."
TOO_MANY = "Trop d’essais."


@pytest.fixture
def account() -> Account:
    return make_account("Agathe", "Essai")


def post(client: Client, name: str, secret: str = PASSWORD, **more: str) -> "Response":
    return post_as_a_person(client, URL, {"identifiant": name, "secret": secret, **more})


def visible(response: "Response", typed: str) -> str:
    """The page without its random words (anti-forgery, what a passkey signs) and without what was typed."""
    text = re.sub(
        r'(csrfmiddlewaretoken" value="|X-CSRFToken": "|data-options="|epreuve" value="|/bv/chiffres/)[^"]+',
        r"\1",
        response.content.decode(),
    )
    return text.replace(f'value="{typed}"', 'value=""')


def test_the_page(client: Client) -> None:
    response = client.get(URL)
    page = response.content.decode()
    assert "Mot de passe ou code OTP" in page
    assert ">Valider<" in page
    assert "Votre adresse académique convient aussi." in page
    assert "votre code PIN, puis les 6 chiffres affichés" not in page  # said to whom it refuses
    assert sessions.COOKIE not in response.cookies


def test_whoever_comes_with_the_letter_reads_no_word_of_otp_keys(client: Client) -> None:
    page = client.get(URL, {"next": reverse("accounts:first-signin")}).content.decode()
    assert "Mot de passe provisoire" in page
    refused = post(client, "aessai", "faux", next=reverse("accounts:first-signin")).content.decode()
    assert "Mot de passe provisoire" in refused
    assert "OTP" not in page + refused


@pytest.mark.parametrize(
    ("wanted", "stays"),
    [
        ("", True), ("/webmail/", True), ("/webmail/dossiers/abc/4/?page=2", True), ("/portail/", True),
        ("/sso/authorize/?client_id=x", False), ("/iprof/", False), ("https://elsewhere.example/webmail/", True),
    ],
)  # fmt: skip
def test_mail_takes_the_place_of_the_page_and_an_application_does_not(client: Client, wanted: str, stays: bool) -> None:
    """An application's address may lead to another site: only the browser can go there."""
    response = client.get(URL, {"next": wanted})
    assert ('data-behaviour="submit-once page-swap"' in response.content.decode()) is stays
    assert response.headers["Cache-Control"] == "no-store", "with mail in it, Back would show it to the next person"


def test_after_a_refusal_one_types_the_password_again(client: Client, account: Account) -> None:
    page = post(client, "aessai", "Pas le bon, 9 fois").content.decode()
    [secret] = re.findall(r'<input[^>]*name="secret"[^>]*>', page)
    assert " autofocus" in secret
    assert page.count("autofocus") == 1
    assert "votre code PIN, puis les 6 chiffres affichés" in page


def test_signing_in_leads_home_with_a_cookie_that_a_script_cannot_read(client: Client, account: Account) -> None:
    response = post(client, "aessai")
    assert response.status_code == 302
    assert response.headers["Location"] == reverse("portal:home")
    cookie = response.cookies[sessions.COOKIE]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, True, "Lax", "/")
    assert (cookie["domain"], cookie["max-age"]) == ("", "")
    assert not Session.objects.filter(token_hash=cookie.value).exists()
    assert Session.objects.get().account == account


def test_one_answer_for_every_failure(account: Account) -> None:
    locked = make_account("Luc", "Verrou")
    Account.objects.filter(pk=locked.pk).update(locked_at=timezone.now())
    today = timezone.localdate()
    make_account("Lili", "Hocquet", duty_start=today + timedelta(days=9))
    closure.close_accounts([make_account("Paul", "Parti")], on=today - timedelta(days=400), now=timezone.now())
    make_account("Nina", "Sanspasse", password=None)
    hold(make_account("Odile", "Cle"))
    totp.enrol_with(make_account("Theo", "Deux"), "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", timezone.now())
    pages = {
        visible(post(Client(REMOTE_ADDR=f"192.0.{number}.1"), name, secret), name)
        for number, (name, secret) in enumerate(
            [
                ("nobody", PASSWORD),
                ("aessai", "Autre chose, 8 fois !"),
                ("lverrou", PASSWORD),
                ("lhocquet", PASSWORD),
                ("pparti", PASSWORD),
                ("nsanspasse", PASSWORD),
                ("aessai@gmail.com", PASSWORD),
            ]
        )
    }
    assert len(pages) == 1
    assert WRONG in pages.pop()
    assert not Session.objects.exists()


def test_what_was_typed_stays_the_password_excepted(client: Client) -> None:
    page = post(client, "nobody", "Secret, 8 fois !").content.decode()
    assert 'value="nobody"' in page
    assert "Secret, 8 fois" not in page
    assert page.count('aria-invalid="true"') == 2


def test_an_empty_field_is_said_and_is_no_attempt(client: Client) -> None:
    page = post(client, "", "").content.decode()
    assert "Il manque votre identifiant." in page
    assert "Il manque votre mot de passe." in page
    assert not SignIn.objects.exists()


def test_too_many_tries_look_alike_for_all(account: Account) -> None:
    pages = set()
    for name in ("aessai", "nobody"):
        client = Client()
        for number in range(5):
            post(client, name, f"faux {number}")
        response = post(client, name)
        assert response.status_code == 429
        assert 0 < int(response.headers["Retry-After"]) <= 61
        pages.add(visible(response, name))
    assert len(pages) == 1
    assert TOO_MANY in pages.pop()


def test_a_stranger_does_not_lock_a_colleague_out(account: Account) -> None:
    colleague = Client(REMOTE_ADDR="192.0.2.10")
    post(colleague, "aessai")
    colleague.post(reverse("accounts:signout"))
    for network in range(30):
        stranger = Client(REMOTE_ADDR=f"198.51.{network}.1")
        for number in range(6):
            post(stranger, "aessai", f"faux {network} {number}")
    assert "incorrect" in post(Client(REMOTE_ADDR="203.0.113.9"), "aessai").content.decode()  # held, and not told so
    assert post(colleague, "aessai").status_code == 302  # a known browser
    assert post(Client(REMOTE_ADDR="192.0.2.77"), "aessai").status_code == 302  # a known network


def test_a_whole_school_behind_one_address(account: Account) -> None:
    """A storm on the morning of the return: everybody else's mistakes slow nobody."""
    for number in range(60):
        post(Client(), f"collegue{number}", "faux")
    assert post(Client(), "aessai").status_code == 302


@pytest.mark.parametrize("wanted", ["/webmail/", "/webmail/d/0a/?filtre=unseen", "/portail/#t"])
def test_next(client: Client, account: Account, wanted: str) -> None:
    assert f'name="next" value="{wanted}"' in client.get(URL, {"next": wanted}).content.decode()
    assert post(client, "aessai", next=wanted).headers["Location"] == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "///evil.example",
        "javascript:alert(1)", "/\t/evil.example", "http:///evil.example", "evil", " //evil.example", "/" * 3000,
    ],
)  # fmt: skip
def test_next_never_leaves_this_site(client: Client, account: Account, wanted: str) -> None:
    assert post(client, "aessai", next=wanted).headers["Location"] == reverse("portal:home")
    assert client.get(URL, {"next": wanted}).headers["Location"] == reverse("portal:home")


def test_a_stranger_comes_back_to_the_page_they_asked_for(client: Client) -> None:
    response = client.get("/portail/?vue=1")
    assert response.headers["Location"] == "/session/?next=%2Fportail%2F%3Fvue%3D1"


def test_htmx_is_sent_away_instead_of_swallowing_the_page(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "https://localhost/webmail/?page=2"}
    response = client.get("/portail/", headers=headers)
    assert response.headers["HX-Redirect"] == "/session/?next=%2Fwebmail%2F%3Fpage%3D2"


def test_signed_in_already(client: Client, account: Account) -> None:
    sign_in(client, account)
    assert client.get(URL, {"next": "/webmail/"}).headers["Location"] == "/webmail/"


def test_signing_in_again_ends_the_former_session(client: Client, account: Account) -> None:
    sign_in(client, make_account("Luc", "Avant"))
    post(client, "aessai")
    assert [session.account for session in Session.objects.all()] == [account]


def test_no_sign_in_without_the_anti_forgery_token(account: Account) -> None:
    client = Client(enforce_csrf_checks=True)
    assert post(client, "aessai").status_code == 403
    assert not SignIn.objects.exists()
    token = client.get(URL).cookies[settings.CSRF_COOKIE_NAME].value
    response = post(client, "aessai", csrfmiddlewaretoken=token)
    assert response.status_code == 302
    assert response.cookies[settings.CSRF_COOKIE_NAME].value != token


def test_a_shared_computer_is_not_remembered(client: Client, account: Account) -> None:
    response = post(client, "aessai", partage="on")
    assert known_devices.COOKIE not in response.cookies
    assert not KnownDevice.objects.exists()
    assert Session.objects.get().shared_computer
    left = client.post(reverse("accounts:signout"))
    assert left.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_a_browser_of_ones_own_is_remembered(client: Client, account: Account) -> None:
    response = post(client, "aessai")
    assert response.cookies[known_devices.COOKIE]["max-age"] > 0
    assert KnownDevice.objects.get().account == account


def test_signing_out(client: Client, account: Account) -> None:
    sign_in(client, account)
    assert client.get(reverse("accounts:signout")).status_code == 405
    assert Session.objects.exists()
    response = client.post(reverse("accounts:signout"))
    assert response.headers["Location"] == "/session/?fin=1"
    assert not Session.objects.exists()
    assert "Votre session est fermée." in client.get("/session/?fin=1").content.decode()
    assert client.post(reverse("accounts:signout")).status_code == 302


def test_the_visitors_address_is_the_one_that_nginx_says(account: Account) -> None:
    client = Client(headers={"X-Forwarded-For": "192.0.2.44"}, REMOTE_ADDR="")
    post(client, "aessai")
    assert SignIn.objects.get().address == "192.0.2.44"


def test_a_nonsense_address_is_no_address(account: Account) -> None:
    client = Client(headers={"X-Forwarded-For": "<b>"}, REMOTE_ADDR="")
    post(client, "aessai")
    assert SignIn.objects.get().address is None


def test_queries(client: Client, account: Account, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_max_num_queries(0):
        client.get(URL)
    post(client, "aessai")
    client.post(reverse("accounts:signout"))
    with django_assert_max_num_queries(20):
        post(client, "aessai")


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods(client: Client, method: str) -> None:
    assert getattr(client, method)(URL).status_code == 405
