"""Where one reads: beside the list, below it, in its place; the line between is moved and stays where it was left."""

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import NewVisitor
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser


def width_of(page: Page) -> float:
    return float(page.locator("#liste").evaluate("list => list.getBoundingClientRect().width"))


def column(page: Page) -> float:
    return float(page.locator("#boites").evaluate("folders => folders.getBoundingClientRect().width"))


def test_the_line_between_list_and_sheet_stays_where_it_was_left(demo: Demo, new_visitor: NewVisitor) -> None:
    visitor = new_visitor()
    visitor.go("/webmail/")
    visitor.sign_in(demo.account("teacher"))
    page = visitor.page
    line = page.get_by_role("separator", name="Place de la liste")
    line.focus()
    before = width_of(page)
    with page.expect_response("**/affichage/part/") as kept:
        line.press("ArrowRight")
    assert kept.value.status == 204
    after = width_of(page)
    assert after > before
    said = str(line.get_attribute("aria-valuenow"))
    page.reload()
    expect(line).to_have_attribute("aria-valuenow", said)
    assert width_of(page) == after
    _folders(visitor)

    for choice in ("À la place de la liste", "Sous la liste", "À droite de la liste"):
        visitor.go("/webmail/reglages/affichage/")
        page.get_by_label(choice).check()
        page.get_by_role("button", name="Enregistrer").click()
        visitor.go("/webmail/")
        page.locator(".row-link").first.click()
        expect(page.locator("#objet")).to_be_visible()
        if choice.startswith("À la place"):
            expect(page.locator("#liste")).to_be_hidden()
            page.get_by_role("link", name="Retour à la liste").click()
            expect(page.locator("#lignes .row").first).to_be_visible()
        if choice.startswith("Sous"):
            upright = page.get_by_role("separator", name="Place des dossiers").bounding_box()
            assert upright
            assert upright["height"] > 20 * upright["width"]
            bottom = page.locator("#liste").evaluate("list => list.getBoundingClientRect().bottom")
            assert page.locator("#lecture").evaluate("sheet => sheet.getBoundingClientRect().top") >= bottom - 2
    visitor.axe()


def _folders(visitor: Visitor) -> None:
    """Their line is dragged, stays over a page opened in place and a new one, and returns by a double press."""
    page = visitor.page
    line = page.get_by_role("separator", name="Place des dossiers")
    usual, box = column(page), line.bounding_box()
    assert box
    page.mouse.move(box["x"] + 4, 400)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, 400, steps=4)
    with page.expect_response("**/affichage/colonne/") as kept:
        page.mouse.up()
    assert kept.value.status == 204
    wide = column(page)
    assert wide > usual + 40
    page.locator(".row-link").first.click()
    expect(page.locator("#objet")).to_be_visible()
    expect(line).to_be_visible()
    assert column(page) == wide
    for place in ("/webmail/reglages/", "/webmail/"):
        visitor.go(place)
        assert column(page) == wide
    with page.expect_response("**/affichage/colonne/"):
        line.dblclick()
    assert column(page) == usual
    page.reload()
    assert column(page) == usual


def test_a_compact_list_has_one_line_a_message_where_it_is_wide(demo: Demo, new_visitor: NewVisitor) -> None:
    visitor = new_visitor(viewport={"width": 1440, "height": 900})
    page = visitor.page
    visitor.go("/webmail/reglages/affichage/")
    visitor.sign_in(demo.account("hr-officer"))
    page.get_by_label("Compacte").check()
    page.get_by_role("button", name="Enregistrer").click()
    visitor.go("/webmail/")
    row = page.locator(".row").first
    expect(row.get_by_role("checkbox")).to_have_css("opacity", "1")
    parts = [row.locator(part).bounding_box() for part in (".row-from", ".row-subject", ".row-when")]
    places = [(box["x"], box["y"] + box["height"] / 2) for box in parts if box]
    assert [x for x, _y in places] == sorted(x for x, _y in places)
    assert max(y for _x, y in places) - min(y for _x, y in places) < 3
    assert row.evaluate("row => row.getBoundingClientRect().height") == 36
    visitor.axe("#liste")
    page.set_viewport_size({"width": 1200, "height": 900})
    expect(row).to_have_css("height", "54px")
    page.set_viewport_size({"width": 390, "height": 844})
    expect(row).to_have_css("height", "68px")
