"""A small screen held upright: everything fits, everything pressed is large enough, one thing at a time."""

import uuid

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewVisitor
from e2e.desk import Desk
from e2e.post import deliver
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
FINGER = 40  # px, at least, of what is pressed all day


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
    visitor.fits()
    visitor.axe()
    desk.answer()
    visitor.fits()
    visitor.axe()
    desk.fill(text="Lu, merci.\n")
    send = desk.sheet.get_by_role("button", name="Envoyer")
    box = send.bounding_box()
    assert box is not None
    assert box["height"] >= FINGER
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
