"""The twelve commonest things, counted in presses from the inbox: at most two before the one that does it, and never a
menu inside a menu. The counts stand in docs/decisions/presses.md, beside those of other webmails."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, localtime, make_msgid
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.desk import Desk
from e2e.post import put
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type Sit = Callable[..., tuple[Visitor, Desk]]
type Way = Callable[["Hand"], None]
MOST = 2
TELEPHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
IN_A_MENU = "one => Boolean(one.parentElement.closest('.menu-panel')) && one.matches('summary, [aria-haspopup]')"
# The paper is a frame without scripts: what the page asks of its window is written down here.
PAPER = """() => {
  const own = Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, 'contentWindow');
  Object.defineProperty(HTMLIFrameElement.prototype, 'contentWindow', {get() {
    const print = () => { document.body.dataset.printed = this.contentDocument.body.innerText };
    return this.hasAttribute('data-paper') ? {print} : own.get.call(this);
  }});
}"""


@dataclass
class Hand:
    """Somebody's hand before the inbox: how often it pressed before the act, which is a press too, or typing."""

    desk: Desk
    subject: str
    presses: int = 0

    @property
    def page(self) -> Page:
        return self.desk.page

    def press(self, what: Locator) -> None:
        assert not what.evaluate(IN_A_MENU), f"a menu inside a menu: {what}"
        what.click()
        self.presses += 1

    def column(self) -> Locator:
        """Of folders; on a phone it lies behind a press."""
        column = self.page.locator("#boites")
        if not column.is_visible():
            self.press(self.page.locator("#liste").get_by_role("button", name="Dossiers"))
        return column

    def opens(self) -> None:
        self.press(self.desk.row(self.subject).locator(".row-link"))


def read(hand: Hand) -> None:
    hand.desk.row(hand.subject).locator(".row-link").click()
    hand.desk.shows("Voici la convention.")


def answer(hand: Hand) -> None:
    hand.opens()
    hand.press(hand.desk.reader.locator(".reply-field"))
    expect(hand.desk.sheet.get_by_label("Texte du message")).to_be_focused()


def write(hand: Hand) -> None:
    hand.press(hand.page.get_by_role("link", name="Écrire").locator("visible=true").first)
    expect(hand.desk.sheet.locator("[id^=ajout-a-]")).to_be_focused()


def attach(hand: Hand) -> None:
    write(hand)
    with hand.page.expect_file_chooser() as chooser:
        hand.desk.sheet.locator("label.attach").click()
    assert chooser.value.is_multiple()


def open_a_file(hand: Hand) -> None:
    hand.opens()
    hand.desk.reader.get_by_role("link", name="Convention.txt", exact=True).click()
    expect(hand.page.locator("#visionneuse")).to_contain_text("Entre le collège")


def print_it(hand: Hand) -> None:
    hand.opens()
    hand.press(hand.desk.reader.locator(".message-menu > summary"))
    hand.page.evaluate(PAPER)
    hand.desk.reader.get_by_role("link", name="Imprimer", exact=True).click()
    expect(hand.page.locator("body[data-printed]")).to_be_attached()
    assert "Voici la convention." in (hand.page.locator("body").get_attribute("data-printed") or "")


def delete_and_undo(hand: Hand) -> None:
    row = hand.desk.row(hand.subject)
    row.hover()
    if (tool := row.get_by_role("button", name="Supprimer")).is_visible():
        hand.press(tool)
    else:  # for a finger: in the message
        hand.opens()
        hand.press(hand.desk.reader.locator(".toolbar").get_by_role("button", name="Supprimer", exact=True))
    expect(row).to_have_count(0)
    hand.page.locator("#annonces").get_by_role("button", name="Annuler").click()
    expect(hand.page.locator("#annonces")).not_to_contain_text("supprimé")
    hand.desk.page.goto(hand.page.url.partition("/dossiers/")[0].rstrip("/") + "/")
    expect(row).to_have_count(1)


def search(hand: Hand) -> None:
    field = hand.page.get_by_role("combobox", name="Chercher dans tous les dossiers")
    hand.press(field)
    expect(field).to_be_focused()
    hand.page.keyboard.type(hand.subject.rpartition(" ")[2])
    expect(hand.page.locator(".row")).to_have_count(1)


def signature(hand: Hand) -> None:
    hand.press(hand.column().get_by_role("link", name="Réglages"))
    hand.press(hand.page.get_by_role("main").get_by_role("link", name="Relire"))
    text = hand.page.get_by_role("textbox", name="Texte de la signature")
    text.click()
    expect(text).to_be_focused()


def absence(hand: Hand) -> None:
    hand.press(hand.column().get_by_role("link", name="Réglages"))
    hand.press(hand.page.get_by_role("main").get_by_role("link", name="Réponse d’absence").first)
    switch = hand.page.get_by_role("switch").first
    switch.check()
    expect(hand.page.get_by_role("button", name="Enregistrer").last).to_be_visible()


def new_folder(hand: Hand) -> None:
    hand.press(hand.column().locator("summary", has_text="").and_(hand.page.get_by_title("Nouveau dossier")))
    expect(hand.page.get_by_label("Nom du nouveau dossier")).to_be_focused()


def sign_out(hand: Hand) -> None:
    hand.column().get_by_role("button", name="Se déconnecter").click()
    expect(hand.page.get_by_label("Identifiant")).to_be_visible()


# Presses before the act, on a computer and on a phone.
COUNTS: dict[Way, tuple[int, int]] = {
    read: (0, 0), answer: (2, 2), write: (1, 1), attach: (1, 1), open_a_file: (1, 1), print_it: (2, 2),
    delete_and_undo: (1, 2), search: (1, 1), signature: (2, 3), absence: (2, 3), new_folder: (1, 2), sign_out: (0, 1),
}  # fmt: skip


def walk(sit: Sit, demo: Demo, **screen: Any) -> dict[str, int]:
    """All of them, each from the inbox as one finds it in the morning."""
    subject = f"Convention {uuid.uuid4().hex[:6]}"
    put(demo, demo.account("teacher"), [letter(subject)])
    visitor, desk = sit(**screen)
    counts = {}
    for way in COUNTS:
        visitor.go("/webmail/")
        desk.wait_for(subject)
        hand = Hand(desk, subject)
        way(hand)
        counts[way.__name__] = hand.presses
    return counts


def letter(subject: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = "Sophie Marchand <service@autocars-marchand.example>", "x@ac-amiens.fr"
    message["Subject"], message["Date"] = subject, format_datetime(localtime())
    message["Message-ID"] = make_msgid(domain="autocars-marchand.example")
    message.set_content("Voici la convention.\n")
    message.add_attachment("Entre le collège et nous.\n", filename="Convention.txt")
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def test_at_most_two_presses_before_one_does_it(at_the_desk: Sit, demo: Demo) -> None:
    counts = walk(at_the_desk, demo)
    assert counts == {way.__name__: computer for way, (computer, _) in COUNTS.items()}
    assert max(counts.values()) <= MOST


@pytest.mark.slow
def test_a_telephone_has_one_more_for_its_column(at_the_desk: Sit, demo: Demo) -> None:
    counts = walk(at_the_desk, demo, **TELEPHONE)
    assert counts == {way.__name__: telephone for way, (_, telephone) in COUNTS.items()}
    assert max(counts.values()) <= MOST + 1
