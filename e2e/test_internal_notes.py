"""Two people in a school's mailbox: a note that never leaves, and the week that the demo shows of them."""

import uuid

import pytest
from playwright.sync_api import Locator, expect

from e2e.desk import Desk
from e2e.post import deliver
from e2e.test_shared_mailboxes import LOCAL_PART, SitDown, open_box
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
TEXT = "Le mardi est pris par le judo : proposer le jeudi."


@pytest.fixture
def subject(demo: Demo) -> str:
    named = f"Gymnase {uuid.uuid4().hex[:6]}"
    deliver(demo, to=f"{LOCAL_PART}@{demo.account('college-head')['address'].partition('@')[2]}", subject=named)
    return named


def at_the_message(people: tuple[Visitor, Desk], subject: str) -> tuple[Visitor, Desk]:
    visitor, desk = people
    open_box(visitor, desk)
    desk.open(subject)
    return people


def begin(desk: Desk) -> Locator:
    desk.reader.get_by_role("link", name="Note interne").click()
    field = desk.reader.get_by_role("textbox", name="Note pour les membres de cette boîte")
    expect(field).to_be_focused()
    return field


def test_a_note_for_a_colleague_stays_in_the_house(at_the_desk: SitDown, subject: str) -> None:
    bursar, hers = at_the_message(at_the_desk("bursar"), subject)
    begin(hers).fill(TEXT)
    bursar.axe()
    hers.open("Stage de 3e")  # looked at meanwhile: the text is there again
    hers.open(subject)
    expect(begin(hers)).to_have_value(TEXT)
    hers.reader.get_by_text("Mentionner des membres").click()
    hers.reader.get_by_role("checkbox", name="Laurent Dewailly").check()
    hers.reader.get_by_role("button", name="Laisser cette note").click()
    note = hers.reader.locator(".note", has_text=TEXT)
    expect(note).to_contain_text("pour Laurent Dewailly")
    expect(begin(hers)).to_have_value("")
    deputy, his = at_the_message(at_the_desk("deputy"), subject)
    expect(his.reader.locator(".note")).to_contain_text("pour vous")
    expect(his.reader.locator(".note")).to_contain_text(TEXT)
    deputy.axe()
    his.answer()
    expect(his.sheet).not_to_contain_text("judo")


def test_its_author_changes_and_withdraws_it(at_the_desk: SitDown, subject: str) -> None:
    _head, desk = at_the_message(at_the_desk("college-head"), subject)
    begin(desk).fill(TEXT)
    desk.reader.get_by_role("button", name="Laisser cette note").click()
    desk.reader.locator(".note").get_by_role("link", name="Modifier").click()
    field = desk.reader.get_by_role("textbox", name="Note pour les membres de cette boîte")
    expect(field).to_have_value(TEXT)
    field.fill("Le jeudi est libre.")
    desk.reader.get_by_role("button", name="Laisser cette note").click()
    expect(desk.reader.locator(".note")).to_contain_text("Le jeudi est libre.")
    desk.reader.locator(".note").get_by_role("button", name="Retirer").click()
    expect(desk.reader.locator(".note")).to_contain_text("Note interne, retirée")
    expect(desk.reader.locator(".note")).not_to_contain_text("jeudi")


def test_without_a_script(at_the_desk: SitDown, subject: str) -> None:
    visitor, desk = at_the_desk("secretary", java_script_enabled=False)
    page = visitor.page
    open_box(visitor, desk)
    page.get_by_role("link", name=subject).first.click()
    page.get_by_role("link", name="Note interne").click()
    page.get_by_role("textbox", name="Note pour les membres de cette boîte").fill(TEXT)
    page.get_by_role("button", name="Laisser cette note").click()
    expect(page.locator(".reader .note")).to_contain_text(TEXT)


def test_the_demo_shows_a_week_of_two_people(at_the_desk: SitDown) -> None:
    visitor, desk = at_the_desk("bursar")
    open_box(visitor, desk)
    page = visitor.page
    expect(page.locator("#liste .given")).not_to_have_count(0)
    page.goto(page.get_by_role("link", name="À moi", exact=True).evaluate("link => link.href"))
    expect(page.locator("#liste .row-subject")).to_have_text("Facture de cantine")
    page.get_by_role("link", name="Traités", exact=True).click()
    expect(page.locator("#liste")).to_contain_text("Absence de Léa Lemoine")
    for folder, names in (
        ("Envoyés", ("Isabelle Vanhoutte", "Corinne Bocquillon")),
        ("Brouillons", ("Laurent Dewailly",)),
    ):
        page.locator(".folders").get_by_role("link", name=folder).click()
        for name in names:
            expect(page.locator("#liste")).to_contain_text(name)
