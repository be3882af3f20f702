"""What is opened beside its list: the list stays, the text begins to load with the press, and Back finds what was."""

import uuid
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, Route, expect

from e2e.desk import Desk
from e2e.post import in_the_end, put
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type Case = tuple[Visitor, Desk, list[str], list[int]]
KEPT = "() => [...document.querySelectorAll('.row-link > *')].every((one) => one.kept)"
SPARE = "() => document.querySelectorAll('#bureau > iframe').length"


def formatted(address: str, subject: str) -> bytes:
    message = EmailMessage()
    message["From"] = "Librairie <lettre@librairie.example>"
    message["To"] = address
    message["Subject"] = subject
    message["Message-ID"] = f"<{uuid.uuid4().hex}@librairie.example>"
    message.set_content("Bonjour.")
    message.add_alternative(f"<h1>{subject}</h1><p>Une nouveauté.</p>", subtype="html")
    return message.as_bytes().replace(b"\n", b"\r\n")


@pytest.fixture
def case(at_the_desk: Callable[..., tuple[Visitor, Desk]], demo: Demo) -> Case:
    """A folder of three formatted mails, the newest last."""
    teacher, word = demo.account("teacher"), uuid.uuid4().hex[:6]
    names = [f"{name} {word}" for name in ("Avril", "Mai", "Juin")]
    numbers = put(demo, teacher, [formatted(teacher["address"], name) for name in names], f'"Ouverture {word}"')
    visitor, desk = at_the_desk()
    desk.open_folder(f"Ouverture {word}")
    return visitor, desk, names, numbers


def shows(desk: Desk, name: str) -> None:
    expect(desk.page.locator("#objet")).to_have_text(name)
    expect(desk.formatted.get_by_role("heading", name=name)).to_be_visible()
    expect(desk.page.locator(".body-frame")).to_have_count(1)


def bodies(page: Page) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/corps/") else None)
    return asked


def test_the_list_stays_as_it_is(case: Case) -> None:
    _visitor, desk, (april, may, june), _numbers = case
    desk.open(may)
    shows(desk, may)
    page = desk.page
    desk.row(april).get_by_role("checkbox").check()
    page.evaluate("document.querySelectorAll('.row-link > *').forEach((one) => { one.kept = true; })")
    for name in (june, april, june):
        desk.open(name)
        shows(desk, name)
        assert page.evaluate(KEPT)
        expect(desk.row(name).locator("[aria-current]")).to_have_count(1)
        expect(page.locator(".row [aria-current]")).to_have_count(1)
        expect(desk.row(april).get_by_role("checkbox")).to_be_checked()


def test_the_text_begins_to_load_with_the_press(case: Case) -> None:
    visitor, desk, (april, may, june), numbers = case
    page, asked = desk.page, bodies(desk.page)
    held: list[Route] = []
    page.route(f"**/{numbers[1]}/", lambda route: held.append(route))
    with page.expect_response(f"**/{numbers[1]}/corps/"):
        desk.row(may).locator(".row-link").click()
    in_the_end(lambda: bool(held), page=desk.page)
    held[0].continue_()
    shows(desk, may)
    assert len(asked) == 1
    visitor.axe()

    desk.reader.get_by_role("link", name="Message plus récent").click()
    shows(desk, june)
    assert len(asked) == 2

    # Refused: what was open stays, and nothing waits for it.
    page.route(f"**/{numbers[0]}/", lambda route: route.fulfill(status=503, body="<p>Non</p>"))
    with visitor.forgiving("503|Failed to load"):
        desk.row(april).locator(".row-link").click()
        expect(page.locator("#panne")).to_contain_text("Non")
    in_the_end(lambda: page.evaluate(SPARE) == 0)
    shows(desk, june)


def test_back_finds_what_was_open(case: Case) -> None:
    _visitor, desk, (april, may, june), _numbers = case
    page = desk.page
    for name in (may, june, april):
        desk.open(name)
        shows(desk, name)
    for name in (june, may):
        page.go_back()
        shows(desk, name)
    page.go_forward()
    shows(desk, june)
    page.go_back()
    page.go_back()
    expect(page.locator("#objet")).to_have_count(0)
    expect(desk.row(april)).to_be_visible()


def test_a_press_asks_for_the_page_and_only_the_click_opens_it(case: Case) -> None:
    visitor, desk, (april, may, _june), numbers = case
    page = desk.page
    asked: list[tuple[str, str]] = []
    page.on("request", lambda request: asked.append((request.method, request.headers.get("purpose", ""))))
    row = desk.row(may).locator(".row-link")
    expect(desk.row(may)).to_have_attribute("data-unread", "")
    row.hover()
    with page.expect_response(f"**/{numbers[1]}/"):
        page.mouse.down()
    expect(page.locator("#objet")).to_have_count(0)
    with page.expect_response(f"**/{numbers[1]}/ouverture/"):
        page.mouse.up()
    shows(desk, may)
    assert [one for one in asked if one == ("GET", "prefetch")] == [("GET", "prefetch")]
    expect(desk.row(may)).not_to_have_attribute("data-unread", "")
    visitor.axe()

    # Let go elsewhere: nothing was opened, nothing is read, and no frame waits.
    desk.row(april).locator(".row-link").hover()
    with page.expect_response(f"**/{numbers[0]}/"):
        page.mouse.down()
    page.locator("#titre-liste").hover()
    page.mouse.up()
    in_the_end(lambda: page.evaluate(SPARE) == 0, page=page)
    shows(desk, may)
    expect(desk.row(april)).to_have_attribute("data-unread", "")
