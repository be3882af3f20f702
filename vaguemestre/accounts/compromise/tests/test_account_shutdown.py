"""A stolen account: no way in that an attacker may hold opens it, and its owner comes back by the help desk's pass."""

from contextlib import ExitStack
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from vaguemestre.accounts.compromise import account_shutdown
from vaguemestre.accounts.factors import passkeys, totp
from vaguemestre.accounts.models import (
    Account,
    AccountShutdown,
    OtpKey,
    PendingSignIn,
    RescueContact,
    Session,
    ShutdownStep,
    SignIn,
    Totp,
)
from vaguemestre.accounts.otp.testing import PIN, Fob, hand as hand_over, hold, make_key
from vaguemestre.accounts.passwords import passwords, temporary_password
from vaguemestre.accounts.ports import rules_rollback, sent_list
from vaguemestre.accounts.rescue import contact
from vaguemestre.accounts.rescue_change import contact_change
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.signin import pending_signin
from vaguemestre.accounts.testing import PASSWORD, make_account
from vaguemestre.accounts.testing.codes import sent_to
from vaguemestre.accounts.testing.webauthn import Authenticator
from vaguemestre.audit.models import Entry

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=60)
NEW = "Sept loutres, 4 rivières !"
WRONG = "Identifiant ou mot de passe incorrect."
MINE, OTHER = "agathe@boite.example", "voleur@ailleurs.example"


def nothing_found(*_anything: object) -> list[Any]:
    return []


@pytest.fixture(autouse=True)
def outside(rewired: ExitStack) -> None:
    rewired.enter_context(rules_rollback.replaced(nothing_found))
    rewired.enter_context(sent_list.replaced(nothing_found))


@pytest.fixture
def account() -> Account:
    return make_account("Agathe", "Essai")


def shut(account: Account) -> AccountShutdown:
    account.refresh_from_db()
    shutdown = account_shutdown.shut_account_down(
        account, by="system", office="DSDEN", reason="essai", now=timezone.now()
    )
    account.refresh_from_db()
    return shutdown


def old_key(account: Account) -> Fob:
    """Activated long before the days that are undone."""
    return hold(account, now=timezone.now() - LONG_AGO)


def sign_in_with(secret: str) -> tuple[Client, str]:
    client = Client()
    response = client.post("/session/", {"identifiant": "aessai", "secret": secret})
    return client, response.headers.get("Location", response.content.decode())


@pytest.mark.parametrize(("pin", "presses"), [(PIN, 1), (PIN, 60), ("", 1)], ids=["near", "far", "no PIN"])
def test_an_otp_key_opens_nothing_after_the_shutdown(account: Account, pin: str, presses: int) -> None:
    fob = old_key(account)
    shut(account)
    assert WRONG in sign_in_with(pin + fob.press(presses))[1]
    assert WRONG in sign_in_with(PASSWORD)[1]
    assert not Session.objects.exists()
    assert not PendingSignIn.objects.exists()
    assert set(SignIn.objects.values_list("result", flat=True)) == {SignIn.Result.WRONG}


def test_the_key_does_not_overtake_the_temporary_pass(account: Account) -> None:
    """Whoever has the key waits for that pass to be given: then the choice of a password would be theirs."""
    fob = old_key(account)
    shut(account)
    temporary_password.give_temporary(account, by="system", now=timezone.now())
    assert WRONG in sign_in_with(PIN + fob.press())[1]
    assert not Session.objects.exists()


@pytest.mark.parametrize("kind", ["pass", "letter"])
def test_the_holder_comes_back_by_the_pass_and_then_by_the_key(account: Account, kind: str) -> None:
    fob = old_key(account)
    shut(account)
    raw = "k7mr-w4pz-9nhb"
    if kind == "pass":
        raw = temporary_password.give_temporary(account, by="system", now=timezone.now())
    else:
        passwords.set_provisional(account, passwords.hasher().hash(raw), now=timezone.now())
    client, location = sign_in_with(raw)
    assert location == reverse("accounts:first-signin")
    assert client.post(reverse("accounts:first-password"), {"neuf": NEW, "encore": NEW}).status_code == 302
    assert WRONG in sign_in_with(NEW)[1]  # a bare password opens nothing to a holder of a key
    assert sign_in_with(PIN + fob.press())[1] == "/portail/"


def test_without_a_shutdown_a_key_goes_on_opening_beside_a_temporary_pass(account: Account) -> None:
    fob = old_key(account)
    temporary_password.give_temporary(account, by="system", now=timezone.now())
    assert sign_in_with(PIN + fob.press())[1] == reverse("accounts:first-signin")


def test_a_passkey_alone_opens_nothing_after_the_shutdown(account: Account) -> None:
    device = Authenticator(origin=settings.ORIGIN, rp_id=urlsplit(settings.ORIGIN).hostname or "")
    then = timezone.now() - LONG_AGO
    assert passkeys.add_passkey(account, device.create(passkeys.creation_options(account, then)), "Ordinateur", then)
    shut(account)
    assert account.passkeys.exists()  # it is the person's
    client, answer = Client(), device.get(passkeys.request_options(None, timezone.now()))
    assert client.post("/session/cle/", {"cle": answer}).status_code == 200
    assert not Session.objects.exists()


def test_no_session_nor_half_one_of_an_account_without_password(account: Account) -> None:
    """Whatever way in is added one day."""
    shut(account)
    now = timezone.now()
    assert sessions.open_session(account, shared_computer=False, address=None, agent="", now=now) is None
    client = Client()
    response = client.get("/session/")
    pending_signin.begin_pending(
        response, account, PendingSignIn.Owes.FACTOR, shared_computer=False, wanted="", line=None, now=now
    )
    client.cookies[pending_signin.COOKIE] = response.cookies[pending_signin.COOKIE].value
    assert client.get(reverse("accounts:second-factor")).status_code == 302


def test_a_key_activated_lately_is_ended_and_the_password_signs_in(account: Account) -> None:
    fob = hold(account)
    shutdown = shut(account)
    assert shutdown.steps.get(act=ShutdownStep.Act.KEYS).count == 1
    assert account.method == Account.Method.PASSWORD
    fob.key.refresh_from_db()
    assert (fob.key.state, fob.key.pin) == (OtpKey.State.LOST, None)
    assert Entry.objects.filter(subject=account.key, act="otp-key.ended").exists()
    client, _ = sign_in_with(temporary_password.give_temporary(account, by="system", now=timezone.now()))
    client.post(reverse("accounts:first-password"), {"neuf": NEW, "encore": NEW})
    assert sign_in_with(NEW)[1] == "/portail/"


def test_an_older_key_and_one_only_handed_over_stay(account: Account) -> None:
    fob = old_key(account)
    other = make_account("Karim", "Belkacem")
    handed = hand_over(other, make_key())
    shut(account)
    shut(other)
    for key, state in ((fob.key, OtpKey.State.ACTIVE), (handed.key, OtpKey.State.HANDED)):
        key.refresh_from_db()
        assert key.state == state


def confirmed_long_ago(account: Account) -> None:
    then = timezone.now() - LONG_AGO
    RescueContact.objects.create(account=account, email=MINE, confirmed_at=then)


def confirm(account: Account, email: str) -> None:
    """By its code, as on the page."""
    now = timezone.now()
    contact_change.propose(account, email, now=now)
    assert contact_change.confirm(account, sent_to(email), now=now)
    account.codes.all().delete()


def test_a_thiefs_rescue_contact_gives_way_to_the_former_one(account: Account) -> None:
    confirmed_long_ago(account)
    confirm(account, OTHER)
    shutdown = shut(account)
    assert contact.confirmed_email(account) == MINE
    assert contact.former_email(account, timezone.now()) is None  # the attacker hears of nothing
    assert shutdown.steps.get(act=ShutdownStep.Act.RESCUE).count == 1
    details = Entry.objects.get(act="rescue.voided").details
    assert OTHER not in str(details)
    assert details["restored"] == contact.mask_email(MINE)
    assert contact.confirmed_email(account) == MINE
    shut(account)
    assert contact.confirmed_email(account) == MINE  # also after a second shutdown


def test_a_contact_of_before_stays(account: Account) -> None:
    confirmed_long_ago(account)
    assert shut(account).steps.get(act=ShutdownStep.Act.RESCUE).count == 0
    assert contact.confirmed_email(account) == MINE


def test_a_contact_changed_twice_leaves_none(account: Account) -> None:
    """The former one is then the attacker's first."""
    confirmed_long_ago(account)
    confirm(account, OTHER)
    confirm(account, "encore@ailleurs.example")
    shut(account)
    assert contact.confirmed_email(account) is None
    assert contact.former_email(account, timezone.now()) is None


def test_a_contact_that_a_thief_withdrew_comes_back(account: Account) -> None:
    confirmed_long_ago(account)
    contact_change.withdraw(account, now=timezone.now())
    shut(account)
    assert contact.confirmed_email(account) == MINE


def test_a_first_contact_of_those_days_goes(account: Account) -> None:
    confirm(account, OTHER)
    shut(account)
    assert contact.confirmed_email(account) is None


def test_a_secret_that_was_shown_goes_with_the_shutdown(account: Account) -> None:
    totp.begin_totp(account, timezone.now() - LONG_AGO, shown_in="ailleurs")
    shut(account)
    assert not Totp.objects.exists()
