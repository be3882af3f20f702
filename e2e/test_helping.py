"""Help about the place where one is, beside the page; and one line of advice, where it was earned."""

import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from e2e.desk import Desk
from e2e.post import deliver
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser


def test_help_beside_the_page(at_the_desk: Callable[..., tuple[Visitor, Desk]], demo: Demo) -> None:
    name = f"À supprimer {uuid.uuid4().hex[:6]}"
    deliver(demo, to=demo.account("hr-officer")["address"], subject=name)
    visitor, desk = at_the_desk("hr-officer")
    page = visitor.page
    desk.wait_for(name)
    page.get_by_role("link", name="Aide", exact=True).click()
    panel = page.get_by_role("complementary", name="Aide")
    expect(panel.get_by_role("heading", name="Aide")).to_be_focused()
    expect(panel.get_by_role("link", name="Agir sur plusieurs messages à la fois")).to_be_visible()
    visitor.axe()
    wide = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})
    expect(panel.get_by_role("link", name="Agir sur plusieurs messages à la fois")).to_be_visible()
    visitor.axe()
    visitor.fits()
    assert wide is not None
    page.set_viewport_size(wide)
    desk.open(name)  # it stays while one continues
    panel.get_by_role("searchbox").fill("corbeille")
    panel.get_by_role("link", name="Supprimer, et revenir en arrière").click()
    expect(panel.get_by_role("heading", level=2)).to_have_text("Supprimer, et revenir en arrière")
    panel.get_by_role("button", name="Me montrer").click()
    expect(desk.reader.get_by_role("button", name="Supprimer")).to_be_focused()
    expect(page.locator(".shown")).to_have_count(1)
    visitor.axe()
    page.keyboard.press("F1")
    expect(panel.get_by_role("link", name="Répondre, répondre à tous, transférer")).to_be_visible()
    panel.get_by_role("searchbox").fill("vacances")
    panel.get_by_role("link", name="Prévenir que l’on est absent").click()
    expect(panel.get_by_role("heading", level=2)).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    page.keyboard.press("F1")
    panel.get_by_role("searchbox").fill("vacances")
    panel.get_by_role("link", name="Prévenir que l’on est absent").click()
    panel.get_by_role("link", name="M’y conduire").click()
    expect(page.locator("#champ-reponse")).to_be_in_viewport()


def test_a_tip_where_it_was_earned(at_the_desk: Callable[..., tuple[Visitor, Desk]], demo: Demo) -> None:
    names = [f"À jeter {n} {uuid.uuid4().hex[:6]}" for n in range(4)]
    for name in names:
        deliver(demo, to=demo.account("hr-officer")["address"], subject=name)
    visitor, desk = at_the_desk("hr-officer")
    page = visitor.page
    for choice in ("Aucune astuce", "Une ligne de temps en temps"):  # from the beginning
        visitor.go("/webmail/reglages/liste/")
        page.locator(".advanced").evaluate("one => { one.open = true }")
        page.get_by_role("group", name="Astuces").get_by_label(choice).check()
        page.get_by_role("button", name="Enregistrer").click()
    visitor.go("/webmail/")
    for name in names[:3]:
        desk.wait_for(name)
        desk.row(name).hover()
        desk.row(name).get_by_role("button", name="Supprimer").click()
        expect(desk.row(name)).to_have_count(0)
    row = desk.row(names[3])
    before = row.bounding_box()
    tip = page.locator("#astuce")
    expect(tip).to_contain_text("tenez Maj")
    assert row.bounding_box() == before  # nothing moves for it
    visitor.axe()
    tip.get_by_role("link", name="Comment faire").click()
    expect(page.get_by_role("complementary", name="Aide")).to_contain_text("touche Maj")
    page.keyboard.press("Escape")
    expect(tip.get_by_role("link", name="Comment faire")).to_be_focused()
    tip.get_by_role("button", name="Compris").click()
    expect(tip).to_be_hidden()
    visitor.go("/webmail/")
    expect(page.locator("[data-offered]")).to_have_attribute("data-offered", "")
