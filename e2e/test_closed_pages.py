"""A session that has ended closes every page that was opened in it: nothing of it is seen any more."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import NewVisitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
PAGES = (
    "/portail/", "/mon-compte/", "/assistance/", "/annuaire/", "/contacts/", "/arena/", "/webmail/reglages/", "/iprof/",
)  # fmt: skip


def closed(page: Page) -> None:
    said = page.get_by_role("heading", name="Votre session est terminée")
    expect(said).to_be_visible()
    expect(page.locator("main h1").first).to_be_hidden()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(said).to_be_visible()
    expect(page.locator("main h1").first).to_be_hidden()


def test_signed_out_everywhere_closes_the_pages_of_every_room(new_visitor: NewVisitor, demo: Demo) -> None:
    me = demo.account("help-desk")
    at_work, elsewhere = new_visitor(), new_visitor()
    at_work.come_in(me, "/assistance/")
    pages = [at_work.context.new_page() for _path in PAGES]
    for page, path in zip(pages, PAGES, strict=True):
        with page.expect_request("**/evenements/*"):
            page.goto(demo.web + path)
        expect(page.locator("main h1").first).to_be_visible()
    elsewhere.come_in(me, "/mon-compte/")
    with at_work.forgiving("401|403|Failed to load"):
        elsewhere.page.get_by_role("button", name="Fermer toutes les autres").click()
        for page in pages:
            closed(page)
        at_work.axe(page=pages[0])
        at_work.axe(page=pages[-1])


def test_signed_in_again_elsewhere_the_page_of_i_prof_goes_on_with_what_was_typed(
    new_visitor: NewVisitor, demo: Demo
) -> None:
    me = demo.account("school-head")
    visitor, elsewhere = new_visitor(), new_visitor()
    visitor.come_in(me, "/portail/")
    page = visitor.page
    with page.expect_request("**/evenements/*"):
        visitor.go("/iprof/courrier/nouveau/")
    text = page.locator("textarea").first
    text.fill("Une heure de travail.")
    elsewhere.come_in(me, "/mon-compte/")
    with visitor.forgiving("401|403|Failed to load"):
        elsewhere.page.get_by_role("button", name="Fermer toutes les autres").click()
        expect(page.get_by_role("heading", name="Votre session est terminée")).to_be_visible()
        expect(text).to_be_hidden()
        page.get_by_role("button", name="C’est fait, continuer").click()
        expect(text).to_be_hidden()
        with visitor.context.expect_page() as opened:
            page.get_by_role("link", name="Se reconnecter").click()
        other = opened.value
        other.get_by_label("Identifiant").fill(me["identifier"])
        other.get_by_label("Mot de passe ou code OTP").fill(me["password"])
        other.get_by_role("button", name="Valider").click()
        expect(other).to_have_url(re.compile("/iprof/courrier/nouveau/"))
        page.get_by_role("button", name="C’est fait, continuer").click()
        expect(text).to_be_visible()
        expect(text).to_have_value("Une heure de travail.")
        page.get_by_label("Objet").fill("Une question")
        page.get_by_role("button", name="Envoyer").click()
        expect(page).to_have_url(re.compile(r"/iprof/courrier/[0-9a-f-]{36}/$"))
