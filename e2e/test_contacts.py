"""An address book, from a spreadsheet and from the people one writes to."""

import re
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e.desk import Desk
from e2e.post import deliver
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type AtTheDesk = Callable[..., tuple[Visitor, Desk]]
PAGES = ("", "nouveau/", "groupes/", "recueillis/", "doublons/", "import/", "export/")
TELEPHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def once(word: str) -> str:
    return f"{word}{uuid.uuid4().hex[:8]}"


def toast(page: Page, words: str | re.Pattern[str]) -> None:
    expect(page.locator("#annonces .toast")).to_contain_text(words)


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 900, 1360])
def test_every_page_fits_and_can_be_heard(at_the_desk: AtTheDesk, width: int, light: str) -> None:
    visitor, _desk = at_the_desk("hr-officer", viewport={"width": width, "height": 850}, color_scheme=light)
    for path in PAGES:
        visitor.go(f"/contacts/{path}")
        expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()
        visitor.fits()
        visitor.axe()


def test_a_spreadsheet_becomes_an_address_book(at_the_desk: AtTheDesk, tmp_path: Path) -> None:
    visitor, desk = at_the_desk("school-head")
    page, name = visitor.page, once("Ünal")
    file = tmp_path / "parents élus.csv"
    rows = ["Prénom;Nom;Mèl;Portable", f"Zoé;{name};zoe.{name[4:]}@exemple.example;06 12 34 56 78", ";;faux;", ""]
    file.write_bytes("\r\n".join(rows).encode("cp1252"))
    desk.page.keyboard.press("g")
    desk.page.keyboard.press("c")
    page.locator("#boites").get_by_role("link", name="Importer").click()
    page.get_by_label("Fichier de contacts").set_input_files(file)
    page.get_by_role("button", name="Voir ce qu’il contient").click()
    expect(page.get_by_role("row").filter(has_text="faux").filter(has_text="n’est pas une adresse")).to_be_visible()
    expect(page.get_by_label("Contenu de la colonne 3")).to_have_value("email")
    visitor.axe()
    page.get_by_role("button", name="Importer", exact=True).click()
    toast(page, "1 contact importé")

    page.get_by_role("searchbox").fill(f"{name.lower().replace('ü', 'u')} zoe")
    expect(page).to_have_url(re.compile("q="))  # a list of one says nothing: it may have been so before
    expect(page.locator(".row")).to_have_count(1)
    page.locator(".row-link").click()
    expect(page.get_by_role("heading", level=1, name=f"Zoé {name}")).to_be_visible()
    visitor.axe()
    page.get_by_role("link", name="Modifier").click()
    page.get_by_label("Fonction").fill("Parente élue")
    page.get_by_role("button", name="Enregistrer").last.click()
    toast(page, "Contact modifié")
    expect(page.locator("#lecture")).to_contain_text("Parente élue")
    page.locator("#lecture").get_by_role("button", name="Supprimer").click()
    toast(page, "1 contact supprimé")
    expect(page.locator(".row")).to_have_count(0)
    page.get_by_role("button", name="Annuler").click()
    toast(page, "Annulé")
    expect(page.locator(".row")).to_have_count(1)


def test_who_wrote_and_who_was_written_to_are_kept_with_a_thumb(at_the_desk: AtTheDesk, demo: Demo) -> None:
    """The sender from the reader; the addressee from the list of those written to; both in a group."""
    other, subject = once("paul."), once("Bonjour ")
    deliver(demo, to=demo.account("teacher")["address"], subject=subject)
    visitor, desk = at_the_desk("teacher", **TELEPHONE)
    page = visitor.page
    desk.wait_for(subject)
    desk.open(subject)
    page.locator(".message-to > summary").first.click()
    page.get_by_role("button", name="Ajouter aux contacts").click()
    toast(page, "dans vos contacts")  # or is there already: other stories hear from her too
    visitor.go("/webmail/")
    desk.write()
    desk.fill(to=f"{other}@x.example", subject=once("Réponse "), text="Merci.")
    desk.send()

    visitor.go("/contacts/recueillis/")
    page.get_by_role("listitem").filter(has_text=other).get_by_role("checkbox").check()
    visitor.fits()
    visitor.axe()
    page.get_by_role("button", name="Garder comme contacts").click()
    toast(page, "1 personne est maintenant dans vos contacts")
    visitor.go("/contacts/?q=sophie+marchand")
    expect(page.locator(".row").first).to_be_visible()
    visitor.go(f"/contacts/?q={other}")
    page.locator(".row-link").click()
    expect(page.locator("#liste")).to_be_hidden()
    visitor.fits()
    visitor.axe()
    page.locator("#lecture summary").filter(has=page.locator("svg")).first.click()
    page.get_by_role("button", name="Nouveau groupe…").click()
    group = once("Chorale ")
    page.get_by_label("Nom du groupe").fill(group)
    page.get_by_role("button", name="Créer le groupe").click()
    expect(page.get_by_role("heading", level=1, name=group)).to_be_visible()
    expect(page.locator(".row")).to_have_count(1)
    visitor.fits()


def test_two_cards_of_one_person_without_a_script(at_the_desk: AtTheDesk) -> None:
    visitor, _desk = at_the_desk("hr-officer", java_script_enabled=False)
    page, name = visitor.page, once("Marchand")
    for number in (1, 2):
        visitor.go("/contacts/nouveau/")
        page.get_by_label("Prénom").fill("Sophie")
        page.get_by_label("Nom de famille").fill(name)
        page.get_by_label("Adresse 1", exact=True).fill(f"{name}{number}@x.example")
        page.get_by_role("button", name="Enregistrer").last.click()
        expect(page.get_by_role("heading", level=1, name=f"Sophie {name}")).to_be_visible()
    visitor.go("/contacts/doublons/")
    page.get_by_role("listitem").filter(has_text=name).get_by_role("button", name="Voir le contact fusionné").click()
    page.get_by_role("button", name="Fusionner").click()
    toast(page, "Contacts fusionnés")
    visitor.go(f"/contacts/?q={name}")
    expect(page.locator(".row")).to_have_count(1)
