"""A form without script that meets an ended session: kept, for the same person, and offered again."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from vaguemestre.accounts.lifecycle.retention import sweep
from vaguemestre.accounts.models import Account, KeptForm
from vaguemestre.accounts.sessions import saved_forms, sessions
from vaguemestre.accounts.testing import PASSWORD, make_account

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = pytest.mark.django_db
SHEET = f"/webmail/ecrire/{'a' * 32}/envoi/"
TEXT = "Une heure de travail.\nÀ ne pas perdre : « oui » & <b>non</b>."


@pytest.fixture
def account(client: Client) -> Account:
    account = make_account("Agathe", "Essai")
    client.post("/session/", {"identifiant": "aessai", "secret": PASSWORD})
    return account


def send(client: Client) -> "Response":
    """The session has ended meanwhile."""
    client.cookies.pop(sessions.COOKIE, None)
    data = {"texte": TEXT, "a": ["x@y.example", "z@y.example"], "fichier": SimpleUploadedFile("plan.pdf", b"%PDF")}
    return client.post(SHEET, data | {"csrfmiddlewaretoken": "x"})


def sign_in_again(client: Client, sent: "Response", name: str = "aessai") -> str:
    wanted = sent.headers["Location"].split("next=")[1].replace("%2F", "/")
    return client.post("/session/", {"identifiant": name, "secret": PASSWORD, "next": wanted}).headers["Location"]


def test_the_text_is_offered_again(client: Client, account: Account) -> None:
    sent = send(client)
    assert "est gardé" in client.get(sent.headers["Location"]).content.decode()
    page = client.get(sign_in_again(client, sent)).content.decode()
    assert f'action="{SHEET}"' in page
    assert "Une heure de travail." in page
    assert "&lt;b&gt;non&lt;/b&gt;" in page
    assert page.count('name="a"') == 2
    assert "plan.pdf" in page
    assert 'value="x"' not in page


def test_files_are_chosen_again_where_the_form_is_sent(client: Client, account: Account) -> None:
    """Pressed without looking, it would send the message without what it was about: the page says so, in words."""
    page = client.get(sign_in_again(client, send(client))).content.decode()
    assert "Les fichiers ne sont pas gardés\N{NO-BREAK SPACE}: choisissez de nouveau les vôtres ici." in page
    assert "Sinon, le formulaire part sans eux." in page
    control = r'<span class="native"[^>]*><input type="file" name="fichier" id="\1">'
    assert re.search(r'<label for="([\w-]+)">plan.pdf</label>\s*' + control, page)


def test_somebody_else_does_not_get_it(client: Client, account: Account) -> None:
    make_account("Luc", "Autre")
    where = sign_in_again(client, send(client), "lautre")
    assert client.get(where).status_code == 404


def test_it_is_sealed_and_forgotten(client: Client, account: Account) -> None:
    send(client)
    assert "travail" not in KeptForm.objects.get().sealed
    sweep("", timezone.now() + timedelta(hours=25))
    assert not KeptForm.objects.exists()


def test_nothing_is_kept_of_a_stranger(client: Client) -> None:
    assert client.post(SHEET, {"texte": TEXT}).headers["Location"] == "/session/"
    assert not KeptForm.objects.exists()


def test_passwords_are_not_kept(client: Client, account: Account) -> None:
    client.cookies.pop(sessions.COOKIE)
    client.post(reverse("accounts:confirmation"), {"secret": PASSWORD, "next": "/mon-compte/"})
    (kept,) = KeptForm.objects.all()
    form = saved_forms.find_saved_form(account, kept.key, now=timezone.now())
    assert form
    assert form.fields == [("next", "/mon-compte/")]


def test_not_without_end(client: Client, account: Account) -> None:
    for _ in range(saved_forms.MOST + 3):
        send(client)
    assert KeptForm.objects.count() == saved_forms.MOST
