"""Lists: an officer counts by keyboard and looks for somebody; a head saves, finds again, writes, deletes."""

import re
import uuid
from typing import Any

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewVisitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
SCREENS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1440, "height": 900}},
    "telephone": {
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
        "is_mobile": True,
        "color_scheme": "dark",
    },
}


def test_an_officer_counts_by_keyboard(new_visitor: NewVisitor, demo: Demo) -> None:
    visitor = new_visitor(**SCREENS["wide"])
    visitor.come_in(demo.account("hr-officer"), "/listes/nouvelle/")
    page, status = visitor.page, visitor.page.locator("#liste [role=status]").first
    expect(status).to_contain_text("le décompte vient ici")
    kinds = page.get_by_label("en poste dans").first
    kinds.focus()
    page.keyboard.type("coll")
    expect(status).to_contain_text(re.compile(r"\d+.personnes.:\s+\d+.enseignants"))
    expect(kinds).to_be_focused()
    expect(page.locator("#kinds-2")).to_be_visible()
    person = page.get_by_label("Une personne en fait-elle partie ?")
    person.fill("martin")
    person.press("Enter")
    expect(page.get_by_text(re.compile(r"^Non.: école élémentaire")).first).to_be_visible()
    expect(person).to_be_focused()
    expect(page.get_by_role("link", name=re.compile("Écrire à ces"))).to_have_count(0)
    visitor.axe()


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("script", [True, False])
def test_a_head_saves_a_list_finds_it_again_and_writes(
    new_visitor: NewVisitor, demo: Demo, screen: str, script: bool
) -> None:
    visitor, name = new_visitor(java_script_enabled=script, **SCREENS[screen]), f"Équipe {uuid.uuid4().hex[:6]}"
    page = visitor.page
    visitor.come_in(demo.account("college-head"), "/listes/")
    page.get_by_role("link", name="Nouvelle liste").last.click()
    page.get_by_label("Personnels").first.select_option("enseignants")
    if not script:
        page.get_by_role("button", name="Compter").click()
    expect(page.locator("#functions-2")).to_be_visible()
    page.get_by_label("Nom", exact=True).fill(name)
    if script:
        visitor.fits()
        visitor.axe()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status").filter(has_text="est enregistrée")).to_be_visible()
    if script:
        visitor.axe()
    page.get_by_role("link", name=name).click()
    page.get_by_text(re.compile(r"Voir les \d+.personnes")).click()
    expect(page.get_by_text("Collège des Tilleuls (Amiens)").last).to_be_visible()
    writing = page.get_by_role("link", name=re.compile(r"Écrire à ces \d+.personnes"))
    expect(writing).to_have_attribute("href", re.compile(r"^/webmail/ecrire/\?a=.+%0A.+"))
    page.get_by_text("Supprimer cette liste").first.click()
    page.get_by_role("button", name="Supprimer cette liste").click()
    expect(page.get_by_role("status").filter(has_text="est supprimée")).to_be_visible()
    if script and screen == "wide":
        visitor.go("/listes/nouvelle/")
        page.get_by_role("link", name=re.compile(r"Écrire à ces \d+.personnes")).click()
        expect(page.get_by_role("group", name="À").or_(page.locator("#ecrire")).first).to_be_visible()
