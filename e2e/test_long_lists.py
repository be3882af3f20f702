"""A folder of two thousand messages: it continues while one scrolls, all of it is chosen, moved, and put back."""

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from e2e.desk import Desk
from e2e.post import deliver, fill, in_the_end, subjects
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type Sit = Callable[..., tuple[Visitor, Desk]]
MANY = 2000


@pytest.fixture(scope="module")
def folder(demo: Demo) -> str:
    """One for the stories of this file, of the head of a school; each leaves it as it was."""
    name = f"Lot {uuid.uuid4().hex[:6]}"
    fill(demo, demo.account("school-head"), name, MANY)
    return name


def rows(desk: Desk) -> Locator:
    return desk.page.locator(".row")


def scroll_to_end(page: Page) -> None:
    page.locator("#lignes").evaluate("one => one.scrollTo(0, one.scrollHeight)")


def top(page: Page) -> int:
    return int(page.locator("#lignes").evaluate("one => one.scrollTop"))


def test_two_thousand_are_archived_with_progress_and_put_back(at_the_desk: Sit, demo: Demo, folder: str) -> None:
    visitor, desk = at_the_desk("school-head")
    desk.open_folder(folder)
    rows(desk).first.get_by_role("checkbox").check()
    desk.page.get_by_label("Choisir les 2 000 messages de ce dossier").check()
    expect(desk.page.locator(".chosen [data-count]")).to_contain_text("les 2 000 sont choisis")
    visitor.axe()
    desk.page.get_by_role("form", name="Messages choisis").get_by_role("button", name="Archiver").click()
    job = desk.page.locator("#travaux .job").last
    expect(job).to_contain_text("2 000 messages déplacés vers Archives")
    expect(desk.page.locator("#liste")).to_contain_text("Ce dossier est vide")
    visitor.axe()
    assert subjects(demo, demo.account("school-head"), folder) == []

    job.get_by_role("button", name="Annuler").click()
    expect(job).to_contain_text("2 000 messages remis")
    expect(rows(desk).first).to_be_visible()
    job.get_by_role("button", name="Fermer cet avis").click()
    in_the_end(lambda: len(subjects(demo, demo.account("school-head"), folder)) == MANY)


def test_it_goes_on_while_one_scrolls_and_keeps_its_place(at_the_desk: Sit, demo: Demo, folder: str) -> None:
    _visitor, desk = at_the_desk("school-head")
    page = desk.page
    desk.open_folder(folder)
    for loaded in (100, 150):
        scroll_to_end(page)
        in_the_end(lambda loaded=loaded: rows(desk).count() >= loaded)  # type: ignore[misc]
    expect(page).to_have_url(re.compile(r"suite=\d"))

    far = rows(desk).nth(90)
    far.scroll_into_view_if_needed()
    place = top(page)
    far.locator(".row-link").click()
    expect(page.locator("#objet")).to_be_visible()
    assert top(page) == place
    assert rows(desk).count() >= 150

    with page.expect_response(lambda answer: answer.request.headers.get("hx-target") == "section#liste"):
        deliver(demo, to=demo.account("school-head")["address"], subject=f"Ailleurs {uuid.uuid4().hex[:6]}")
    expect(far).to_be_visible()
    assert rows(desk).count() >= 150
    assert top(page) == place

    page.go_back()
    expect(page.locator("#objet")).to_have_count(0)
    in_the_end(lambda: top(page) == place)
    page.reload()
    in_the_end(lambda: rows(desk).count() >= 150 and abs(top(page) - place) < 5)
    desk.folder(folder).click()
    in_the_end(lambda: top(page) == 0)


def test_what_the_server_refuses_comes_back_with_the_reason(at_the_desk: Sit, demo: Demo) -> None:
    name = f"Refusé {uuid.uuid4().hex[:6]}"
    deliver(demo, to=demo.account("teacher")["address"], subject=name)
    visitor, desk = at_the_desk()
    desk.wait_for(name)
    waiting: list[Route] = []
    desk.page.route("**/archivage/", lambda route: waiting.append(route))
    desk.act_on_row(name, "Archiver")
    expect(desk.row(name)).to_be_hidden()  # before any answer
    in_the_end(lambda: bool(waiting), page=desk.page)
    with visitor.forgiving("503|Failed to load"):
        demo.supervision.stop_program("dovecot")
        try:
            waiting[0].continue_()
            expect(desk.page.locator("#panne")).to_contain_text("ne répond pas")
            expect(desk.row(name)).to_be_visible()
        finally:
            demo.start("dovecot")
        desk.page.unroute("**/archivage/")
        desk.page.reload()
    expect(desk.row(name)).to_be_visible()


def test_chosen_rows_are_carried_to_a_folder(at_the_desk: Sit, demo: Demo) -> None:
    names = [f"Porté {uuid.uuid4().hex[:6]}" for _ in range(2)]
    for name in names:
        deliver(demo, to=demo.account("teacher")["address"], subject=name)
    _visitor, desk = at_the_desk()
    for name in names:
        desk.wait_for(name)
        desk.row(name).get_by_role("checkbox").check()
    desk.row(names[0]).locator(".row-link").hover()
    desk.page.mouse.down()
    boxes = desk.page.locator("#boites")
    for place in (
        boxes.locator(".more-folders > summary"),
        boxes.get_by_title("Archives", exact=True),
    ):  # opens under it
        for _ in range(2):  # a browser says where it is carried at the second move
            place.hover()
    desk.page.mouse.up()
    for name in names:
        expect(desk.row(name)).to_have_count(0)
    desk.toast("2 messages déplacés vers Archives")
    desk.open_folder("Archives")
    for name in names:
        expect(desk.row(name)).to_be_visible()


def test_on_a_telephone_a_finger_archives_and_marks(at_the_desk: Sit, demo: Demo) -> None:
    name = f"Glissé {uuid.uuid4().hex[:6]}"
    deliver(demo, to=demo.account("teacher")["address"], subject=name)
    _visitor, desk = at_the_desk(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    desk.wait_for(name)
    row = desk.row(name)
    expect(row).to_have_attribute("data-unread", "")
    swipe(desk.page, row, 250)
    expect(row).not_to_have_attribute("data-unread", "")
    swipe(desk.page, row, -250)
    expect(row).to_have_count(0)
    desk.toast("déplacé vers Archives")


def swipe(page: Page, row: Locator, by: int) -> None:
    """A finger put on the row, moved sideways, lifted."""
    row.scroll_into_view_if_needed()
    box = row.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2 - by / 2, box["y"] + box["height"] / 2
    wire = page.context.new_cdp_session(page)
    wire.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 11):
        point = {"x": x + by * step / 10, "y": y}
        wire.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    wire.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
