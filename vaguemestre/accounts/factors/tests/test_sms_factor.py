"""Codes by text message at the second step: by choice, for whoever opens nobody else's account."""

import logging
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.compromise import factor_loss
from vaguemestre.accounts.factors import factor_state, recovery_codes, sms_codes, totp
from vaguemestre.accounts.models import Account, Notice, PendingSignIn, RescueContact, Session, TextFactor
from vaguemestre.accounts.rescue import confirmation_codes
from vaguemestre.accounts.sessions import page_owner
from vaguemestre.accounts.signin import pending_signin
from vaguemestre.accounts.testing import PASSWORD, make_account, sign_in
from vaguemestre.accounts.testing.person import post_as_a_person
from vaguemestre.accounts.testing.sms import NUMBER, PHONE, confirm_phone, gateway, last_code, leave, other_than
from vaguemestre.audit.models import Entry
from vaguemestre.courier.models import TextMessage
from vaguemestre.courier.testing import Gateway
from vaguemestre.people.models import Posting, School
from vaguemestre.testing import without_noise

__all__ = ["gateway"]
pytestmark = pytest.mark.django_db
URL, SEND = "/session/second-facteur/", "/session/second-facteur/sms/"
ENROL, REMOVAL = "/mon-compte/second-facteur/sms/", "/mon-compte/second-facteur/sms/retrait/"
REQUIRED = "/mon-compte/second-facteur/exige/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def account(gateway: Gateway) -> Account:
    account = make_account("Agathe", "Essai")
    confirm_phone(account)
    sms_codes.enrol_sms(account, timezone.now())
    account.refresh_from_db()
    return account


def begin(client: Client, name: str = "aessai") -> None:
    response = post_as_a_person(client, "/session/", {"identifiant": name, "secret": PASSWORD})
    assert response.headers["Location"] == URL


def make_agent(account: Account) -> None:
    account.person.category = "ADMR"
    account.person.save()
    dsden = School.objects.create(uai="0800001A", name="DSDEN de la Somme", kind="dsden", department="80")
    since = timezone.localdate() - timedelta(days=30)
    Posting.objects.create(person=account.person, school=dsden, function="ASSIST", rank=1, share=100, starts=since)


def test_chosen_with_a_confirmed_number(client: Client, gateway: Gateway) -> None:
    account = make_account()
    sign_in(client, account)
    elsewhere = Client()
    sign_in(elsewhere, account)
    assert "Confirmez d’abord un numéro de mobile." in client.get(ENROL).content.decode()
    client.post(ENROL)
    assert not TextFactor.objects.exists()
    confirm_phone(account)
    assert "06 •• •• •• 42" in client.get(ENROL).content.decode()
    assert client.post(ENROL).headers["Location"].startswith("/mon-compte/second-facteur/codes/")
    account.refresh_from_db()
    assert account.second_factor
    assert account.needs_app_passwords
    assert elsewhere.get("/portail/").status_code == 302, "opened by the password alone"
    assert client.get("/portail/").status_code == 200
    assert Notice.objects.filter(account=account, details__change="text-added").exists()
    assert Entry.objects.filter(subject=account.key, act="factor.text-added").exists()
    assert "Depuis le" in client.get("/mon-compte/").content.decode()


def test_it_leaves_by_itself_for_whoever_has_nothing_else(client: Client, account: Account, gateway: Gateway) -> None:
    begin(client)
    assert not Session.objects.exists()
    code = last_code(gateway)
    assert gateway.texts[0][0] == NUMBER
    assert len(gateway.texts[0][1]) <= 160
    assert "06 •• •• •• 42" in client.get(URL).content.decode()
    assert client.post(URL, {"code": code}).headers["Location"] == "/portail/"
    session = Session.objects.get()
    assert (session.strong, session.by_text) == (True, True)
    assert client.get("/portail/").status_code == 200


def test_asked_for_by_whoever_has_something_else(client: Client, account: Account, gateway: Gateway) -> None:
    totp.enrol_with(account, SECRET, timezone.now())
    begin(client)
    leave()
    assert not gateway.texts
    assert "Recevoir un code par SMS" in client.get(URL).content.decode()
    assert "Un code est parti par SMS." in client.post(SEND, follow=True).content.decode()
    assert client.post(URL, {"code": last_code(gateway)}).headers["Location"] == "/portail/"


def test_a_code_works_once(client: Client, account: Account, gateway: Gateway) -> None:
    begin(client)
    code = last_code(gateway)
    client.post(URL, {"code": code})
    again = Client()
    begin(again)
    assert "Ce code n’ouvre pas." in again.post(URL, {"code": code}).content.decode()


def test_for_five_minutes(account: Account, gateway: Gateway) -> None:
    now = timezone.now()
    sms_codes.send_code(account, "192.0.2.0/24", now)
    code = last_code(gateway, now)
    assert not sms_codes.check_code(account, code, now + timedelta(minutes=5))
    assert sms_codes.check_code(account, code, now + timedelta(minutes=4))


def test_five_tries(client: Client, account: Account, gateway: Gateway) -> None:
    begin(client)
    code = last_code(gateway)
    for _turn in range(pending_signin.TRIES):
        client.post(URL, {"code": other_than(code)})
    assert client.post(URL, {"code": code}).headers["Location"].startswith("/session/?expire")
    assert not Session.objects.exists()


def test_a_code_of_the_former_number_opens_nothing(client: Client, account: Account, gateway: Gateway) -> None:
    begin(client)
    code = last_code(gateway)
    RescueContact.objects.update(phone="07 11 22 33 44", phone_confirmed_at=timezone.now())
    client.post(URL, {"code": code})
    assert not Session.objects.exists()


def test_somebody_elses_code_opens_nothing(client: Client, account: Account, gateway: Gateway) -> None:
    other = make_account("Bruno", "Autre")
    confirm_phone(other, phone="07 11 22 33 44")
    sms_codes.enrol_sms(other, timezone.now())
    begin(client)
    leave()
    begin(Client(), "bautre")
    client.post(URL, {"code": last_code(gateway)})
    assert not Session.objects.exists()


def test_one_a_minute_and_ten_a_day(client: Client, account: Account, gateway: Gateway) -> None:
    begin(client)
    assert "moins d’une minute" in client.post(SEND, follow=True).content.decode()
    assert TextMessage.objects.count() == 1
    now = timezone.now()
    for turn in range(1, confirmation_codes.SENT_A_DAY):
        sms_codes.send_code(account, f"192.0.{turn}.0/24", now + timedelta(minutes=2 * turn))
    with pytest.raises(confirmation_codes.TooSoonError):
        sms_codes.send_code(account, "192.0.2.0/24", now + timedelta(hours=2))


def test_a_network_cannot_send_for_ever(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sms_codes, "A_NETWORK_AN_HOUR", 1)
    now = timezone.now()
    sms_codes.send_code(account, "192.0.2.0/24", now)
    other = make_account("Bruno", "Autre")
    confirm_phone(other, phone="07 11 22 33 44")
    sms_codes.enrol_sms(other, now)
    with pytest.raises(sms_codes.TooManyTextsError):
        sms_codes.send_code(other, "192.0.2.0/24", now)
    sms_codes.send_code(other, "198.51.100.0/24", now)


def test_nothing_is_sent_before_a_right_password(client: Client, account: Account) -> None:
    post_as_a_person(client, "/session/", {"identifiant": "aessai", "secret": "faux"})
    client.post(SEND)
    assert not TextMessage.objects.exists()


def test_a_dead_gateway_is_said_with_what_else_to_do(client: Client, account: Account, gateway: Gateway) -> None:
    recovery_codes.renew_codes(account, timezone.now())
    gateway.status = 401
    begin(client)
    leave()
    page = client.get(URL).content.decode()
    assert "Aucun SMS ne peut partir en ce moment." in page
    assert "Utilisez une autre de vos preuves" in page
    (code, *_others) = recovery_codes.renew_codes(account, timezone.now())
    assert client.post(URL, {"code": code}).headers["Location"] == "/portail/"


def test_without_a_gateway_the_factor_still_holds(client: Client, account: Account, settings: LazySettings) -> None:
    """Taken away by the operator: nobody's account becomes open to a password alone."""
    settings.SMS = None
    factor_state.refresh_method(account)
    assert account.second_factor
    begin(client)
    assert "appelez votre DSDEN" in client.get(URL).content.decode()
    assert not Session.objects.exists()


def test_too_weak_for_a_role(client: Client, gateway: Gateway) -> None:
    agent = make_account("Agathe", "Essai")
    make_agent(agent)
    confirm_phone(agent)
    sign_in(client, agent, strong=True)
    assert "Pas pour vos fonctions." in client.get(ENROL).content.decode()
    client.post(ENROL)
    assert not TextFactor.objects.exists()


def test_a_role_that_came_later_asks_for_something_better(client: Client, account: Account, gateway: Gateway) -> None:
    make_agent(account)
    begin(client)
    client.post(URL, {"code": last_code(gateway)})
    for page in ("/portail/", "/webmail/", "/assistance/"):
        assert client.get(page).headers["Location"].startswith(REQUIRED)
    assert client.get(REQUIRED).status_code == 200
    assert client.get("/mon-compte/second-facteur/telephone/").status_code == 200


def test_a_session_opened_by_text_before_the_role_came_opens_no_console(
    client: Client, account: Account, gateway: Gateway
) -> None:
    begin(client)
    client.post(URL, {"code": last_code(gateway)})
    make_agent(account)
    assert client.get("/assistance/").status_code == 403


def test_a_role_with_something_better_is_not_offered_it(client: Client, account: Account, gateway: Gateway) -> None:
    make_agent(account)
    totp.enrol_with(account, SECRET, timezone.now())
    confirmation_codes.send_confirmation(account, confirmation_codes.Purpose.SIGN_IN, PHONE, now=timezone.now())
    begin(client)
    assert "SMS" not in without_noise(client.get(URL).content.decode())
    client.post(URL, {"code": last_code(gateway)})
    assert not Session.objects.exists()


def test_withdrawn(client: Client, account: Account, gateway: Gateway) -> None:
    sign_in(client, account, strong=True)
    assert "C’est le seul second facteur de votre compte." in client.get(REMOVAL).content.decode()
    client.post(REMOVAL)
    account.refresh_from_db()
    assert not account.second_factor
    assert Notice.objects.filter(account=account, details__change="text-withdrawn").exists()
    assert post_as_a_person(Client(), "/session/", {"identifiant": "aessai", "secret": PASSWORD}).status_code == 302
    assert not PendingSignIn.objects.exists()


@pytest.mark.parametrize("page", [ENROL, REMOVAL])
def test_it_asks_for_a_fresh_proof(client: Client, account: Account, page: str) -> None:
    sign_in(client, account, strong=True)
    Session.objects.update(proved_at=timezone.now() - timedelta(hours=1))
    assert client.get(page).headers["Location"].startswith("/session/confirmation/")
    client.post(page)
    assert TextFactor.objects.exists()


def test_the_help_desk_withdraws_it_with_the_others(account: Account) -> None:
    assert factor_loss.withdraw_all(account, by="a0000009", now=timezone.now()) == 1
    account.refresh_from_db()
    assert not account.second_factor


@pytest.mark.parametrize("days", [1, 60])
def test_a_stolen_account_loses_what_came_lately(account: Account, days: int) -> None:
    now = timezone.now()
    TextFactor.objects.update(made_at=now - timedelta(days=days))
    assert factor_loss.withdraw_since(account, now - timedelta(days=7), by="a0000009") == (1 if days == 1 else 0)


def test_in_the_dialog_over_an_open_page(client: Client, account: Account, gateway: Gateway) -> None:
    headers = {
        "HX-Request": "true", "HX-Request-Type": "partial", "HX-Current-URL": "https://testserver/portail/",
        "X-Whose": page_owner.owner_mark(account),
    }  # fmt: skip
    form = {"identifiant": "aessai", "secret": PASSWORD}
    page = post_as_a_person(client, "/session/ici/", form, headers).content.decode()
    assert "Les 6 chiffres envoyés au 06 •• •• •• 42" in page
    said = client.post("/session/ici/second-facteur/sms/", headers=headers).content.decode()
    assert "moins d’une minute" in said
    client.post("/session/ici/second-facteur/", {"code": last_code(gateway)}, headers=headers)
    assert Session.objects.get().by_text


def test_no_number_and_no_code_in_logs_or_pages(
    client: Client, account: Account, gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        begin(client)
        code = last_code(gateway)
        page = client.get(URL).content.decode()
        client.post(URL, {"code": code})
    assert not any(secret in caplog.text + without_noise(page) for secret in (code, NUMBER, PHONE))
