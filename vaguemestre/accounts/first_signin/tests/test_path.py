from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.charter.document import charter_blocks
from vaguemestre.accounts.first_signin import path
from vaguemestre.accounts.first_signin.path import PathStep
from vaguemestre.accounts.models import Account, Notice
from vaguemestre.accounts.passwords import passwords
from vaguemestre.accounts.rescue.contact import confirmed_email, contact_of
from vaguemestre.accounts.testing import PASSWORD, cheap_hash, make_account, sign_in
from vaguemestre.accounts.testing.codes import sent_to
from vaguemestre.accounts.testing.first_signin import (
    CHARTER,
    CHOICE,
    CODE,
    ENTRY,
    LATER,
    LETTER,
    MINE,
    RESCUE,
    accept,
    choose,
    walk_to,
)
from vaguemestre.courier.models import Parcel

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = pytest.mark.django_db
LAST = f"{ENTRY}personnaliser/"
HOME = "/portail/"


@pytest.fixture
def account() -> Account:
    account = make_account("Éloïse", "de La Tour-Maubourg", password=None)
    passwords.set_provisional(account, cheap_hash(LETTER), now=timezone.now())
    return account


def arrive(client: Client, **more: str) -> "Response":
    return client.post("/session/", {"identifiant": "edelatourmaubourg", "secret": LETTER, **more})


def where(client: Client) -> str:
    """The step to which the path leads now."""
    return client.get(ENTRY).headers["Location"]


def test_from_the_letter_to_home(client: Client, account: Account) -> None:
    assert arrive(client).headers["Location"] == ENTRY
    assert where(client) == CHOICE
    page = client.get(CHOICE).content.decode()
    assert "Bienvenue, Éloïse de La Tour-Maubourg." in page
    assert "Étape 1 sur 4, trois minutes en tout" in " ".join(page.split())
    assert "12 caractères au moins" in page
    assert choose(client).headers["Location"] == ENTRY
    assert where(client) == CHARTER
    page = client.get(CHARTER).content.decode()
    assert "Étape 2 sur 4" in page
    assert "Votre mot de passe, votre clé" in page or "Garder votre mot de passe" in page
    assert accept(client).headers["Location"] == ENTRY
    assert where(client) == RESCUE
    assert client.post(RESCUE, {"adresse": MINE, "telephone": "0612345678"}).headers["Location"] == CODE
    assert client.post(CODE, {"code": sent_to(MINE)}).headers["Location"] == ENTRY
    assert where(client) == LAST
    assert client.post(LAST).headers["Location"] == HOME
    account.refresh_from_db()
    assert account.welcomed_at
    assert passwords.verify_password(account, PASSWORD)
    assert confirmed_email(account) == MINE
    assert contact_of(account).phone == "06 12 34 56 78"
    assert client.get(HOME).status_code == 200
    assert where(client) == HOME


def test_nobody_is_told_of_what_they_are_doing(client: Client, account: Account) -> None:
    """No notice waits on the first home page, and no mail but the code."""
    sign_in(client, account)
    walk_to(client, PathStep.RESCUE)
    client.post(RESCUE, {"adresse": MINE})
    client.post(CODE, {"code": sent_to(MINE)})
    assert not Notice.objects.exists()
    assert set(Parcel.objects.values_list("to", flat=True)) == {MINE}


@pytest.mark.parametrize("page", [HOME, "/intranet/outils/", "/mon-compte/"])
def test_nothing_else_opens_before_password_and_charter(client: Client, account: Account, page: str) -> None:
    sign_in(client, account)
    assert client.get(page).headers["Location"].startswith(ENTRY)
    choose(client)
    assert client.get(page).headers["Location"].startswith(ENTRY)
    accept(client)
    assert client.get(page).status_code == 200


@pytest.mark.parametrize("ahead", [CHARTER, RESCUE, CODE, LAST])
def test_no_step_is_jumped(client: Client, account: Account, ahead: str) -> None:
    sign_in(client, account)
    assert client.get(ahead).headers["Location"] == ENTRY
    assert client.post(ahead, {"version": academy().charter.version}).headers["Location"] == ENTRY
    account.refresh_from_db()
    assert not account.charter_version
    assert account.welcomed_at is None


def test_the_end_is_not_reached_without_the_steps_before(client: Client, account: Account) -> None:
    sign_in(client, account)
    choose(client)
    accept(client)
    client.post(LAST)
    account.refresh_from_db()
    assert account.welcomed_at is None


@pytest.mark.parametrize(
    ("left_at", "step"), [(PathStep.CHARTER, CHARTER), (PathStep.RESCUE, RESCUE), (PathStep.PERSONALISE, LAST)]
)
def test_left_half_way_another_device_goes_on_at_the_same_step(
    client: Client, account: Account, left_at: PathStep, step: str
) -> None:
    arrive(client)
    walk_to(client, left_at)
    client.post(reverse("accounts:signout"))
    later = Client()
    response = later.post("/session/", {"identifiant": "edelatourmaubourg", "secret": PASSWORD})
    assert response.headers["Location"] == ENTRY
    assert where(later) == step


def test_a_code_is_typed_on_another_device(client: Client, account: Account) -> None:
    sign_in(client, account)
    walk_to(client, PathStep.RESCUE)
    client.post(RESCUE, {"adresse": MINE})
    telephone = Client()
    sign_in(telephone, account)
    assert MINE in telephone.get(CODE).content.decode()
    assert telephone.post(CODE, {"code": sent_to(MINE)}).headers["Location"] == ENTRY
    assert where(client) == LAST


def test_the_rescue_contact_may_wait_and_the_page_says_what_follows(client: Client, account: Account) -> None:
    sign_in(client, account)
    walk_to(client, PathStep.RESCUE)
    page = client.get(RESCUE).content.decode()
    assert "seule votre DSDEN pourra vous rendre l’accès" in page
    assert client.post(LATER).headers["Location"] == ENTRY
    assert where(client) == LAST
    assert confirmed_email(account) is None


def test_a_telephone_alone_is_an_answer(client: Client, account: Account) -> None:
    sign_in(client, account)
    walk_to(client, PathStep.RESCUE)
    assert client.post(RESCUE, {"adresse": "", "telephone": "06 12 34 56 78"}).headers["Location"] == ENTRY
    assert where(client) == LAST
    assert contact_of(account).phone == "06 12 34 56 78"


def test_done_steps_lead_back_and_change_nothing(client: Client, account: Account) -> None:
    sign_in(client, account)
    walk_to(client, PathStep.RESCUE)
    page = client.get(RESCUE).content.decode()
    assert f'href="{CHOICE}"' in page
    assert f'href="{CHARTER}"' in page
    assert "Votre mot de passe est choisi" in client.get(CHOICE).content.decode()
    assert "Accepter la charte" not in client.get(CHARTER).content.decode()
    choose(client, "Quatre chênes, 9 nids !")
    account.refresh_from_db()
    assert passwords.verify_password(account, PASSWORD)
    assert where(client) == RESCUE


def test_where_one_wanted_to_go_is_kept_to_the_end(client: Client, account: Account) -> None:
    response = arrive(client, next="/webmail/")
    assert response.headers["Location"] == f"{ENTRY}?next=%2Fwebmail%2F"
    client.get(response.headers["Location"])
    walk_to(client, PathStep.PERSONALISE)
    assert client.post(LAST).headers["Location"] == "/webmail/"
    assert where(client) == HOME  # once


@pytest.mark.parametrize("page", ["https://voleur.example/", "//voleur.example/", "/\\voleur.example/"])
def test_but_never_another_site(client: Client, account: Account, page: str) -> None:
    sign_in(client, account)
    client.get(ENTRY, {"next": page})
    walk_to(client, PathStep.PERSONALISE)
    assert client.post(LAST).headers["Location"] == HOME


def test_nor_the_page_that_another_person_wanted_here(client: Client, account: Account) -> None:
    sign_in(client, make_account("Bruno", password=None))
    client.get(ENTRY, {"next": "/webmail/"})
    sign_in(client, account)
    walk_to(client, PathStep.PERSONALISE)
    assert client.post(LAST).headers["Location"] == HOME


def test_left_and_taken_up_again_with_the_letter(client: Client, account: Account) -> None:
    arrive(client)
    client.post(reverse("accounts:signout"))
    later = Client()
    assert arrive(later).headers["Location"] == ENTRY
    assert later.get(CHOICE).status_code == 200


def test_two_tabs_of_one_browser(client: Client, account: Account) -> None:
    sign_in(client, account)
    client.get(CHOICE)
    client.get(CHOICE)
    choose(client)
    assert choose(client, "Quatre chênes, 9 nids !").headers["Location"] == ENTRY
    account.refresh_from_db()
    assert passwords.verify_password(account, PASSWORD)
    accept(client)
    assert accept(client).headers["Location"] == ENTRY
    client.post(LATER)
    client.post(LAST)
    assert client.post(LAST).headers["Location"] == ENTRY
    assert client.get(LAST).headers["Location"] == ENTRY


def test_another_browser_signs_in_again(account: Account) -> None:
    here, elsewhere = Client(), Client()
    sign_in(here, account)
    sign_in(elsewhere, account)
    choose(here)
    assert where(here) == CHARTER
    assert where(elsewhere) == f"/session/?next={ENTRY.replace('/', '%2F')}"


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
    response = client.get(ENTRY, follow=True)
    assert "Prenez votre lettre." in response.content.decode()
    assert client.get(CHARTER).headers["Location"] == ENTRY


def test_an_expired_letter_opens_nothing(client: Client, account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(provisional_expires_at=timezone.now() - timedelta(days=1))
    assert "Identifiant ou mot de passe incorrect." in arrive(client).content.decode()


@pytest.mark.parametrize("step", [PathStep.PASSWORD, PathStep.CHARTER, PathStep.RESCUE])
def test_the_help_is_of_the_persons_department(client: Client, account: Account, step: PathStep) -> None:
    sign_in(client, account)
    if step is not PathStep.PASSWORD:
        walk_to(client, step)
    assert "03 22 71 25 00" in client.get(step.url).content.decode()


def test_no_choice_without_the_anti_forgery_token(account: Account) -> None:
    client = Client(enforce_csrf_checks=True)
    sign_in(client, account)
    assert choose(client).status_code == 403
    account.refresh_from_db()
    assert account.first_signin_due


class TestNewCharter:
    @pytest.fixture
    def welcomed(self, client: Client) -> Account:
        account = make_account()
        Account.objects.filter(pk=account.pk).update(charter_version="2025-09")
        sign_in(client, account)
        return account

    @pytest.mark.usefixtures("welcomed")
    def test_it_is_asked_at_the_next_page_then_one_goes_on(self, client: Client) -> None:
        response = client.get("/mon-compte/")
        assert response.headers["Location"] == f"{ENTRY}?next=%2Fmon-compte%2F"
        assert client.get(response.headers["Location"]).headers["Location"] == CHARTER
        page = client.get(CHARTER).content.decode()
        assert "La charte a une nouvelle version." in page
        assert "Étape" not in page.split("<main")[1].split("<form")[0].replace("Étapes", "")
        accept(client)
        assert where(client) == "/mon-compte/"
        assert client.get("/mon-compte/").status_code == 200

    def test_mail_programs_go_on(self, welcomed: Account) -> None:
        welcomed.refresh_from_db()
        assert welcomed.mail_refusal(timezone.now()) is None

    def test_only_the_version_on_the_screen_is_accepted(self, client: Client, welcomed: Account) -> None:
        page = accept(client, "2025-09").content.decode()
        assert "La charte a changé pendant que vous la lisiez." in page
        welcomed.refresh_from_db()
        assert welcomed.charter_version == "2025-09"


def test_a_temporary_password_asks_for_that_step_alone(client: Client) -> None:
    account = make_account()
    Account.objects.filter(pk=account.pk).update(password_kind=Account.PasswordKind.TEMPORARY)
    account.refresh_from_db()
    assert [standing.step for standing in path.path_of(account)] == [PathStep.PASSWORD]
    sign_in(client, account)
    assert where(client) == CHOICE


def test_the_charter_is_one_page_in_plain_words() -> None:
    blocks = charter_blocks()
    words = " ".join(" ".join(block.lines) for block in blocks)
    assert blocks[0].kind == "title"
    assert {"heading", "list", "text"} <= {block.kind for block in blocks}
    assert 400 < len(words.split()) < 1000
    assert "**" not in words
    assert "<" not in words


def test_the_charter_is_read_by_anybody_at_any_time(client: Client) -> None:
    page = client.get("/charte/")
    assert page.status_code == 200
    assert "Votre compte est personnel." in page.content.decode()


def test_what_the_charter_file_says_is_never_markup(client: Client, tmp_path: Path, settings: LazySettings) -> None:
    file = tmp_path / "charter.md"
    file.write_text("# Charte\n\n## Titre <b>\n\n- un\n  deux\n- <script>\n\nTexte & suite\n", encoding="utf-8")
    settings.CHARTER_FILE = file
    page = client.get("/charte/").content.decode()
    assert "<li>un deux</li>" in page
    assert "&lt;script&gt;" in page
    assert "Texte &amp; suite" in page
