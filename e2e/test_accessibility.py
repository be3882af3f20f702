"""The automatic tool on every page, by day and by night, wide and narrow. The stories do the same in their middle."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewVisitor
from e2e.desk import Desk
from e2e.visitor import Visitor

pytestmark = pytest.mark.browser
OPEN_PAGES = (
    "/portail/", "/session/premiere-connexion/", "/intranet/", "/bv/", "/bv/logiciels/", "/bv/numen/",
    "/bv/mot-de-passe/", "/bv/mot-de-passe/demande/AAAA-2345/", "/bv/mot-de-passe/dsden/AAAA-2345/",
    "/bv/mot-de-passe/fait/", "/bv/connexion/", "/bv/connexion/choisi/", "/bv/connexion/pin/?departement=80",
    "/bv/connexion/lettre/?jour=1&mois=9&annee=2026", "/etat/", "/donnees-personnelles/", "/accessibilite/",
)  # fmt: skip
SCREENS = {"wide": {"width": 1360, "height": 850}, "narrow": {"width": 360, "height": 740}}


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_before_signing_in(new_visitor: NewVisitor, light: str, screen: str) -> None:
    visitor = new_visitor(viewport=SCREENS[screen], color_scheme=light)
    for path in OPEN_PAGES:
        visitor.go(path)
        visitor.fits()
        visitor.axe()
    with visitor.forgiving("404"):
        visitor.go("/nulle-part/")
        visitor.axe()
    with visitor.forgiving("410"):
        visitor.go("/copie/")
        visitor.fits()
        visitor.axe()


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_inside(at_the_desk: Callable[..., tuple[Visitor, Desk]], light: str, screen: str) -> None:
    visitor, desk = at_the_desk("teacher", viewport=SCREENS[screen], color_scheme=light)
    visitor.axe()
    for path in ("/portail/", "/intranet/outils/", "/bv/", "/etat/", "/webmail/clavier/", "/webmail/en-attente/"):
        visitor.go(path)
        visitor.fits()
        visitor.axe()
    for subject in ("La lettre de la Somme", "Re: Devis 1187"):
        visitor.go("/webmail/")
        desk.open(subject)
        visitor.axe()
    desk.answer_all()
    visitor.axe()


def test_by_keyboard_alone(at_the_desk: Callable[..., tuple[Visitor, Desk]]) -> None:
    """Skip link, then the letter that the inbox shows first is opened and answered without a mouse."""
    visitor, desk = at_the_desk("teacher")
    page = visitor.page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#contenu")).to_be_focused()
    desk.page.locator(".row-link").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#objet")).to_be_visible()
    desk.reader.get_by_role("link", name="Répondre", exact=True).focus()
    page.keyboard.press("Enter")
    expect(desk.sheet).to_be_visible()
    desk.sheet.get_by_role("button", name="Fermer et garder le brouillon").focus()
    page.keyboard.press("Enter")
    expect(desk.sheet).to_have_count(0)
