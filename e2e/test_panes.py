"""Where one reads: beside the list, below it, in its place; the line between is moved and stays where it was left."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import NewVisitor
from e2e.desk import Desk
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type Sit = Callable[..., tuple[Visitor, Desk]]
MIDDLES = "all => all.map(one => one.getBoundingClientRect()).map(box => (box.top + box.bottom) / 2)"


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
        visitor.go("/webmail/reglages/liste/")
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


def test_compact_rows_have_one_line_where_the_list_is_wide(demo: Demo, at_the_desk: Sit) -> None:
    """And two where it is narrow; all have one height, and the size of the text moves it along."""
    visitor, desk = at_the_desk("hr-officer", viewport={"width": 1440, "height": 900})
    page = visitor.page

    def heights() -> set[float]:
        each = "rows => rows.map(row => row.getBoundingClientRect().height)"
        return set(page.locator("#lignes .row").evaluate_all(each))

    def in_one_line() -> bool:
        told = page.locator("#lignes .row").first.locator(".row-from, .row-subject, .row-when")
        middles = told.evaluate_all(MIDDLES)
        lefts = told.evaluate_all("all => all.map(one => one.getBoundingClientRect().left)")
        from_left = lefts[0] < lefts[2] < lefts[1]  # the hour comes second in the page
        return bool(from_left and max(middles) - min(middles) < 4)

    def choose(*names: str) -> None:
        visitor.go("/webmail/reglages/liste/")
        for name in names:
            page.get_by_label(name).check()
        page.get_by_role("button", name="Enregistrer").click()
        visitor.go("/webmail/")
        desk.wait()

    choose("Une ligne par message", "Sous la liste")
    assert heights() == {36}
    assert in_one_line()
    expect(page.locator("#lignes .row").first.get_by_role("checkbox")).to_have_css("opacity", "1")
    page.locator("#lignes .row").first.hover()
    visitor.axe("#liste")
    choose("À droite de la liste")
    assert heights() == {36}  # thirty-one rems of it
    page.set_viewport_size({"width": 1300, "height": 900})
    assert heights() == {54}
    page.set_viewport_size({"width": 390, "height": 800})
    assert heights() == {68}


def test_the_toolbar_says_which_place_the_message_has(at_the_desk: Sit) -> None:
    for width in (1440, 1366, 1100):
        _visitor, desk = at_the_desk(viewport={"width": width, "height": 900})
        desk.page.locator(".row-link").first.click()
        expect(desk.reader.locator("#voisins .hint")).to_have_text(re.compile(r"^\d+ sur \d+$"))
        expect(desk.reader.locator("#voisins .hint")).to_be_visible()
        bar = desk.reader.locator(".toolbar").evaluate("bar => [bar.scrollWidth, bar.clientWidth, bar.clientHeight]")
        assert bar[0] == bar[1]
        assert bar[2] <= 60  # one line


def test_larger_letters_find_their_room(at_the_desk: Sit) -> None:
    """On a phone the name of the list is whole and the acts stay on one line; beside a list the answers keep their
    words inside."""
    for screen in ({"width": 390, "height": 800}, {"width": 1440, "height": 900}):
        _visitor, desk = at_the_desk(viewport=screen)
        page = desk.page
        page.evaluate("document.documentElement.dataset.text = 'larger'")
        name = page.locator("#titre-liste").evaluate("name => [name.scrollWidth, name.clientWidth]")
        assert name[0] <= name[1]
        desk.open("Re: Devis 1187")
        page.evaluate("document.documentElement.dataset.text = 'larger'")
        bar = desk.reader.locator(".toolbar")
        middles = bar.locator("> .button:visible, > .menu > summary").evaluate_all(MIDDLES)
        assert max(middles) - min(middles) < 4
        within = "buttons => buttons.map(one => [one.scrollWidth, one.clientWidth])"
        for text, room in desk.reader.locator(".reply > .button").evaluate_all(within):
            assert text <= room
