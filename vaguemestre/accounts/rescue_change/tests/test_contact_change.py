from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.models import Account, Notice
from vaguemestre.accounts.rescue import contact
from vaguemestre.accounts.rescue_change import contact_change
from vaguemestre.accounts.testing import make_account, sign_in
from vaguemestre.accounts.testing.codes import sent_to, wrong
from vaguemestre.audit.models import Entry
from vaguemestre.courier.models import Parcel

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=timezone.get_default_timezone())
URL, CODE = "/mon-compte/contact-de-secours/", "/mon-compte/contact-de-secours/code/"
MINE = "agathe.privee@boite.example"


@pytest.fixture
def account(client: Client) -> Account:
    account = make_account()
    sign_in(client, account)
    return account


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("06 12 34 56 78", "06 12 34 56 78"),
        ("0612345678", "06 12 34 56 78"),
        ("+33 6.12.34.56.78", "06 12 34 56 78"),
        ("0033 (0)6 12 34 56 78", "06 12 34 56 78"),
        ("06\u00a012\u00a034\u00a056\u00a078", "06 12 34 56 78"),
        ("+32 475 12 34 56", "+32475123456"),
        ("06 12 34 56", None),
        ("mon portable", None),
        ("00 12 34 56 78", None),
    ],
)
def test_telephones_as_people_write_them(typed: str, kept: str | None) -> None:
    assert contact_change.french_phone(typed) == kept


@pytest.mark.parametrize(
    ("email", "ours"),
    [
        ("agathe@ac-amiens.fr", True),
        ("AGATHE@AC-AMIENS.FR", True),
        ("agathe@listes.ac-amiens.fr", True),
        ("agathe@ac-amiens.fr.boite.example", False),
        ("agathe@mac-amiens.fr", False),
    ],
)
def test_an_address_that_would_be_shut_too(email: str, ours: bool) -> None:
    assert contact_change.is_ours(email) is ours


def test_given_and_confirmed(client: Client, account: Account) -> None:
    response = client.post(URL, {"adresse": MINE, "telephone": "0612345642"})
    assert response.headers["Location"] == CODE
    assert contact.confirmed_email(account) is None
    assert MINE in client.get(CODE).content.decode()
    code = sent_to(MINE)
    page = client.post(CODE, {"code": wrong(code)})
    assert "Ce n’est pas le code envoyé." in page.content.decode()
    done = client.post(CODE, {"code": code}, follow=True).content.decode()
    assert "Votre contact de secours est confirmé." in done
    assert "a•••••@boite.example" in done
    assert "06 •• •• •• 42" in done
    assert MINE not in done
    assert contact.confirmed_email(account) == MINE
    assert Notice.objects.filter(account=account, kind=Notice.Kind.RESCUE_CONTACT).exists()
    assert "privee" not in str(list(Entry.objects.filter(subject=account.key).values()))


def test_the_present_contact_stays_until_the_other_is_proved(client: Client, account: Account) -> None:
    contact_change.propose(account, MINE, now=NOON)
    contact_change.confirm(account, sent_to(MINE), now=NOON)
    client.post(URL, {"adresse": "autre@boite.example"})
    assert contact.confirmed_email(account) == MINE


def test_the_former_contact_is_told(client: Client, account: Account) -> None:
    now = timezone.now()
    contact_change.propose(account, MINE, now=now - timedelta(minutes=5))
    contact_change.confirm(account, sent_to(MINE), now=now - timedelta(minutes=5))
    Parcel.objects.all().delete()
    client.post(URL, {"adresse": "autre@boite.example"})
    client.post(CODE, {"code": sent_to("autre@boite.example")})
    told = Parcel.objects.filter(to=MINE).get()
    assert "contact de secours" in told.text
    assert "autre@boite.example" not in told.text


def test_withdrawn_the_person_and_the_address_are_told(client: Client, account: Account) -> None:
    contact_change.propose(account, MINE, now=timezone.now())
    contact_change.confirm(account, sent_to(MINE), now=timezone.now())
    Parcel.objects.all().delete()
    page = client.post(f"{URL}retrait/", follow=True).content.decode()
    assert "Votre contact de secours est retiré." in page
    assert contact.confirmed_email(account) is None
    assert set(Parcel.objects.values_list("to", flat=True)) == {account.address, MINE}
    client.post(f"{URL}retrait/")
    assert Parcel.objects.count() == 2


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("agathe.essai@ac-amiens.fr", "Cette adresse se ferme avec votre compte"),
        ("pas une adresse", "Cette adresse n’est pas complète."),
        ("", "Donnez une adresse personnelle, ou un numéro de téléphone."),
        ("a@b.example\r\nBcc: c@d.example", "Cette adresse n’est pas complète."),
    ],
)
def test_refused_in_words_and_what_was_typed_stays(client: Client, account: Account, typed: str, said: str) -> None:
    page = client.post(URL, {"adresse": typed, "telephone": ""}).content.decode()
    assert said in page
    assert not Parcel.objects.exists()
    if typed == "pas une adresse":
        assert 'value="pas une adresse"' in page


def test_an_accented_domain_travels_in_its_own_form(client: Client, account: Account) -> None:
    client.post(URL, {"adresse": "Agathe@École.example"})
    assert Parcel.objects.get().to == "Agathe@xn--cole-9oa.example"


def test_five_wrong_codes(client: Client, account: Account) -> None:
    client.post(URL, {"adresse": MINE})
    code = sent_to(MINE)
    for _ in range(4):
        assert "Ce n’est pas le code envoyé." in client.post(CODE, {"code": wrong(code)}).content.decode()
    assert "Ce code ne vaut plus rien" in client.post(CODE, {"code": wrong(code)}).content.decode()
    assert "Ce code ne vaut plus rien" in client.post(CODE, {"code": code}).content.decode()
    assert contact.confirmed_email(account) is None


def test_sent_again_after_a_minute_only(client: Client, account: Account) -> None:
    client.post(URL, {"adresse": MINE})
    page = client.post(f"{URL}renvoi/", follow=True).content.decode()
    assert "Un code est parti il y a moins d’une minute." in page
    assert Parcel.objects.count() == 1
    account.codes.update(sent_at=timezone.now() - timedelta(minutes=1))
    page = client.post(f"{URL}renvoi/", follow=True).content.decode()
    assert "Un autre code est parti." in page
    assert Parcel.objects.count() == 2


def test_two_addresses_within_a_minute_the_form_says_when(client: Client, account: Account) -> None:
    client.post(URL, {"adresse": MINE})
    page = client.post(URL, {"adresse": "autre@boite.example"}).content.decode()
    assert "Un code vient de partir." in page


def test_without_a_waiting_code_the_page_goes_back_to_the_address(client: Client, account: Account) -> None:
    assert client.get(CODE).headers["Location"] == URL


def test_it_asks_for_a_fresh_proof(client: Client, account: Account) -> None:
    account.sessions.update(proved_at=timezone.now() - timedelta(hours=1))
    assert client.get(URL).headers["Location"].startswith("/session/confirmation/")
    client.post(URL, {"adresse": MINE})
    assert not Parcel.objects.exists()


def test_another_persons_code_page_is_their_own(client: Client, account: Account) -> None:
    client.post(URL, {"adresse": MINE})
    other, browser = make_account("Bruno"), Client()
    sign_in(browser, other)
    page = browser.post(CODE, {"code": sent_to(MINE)}).content.decode()
    assert "Ce code ne vaut plus rien" in page
    assert contact.confirmed_email(other) is None
