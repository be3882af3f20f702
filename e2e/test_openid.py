"""Somebody opens an application of another service with their account, and leaves everything from there."""

import re

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewVisitor
from e2e.relying import relying_party
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize(
    ("library", "options"),
    [
        ("e2e.relying", {}), ("e2e.relying", {"java_script_enabled": False}),
        ("e2e.certified", {"viewport": PHONE}),
    ],
    ids=["authlib", "authlib, without JavaScript", "idpyoidc, on a telephone"],
)  # fmt: skip
def test_in_and_out_of_an_application_of_somebody_else_s(
    new_visitor: NewVisitor, demo: Demo, library: str, options: dict[str, object]
) -> None:
    visitor, account = new_visitor(**options), demo.account("school-head")
    page = visitor.page
    with relying_party(demo, library) as application, visitor.forgiving(f"^another host: {re.escape(application)}"):
        page.goto(application)
        page.get_by_role("link", name="Entrer").click()
        visitor.sign_in(account)
        expect(page.get_by_role("heading", level=1)).to_have_text("Ouvrir Application d’essai")
        expect(page.get_by_text("Votre nom et votre identifiant")).to_be_visible()
        if options.get("java_script_enabled", True):
            visitor.axe()
            visitor.fits()
        page.get_by_role("button", name="Autoriser et continuer").click()
        expect(page.get_by_text(f"Bonjour Nadia Benhamou, {account['address']}")).to_be_visible()
        visitor.go("/mon-compte/applications/")
        if options.get("java_script_enabled", True):
            visitor.axe()
            visitor.fits()
        expect(page.get_by_text("Application d’essai", exact=True)).to_be_visible()
        page.goto(application)
        page.get_by_role("link", name="Sortir").click()
        expect(page.get_by_text("Personne.")).to_be_visible()
        visitor.go("/portail/")
        expect(page).to_have_url(re.compile("/session/"))


def test_what_was_allowed_is_taken_back(new_visitor: NewVisitor, demo: Demo) -> None:
    visitor = new_visitor()
    page = visitor.page
    with relying_party(demo) as application, visitor.forgiving(f"^another host: {re.escape(application)}"):
        page.goto(f"{application}/entrer")
        visitor.sign_in(demo.account("hr-officer"))
        page.get_by_role("button", name="Autoriser et continuer").click()
        expect(page.get_by_text("Bonjour Sylvie Caudron")).to_be_visible()
        visitor.go("/mon-compte/")
        page.get_by_role("link", name="Voir et retirer").click()
        page.get_by_role("button", name="Retirer").click()
        expect(page.get_by_role("status")).to_contain_text("Elle ne lit plus rien de vous.")
        expect(page.get_by_text("Vous n’en avez autorisé aucune.")).to_be_visible()
        page.goto(f"{application}/entrer")
        expect(page.get_by_role("heading", level=1)).to_have_text("Ouvrir Application d’essai")
        page.get_by_role("button", name="Refuser").click()
        expect(page.get_by_text("Refus : access_denied")).to_be_visible()
