"""The screens of factors and application passwords: whose they are, what they ask first, what they show once."""

from datetime import timedelta

import pyotp
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from vaguemestre.accounts.factors import recovery_codes, totp
from vaguemestre.accounts.mail_access import app_passwords
from vaguemestre.accounts.models import Account, AppPassword, Passkey, RecoveryCode, Session, Totp
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.testing import make_account, sign_in
from vaguemestre.accounts.testing.factors import SECRET, agent

pytestmark = pytest.mark.django_db
TELEPHONE, CODES = "/mon-compte/second-facteur/telephone/", "/mon-compte/second-facteur/codes/"
KEYS, PROGRAMS = "/mon-compte/second-facteur/cles/", "/mon-compte/mots-de-passe-application/"
REQUIRED = "/mon-compte/second-facteur/exige/"


@pytest.fixture
def account() -> Account:
    return make_account()


@pytest.fixture
def browser(account: Account) -> Client:
    client = Client()
    sign_in(client, account)
    return client


def a_key(account: Account, name: str = "Ordinateur") -> Passkey:
    return Passkey.objects.create(
        account=account, credential_id=f"id-{name}-{account.key}", public_key=b"", name=name, made_at=timezone.now()
    )


@pytest.mark.parametrize("path", [TELEPHONE, f"{TELEPHONE}retrait/", KEYS, CODES, PROGRAMS, REQUIRED])
def test_a_stranger_signs_in_first(path: str) -> None:
    assert Client().get(path).headers["Location"].startswith(reverse("accounts:signin"))


@pytest.mark.parametrize("path", [TELEPHONE, f"{TELEPHONE}retrait/", KEYS, CODES, PROGRAMS])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_old_proof_is_not_enough(browser: Client, path: str, method: str) -> None:
    Session.objects.update(proved_at=timezone.now() - timedelta(hours=1))
    response = getattr(browser, method)(path)
    assert response.headers["Location"].startswith(reverse("accounts:confirmation"))
    assert not Totp.objects.exists()


def test_a_telephone_is_added_by_its_first_code(browser: Client, account: Account) -> None:
    page = browser.get(TELEPHONE).content.decode()
    secret = totp.begin_totp(account, timezone.now(), shown_in=sessions.session_mark(Session.objects.get()))
    assert " ".join(secret[place : place + 4] for place in range(0, 32, 4)) in page
    assert "<svg" in page
    assert "style=" not in page
    assert "Ce n’est pas le code du moment" in browser.post(TELEPHONE, {"code": "000000"}).content.decode()
    response = browser.post(TELEPHONE, {"code": pyotp.TOTP(secret).at(timezone.now())})
    assert response.headers["Location"] == f"{CODES}?premier=1"
    account.refresh_from_db()
    assert account.second_factor
    assert Session.objects.get().strong


def test_ten_codes_are_shown_once(browser: Client, account: Account) -> None:
    assert browser.post(CODES).status_code == 302  # no factor: nothing to stand for
    totp.enrol_with(account, SECRET, timezone.now())
    Session.objects.update(strong=True)
    assert '<ol class="codes"' not in browser.get(CODES).content.decode()
    response = browser.post(CODES)
    assert response.content.decode().count("<code>") == 10
    assert response.headers["Cache-Control"] == "no-store"
    assert RecoveryCode.objects.count() == 10
    assert "<code>" not in browser.get(CODES).content.decode()


def test_few_codes_are_a_warning(browser: Client, account: Account) -> None:
    totp.enrol_with(account, SECRET, timezone.now())
    codes = recovery_codes.renew_codes(account, timezone.now())
    for code in codes[:8]:
        assert recovery_codes.use_code(account, code, timezone.now())
    page = browser.get("/mon-compte/").content.decode()
    assert "Il en reste 2 sur 10" in page


def test_a_colleagues_key_and_password_are_not_there(browser: Client) -> None:
    colleague = make_account("Karim", "Belkacem")
    key = a_key(colleague)
    password, _clear = app_passwords.make_app_password(colleague, "Téléphone", "both", timezone.now())
    assert browser.post(f"{KEYS}{key.pk}/retrait/").status_code == 404
    assert browser.post(f"{PROGRAMS}{password.pk}/retrait/").status_code == 404
    password.refresh_from_db()
    assert password.withdrawn_at is None
    assert Passkey.objects.exists()


def test_the_last_factor_of_a_role_that_needs_one_stays() -> None:
    account, client = agent(), Client()
    totp.enrol_with(account, SECRET, timezone.now())
    sign_in(client, account, strong=True)
    page = client.post(f"{TELEPHONE}retrait/").content.decode()
    assert "Celui-ci doit rester" in page
    assert Totp.objects.exists()
    a_key(account)
    assert client.post(f"{TELEPHONE}retrait/").status_code == 302
    assert not Totp.objects.exists()


def test_anybody_else_withdraws_theirs(browser: Client, account: Account) -> None:
    key = a_key(account)
    assert "Retirer la clé d’accès" in browser.get(f"{KEYS}{key.pk}/retrait/").content.decode()
    assert browser.post(f"{KEYS}{key.pk}/retrait/").status_code == 302
    assert not Passkey.objects.exists()


def test_nothing_else_opens_while_a_factor_is_due() -> None:
    account, client = agent(), Client()
    sign_in(client, account)
    assert client.get("/mon-compte/").headers["Location"].startswith(REQUIRED)
    assert client.get("/webmail/").headers["Location"].startswith(REQUIRED)
    for path in (REQUIRED, TELEPHONE, KEYS):
        assert client.get(path).status_code == 200
    Session.objects.update(proved_at=timezone.now() - timedelta(hours=1))
    confirmation = client.get(TELEPHONE).headers["Location"]
    assert client.get(confirmation).status_code == 200  # no circle
    totp.enrol_with(account, SECRET, timezone.now())  # elsewhere: it is shown here too
    assert client.get(REQUIRED).headers["Location"].startswith("/session/confirmation/")
    Session.objects.update(strong=True)
    assert client.get(REQUIRED).headers["Location"] == reverse("portal:home")
    assert client.get("/mon-compte/").status_code == 200


def test_a_password_for_a_program_is_shown_once_with_its_settings(browser: Client, account: Account) -> None:
    page = browser.post(PROGRAMS, {"nom": "Thunderbird <b>", "portee": "imap"}).content.decode()
    made = AppPassword.objects.get()
    shown = "".join(part.split("</span>")[0] for part in page.split("<span>")[1:] if len(part.split("</span>")[0]) == 4)
    assert app_passwords.digest(shown) == made.hash
    assert "Thunderbird &lt;b&gt;" in page
    assert account.address in page
    assert "Envoi (SMTP)" not in page
    assert shown[:4] not in browser.get("/mon-compte/").content.decode()


@pytest.mark.parametrize("typed", [{"nom": "", "portee": "both"}, {"nom": "x", "portee": "all"}, {}])
def test_what_is_missing_is_said(browser: Client, typed: dict[str, str]) -> None:
    assert browser.post(PROGRAMS, typed).status_code == 200
    assert not AppPassword.objects.exists()


def test_twenty_are_enough(browser: Client, account: Account) -> None:
    for number in range(app_passwords.MOST):
        app_passwords.make_app_password(account, str(number), "both", timezone.now())
    assert "Vous en avez déjà 20" in browser.post(PROGRAMS, {"nom": "x", "portee": "both"}).content.decode()


def test_withdrawing_says_whether_the_servers_know(browser: Client, account: Account) -> None:
    password, _clear = app_passwords.make_app_password(account, "Ancien portable", "both", timezone.now())
    response = browser.post(f"{PROGRAMS}{password.pk}/retrait/")
    assert "fait=mdp-bientot-retire" in response.headers["Location"]  # the outbox has not been emptied yet
    assert browser.post(f"{PROGRAMS}{password.pk}/retrait/").status_code == 404


def test_withdrawing_all_for_a_stolen_account(account: Account) -> None:
    for name in ("un", "deux"):
        app_passwords.make_app_password(account, name, "both", timezone.now())
    assert app_passwords.withdraw_all(account, by="operator:x", now=timezone.now()) == 2
    assert not app_passwords.living_app_passwords(account).exists()
    assert app_passwords.withdraw_all(account, by="operator:x", now=timezone.now()) == 0


def test_another_session_is_shown_another_secret(browser: Client, account: Account) -> None:
    thief = Client()
    sign_in(thief, account)
    thief.get(TELEPHONE)
    planted = Totp.objects.get().sealed_secret
    browser.get(TELEPHONE)
    assert Totp.objects.get().sealed_secret != planted


def test_the_first_factor_ends_the_other_sessions_and_says_so(browser: Client, account: Account) -> None:
    thief = Client()
    sign_in(thief, account)
    page = browser.get(TELEPHONE).content.decode()
    assert "Vos autres sessions seront fermées" in page
    secret = "".join(page.split('<code class="secret">')[1].split("</code>")[0].split())
    response = browser.post(TELEPHONE, {"code": pyotp.TOTP(secret).at(timezone.now())})
    assert thief.get("/mon-compte/").status_code == 302
    assert "Vos autres sessions sont fermées" in browser.get(response.headers["Location"]).content.decode()


def test_a_second_one_leaves_them_open(account: Account) -> None:
    browser, other = Client(), Client()
    totp.enrol_with(account, SECRET, timezone.now())
    for client in (browser, other):
        sign_in(client, account, strong=True)
    page = browser.get(TELEPHONE).content.decode()
    assert "Vos autres sessions" not in page
    secret = "".join(page.split('<code class="secret">')[1].split("</code>")[0].split())
    assert browser.post(TELEPHONE, {"code": pyotp.TOTP(secret).at(timezone.now())}).status_code == 302
    assert other.get("/mon-compte/").status_code == 200
