"""Forty calls wait: from a name to a new password by keyboard alone, a stolen account shut, each page as it must be."""

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import NewVisitor
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
SCREENS = {"wide": {"width": 1440, "height": 900}, "narrow": {"width": 390, "height": 844}}
CHOSEN = "Sept-merles-au-marais-4"


@pytest.fixture
def agent(new_visitor: NewVisitor, demo: Demo) -> Visitor:
    visitor = new_visitor()
    visitor.go("/assistance/")
    visitor.sign_in(demo.account("help-desk"))
    expect(visitor.page.get_by_role("heading", name="Qui appelle")).to_be_visible()
    return visitor


def find(page: Page, name: str) -> None:
    page.get_by_label("Chercher une personne").fill(name)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Fiche")).to_be_visible()


def reach(page: Page, name: str) -> None:
    """By Tab alone, as somebody without a mouse."""
    for _ in range(60):
        if page.evaluate("(document.activeElement.innerText || document.activeElement.name || '').trim()") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} is out of reach of the keyboard")


def test_the_lost_letter_by_keyboard_alone(agent: Visitor, new_visitor: NewVisitor) -> None:
    page = agent.page
    expect(page.get_by_label("Chercher une personne")).to_be_focused()
    page.keyboard.type("etienne magali")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Magali Étienne")).to_be_visible()
    expect(page.locator(".standing")).to_contain_text("Aucune connexion pour l’instant")
    expect(page.get_by_role("heading", name="Le plus simple : un mot de passe temporaire")).to_be_visible()
    agent.axe()
    reach(page, "in_person")
    page.keyboard.press("Space")
    reach(page, "Donner un mot de passe temporaire")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Lisez ceci à haute voix")).to_be_visible()
    agent.axe()
    groups = page.locator(".aloud strong").all_inner_texts()
    identifier = page.locator(".lead").inner_text().split("l’identifiant ")[1].split(".")[0]
    _the_person_chooses(new_visitor, identifier, " ".join(groups).upper())
    reach(page, "C’est lu\N{NO-BREAK SPACE}: revenir à la personne")
    page.keyboard.press("Enter")
    expect(page.locator(".events")).to_contain_text("Mot de passe temporaire donné")


def _the_person_chooses(new_visitor: NewVisitor, identifier: str, heard: str) -> None:
    """As it was heard: capitals and spaces are forgiven. It works once, and leads to a password of one's own."""
    visitor = new_visitor(viewport=SCREENS["narrow"])
    page = visitor.page
    visitor.go("/portail/")
    visitor.sign_in({"identifier": identifier, "password": heard})
    expect(page.get_by_role("heading", name="Choisissez votre mot de passe")).to_be_visible()
    page.get_by_label("Nouveau mot de passe").fill(CHOSEN)
    page.get_by_label("Le même, une seconde fois").fill(CHOSEN)
    page.get_by_role("button", name="Enregistrer et continuer").click()
    expect(page.get_by_role("heading", name="Lisez la charte d’usage")).to_be_visible()
    again = new_visitor()
    again.go("/portail/")
    again.sign_in({"identifier": identifier, "password": heard})
    expect(again.page.locator("main")).to_contain_text("incorrect")


def test_a_stolen_account_is_shut_in_one_click(agent: Visitor) -> None:
    page = agent.page
    find(page, "leroy agnes")
    page.get_by_role("link", name="Compte volé").click()
    expect(page.get_by_role("heading", name="Compte volé : tout fermer maintenant")).to_be_visible()
    agent.axe()
    page.get_by_label("Comment l’avez-vous appris").fill("Appel du chef d’établissement")
    confirmation = page.get_by_label(re.compile("Tapez l’identifiant"))
    confirmation.fill("quelquun")
    with agent.forgiving("422"):
        page.get_by_role("button", name="Tout fermer maintenant").click()
        expect(page.locator("main")).to_contain_text("Ce n’est pas l’identifiant de cette personne")
    agent.axe()
    confirmation.fill("aleroy")
    page.get_by_role("button", name="Tout fermer maintenant").click()
    expect(page.get_by_role("heading", name="Tout est fermé")).to_be_visible()
    agent.axe()
    page.get_by_role("link", name="Revenir à la personne").click()
    expect(page.locator(".standing")).to_contain_text("Compte déclaré volé")
    agent.axe()


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_every_page(new_visitor: NewVisitor, demo: Demo, light: str, screen: str) -> None:
    visitor = new_visitor(viewport=SCREENS[screen], color_scheme=light)
    page = visitor.page
    visitor.go("/assistance/")
    visitor.sign_in(demo.account("help-desk"))
    pages = ("demandes/", "rentree/", "rentree/80/", "lettres/", "redirections/", "journal/")
    for path in ("", "?q=martin", "?q=zorglub", *pages):
        visitor.go(f"/assistance/{path}")
        visitor.fits()
        visitor.axe()
    visitor.go("/assistance/")
    find(page, "mlefevre")
    here = page.url.partition("?")[0].removeprefix(demo.web)
    for path in ("", "histoire/", "identite/", "verrou/", "vol/"):
        visitor.go(here + path)
        visitor.fits()
        visitor.axe()


def test_a_numen_is_shown_for_half_a_minute_and_stands_in_no_address(agent: Visitor) -> None:
    page = agent.page
    find(page, "mlefevre")
    page.get_by_text("Révéler le NUMEN").click()
    page.locator("#motif-numen").fill("Dossier administratif à compléter")
    page.get_by_role("button", name="Révéler pendant 30 secondes").click()
    numen = page.locator(".numen")
    expect(numen).to_have_text(re.compile(r"^\d\d[A-Z]\d{7}[A-Z]{3}$"))
    shown = numen.inner_text()
    assert shown not in page.title()
    assert shown not in page.url
    expect(numen).to_contain_text("•••", timeout=40_000)  # the browser leaves by itself


def test_the_table_of_the_rentree_comes_once_one_has_proved_oneself(agent: Visitor, demo: Demo) -> None:
    long_ago = str(datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=3))
    with closing(sqlite3.connect(demo.data / "db" / "vaguemestre.sqlite3", timeout=30)) as database, database:
        [(opened_at,)] = database.execute("SELECT MAX(created_at) FROM accounts_session")
        database.execute("UPDATE accounts_session SET proved_at = ? WHERE created_at = ?", [long_ago, opened_at])
    page = agent.page
    agent.go("/assistance/rentree/")
    page.get_by_role("link", name="CSV").click()
    page.get_by_label("Mot de passe", exact=True).fill(demo.account("help-desk")["password"])
    agent.axe()
    with page.expect_download() as fetched:
        page.get_by_role("button", name="Valider").click()
    assert fetched.value.suggested_filename == "comptes-a-activer.csv"
    expect(page.get_by_role("heading", name="Votre fichier arrive")).to_be_visible()
    agent.axe()
    page.get_by_role("link", name="Revenir à la page d’avant").click()
    expect(page.get_by_role("heading", name=re.compile("^Rentrée"))).to_be_visible()
