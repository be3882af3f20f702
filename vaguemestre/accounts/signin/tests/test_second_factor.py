"""Two factors: what a right password alone does not open, and codes that work once."""

from datetime import datetime, timedelta
from threading import Barrier, Thread

import pyotp
import pytest
from argon2 import PasswordHasher
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.factors import recovery_codes, totp
from vaguemestre.accounts.factors.factor_state import refresh_method
from vaguemestre.accounts.lifecycle.retention import sweep
from vaguemestre.accounts.models import Account, KnownDevice, PendingSignIn, Session, SignIn
from vaguemestre.accounts.passwords.passwords import set_password
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.signin import pending_signin
from vaguemestre.accounts.testing import PASSWORD, make_account
from vaguemestre.accounts.testing.person import post_as_a_person

pytestmark = pytest.mark.django_db
URL = "/session/second-facteur/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def account() -> Account:
    account = make_account("Agathe", "Essai")
    totp.enrol_with(account, SECRET, timezone.now())
    account.refresh_from_db()
    return account


def code(*, steps: int = 0) -> str:
    return pyotp.TOTP(SECRET).at(datetime.now(), counter_offset=steps)


def begin(client: Client, **more: str) -> None:
    response = post_as_a_person(client, "/session/", {"identifiant": "aessai", "secret": PASSWORD, **more})
    assert response.headers["Location"] == URL


def wrong_code() -> str:
    near = {code(steps=steps) for steps in range(-4, 5)}
    return next(word for number in range(20) if (word := f"{number:06}") not in near)


def test_a_right_password_alone_opens_nothing(client: Client, account: Account) -> None:
    begin(client)
    assert not Session.objects.exists()
    assert sessions.COOKIE not in client.cookies
    assert client.get("/portail/").status_code == 302
    assert "Votre mot de passe est bon." in client.get(URL).content.decode()


def test_the_code_opens_and_carries_on(client: Client, account: Account) -> None:
    begin(client, next="/webmail/?page=2", partage="on")
    response = client.post(URL, {"code": f"{code()[:3]} {code()[3:]}"})
    assert response.headers["Location"] == "/webmail/?page=2"
    session = Session.objects.get()
    assert (session.strong, session.shared_computer) == (True, True)
    assert not KnownDevice.objects.exists()
    assert not PendingSignIn.objects.exists()


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_the_second_step_never_leaves_this_site(client: Client, account: Account, wanted: str) -> None:
    begin(client, next=wanted)
    assert client.post(URL, {"code": code()}).headers["Location"] == "/portail/"


def test_a_recovery_code_opens_once(client: Client, account: Account) -> None:
    paper = recovery_codes.renew_codes(account, timezone.now())[0]
    begin(client)
    assert client.post(URL, {"code": paper.upper()}).status_code == 302
    client.cookies.clear()
    begin(client)
    assert client.post(URL, {"code": paper}).status_code == 200
    assert Session.objects.count() == 1


def test_a_code_seen_over_a_shoulder_is_worth_nothing(client: Client, account: Account) -> None:
    seen, thief = code(), Client()
    begin(client)
    begin(thief)
    assert client.post(URL, {"code": seen}).status_code == 302
    assert "Ce code n’ouvre pas." in thief.post(URL, {"code": seen}).content.decode()
    assert Session.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not settings.DATA, reason="connections of their own need a database file: run bin/test")
def test_one_code_in_two_browsers_at_the_same_moment() -> None:
    account = make_account("Agathe", "Essai")
    totp.enrol_with(account, SECRET, timezone.now())
    browsers, gate, typed, answers = [Client(), Client()], Barrier(2), code(), []
    for browser in browsers:
        begin(browser)

    def press(browser: Client) -> None:
        gate.wait()
        answers.append(browser.post(URL, {"code": typed}).status_code)
        connection.close()

    threads = [Thread(target=press, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 302]
    assert Session.objects.count() == 1


def test_a_half_sign_in_opens_one_session(client: Client, account: Account) -> None:
    """Two answers, both right, to one step: the second press comes too late."""
    first, second = recovery_codes.renew_codes(account, timezone.now())[:2]
    begin(client)
    token = client.cookies[pending_signin.COOKIE].value
    client.post(URL, {"code": first})
    client.cookies[pending_signin.COOKIE] = token
    assert client.post(URL, {"code": second}).headers["Location"].startswith("/session/?expire")
    assert Session.objects.count() == 1


def test_of_two_presses_at_once_one_takes_it(client: Client, account: Account) -> None:
    """Both have read the row before either is done."""
    begin(client)
    first, second = PendingSignIn.objects.get(), PendingSignIn.objects.get()
    assert pending_signin.take_pending(first)
    assert not pending_signin.take_pending(second)


def test_five_tries_end_it(client: Client, account: Account) -> None:
    begin(client)
    token = client.cookies[pending_signin.COOKIE].value
    PendingSignIn.objects.update(failures=pending_signin.TRIES - 1)
    assert client.post(URL, {"code": wrong_code()}).headers["Location"].startswith("/session/?expire")
    client.cookies[pending_signin.COOKIE] = token
    assert client.post(URL, {"code": code()}).headers["Location"].startswith("/session/?expire")
    assert not Session.objects.exists()


def test_wrong_codes_are_counted_with_wrong_passwords(client: Client, account: Account) -> None:
    """An attacker who knows the password does not start afresh by signing in again."""
    for _ in range(2):
        begin(client)
        client.post(URL, {"code": f"{wrong_code()}9"})
        client.post(URL, {"code": wrong_code()})
    begin(client)
    client.post(URL, {"code": f"{wrong_code()}8"})
    response = client.post(URL, {"code": code()})
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert not Session.objects.exists()


def test_ten_minutes(client: Client, account: Account) -> None:
    begin(client)
    PendingSignIn.objects.update(expires_at=timezone.now())
    assert client.post(URL, {"code": code()}).headers["Location"] == "/session/?expire=1"
    assert "Recommencez avec votre mot de passe." in client.get("/session/?expire=1").content.decode()


def test_a_changed_password_a_lock_or_another_browser_end_it(client: Client, account: Account) -> None:
    begin(client)
    token = client.cookies[pending_signin.COOKIE].value
    assert Client().get(URL).status_code == 302
    Account.objects.update(locked_at=timezone.now())
    assert client.get(URL).status_code == 302
    Account.objects.update(locked_at=None)
    client.cookies[pending_signin.COOKIE] = token
    assert client.get(URL).status_code == 200
    set_password(account, "Quatre merles, 9 fois!", now=timezone.now())
    assert client.post(URL, {"code": code()}).headers["Location"] == "/session/?expire=1"
    assert not Session.objects.exists()


def test_the_log_tells_the_owner_that_somebody_knew_the_password(client: Client, account: Account) -> None:
    begin(client)
    assert SignIn.objects.get().result == SignIn.Result.FACTOR
    client.post(URL, {"code": code()})
    assert SignIn.objects.get().result == SignIn.Result.GOOD


def test_one_verification_in_the_whole_sign_in(
    client: Client, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    verifications, verify = [], PasswordHasher.verify
    begin(client)  # hashed again at today's cost

    def counted(self: PasswordHasher, encoded: str, raw: str) -> bool:
        verifications.append(encoded)
        return verify(self, encoded, raw)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    begin(client)
    client.post(URL, {"code": code()})
    assert len(verifications) == 1


def test_no_second_step_without_the_anti_forgery_token(account: Account) -> None:
    strict = Client(enforce_csrf_checks=True)
    token = strict.get("/session/").cookies["__Host-csrf"].value
    strict.post("/session/", {"identifiant": "aessai", "secret": PASSWORD, "csrfmiddlewaretoken": token})
    assert strict.post(URL, {"code": code()}).status_code == 403
    assert not Session.objects.exists()


def test_a_factor_withdrawn_meanwhile_asks_for_the_password_again(client: Client, account: Account) -> None:
    begin(client)
    account.totps.all().delete()
    refresh_method(account)
    assert client.post(URL, {"code": code()}).status_code == 200
    assert not Session.objects.exists()


def test_what_was_owed_is_swept(client: Client, account: Account) -> None:
    begin(client)
    sweep("", timezone.now() + timedelta(minutes=11))
    assert not PendingSignIn.objects.exists()
