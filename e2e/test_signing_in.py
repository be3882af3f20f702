"""Signing in: two steps, a key alone, the picture for robots; one's sessions and sign-ins."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from playwright.sync_api import expect

from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type NewVisitor = Callable[..., Visitor]
DESKTOP: dict[str, Any] = {}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def looked_at(visitor: Visitor) -> None:
    visitor.fits()
    visitor.axe()


# A code works once: each screen has an agent of its own.
@pytest.mark.parametrize(("role", "screen"), [("help-desk", DESKTOP), ("administrator", PHONE)])
def test_a_wrong_code_then_the_right_one(
    new_visitor: NewVisitor, demo: Demo, role: str, screen: dict[str, Any]
) -> None:
    agent = demo.account(role)
    visitor = new_visitor(**screen)
    visitor.go("/mon-compte/")
    visitor.sign_in(agent, password=agent["password"])
    page = visitor.page
    expect(page.get_by_role("heading", level=1, name="Deuxième étape")).to_be_visible()
    looked_at(visitor)
    page.get_by_label("Code de votre téléphone").fill("12345")
    page.get_by_role("button", name="Valider").click()
    expect(page.get_by_role("alert")).to_contain_text("Ce code n’ouvre pas.")
    looked_at(visitor)
    page.get_by_label("Code de votre téléphone").fill(pyotp.TOTP(agent["totp"]).now())
    page.get_by_role("button", name="Valider").click()
    expect(page).to_have_url(f"{demo.web}/mon-compte/")


def test_a_key_alone(new_visitor: NewVisitor, demo: Demo) -> None:
    visitor = new_visitor()
    visitor.go("/session/?next=/mon-compte/")
    visitor.show_passkey(demo.account("help-desk"))
    expect(visitor.page).to_have_url(f"{demo.web}/mon-compte/")


def test_the_mail_takes_the_place_of_the_door(new_visitor: NewVisitor, demo: Demo) -> None:
    visitor = new_visitor()
    page = visitor.page
    visitor.go("/webmail/")
    page.evaluate("() => { window.stayed = true; }")
    visitor.sign_in(demo.account("teacher"))
    expect(page).to_have_title(re.compile("Réception"))
    expect(page).to_have_url(f"{demo.web}/webmail/")
    assert page.evaluate("() => window.stayed"), "the browser went to another page"
    visitor.axe()
    page.keyboard.press("Tab")  # from the top, as of a new page
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("n")  # everything works as on a page that was loaded
    expect(page.get_by_label("Objet", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    visitor.sign_out()
    with visitor.forgiving("401|Failed to load"):
        page.go_back()  # out of the browser's memory would be somebody else's mail
        expect(page.get_by_label("Identifiant")).to_be_visible()
    expect(page.locator(".row")).to_have_count(0)


def test_without_javascript_there_is_no_dead_button(new_visitor: NewVisitor) -> None:
    visitor = new_visitor(java_script_enabled=False)
    visitor.go("/session/")
    expect(visitor.page.get_by_role("button", name="Utiliser une clé d’accès")).to_have_count(0)


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "telephone"])
def test_a_picture_after_three_failures(new_visitor: NewVisitor, screen: dict[str, Any]) -> None:
    nobody = {"identifier": f"personne{uuid.uuid4().hex[:6]}", "password": "Pas le bon, 9 fois"}
    visitor = new_visitor(**screen)
    visitor.go("/session/")
    for _ in range(3):
        visitor.sign_in(nobody)
        expect(visitor.page.get_by_role("alert")).to_contain_text("Identifiant ou mot de passe incorrect.")
        nobody["password"] += "!"
    expect(visitor.page.get_by_label("Les cinq chiffres de l’image")).to_be_visible()
    looked_at(visitor)
    visitor.page.get_by_label("Les cinq chiffres de l’image").fill("00001")
    visitor.sign_in(nobody)
    expect(visitor.page.get_by_role("alert")).to_contain_text("Une chose encore.")
    looked_at(visitor)


def test_closing_the_session_left_open_elsewhere(new_visitor: NewVisitor, demo: Demo) -> None:
    me = demo.account("school-head")
    left, here = new_visitor(**PHONE), new_visitor()
    for visitor in (left, here):
        visitor.go("/mon-compte/")
        visitor.sign_in(me)
        expect(visitor.page.get_by_role("heading", level=1, name="Mon compte")).to_be_visible()
    here.page.get_by_role("button", name="Fermer toutes les autres").click()
    expect(here.page.locator("#sessions li")).to_have_count(1)
    expect(here.page.locator("#sessions li")).to_contain_text("Cette session")
    left.go("/mon-compte/")
    expect(left.page.get_by_text("Votre session est terminée.")).to_be_visible()


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "telephone"])
def test_the_pages_of_ones_safety(new_visitor: NewVisitor, demo: Demo, screen: dict[str, Any]) -> None:
    visitor = new_visitor(**screen)
    visitor.go("/mon-compte/")
    visitor.sign_in(demo.account("school-head"))
    expect(visitor.page.locator("#connexions")).to_contain_text("Réussie")
    looked_at(visitor)
    for path, title in [
        ("/mon-compte/connexions/", "Connexions de l’année"),
        ("/mon-compte/doute/", "Un doute sur mon compte"),
        ("/session/confirmation/?next=/mon-compte/&acte=1", "Confirmez que c’est vous"),
    ]:
        visitor.go(path)
        expect(visitor.page.get_by_role("heading", level=1, name=title)).to_be_visible()
        looked_at(visitor)
    visitor.page.get_by_label("Mot de passe", exact=True).fill(demo.account("school-head")["password"])
    visitor.page.get_by_role("button", name="Valider").click()
    expect(visitor.page).to_have_url(re.compile("/mon-compte/$"))
