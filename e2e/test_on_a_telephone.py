"""A small screen held upright: everything fits, one thing at a time (test_finger_targets.py: how large)."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import make_msgid
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from e2e.conftest import NewVisitor
from e2e.desk import Desk
from e2e.post import deliver, put
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.mark.parametrize("width", [320, 390])
def test_read_and_answer_with_a_thumb(new_visitor: NewVisitor, demo: Demo, width: int) -> None:
    name = f"Au téléphone {uuid.uuid4().hex[:6]}"
    deliver(demo, to=demo.account("teacher")["address"], subject=name)
    visitor = new_visitor(viewport={"width": width, "height": 740}, has_touch=True, is_mobile=True)
    page, desk = visitor.page, Desk(visitor.page)
    visitor.go("/portail/")
    visitor.fits()
    visitor.sign_in(demo.account("teacher"))
    visitor.fits()
    visitor.axe()
    page.get_by_role("link", name="Ouvrir le courrier").click()

    desk.wait_for(name)
    visitor.fits()
    visitor.axe()
    desk.open(name)
    expect(page.locator("#liste")).to_be_hidden()
    ends = [page.locator(one).last.bounding_box() for one in (".message-menu", ".message-head")]
    assert len({box["x"] + box["width"] for box in ends if box}) == 1  # the acts end where the line above them ends
    visitor.fits()
    visitor.axe()
    desk.answer()
    visitor.fits()
    visitor.axe()
    desk.fill(text="Lu, merci.\n")
    box = desk.sheet.get_by_role("button", name="Envoyer").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= width
    desk.send()
    desk.toast("Sophie Marchand")

    desk.reader.get_by_role("link", name="Retour à la liste").click()
    expect(desk.row(name)).to_be_visible()
    page.locator("#liste").get_by_role("button", name="Dossiers").click()
    desk.folder("Envoyés").click()
    expect(desk.row(f"Re: {name}")).to_be_visible()
    visitor.fits()
    visitor.axe()
    page.locator("#liste").get_by_role("button", name="Dossiers").click()
    visitor.sign_out()


@contextmanager
def finger_on(row: Locator) -> Iterator[None]:
    """A real one, which rests on the middle of a row."""
    box, page = row.bounding_box(), row.page
    assert box
    wire = page.context.new_cdp_session(page)
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    wire.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
    yield
    wire.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_several_are_chosen_by_finger(at_the_desk: Callable[..., tuple[Visitor, Desk]], demo: Demo) -> None:
    """A finger that rests on one, then a press on each other; what comes in meanwhile changes nothing."""
    word = uuid.uuid4().hex[:6]
    names = [f"{one} {word}" for one in ("Premier", "Deuxième", "Troisième")]
    for name in names:
        deliver(demo, to=demo.account("teacher")["address"], subject=name)
    visitor, desk = at_the_desk(**PHONE)
    page = visitor.page
    for name in names:
        desk.wait_for(name)
    count = page.locator(".chosen [data-count]")
    with finger_on(desk.row(names[0])):
        expect(count).to_have_text("1 choisi")
    expect(page.locator("#lecture #objet")).to_be_hidden()
    expect(page.locator("#liste .write")).to_be_hidden()
    desk.row(names[1]).tap()
    expect(count).to_have_text("2 choisis")
    visitor.axe()
    visitor.fits()
    deliver(demo, to=demo.account("teacher")["address"], subject=f"Entre-temps {word}")
    desk.wait_for(f"Entre-temps {word}")
    expect(count).to_have_text("2 choisis")
    desk.row(names[2]).tap()
    desk.row(names[2]).tap()
    expect(count).to_have_text("2 choisis")
    page.get_by_role("form", name="Messages choisis").get_by_role("button", name="Archiver").tap()
    for name in names[:2]:
        expect(desk.row(name)).to_have_count(0)
    desk.row(names[2]).tap()  # it is over: a press opens again
    expect(page.locator("#objet")).to_contain_text(names[2])


def test_one_begins_to_choose_from_the_menu_and_ends(
    at_the_desk: Callable[..., tuple[Visitor, Desk]], demo: Demo
) -> None:
    name = f"À choisir {uuid.uuid4().hex[:6]}"
    deliver(demo, to=demo.account("teacher")["address"], subject=name)
    visitor, desk = at_the_desk(**PHONE)
    page = visitor.page
    desk.wait_for(name)
    tools = page.locator("#liste .list-tools summary")
    tools.tap()
    page.get_by_role("button", name="Choisir", exact=True).tap()
    count, acts = page.locator(".chosen [data-count]"), page.locator(".chosen-acts")
    expect(count).to_have_text("Choisissez")
    expect(acts).to_be_hidden()
    expect(page.locator(".row-pick input").first).to_be_focused()
    visitor.axe()
    visitor.fits()
    desk.row(name).tap()
    expect(count).to_have_text("1 choisi")
    expect(acts).to_be_visible()
    page.get_by_role("button", name="Terminer").tap()
    expect(page.locator("#titre-liste")).to_be_visible()
    expect(tools).to_be_visible()
    desk.row(name).tap()
    expect(page.locator("#objet")).to_contain_text(name)


def test_an_hr_officer_sees_requests_first(new_visitor: NewVisitor, demo: Demo) -> None:
    """What one filters by is one line, which says what is filtered."""
    visitor = new_visitor(**PHONE)
    visitor.come_in(demo.account("hr-officer"), "/iprof/gestion/demandes/")
    page = visitor.page
    seen = page.locator("tbody tr").nth(1).bounding_box()
    assert seen
    assert seen["y"] + seen["height"] <= PHONE["viewport"]["height"]  # two of them, whole
    line = page.locator("summary", has_text="Filtrer")
    expect(line).to_contain_text("À traiter")
    line.tap()
    page.get_by_label("Demande", exact=True).select_option(label="Mutation")
    visitor.fits()
    page.get_by_role("button", name="Filtrer").tap()
    expect(line).to_contain_text("À traiter, Mutation")
    expect(page.locator("tbody tr").first).to_be_in_viewport()
    visitor.axe()


# How many lines of the text are in sight, between what lies around it.
LINES = """() => {
  const [text, pane] = ["#lecture .body", "#message"].map((one) => document.querySelector(one).getBoundingClientRect());
  const height = parseFloat(getComputedStyle(document.querySelector("#lecture .body")).lineHeight);
  return (Math.min(text.bottom, pane.bottom, innerHeight) - Math.max(text.top, pane.top, 0)) / height;
}"""


def test_letters_four_times_as_large_leave_three_lines(
    at_the_desk: Callable[..., tuple[Visitor, Desk]], demo: Demo
) -> None:
    """Of what one reads, of what one writes, and the answer is still reached."""
    name, colleague = f"Agrandi {uuid.uuid4().hex[:6]}", demo.account("college-head")["address"]
    head = f"From: Isabelle Vanhoutte <{colleague}>\r\nSubject: {name}\r\nMessage-ID: {make_msgid()}\r\n\r\n"
    put(demo, demo.account("teacher"), [f"{head}{'Une ligne de plus. ' * 40}\r\n".encode()])
    visitor, desk = at_the_desk(viewport={"width": 320, "height": 256})
    page = visitor.page
    desk.wait_for(name)
    desk.open(name)
    expect(desk.reader.locator(".body")).to_be_visible()
    assert page.evaluate(LINES) >= 3
    page.locator("#lecture .body").evaluate("one => one.scrollIntoView()")
    assert page.evaluate(LINES) >= 6
    visitor.fits()
    visitor.axe()
    answer = desk.reader.locator(".reply-field")
    answer.focus()
    expect(answer).to_be_in_viewport(ratio=0.9)
    desk.answer()
    expect(desk.sheet.get_by_label("Texte du message")).to_be_in_viewport()
    visitor.fits()


def test_a_long_subject_is_three_lines_and_whole_on_demand(
    at_the_desk: Callable[..., tuple[Visitor, Desk]], demo: Demo
) -> None:
    name = f"Long {uuid.uuid4().hex[:6]}"
    subject = f"{name} {'réunion pédagogique du conseil ' * 14}"[:400]
    put(demo, demo.account("teacher"), [f"Subject: {subject}\r\n\r\nBonjour.\r\n".encode()])
    visitor, desk = at_the_desk(**PHONE)
    page = visitor.page
    for width in (390, 320, 1360):
        page.set_viewport_size({"width": width, "height": 844})
        visitor.go("/webmail/")
        desk.wait_for(name)
        desk.open(name)
        heading = page.locator("#objet")
        line = float(heading.evaluate("one => parseFloat(getComputedStyle(one).lineHeight)"))
        few = heading.bounding_box()
        assert few
        assert few["height"] <= 3 * line + 1
        page.locator("summary", has_text="Objet entier").click()
        whole = heading.bounding_box()
        assert whole
        assert whole["height"] > few["height"] + line
        visitor.fits()
        visitor.axe("#lecture")
