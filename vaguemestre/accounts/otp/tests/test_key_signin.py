"""The one field of the page with an OTP key: what the code opens, and what it leads to."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pyotp import HOTP

from vaguemestre.accounts.attempts.client_address import ClientAddress
from vaguemestre.accounts.models import Account, OtpKey, PendingSignIn, Session
from vaguemestre.accounts.otp import otp_values
from vaguemestre.accounts.otp.testing import PIN, Fob, hand, hold, make_key
from vaguemestre.accounts.sessions import page_owner
from vaguemestre.accounts.signin.attempt import attempt_signin
from vaguemestre.accounts.testing import PASSWORD, make_account

pytestmark = pytest.mark.django_db
URL = "/session/"
WRONG = "Identifiant ou mot de passe incorrect."


@pytest.fixture
def account() -> Account:
    return make_account("Agathe", "Essai")


@pytest.fixture
def fob(account: Account) -> Fob:
    return hold(account)


def post(client: Client, secret: str, **more: str) -> str:
    """Where it leads, or the page."""
    response = client.post(URL, {"identifiant": "aessai", "secret": secret, **more})
    return response.headers.get("Location", response.content.decode())


def test_pin_and_code_open_a_strong_session(client: Client, fob: Fob) -> None:
    assert post(client, PIN + fob.press(), next="/webmail/") == "/webmail/"
    assert Session.objects.get().strong


@pytest.mark.parametrize("typed", ["123456", "7305123456", "73 05 123 456", "12345678", "7305 a 123456", "99999"])
def test_as_many_codes_are_reckoned_for_everybody(
    account: Account, fob: Fob, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a clock, by presses, with a PIN or not yet, with a password, nobody: the time taken does not tell. Nor does
    the seed: one of zeros is reckoned with a tenth sooner."""
    hold(make_account("Lili", "Hocquet"), OtpKey.Kind.TOTP)
    hand(make_account("Luc", "Tardif"), make_key())
    make_account("Karim", "Belkacem")
    reckoned: list[bytes] = []
    at = HOTP.at

    def counted(self: HOTP, factor: int) -> str:
        reckoned.append(self.byte_secret())
        return at(self, factor)

    monkeypatch.setattr(HOTP, "at", counted)
    counts = set()
    for name in ("aessai", "lhocquet", "ltardif", "kbelkacem", "nobody"):
        reckoned.clear()
        attempt_signin(name, typed, remote=ClientAddress("192.0.2.10"), now=timezone.now())
        counts.add(len(reckoned))
        assert bytes(20) not in reckoned
    assert counts == ({otp_values.MOST_RECKONED} if typed.replace(" ", "").isdigit() and len(typed) > 5 else {0})


def test_a_replayed_code_has_the_answer_of_any_other_failure(client: Client, fob: Fob) -> None:
    seen = PIN + fob.press()
    post(client, seen)
    assert WRONG in post(Client(), seen)
    assert WRONG in post(Client(), PASSWORD)
    assert Session.objects.count() == 1


def test_out_of_step_leads_to_the_next_code(client: Client, fob: Fob) -> None:
    assert post(client, PIN + fob.press(60)) == reverse("accounts:otp-signin-next")
    assert not Session.objects.exists()
    assert PendingSignIn.objects.get().owes == PendingSignIn.Owes.NEXT_CODE
    assert client.get("/portail/").status_code == 302


def test_the_first_code_leads_to_the_choice_of_a_pin(client: Client, account: Account) -> None:
    fob = hand(account, make_key())
    assert post(client, fob.press()) == reverse("accounts:otp-signin-pin")
    assert not Session.objects.exists()


def test_a_half_sign_in_of_one_kind_is_none_of_another(client: Client, fob: Fob) -> None:
    """Out of step with a key is not a second step that a recovery code would answer."""
    post(client, PIN + fob.press(60))
    assert client.get("/session/second-facteur/").headers["Location"] == "/session/?expire=1"


def test_in_place(client: Client, account: Account, fob: Fob) -> None:
    headers = {"HX-Request": "true", "X-Whose": page_owner.owner_mark(account)}
    data = {"identifiant": "aessai", "secret": PIN + fob.press()}
    assert "data-word=" in client.post("/session/ici/", data, headers=headers).content.decode()
    assert Session.objects.get().strong


def test_in_place_a_longer_way_goes_by_another_window(client: Client, account: Account, fob: Fob) -> None:
    headers = {"HX-Request": "true", "X-Whose": page_owner.owner_mark(account)}
    data = {"identifiant": "aessai", "secret": PIN + fob.press(60)}
    page = client.post("/session/ici/", data, headers=headers).content.decode()
    assert "dans une autre fenêtre" in page
    assert not Session.objects.exists()
