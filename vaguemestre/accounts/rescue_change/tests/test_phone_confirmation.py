"""A phone number of the rescue contact, confirmed by a code sent to it; and no change where there is no gateway."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.compromise import account_shutdown
from vaguemestre.accounts.factors import sms_codes
from vaguemestre.accounts.models import Account, Notice, RescueContact, TextFactor
from vaguemestre.accounts.rescue import confirmation_codes, contact
from vaguemestre.accounts.rescue_change import contact_change
from vaguemestre.accounts.testing import make_account, sign_in
from vaguemestre.accounts.testing.codes import sent_to
from vaguemestre.accounts.testing.sms import NUMBER, PHONE, confirm_phone, gateway, last_code, leave, other_than
from vaguemestre.audit.models import Entry
from vaguemestre.courier.models import Parcel, TextMessage
from vaguemestre.courier.testing import Gateway
from vaguemestre.testing import without_noise

__all__ = ["gateway"]
pytestmark = pytest.mark.django_db
URL, CODE = "/mon-compte/contact-de-secours/", "/mon-compte/contact-de-secours/sms/"
FIRST, FIRST_CODE = "/session/premiere-connexion/secours/", "/session/premiere-connexion/secours/sms/"
MINE, OTHER = "agathe.privee@boite.example", "07 11 22 33 44"


@pytest.fixture
def account(client: Client) -> Account:
    account = make_account()
    sign_in(client, account)
    return account


def test_given_and_confirmed(client: Client, account: Account, gateway: Gateway) -> None:
    assert client.post(URL, {"telephone": "0612345642"}).headers["Location"] == CODE
    assert contact.confirmed_phone(account) is None
    assert PHONE in client.get(CODE).content.decode()
    code = last_code(gateway)
    assert gateway.texts[0][0] == NUMBER
    assert len(gateway.texts[0][1]) <= 160, "one message, one price"
    assert "Ce n’est pas le code envoyé." in client.post(CODE, {"code": other_than(code)}).content.decode()
    page = client.post(CODE, {"code": code}, follow=True).content.decode()
    assert "06 •• •• •• 42" in page
    assert "Confirmé" in page
    assert contact.confirmed_phone(account) == PHONE
    notice = Notice.objects.get(account=account, kind=Notice.Kind.RESCUE_CONTACT, details__change="phone-confirmed")
    assert notice.details["contact"] == "06 •• •• •• 42"
    assert "34 56" not in str(list(Entry.objects.values_list("details", flat=True)))


def test_both_at_once_the_address_then_the_number(client: Client, account: Account, gateway: Gateway) -> None:
    client.post(URL, {"adresse": MINE, "telephone": PHONE, "par_sms": "on"})
    after = client.post("/mon-compte/contact-de-secours/code/", {"code": sent_to(MINE)})
    assert after.headers["Location"] == CODE
    client.post(CODE, {"code": last_code(gateway)})
    assert (contact.confirmed_email(account), contact.confirmed_phone(account)) == (MINE, PHONE)
    assert contact.prefers_text(account)


def test_the_confirmed_number_stays_until_the_other_is_proved(
    client: Client, account: Account, gateway: Gateway
) -> None:
    confirm_phone(account, email=MINE, confirmed_at=timezone.now())
    client.post(URL, {"adresse": MINE, "telephone": OTHER})
    assert contact.confirmed_phone(account) == PHONE
    client.post(CODE, {"code": last_code(gateway)})
    assert contact.confirmed_phone(account) == OTHER
    leave()
    former = [text for to, text in gateway.texts if to == NUMBER]
    assert len(former) == 1, "the number that was replaced hears of it"
    assert "ne sert plus de secours" in former[0]
    assert "11 22" not in former[0]
    assert "téléphone de votre contact" in Parcel.objects.get(to=MINE).text


def test_withdrawn_it_is_told_and_what_hung_on_it_ends(client: Client, account: Account, gateway: Gateway) -> None:
    confirm_phone(account, email=MINE, confirmed_at=timezone.now())
    sms_codes.enrol_sms(account, timezone.now())
    account.sessions.update(strong=True)
    client.post(URL, {"adresse": MINE, "telephone": ""})
    account.refresh_from_db()
    assert not account.second_factor
    assert not TextFactor.objects.exists()
    contact = RescueContact.objects.get()
    assert (contact.phone, contact.phone_confirmed_at) == ("", None)
    leave()
    assert [to for to, _text in gateway.texts] == [NUMBER]


def test_a_number_that_no_text_reaches_is_kept_for_the_help_desk(
    client: Client, account: Account, gateway: Gateway
) -> None:
    client.post(URL, {"telephone": "03 22 82 38 23"})
    assert RescueContact.objects.get().phone == "03 22 82 38 23"
    client.post(URL, {"telephone": "+44 7700 900123"})
    assert RescueContact.objects.get().phone == "+447700900123"
    assert contact.confirmed_phone(account) is None
    assert not TextMessage.objects.exists(), "a forbidden country costs nothing"


def test_a_number_confirmed_before_its_country_was_closed(
    account: Account, gateway: Gateway, settings: LazySettings
) -> None:
    confirm_phone(account)
    settings.SMS = gateway.settings(prefixes=("+337",))
    assert contact.confirmed_phone(account) is None


def test_it_asks_for_a_fresh_proof(client: Client, account: Account, gateway: Gateway) -> None:
    account.sessions.update(proved_at=timezone.now() - timedelta(hours=1))
    client.post(URL, {"telephone": PHONE})
    assert client.get(CODE).headers["Location"].startswith("/session/confirmation/")
    assert client.post(f"{CODE}renvoi/").headers["Location"].startswith("/session/confirmation/")
    assert not TextMessage.objects.exists()
    assert not RescueContact.objects.exists()


def test_another_persons_code_proves_nothing(client: Client, account: Account, gateway: Gateway) -> None:
    client.post(URL, {"telephone": PHONE})
    other, browser = make_account("Bruno"), Client()
    sign_in(browser, other)
    browser.post(CODE, {"code": last_code(gateway)})
    assert contact.confirmed_phone(other) is None


def test_sent_again_after_a_minute_only(client: Client, account: Account, gateway: Gateway) -> None:
    client.post(URL, {"telephone": PHONE})
    assert "Aucun autre code ne peut encore partir." in client.post(f"{CODE}renvoi/", follow=True).content.decode()
    account.codes.update(sent_at=timezone.now() - timedelta(minutes=1))
    assert "Un autre code est parti." in client.post(f"{CODE}renvoi/", follow=True).content.decode()
    assert TextMessage.objects.count() == 2


def test_a_network_cannot_send_for_ever(
    client: Client, account: Account, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vaguemestre.accounts.rescue_change.phone_confirmation.A_NETWORK_AN_HOUR", 1)
    client.post(URL, {"telephone": PHONE})
    other, browser = make_account("Bruno"), Client()
    sign_in(browser, other)
    page = browser.post(URL, {"telephone": OTHER}).content.decode()
    assert "Beaucoup de codes sont partis d’ici." in page
    assert TextMessage.objects.count() == 1


def test_the_days_number_is_said_on_the_form(
    client: Client, account: Account, gateway: Gateway, settings: LazySettings
) -> None:
    settings.SMS = gateway.settings(a_day=1)
    client.post(URL, {"telephone": PHONE})
    other, browser = make_account("Bruno"), Client()
    sign_in(browser, other)
    page = browser.post(URL, {"telephone": OTHER}).content.decode()
    assert "Plus aucun SMS ne peut partir aujourd’hui." in page
    assert not other.codes.exists()


def test_a_message_that_did_not_leave_is_said(client: Client, account: Account, gateway: Gateway) -> None:
    gateway.status = 401
    client.post(URL, {"telephone": PHONE})
    leave()
    page = client.get(CODE).content.decode()
    assert "Le SMS n’a pas pu partir." in page
    assert "adresse personnelle" in page


def test_five_tries(client: Client, account: Account, gateway: Gateway) -> None:
    client.post(URL, {"telephone": PHONE})
    code = last_code(gateway)
    for _turn in range(5):
        client.post(CODE, {"code": other_than(code)})
    assert "Ce code ne vaut plus rien" in client.post(CODE, {"code": code}).content.decode()
    assert contact.confirmed_phone(account) is None


def test_it_answers_the_step_of_the_first_sign_in(client: Client, gateway: Gateway) -> None:
    newcomer = make_account("Nadia")
    Account.objects.filter(pk=newcomer.pk).update(welcomed_at=None)
    sign_in(client, newcomer)
    assert client.post(FIRST, {"telephone": PHONE}).headers["Location"] == FIRST_CODE
    assert client.get("/session/premiere-connexion/").headers["Location"] == FIRST, "not answered before the code"
    assert client.get(FIRST_CODE).status_code == 200
    client.post(FIRST_CODE, {"code": last_code(gateway)})
    assert client.get("/session/premiere-connexion/").headers["Location"].endswith("/personnaliser/")
    assert contact.confirmed_phone(newcomer) == PHONE


@pytest.mark.parametrize("lately", [True, False])
def test_a_stolen_account_forgets_the_number_of_those_days(gateway: Gateway, lately: bool) -> None:
    account, now = make_account(), timezone.now()
    since = now - timedelta(days=1 if lately else 60)
    confirm_phone(account, phone_confirmed_at=since)
    TextFactor.objects.create(account=account, made_at=now - timedelta(days=90))
    Account.objects.filter(pk=account.pk).update(second_factor=True)
    confirmation_codes.send_confirmation(account, confirmation_codes.Purpose.SIGN_IN, PHONE, now=now)
    account_shutdown.shut_account_down(account, by="a0000009", office="DSDEN", reason="essai", now=now)
    account.refresh_from_db()
    assert (contact.confirmed_phone(account) is None) is lately
    assert account.second_factor is not lately
    assert confirmation_codes.waiting_code(account, confirmation_codes.Purpose.SIGN_IN, now=now) is None


def test_without_a_gateway_all_is_as_before(client: Client, account: Account) -> None:
    page = client.get(URL).content.decode()
    assert "SMS" not in without_noise(page)
    assert "par_sms" not in page
    done = client.post(URL, {"telephone": PHONE, "par_sms": "on"})
    assert done.headers["Location"].startswith("/mon-compte/?fait=telephone")
    contact = RescueContact.objects.get()
    assert (contact.phone, contact.by_text, contact.phone_confirmed_at) == (PHONE, False, None)
    assert client.get(CODE).headers["Location"] == URL
    assert "SMS" not in without_noise(client.get("/mon-compte/").content.decode())
    assert client.get("/mon-compte/second-facteur/sms/").status_code == 404
    assert client.get("/bv/mot-de-passe/code/").status_code == 404
    assert not TextMessage.objects.exists()


def test_a_gateway_that_is_gone_takes_its_rights_along(account: Account) -> None:
    confirm_phone(account)
    assert contact.confirmed_phone(account) is None
    assert not contact.prefers_text(account)
    contact_change.keep_phone(account, "", now=timezone.now())
    assert RescueContact.objects.get().phone_confirmed_at is None
