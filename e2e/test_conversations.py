"""An exchange as people have it: asked, answered, gone on with; read on one page, filed as one or by message."""

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from e2e.desk import Desk
from e2e.post import deliver, in_the_end, subjects
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type Sit = Callable[..., tuple[Visitor, Desk]]


@pytest.fixture
def subject() -> str:
    return f"Sortie au musée {uuid.uuid4().hex[:6]}"


def message(desk: Desk, words: str) -> Locator:
    return desk.reader.locator("section.message", has_text=words)


def test_asked_answered_and_gone_on_with(at_the_desk: Sit, demo: Demo, subject: str) -> None:
    address = demo.account("teacher")["address"]
    asked = deliver(demo, to=address, subject=subject, text="Combien serez-vous ?")
    visitor, desk = at_the_desk()
    desk.wait_for(subject)
    expect(desk.row(subject).locator(".row-size")).to_have_count(0)
    desk.open(subject)
    expect(desk.reader.locator(".leaf-acts")).to_have_count(0)
    desk.answer()
    desk.fill(text="Nous serons quarante-sept.\n")
    desk.send()
    expect(desk.row(subject).locator(".row-from")).to_have_text(re.compile("Sophie Marchand, moi"))
    expect(desk.row(subject).locator(".row-size")).to_have_text(re.compile("^2"))

    # Its answer comes while the conversation is open: said, and shown when asked for.
    deliver(demo, to=address, subject=f"Re: {subject}", answers=asked, text="C’est entendu.")
    row = desk.row(f"Re: {subject}")
    desk.wait_for(f"Re: {subject}")
    expect(row.locator(".row-size")).to_have_text(re.compile("^3"))
    more = desk.reader.get_by_role("link", name="Un nouveau message dans cette conversation")
    expect(more).to_be_visible()
    visitor.axe()
    more.click()
    expect(desk.reader.locator("section.message")).to_have_count(3)
    expect(message(desk, "C’est entendu.")).to_be_in_viewport()
    expect(message(desk, "C’est entendu.").locator(".leaf-acts")).to_be_visible()
    expect(desk.reader.locator(".message-folded")).to_have_count(2)
    visitor.axe()

    desk.reader.locator(".message-folded", has=desk.page.get_by_text("Vous", exact=True)).get_by_role("link").click()
    mine = message(desk, "Nous serons quarante-sept.")
    expect(mine.locator(".leaf-acts")).to_be_visible()
    expect(mine.get_by_role("heading")).to_be_focused()
    mine.get_by_label("Autres actions sur ce message").click()
    mine.locator(".menu-more > summary").click()
    visitor.axe()
    mine.get_by_role("link", name="Replier").click()
    expect(desk.reader.locator(".message-folded")).to_have_count(2)
    desk.reader.get_by_role("link", name="Tout déplier").click()
    expect(desk.reader.locator(".message-folded")).to_have_count(0)


def test_one_message_goes_then_all_and_both_come_back(at_the_desk: Sit, demo: Demo, subject: str) -> None:
    address = demo.account("teacher")["address"]
    asked = deliver(demo, to=address, subject=subject, text="Combien serez-vous ?")
    deliver(demo, to=address, subject=f"Re: {subject}", answers=asked, text="Répondez vite.")
    _visitor, desk = at_the_desk()
    row = desk.page.locator(".row", has_text=subject)  # both came in one second: either may speak for them
    expect(row.locator(".row-size")).to_have_text(re.compile("^2"), timeout=30_000)
    row.locator(".row-link").click()
    expect(desk.reader.locator(".leaf-acts")).to_have_count(2)  # both were unread

    first = message(desk, "Combien serez-vous ?")
    first.get_by_label("Autres actions sur ce message").click()
    first.locator(".menu-more > summary").click()
    first.get_by_role("button", name="Supprimer ce message").click()
    expect(desk.reader.locator(".leaf-acts")).to_have_count(0)
    expect(row.locator(".row-size")).to_have_count(0)
    desk.page.locator("#annonces").get_by_role("button", name="Annuler").click()
    expect(row.locator(".row-size")).to_have_text(re.compile("^2"))

    row.locator(".row-link").click()
    desk.act("Archiver")
    desk.toast("2 messages")
    expect(row).to_have_count(0)
    desk.page.locator("#annonces").get_by_role("button", name="Annuler").click()
    expect(row.locator(".row-size")).to_have_text(re.compile("^2"))
    row.hover()
    row.get_by_role("button", name="Supprimer").click()
    expect(row).to_have_count(0)
    desk.open_folder("Corbeille")
    expect(row.locator(".row-size")).to_have_text(re.compile("^2"))


def test_keys_mean_the_message_that_has_the_focus(at_the_desk: Sit, demo: Demo, subject: str) -> None:
    address = demo.account("teacher")["address"]
    asked = deliver(demo, to=address, subject=subject, text="Combien serez-vous ?")
    deliver(demo, to=address, subject=f"Re: {subject}", answers=asked, text="Répondez vite.")
    _visitor, desk = at_the_desk()
    keys = desk.page.keyboard
    row = desk.page.locator(".row", has_text=subject)
    expect(row.locator(".row-size")).to_have_text(re.compile("^2"), timeout=30_000)
    row.locator(".row-link").click()
    expect(desk.reader.locator(".leaf-acts")).to_have_count(2)  # both were unread

    first = message(desk, "Combien serez-vous ?")
    first.get_by_label("Autres actions sur ce message").focus()
    keys.press("v")
    move = first.locator("summary", has_text="Déplacer")
    expect(move).to_be_focused()
    expect(first.get_by_role("button", name="Archives", exact=True)).to_be_visible()
    expect(desk.reader.locator(".toolbar details[open]")).to_have_count(0)
    keys.press("Escape")
    expect(move).to_be_hidden()
    keys.press("#")
    desk.toast("déplacé vers Corbeille")
    expect(row.locator(".row-size")).to_have_count(0)
    desk.page.locator("#annonces").get_by_role("button", name="Annuler").click()
    expect(row.locator(".row-size")).to_have_text(re.compile("^2"))

    row.locator(".row-link").click()
    expect(desk.reader.locator("section.message")).to_have_count(2)
    desk.reader.locator("#objet").focus()
    keys.press("e")
    desk.toast("2 messages")
    expect(row).to_have_count(0)


def test_in_one_hand(at_the_desk: Sit, demo: Demo, subject: str) -> None:
    address = demo.account("teacher")["address"]
    named = deliver(demo, to=address, subject=subject, text="Combien serez-vous ?")
    for number in range(3):  # one after the other: two that are on their way together may change places
        in_the_end(lambda had=number: sum(subject in one for one in subjects(demo, demo.account("teacher"))) > had)  # type: ignore[misc]
        deliver(demo, to=address, subject=f"Re: {subject}", answers=named, text=f"Rappel {number}. " * 60)
    visitor, desk = at_the_desk(viewport={"width": 390, "height": 740}, has_touch=True, is_mobile=True)
    row = desk.row(f"Re: {subject}")
    expect(row.locator(".row-size")).to_have_text(re.compile("^4"), timeout=30_000)
    visitor.fits()
    desk.open(f"Re: {subject}")
    expect(message(desk, "Combien serez-vous ?").locator(".message-from h2")).to_be_in_viewport()  # the first unread
    visitor.fits()
    desk.reader.get_by_role("link", name="Retour à la liste").click()
    row.locator(".row-link").click()
    expect(desk.reader.locator(".message-folded")).to_have_count(3)
    expect(message(desk, "Rappel 2.").locator(".message-from h2")).to_be_in_viewport()
    visitor.fits()
    visitor.axe()


def test_message_by_message_for_who_prefers_it(at_the_desk: Sit, demo: Demo, subject: str) -> None:
    address = demo.account("administrator")["address"]
    asked = deliver(demo, to=address, subject=subject, text="Combien serez-vous ?")
    deliver(demo, to=address, subject=f"Re: {subject}", answers=asked, text="Répondez vite.")
    visitor, desk = at_the_desk("administrator")
    row = desk.row(f"Re: {subject}")
    expect(row.locator(".row-size")).to_have_text(re.compile("^2"), timeout=30_000)
    desk.page.get_by_label("Affichage et tri").first.click()
    visitor.axe()
    desk.page.get_by_role("button", name="Message par message").click()
    expect(row.locator(".row-size")).to_have_count(0)
    expect(desk.row(subject)).to_have_count(1)
    desk.page.reload()
    expect(desk.row(subject)).to_have_count(1)
    desk.page.get_by_label("Affichage et tri").first.click()
    desk.page.get_by_role("button", name="Par conversation").click()
    expect(row.locator(".row-size")).to_have_text(re.compile("^2"))


def test_what_one_unfolded_stays_so_while_one_acts(at_the_desk: Sit, demo: Demo, subject: str) -> None:
    """The page is drawn again after each act; a menu closes with its own."""
    address = demo.account("teacher")["address"]
    asked = deliver(demo, to=address, subject=subject, text="Combien serez-vous ?")
    quoting = "Quarante-sept.\n\nLe 3 juin, Sophie a écrit :\n" + "> Combien serez-vous ?\n" * 60
    for text in (quoting, "C’est noté."):
        deliver(demo, to=address, subject=f"Re: {subject}", answers=asked, text=text)
    _visitor, desk = at_the_desk()
    row = desk.page.locator(".row", has_text=subject)
    expect(row.locator(".row-size")).to_have_text(re.compile("^3"), timeout=30_000)
    row.locator(".row-link").click()
    expect(desk.reader.locator("section.message")).to_have_count(3)
    expect(row).not_to_have_attribute("data-unread", "")
    desk.page.reload()  # all are read now: two are folded
    quoted = message(desk, "Quarante-sept.")
    expect(desk.reader.locator(".message-folded")).to_have_count(2)
    desk.reader.locator(".message-folded").nth(1).get_by_role("link").click()
    quoted.locator(".message-to > summary").click()
    quoted.locator(".quote > summary").click()
    desk.page.locator("#message").evaluate("pane => (pane.scrollTop = 260)")
    top = "quote => Math.round(quote.getBoundingClientRect().top)"
    place = quoted.locator(".quote").evaluate(top)

    def stands() -> None:
        expect(desk.reader.locator(".message-folded")).to_have_count(1)
        expect(quoted.locator(".message-to[open], .quote[open]")).to_have_count(2)
        expect(desk.reader.locator(".menu[open]")).to_have_count(0)
        assert quoted.locator(".quote").evaluate(top) == place

    desk.act("Suivre")
    desk.toast("1 message suivi")
    stands()
    desk.reader.locator(".toolbar summary", has_text="Étiqueter").click()
    desk.reader.locator(".toolbar details[open]").get_by_role("button").first.click()
    expect(desk.reader.locator("#portees > *")).not_to_have_count(0)
    stands()

    # Of another message nothing is open that was in this one.
    desk.row("La lettre de la Somme").locator(".row-link").first.click()
    expect(desk.page.locator("#objet")).to_contain_text("La lettre de la Somme")
    expect(desk.reader.locator(".message-to[open], .quote[open]")).to_have_count(0)
