"""What one sent and nobody has answered: kept in sight, reminded of, given up, and gone once somebody answers."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

import pytest
from playwright.sync_api import expect

from e2e.desk import Desk
from e2e.post import deliver, put
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type Sit = Callable[..., tuple[Visitor, Desk]]
MARCHAND = "Sophie Marchand <service.scolaire@autocars-marchand.example>"
TELEPHONE = {"viewport": {"width": 390, "height": 800}, "has_touch": True}


def asked(demo: Demo, *names: str) -> list[str]:
    """In Sent, as another program files it. The subjects, each its own."""
    subjects = [f"{name} {uuid.uuid4().hex[:6]}" for name in names]
    letters = []
    for place, subject in enumerate(subjects):
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = demo.account("teacher")["address"], MARCHAND, subject
        message["Message-ID"] = f"<{subject.replace(' ', '.')}@essai.example>"
        message["Date"] = format_datetime(datetime.now(UTC) - timedelta(minutes=30 - place))
        message.set_content("Pouvez-vous venir ?\n")
        letters.append(message.as_bytes().replace(b"\n", b"\r\n"))
    put(demo, demo.account("teacher"), letters, "Sent")
    return subjects


def test_waited_for_reminded_of_given_up_and_answered(at_the_desk: Sit, demo: Demo) -> None:
    bus, stage, note = asked(demo, "Autocar", "Stage", "Devis")
    visitor, desk = at_the_desk()
    page = desk.page
    desk.open_folder("Envoyés")
    page.get_by_role("navigation", name="Filtrer la liste").get_by_role("link", name="Sans réponse").click()
    for subject in (bus, stage, note):
        expect(desk.row(subject)).to_be_visible()
    visitor.axe()
    # Given up from its row, taken back, given up with a key.
    desk.act_on_row(note, "Ne plus attendre")
    desk.toast("1 message n’attend plus de réponse")
    expect(desk.row(note)).to_have_count(0)
    page.locator("#annonces").get_by_role("button", name="Annuler").click()
    expect(desk.row(note)).to_be_visible()
    box = desk.row(note).get_by_role("checkbox")
    box.press("Space")  # by key: the row may still be moving to its place
    expect(box).to_be_checked()
    page.keyboard.press("w")
    expect(desk.row(note)).to_have_count(0)
    # Reminded of, from the row: the letter goes to the same people.
    desk.act_on_row(stage, "Relancer")
    desk.ready()
    expect(desk.subject).to_have_value(f"Rappel\u00a0: {stage}")
    expect(desk.sheet).to_contain_text("Sophie Marchand")
    desk.sheet.get_by_role("button", name="Fermer et garder le brouillon").click()
    # The open one says so; answered, it leaves by itself.
    desk.open(bus)
    said = page.get_by_role("form", name="Sans réponse")
    expect(said).to_contain_text("Personne n’a encore répondu")
    visitor.axe()
    deliver(
        demo, to=demo.account("teacher")["address"], subject=f"Re: {bus}",
        answers=f"<{bus.replace(' ', '.')}@essai.example>",
    )  # fmt: skip
    expect(desk.row(bus)).to_have_count(0)
    page.reload()
    expect(page.locator("#objet")).to_contain_text(bus)
    expect(said).to_have_count(0)
    expect(desk.row(stage)).to_be_visible()
    # On a phone too.
    hand, small = at_the_desk(**TELEPHONE)
    hand.go(str(page.locator("#liste").get_attribute("data-list")))
    small.open(stage)
    small.page.get_by_role("form", name="Sans réponse").get_by_role("button", name="Ne plus attendre").click()
    expect(small.row(stage)).to_have_count(0)
