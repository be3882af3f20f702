"""ARENA: a teacher finds and opens, a head lends and takes back, an administrator registers."""

import re
import uuid
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import NewVisitor
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def arrive(new_visitor: NewVisitor, demo: Demo, role: str, path: str = "/arena/", **options: Any) -> Visitor:
    visitor = new_visitor(**options)
    visitor.go(path)
    visitor.sign_in(demo.account(role))
    expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()
    return visitor


def registered(visitor: Visitor, name: str, *, lent: bool = False) -> str:
    """By the administrator: an application of this story's own, that a head of an école sees. Its address."""
    word = f"essai-{uuid.uuid4().hex[:8]}"
    page = visitor.page
    visitor.go("/arena/registre/nouvelle/")
    page.get_by_label("Nom", exact=True).fill(name)
    page.get_by_label("Mot dans les adresses").fill(word)
    page.get_by_label("Ce qu’elle fait").fill("Application d’une histoire.")
    page.get_by_label("Adresse qu’ARENA ouvre").fill(f"/arena/exemple/{word}/")
    page.get_by_label("Catégorie").first.select_option("DIRECOLE")
    if lent:
        page.get_by_label("Un chef d’établissement peut la déléguer").check()
    page.get_by_role("button", name="Inscrire l’application").click()
    expect(page.get_by_role("status").filter(has_text="est inscrit")).to_be_visible()
    return word


def closed(visitor: Visitor, word: str) -> None:
    """Nobody meets it after the story."""
    visitor.go(f"/arena/registre/{word}/")
    visitor.page.get_by_role("button", name="Fermer l’application").click()
    expect(visitor.page.get_by_role("status").filter(has_text="est fermé")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_a_teacher_finds_an_application_and_opens_it(new_visitor: NewVisitor, demo: Demo, script: bool) -> None:
    visitor = arrive(new_visitor, demo, "teacher", java_script_enabled=script)
    page = visitor.page
    if script:
        visitor.axe()
        visitor.fits()
    page.get_by_role("searchbox").fill("deplacement")
    page.get_by_role("button", name="Chercher").click()
    expect(page.get_by_text("1 application pour")).to_be_visible()
    expect(page.get_by_role("link", name="GAIA")).to_have_count(0)
    if script:
        visitor.axe()
    page.get_by_role("link", name="Chorus-DT").click()
    expect(page.get_by_text("Chorus-DT s’ouvrirait ici.")).to_be_visible()
    visitor.go("/arena/")
    recent = page.get_by_role("region", name="Ouvertes récemment")
    expect(recent.get_by_role("link", name="Chorus-DT")).to_be_visible()


def test_a_star_brings_it_to_the_top_and_the_keyboard_is_enough(new_visitor: NewVisitor, demo: Demo) -> None:
    visitor = arrive(new_visitor, demo, "hr-officer", **PHONE)
    page = visitor.page
    visitor.axe()
    visitor.fits()
    stars = page.get_by_role("button", name="GAIA en favori")
    favourites = page.get_by_role("region", name="Favoris")
    stars.last.press("Enter")
    expect(favourites.get_by_role("link", name="GAIA")).to_be_visible()
    expect(stars.last).to_have_attribute("aria-pressed", "true")
    visitor.axe()
    stars.last.press("Enter")
    expect(favourites).to_have_count(0)
    expect(stars).to_have_attribute("aria-pressed", "false")


def test_an_administrator_registers_shuts_and_closes(new_visitor: NewVisitor, demo: Demo) -> None:
    visitor = arrive(new_visitor, demo, "administrator", "/arena/registre/")
    page, name = visitor.page, f"Histoire {uuid.uuid4().hex[:6]}"
    visitor.axe()
    visitor.fits()
    word = registered(visitor, name)
    visitor.axe()
    visitor.fits()
    page.get_by_label("Raison").fill("Nouvelle version.")
    page.get_by_role("button", name="Commencer la maintenance").click()
    expect(page.get_by_role("status").filter(has_text="en maintenance")).to_be_visible()
    head = arrive(new_visitor, demo, "school-head")
    expect(head.page.get_by_text("Nouvelle version.")).to_be_visible()
    expect(head.page.get_by_role("link", name=name)).to_have_count(0)
    page.get_by_role("button", name="La rouvrir").click()
    expect(page.get_by_role("status").filter(has_text="de nouveau ouvert")).to_be_visible()
    head.go("/arena/")
    expect(head.page.get_by_role("link", name=name)).to_be_visible()
    page.get_by_role("button", name="Essayer les adresses").click()
    expect(page.get_by_text("Une page de ce service")).to_be_visible()
    closed(visitor, word)
    head.go("/arena/")
    expect(head.page.get_by_role("link", name=name)).to_have_count(0)


def test_a_head_lends_an_application_and_takes_it_back(new_visitor: NewVisitor, demo: Demo) -> None:
    administrator = arrive(new_visitor, demo, "administrator", "/arena/registre/")
    name = f"Prêtée {uuid.uuid4().hex[:6]}"
    word = registered(administrator, name, lent=True)
    head = arrive(new_visitor, demo, "school-head")
    page = head.page
    page.get_by_role("link", name="Déléguer une application").click()
    head.axe()
    head.fits()
    page.get_by_label("Application", exact=True).select_option(label=name)
    colleague = page.get_by_label("Collègue").locator("option").nth(1)
    page.get_by_label("Collègue").select_option(index=1)
    who = re.sub(r" \(.*", "", colleague.inner_text())
    page.get_by_role("button", name="Déléguer", exact=True).click()
    expect(page.get_by_role("status").filter(has_text=f"{name} est délégué à {who}")).to_be_visible()
    head.axe()
    _taken_back(page, name, who)
    closed(administrator, word)


def _taken_back(page: Page, name: str, who: str) -> None:
    back = page.get_by_role("button", name=f"Reprendre {name} à {who}")
    back.click()
    expect(page.get_by_role("status").filter(has_text=f"{name} n’est plus délégué")).to_be_visible()
    expect(back).to_have_count(0)


def test_quick_access_is_one_s_own(new_visitor: NewVisitor, demo: Demo) -> None:
    visitor = arrive(new_visitor, demo, "hr-officer", "/intranet/acces-rapides/", **PHONE)
    page = visitor.page
    visitor.axe()
    visitor.fits()
    page.get_by_label("Une page ou une application").select_option(label="État des services")
    page.get_by_role("button", name="Ajouter à mes accès rapides").click()
    expect(page.get_by_role("status").filter(has_text="est dans vos accès rapides")).to_be_visible()
    page.get_by_role("button", name="Monter État des services").click()
    expect(page.get_by_role("listitem").nth(0)).to_be_visible()
    visitor.go("/portail/")
    expect(
        page.get_by_role("region", name="Accès rapides").get_by_role("link", name="État des services")
    ).to_be_visible()
    visitor.go("/intranet/acces-rapides/")
    page.get_by_role("button", name="Retirer État des services").click()
    expect(page.get_by_role("status").filter(has_text="n’est plus dans vos accès rapides")).to_be_visible()
