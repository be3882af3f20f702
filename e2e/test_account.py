"""My account: read on two screens, a password changed in front of another browser, a notice seen."""

import re

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewVisitor
from e2e.post import in_the_end, left_for, subjects
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
OTHER = "Sept merles, 3 nids !"
MINE = "karim.prive@boite.example"


@pytest.mark.parametrize("width", [1360, 390, 320])
def test_the_page_reads_well(new_visitor: NewVisitor, demo: Demo, width: int) -> None:
    visitor = new_visitor(viewport={"width": width, "height": 844})
    page = visitor.page
    visitor.go("/mon-compte/")
    visitor.sign_in(demo.account("teacher"))
    expect(page.get_by_role("heading", name="Mon compte")).to_be_visible()
    visitor.axe()
    visitor.fits()
    page.get_by_role("navigation", name="Rubriques du compte").get_by_role("link", name="Contact de secours").click()
    expect(page).to_have_url(re.compile("#secours"))
    visitor.go("/mon-compte/contact-de-secours/")
    visitor.axe()
    visitor.fits()
    visitor.go("/charte/")
    visitor.axe()
    visitor.fits()


def test_a_password_changed_closes_the_other_browser_and_is_told(new_visitor: NewVisitor, demo: Demo) -> None:
    account = demo.account("hr-officer")
    here, elsewhere = new_visitor(), new_visitor()
    for visitor in (here, elsewhere):
        visitor.go("/mon-compte/")
        visitor.sign_in(account)
        expect(visitor.page.get_by_role("heading", name="Mon compte")).to_be_visible()
    page = here.page
    page.get_by_role("link", name="Changer le mot de passe").click()
    page.get_by_label("Nouveau mot de passe").fill(OTHER)
    page.get_by_label("Le même, une seconde fois").fill(OTHER)
    here.axe()
    page.get_by_role("button", name="Enregistrer le nouveau mot de passe").click()
    expect(page.get_by_text("Votre mot de passe est changé. Vos autres sessions sont fermées.")).to_be_visible()
    account["password"] = OTHER  # the stories after this one sign in with it
    expect(page.locator("#avis")).to_contain_text("Votre mot de passe a été changé sur la page Mon compte.")
    here.axe()
    elsewhere.go("/mon-compte/")
    expect(elsewhere.page).to_have_url(re.compile("/session/"))
    page.locator("#avis").get_by_role("button", name=re.compile("J’ai vu.*mot de passe")).first.click()
    expect(page.locator("#avis")).to_contain_text("Déjà vus")
    in_the_end(lambda: any("mot de passe changé" in subject for subject in subjects(demo, account)))


def test_without_javascript_a_rescue_contact_is_given(new_visitor: NewVisitor, demo: Demo) -> None:
    visitor = new_visitor(java_script_enabled=False)
    page = visitor.page
    visitor.go("/mon-compte/contact-de-secours/")
    visitor.sign_in(demo.endpoints["accounts"][1])
    page.get_by_label("Adresse personnelle").fill(MINE)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("heading", name="Tapez le code reçu")).to_be_visible()
    found = re.search(r"Code\s: (\d{3})\s(\d{3})", left_for(demo, MINE))
    assert found
    page.get_by_label("Code à six chiffres").fill(f"{found[1]} {found[2]}")
    page.get_by_role("button", name="Confirmer cette adresse").click()
    expect(page.get_by_text("Votre contact de secours est confirmé.")).to_be_visible()
    expect(page.locator("#secours")).to_contain_text("k•••••@boite.example")
