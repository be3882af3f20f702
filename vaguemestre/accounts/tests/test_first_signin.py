from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from vaguemestre.accounts import passwords
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing import PASSWORD, cheap_hash, make_account, sign_in

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = pytest.mark.django_db
URL = "/session/premiere-connexion/"
LETTER = "k7mr-w4pz-9nhb"


@pytest.fixture
def account() -> Account:
    account = make_account("Éloïse", "de La Tour-Maubourg", password=None)
    passwords.set_provisional(account, cheap_hash(LETTER), now=timezone.now())
    return account


def choose(client: Client, new: str = PASSWORD, again: str | None = None, **more: str) -> "Response":
    return client.post(URL, {"neuf": new, "encore": new if again is None else again, **more})


def test_from_the_letter_to_home(client: Client, account: Account) -> None:
    response = client.post("/session/", {"identifiant": "edelatourmaubourg", "secret": LETTER})
    assert response.headers["Location"] == URL
    page = client.get(URL).content.decode()
    assert "Bienvenue, Éloïse de La Tour-Maubourg." in page
    assert "12 caractères au moins" in page
    response = choose(client)
    assert response.headers["Location"] == reverse("portal:home")
    account.refresh_from_db()
    assert account.password_kind == Account.PasswordKind.OWN
    assert passwords.verify(account, PASSWORD)
    assert client.get(reverse("portal:home")).status_code == 200


@pytest.mark.parametrize("page", ["/portail/", "/intranet/outils/"])
def test_nothing_else_opens_before(client: Client, account: Account, page: str) -> None:
    sign_in(client, account)
    assert client.get(page).headers["Location"].startswith(URL)
    choose(client)
    assert client.get(page).status_code == 200


def test_where_one_wanted_to_go_is_kept(client: Client, account: Account) -> None:
    facts = {"identifiant": "edelatourmaubourg", "secret": LETTER, "next": "/webmail/"}
    response = client.post("/session/", facts)
    assert response.headers["Location"] == f"{URL}?next=%2Fwebmail%2F"
    assert 'name="next" value="/webmail/"' in client.get(response.headers["Location"]).content.decode()
    assert choose(client, next="/webmail/").headers["Location"] == "/webmail/"


def test_left_and_taken_up_again(client: Client, account: Account) -> None:
    client.post("/session/", {"identifiant": "edelatourmaubourg", "secret": LETTER})
    client.post(reverse("accounts:signout"))
    later = Client()
    response = later.post("/session/", {"identifiant": "edelatourmaubourg", "secret": LETTER})
    assert response.headers["Location"] == URL
    assert later.get(URL).status_code == 200


def test_two_tabs_of_one_browser(client: Client, account: Account) -> None:
    sign_in(client, account)
    client.get(URL)
    client.get(URL)
    choose(client)
    second = choose(client, "Quatre chênes, 9 nids !")
    assert second.headers["Location"] == reverse("portal:home")
    account.refresh_from_db()
    assert passwords.verify(account, PASSWORD)
    assert client.get(URL).headers["Location"] == reverse("portal:home")


def test_another_browser_signs_in_again(account: Account) -> None:
    here, elsewhere = Client(), Client()
    sign_in(here, account)
    sign_in(elsewhere, account)
    choose(here)
    assert here.get(reverse("portal:home")).status_code == 200
    assert elsewhere.get(URL).headers["Location"] == f"/session/?next={URL.replace('/', '%2F')}"


def test_a_refused_password_says_why_and_changes_nothing(client: Client, account: Account) -> None:
    sign_in(client, account)
    page = choose(client, "motdepasse").content.decode()
    assert "Ce mot de passe est trop courant. Ajoutez un mot." in page
    assert "Il manque encore\u00a0: une majuscule." in page
    account.refresh_from_db()
    assert account.first_signin_due


def test_two_different_passwords(client: Client, account: Account) -> None:
    sign_in(client, account)
    page = choose(client, PASSWORD, PASSWORD + "!").content.decode()
    assert "Les deux mots de passe sont différents." in page
    assert PASSWORD not in page


def test_a_stranger_is_asked_for_the_letter(client: Client) -> None:
    response = client.get(URL, follow=True)
    assert "Prenez votre lettre." in response.content.decode()


def test_an_expired_letter_opens_nothing(client: Client, account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(provisional_expires_at=timezone.now() - timedelta(days=1))
    page = client.post("/session/", {"identifiant": "edelatourmaubourg", "secret": LETTER}).content.decode()
    assert "Identifiant ou mot de passe incorrect." in page


def test_the_help_is_of_the_persons_department(client: Client, account: Account) -> None:
    sign_in(client, account)
    assert "03 22 71 25 00" in client.get(URL).content.decode()


def test_no_choice_without_the_anti_forgery_token(account: Account) -> None:
    client = Client(enforce_csrf_checks=True)
    sign_in(client, account)
    assert choose(client).status_code == 403
    account.refresh_from_db()
    assert account.first_signin_due
