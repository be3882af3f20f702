"""The automatic tool on every page, by day and by night, wide and narrow. The stories do the same in their middle."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from e2e.conftest import NewVisitor
from e2e.desk import Desk
from e2e.post import deliver
from e2e.test_attachments import pages, picture, put
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
OPEN_PAGES = (
    "/portail/", "/session/premiere-connexion/", "/intranet/", "/bv/", "/bv/aide/", "/bv/logiciels/", "/bv/numen/",
    "/bv/mot-de-passe/", "/bv/mot-de-passe/demande/AAAA-2345/", "/bv/mot-de-passe/dsden/AAAA-2345/",
    "/bv/mot-de-passe/fait/", "/bv/connexion/", "/bv/connexion/choisi/", "/bv/connexion/pin/?departement=80",
    "/bv/connexion/lettre/?jour=1&mois=9&annee=2026", "/etat/", "/donnees-personnelles/", "/accessibilite/",
)  # fmt: skip
SCREENS = {"wide": {"width": 1360, "height": 850}, "narrow": {"width": 360, "height": 740}}
LOOKS: dict[str, dict[str, Any]] = {
    "rail": {"viewport": {"width": 900, "height": 1000}, "color_scheme": "light"},
    "dark": {"viewport": SCREENS["wide"], "color_scheme": "dark"},
    "telephone": {"viewport": SCREENS["narrow"], "color_scheme": "light", "has_touch": True, "is_mobile": True},
}
KINDS: tuple[tuple[str, str, bytes], ...] = (
    ("Devis.pdf", "application/pdf", pages(2)),
    ("car.png", "image/png", picture()),
    ("notes.csv", "text/csv", b"Nom;Note\nAnna;12\n"),
    ("note.txt", "text/plain", b"Bonjour.\n" * 80),
    ("carte.vcf", "text/vcard", b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Sophie\r\nEMAIL:s@x.example\r\nEND:VCARD\r\n"),
    ("son.wav", "audio/wav", b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data\0\0\0\0"),
    ("abîmé.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"rien"),
)  # fmt: skip


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
    for path in (
        "/portail/",
        "/intranet/outils/",
        "/bv/",
        "/etat/",
        "/webmail/clavier/",
        "/webmail/en-attente/",
        "/annuaire/",
        "/annuaire/?q=mar",
        "/annuaire/departements/80/",
    ):
        visitor.go(path)
        visitor.fits()
        visitor.axe()
    for subject in ("La lettre de la Somme", "Re: Devis 1187"):
        visitor.go("/webmail/")
        desk.open(subject)
        visitor.axe()
    desk.answer_all()
    visitor.axe()


def larger(visitor: Visitor) -> None:
    """The largest letters that one may choose, on this page alone."""
    visitor.page.evaluate("document.documentElement.dataset.text = 'larger'")


def menus(visitor: Visitor, bar: Locator) -> None:
    """Each menu of a bar, opened in its turn."""
    for place in range(bar.locator(".menu").count()):
        menu = bar.locator(".menu").nth(place)
        menu.locator("summary").click()
        expect(menu.locator(".menu-panel")).to_be_visible()
        visitor.axe(".menu[open]")
        visitor.page.keyboard.press("Escape")
        expect(menu.locator(".menu-panel")).to_be_hidden()


@pytest.mark.parametrize("look", LOOKS)
def test_what_opens_over_the_list(at_the_desk: Callable[..., tuple[Visitor, Desk]], demo: Demo, look: str) -> None:
    name = f"À classer {uuid.uuid4().hex[:6]}"
    deliver(demo, to=demo.account("hr-officer")["address"], subject=name)
    visitor, desk = at_the_desk("hr-officer", **LOOKS[look])
    page = visitor.page
    desk.wait_for(name)
    larger(visitor)
    menus(visitor, page.locator(".list-tools"))
    page.locator("#q").focus()
    expect(page.locator(".search-help")).to_be_visible()
    visitor.axe("#recherche")
    page.locator("#q").blur()
    desk.row(name).get_by_role("checkbox").check()
    visitor.axe()
    menus(visitor, page.locator("#lot"))
    page.locator("#lot").get_by_role("button", name="Archiver").click()
    desk.toast("Archives")
    visitor.axe("#annonces")

    visitor.go(f"/webmail/recherche/?q={name.replace(' ', '+')}+de:sophie")
    larger(visitor)
    expect(desk.row(name)).to_be_visible()
    visitor.axe()
    visitor.go("/webmail/recherche/?q=introuvable+dans:archives+pj:oui")
    larger(visitor)
    expect(page.locator("#liste")).to_contain_text("Rien trouvé")
    visitor.axe()


@pytest.mark.parametrize("look", LOOKS)
def test_what_opens_over_a_message(at_the_desk: Callable[..., tuple[Visitor, Desk]], demo: Demo, look: str) -> None:
    name = f"À lire {uuid.uuid4().hex[:6]}"
    deliver(demo, to=demo.account("hr-officer")["address"], subject=name)
    visitor, desk = at_the_desk("hr-officer", **LOOKS[look])
    desk.wait_for(name)
    desk.open(name)
    larger(visitor)
    menus(visitor, desk.reader.locator(".toolbar"))
    desk.reader.locator(".message-to summary").click()
    visitor.axe()
    if look == "dark":
        folder = visitor.page.locator(".folder-item").first
        folder.hover()
        menus(visitor, folder)
        return
    if look == "telephone":
        desk.reader.get_by_role("link", name="Retour à la liste").click()
    work = visitor.page.locator("#contenu")
    before = work.bounding_box()
    visitor.page.get_by_role("button", name="Dossiers" if look == "telephone" else "Ouvrir les dossiers").click()
    expect(visitor.page.get_by_role("button", name="Fermer les dossiers")).to_be_visible()
    assert work.bounding_box() == before  # the folders float over it
    visitor.axe()


@pytest.mark.parametrize("look", LOOKS)
def test_every_kind_of_attachment(at_the_desk: Callable[..., tuple[Visitor, Desk]], demo: Demo, look: str) -> None:
    name = f"De toutes sortes {uuid.uuid4().hex[:6]}"
    put(demo, name, *KINDS)
    visitor, desk = at_the_desk("teacher", **LOOKS[look])
    desk.wait_for(name)
    desk.open(name)
    larger(visitor)
    visitor.axe("#lecture")
    visitor.page.get_by_role("link", name=KINDS[0][0], exact=True).click()
    viewer = visitor.page.get_by_role("dialog")
    expect(viewer.locator(".page-sheet canvas").first).to_be_visible()
    for title, _kind, _content in KINDS:
        expect(viewer.get_by_role("heading", level=1)).to_have_text(title)
        visitor.axe(".viewer")
        viewer.get_by_role("link", name="Pièce jointe suivante").click()


def test_by_keyboard_alone(at_the_desk: Callable[..., tuple[Visitor, Desk]]) -> None:
    """Skip link, then the letter that the inbox shows first is opened, left, opened again and answered without a mouse:
    one is in what one opened, and back on its row."""
    visitor, desk = at_the_desk("teacher")
    page = visitor.page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#contenu")).to_be_focused()
    first, second = (desk.page.locator(".row-link").nth(place) for place in (0, 1))
    for key, row in (("j", first), ("j", second), ("k", first)):
        page.keyboard.press(key)
        expect(row).to_be_focused()
    expect(page.locator("#objet")).to_have_count(0)
    heading = page.locator("#objet")
    page.keyboard.press("o")
    expect(heading).to_be_focused()
    opened = heading.inner_text()
    page.keyboard.press("j")
    expect(heading).not_to_have_text(opened)
    expect(heading).to_be_focused()
    page.keyboard.press("Escape")
    expect(second).to_be_focused()
    page.keyboard.press("u")
    expect(heading).to_have_count(0)
    expect(second).to_be_focused()
    page.keyboard.press("Enter")
    expect(heading).to_be_focused()
    answer = desk.reader.get_by_role("link", name="Répondre", exact=True)
    for _stop in range(60):
        page.keyboard.press("Tab")
        if answer.evaluate("one => one === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(desk.sheet).to_be_visible()
    desk.sheet.get_by_role("button", name="Fermer et garder le brouillon").focus()
    page.keyboard.press("Enter")
    expect(desk.sheet).to_have_count(0)
