"""Two members of a school's mailbox who answer the same parent."""

import uuid

import pytest
from playwright.sync_api import expect

from e2e.desk import Desk
from e2e.post import deliver
from e2e.test_shared_mailboxes import SitDown, open_box
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
SOON = 2_000
WRITING = 10_000  # before it is shown


@pytest.fixture
def box_address(demo: Demo) -> str:
    return f"ce.0809901c@{demo.account('college-head')['address'].partition('@')[2]}"


def write(desk: Desk, text: str) -> None:
    """For some seconds."""
    desk.fill(text=text)
    desk.page.clock.fast_forward(WRITING)


def test_who_answers_is_seen_and_no_second_answer_leaves_unread(
    at_the_desk: SitDown, demo: Demo, box_address: str
) -> None:
    subject = f"Absence de Noé {uuid.uuid4().hex[:6]}"
    deliver(demo, to=box_address, subject=subject)
    people: list[tuple[Visitor, Desk]] = [at_the_desk("college-head"), at_the_desk("deputy")]
    for visitor, desk in people:
        visitor.page.clock.install()
        open_box(visitor, desk)
        desk.open(subject)
    (_head, hers), (deputy, his) = people
    line = his.reader.locator(".answering:visible")
    hers.answer()
    write(hers, "Bonjour, il est excusé.")
    expect(line).to_contain_text("Mme Vanhoutte répond", timeout=SOON)
    expect(his.reader.locator(".reply-field")).to_be_hidden()
    deputy.axe()
    hers.fold()
    expect(line).to_have_count(0, timeout=SOON)
    hers.answer()
    write(hers, "Bonjour, Noé est excusé.")
    expect(line).to_have_count(1, timeout=SOON)
    line.get_by_role("link", name="Écrire quand même").click()
    his.ready()
    expect(his.sheet.locator("[data-answering]")).to_contain_text("Mme Vanhoutte répond")
    his.fill(text="Bonjour, je vous appelle demain.")
    hers.send()
    expect(his.sheet.locator("[data-answering]")).to_be_empty(timeout=SOON)
    his.sheet.get_by_role("button", name="Envoyer", exact=True).click()
    expect(his.sheet).to_contain_text("Isabelle Vanhoutte a répondu")
    expect(his.sheet.locator("blockquote.composer-answer")).to_contain_text("Bonjour, Noé est excusé.")
    for act in ("Envoyer quand même", "Laisser la sienne"):
        expect(his.sheet.get_by_role("button", name=act)).to_be_visible()
    deputy.axe()
    his.sheet.get_by_role("button", name="Modifier la mienne").click()
    expect(his.sheet.locator("blockquote.composer-answer")).to_have_count(0)
    his.fill(text="Bonjour, je vous appelle demain comme le dit Mme Vanhoutte.")
    his.send()
