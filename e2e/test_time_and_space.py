"""Put off and back at its hour, room made, and nothing missed before the page listens."""

import smtplib
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Route, expect

from e2e.conftest import NewVisitor
from e2e.desk import Desk
from e2e.post import deliver, in_the_end, subjects
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type Sit = Callable[..., tuple[Visitor, Desk]]


def unique(words: str) -> str:
    return f"{words} {uuid.uuid4().hex[:6]}"


def test_put_off_with_a_key_it_comes_back_by_itself_at_its_hour(at_the_desk: Sit, demo: Demo) -> None:
    subject = unique("À revoir")
    deliver(demo, to=demo.account("teacher")["address"], subject=subject)
    visitor, desk = at_the_desk()
    desk.wait_for(subject)
    desk.open(subject)
    page = desk.page
    page.keyboard.press("b")
    expect(desk.reader.get_by_role("button", name="Demain matin")).to_be_visible()
    desk.reader.get_by_role("button", name="Choisir date et heure").click()
    expect(page.get_by_role("heading", name="Quand ce message doit-il revenir")).to_be_visible()
    visitor.axe()
    hour = datetime.now(ZoneInfo("Europe/Paris")) + timedelta(minutes=1)
    page.get_by_label("Jour", exact=True).fill(f"{hour:%Y-%m-%d}")
    page.get_by_label("Heure", exact=True).fill(f"{hour:%H:%M}")
    if datetime.now(ZoneInfo("Europe/Paris")).second > 50:
        hour += timedelta(minutes=1)  # it would be over before it is sent
        page.get_by_label("Heure", exact=True).fill(f"{hour:%H:%M}")
    page.get_by_role("button", name="Remettre à plus tard").click()
    desk.toast("1 message reviendra aujourd’hui")
    expect(desk.row(subject)).to_have_count(0)
    assert subject in subjects(demo, demo.account("teacher"), "Plus tard")
    desk.open_folder("Plus tard")
    expect(desk.row(subject).locator(".row-hour")).to_be_visible()
    visitor.axe()
    desk.open_folder("Réception")
    desk.wait_for(subject, seconds=100)
    row = desk.row(subject).first
    expect(row).to_contain_text("Revenu")
    expect(row).to_have_attribute("data-unread", "")


def test_room_is_made_without_losing_a_word(at_the_desk: Sit, demo: Demo) -> None:
    subject = unique("Photos de la sortie")
    message = EmailMessage()
    message["From"], message["To"] = "Sophie Marchand <s.marchand@autocars.example>", demo.account("teacher")["address"]
    message["Subject"] = subject
    message.set_content("Voici les photos de la sortie.\n")
    message.add_attachment(b"\xff" * 400_000, maintype="image", subtype="jpeg", filename="sortie.jpg")
    with smtplib.SMTP(demo.endpoints["smtp"]["host"], demo.endpoints["smtp"]["port"], timeout=30) as server:
        server.send_message(message)
    visitor, desk = at_the_desk()
    desk.wait_for(subject)
    page = desk.page
    visitor.go("/webmail/reglages/")
    page.get_by_role("link", name="Faire de la place").click()
    expect(page.get_by_role("heading", name="Faire de la place", level=1)).to_be_visible()
    visitor.axe()
    page.get_by_label(f"Choisir « {subject} »").check()
    page.get_by_role("button", name="Retirer les pièces jointes").click()
    desk.toast("1 message est allégé de")
    expect(page.get_by_role("link", name="Vider la corbeille")).to_be_visible()
    visitor.go("/webmail/")
    desk.wait()
    desk.open(subject)
    expect(desk.reader).to_contain_text("Voici les photos de la sortie.")
    expect(desk.reader).to_contain_text("sortie.jpg")
    expect(desk.reader.locator(".card")).to_have_count(0)


def test_what_comes_before_the_page_listens_is_not_missed(new_visitor: NewVisitor, demo: Demo) -> None:
    subject, account = unique("Entre deux"), demo.account("teacher")
    visitor = new_visitor()

    def too_late(route: Route) -> None:
        """The page is drawn; its stream is held back until the mail is there and everybody was told."""
        deliver(demo, to=account["address"], subject=subject)
        in_the_end(lambda: subject in subjects(demo, account))
        route.continue_()

    visitor.page.route("**/evenements/*", too_late, times=1)
    visitor.go("/webmail/")
    visitor.sign_in(account)
    desk = Desk(visitor.page)
    desk.wait()
    desk.wait_for(subject)
