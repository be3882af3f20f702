"""Two doors, one sign-in, one sign-out."""

import re

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewVisitor
from e2e.desk import Desk
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser


@pytest.mark.smoke
def test_through_the_intranet(new_visitor: NewVisitor, demo: Demo) -> None:
    visitor = new_visitor()
    page = visitor.page
    visitor.go("/intranet/")
    visitor.axe()
    quick = page.get_by_role("region", name="Accès rapides")
    quick.get_by_role("link", name="Intranet").click()
    visitor.axe()
    visitor.sign_in(demo.account("school-head"))
    visitor.axe()
    page.get_by_role("link", name="Ouvrir le courrier").click()
    Desk(page).open("Conseil des maîtres")
    # The other door is open too, and signing out shuts both.
    visitor.go("/portail/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nadia Benhamou")
    visitor.sign_out()
    for path in ("/portail/", "/intranet/outils/", "/webmail/"):
        visitor.go(path)
        expect(page).to_have_url(re.compile("/session/"))


def test_the_address_in_capitals_opens_as_well_as_the_identifier(new_visitor: NewVisitor, demo: Demo) -> None:
    account = demo.account("hr-officer")
    visitor = new_visitor()
    visitor.go("/portail/")
    visitor.sign_in({**account, "address": account["address"].upper()}, name="address")
    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text("Sylvie Caudron")


def test_a_wrong_password_and_a_stranger_read_the_same_words(new_visitor: NewVisitor, demo: Demo) -> None:
    visitor = new_visitor()
    said = []
    for account in ({"identifier": demo.account("administrator")["identifier"]}, {"identifier": "personne.dici"}):
        visitor.go("/portail/")
        visitor.sign_in(account, password="Pas-le-bon-2026")
        alert = visitor.page.get_by_role("alert").filter(has_text="incorrect")
        said.append(alert.inner_text())
        visitor.axe()
    assert said[0] == said[1]


def test_whoever_asks_for_a_message_finds_it_after_signing_in(new_visitor: NewVisitor, demo: Demo) -> None:
    first = new_visitor()
    first.go("/webmail/")
    first.sign_in(demo.account("help-desk"))
    desk = Desk(first.page)
    desk.open("La lettre de la Somme")
    address = first.page.url.removeprefix(demo.web)
    second = new_visitor()
    second.go(address)
    second.sign_in(demo.account("help-desk"))
    expect(second.page.locator("#objet")).to_contain_text("La lettre de la Somme")


def test_another_person_s_message_does_not_exist(new_visitor: NewVisitor, demo: Demo) -> None:
    owner = new_visitor()
    owner.go("/webmail/")
    owner.sign_in(demo.account("help-desk"))
    Desk(owner.page).open("La lettre de la Somme")
    address = owner.page.url.removeprefix(demo.web)
    stranger = new_visitor()
    stranger.go("/webmail/")
    stranger.sign_in(demo.account("hr-officer"))
    with stranger.forgiving(r"404"):
        stranger.go(address)
        expect(stranger.page.locator("body")).not_to_contain_text("trois réunions")
        stranger.axe()
