"""An administrator closes the mail on the web: told before, said during, and mail continues."""

import imaplib
import re
import smtplib
import ssl
import time
import uuid
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import NewVisitor
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
TEXT = "Remplacement d’un disque de la messagerie."
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def administer(new_visitor: NewVisitor, demo: Demo) -> Visitor:
    visitor = new_visitor()
    visitor.go("/portail/")
    visitor.sign_in(demo.account("administrator"))
    visitor.page.get_by_role("link", name="Exploitation").first.click()
    expect(visitor.page.get_by_role("heading", name="En ordre")).to_be_visible()
    visitor.page.get_by_role("link", name="Maintenance").first.click()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Maintenance")
    return visitor


def open_again(page: Page) -> None:
    """Whatever the story has left behind."""
    page.reload()
    for name in ("Rouvrir les pages", "Retirer l’annonce"):
        while page.get_by_role("button", name=name).count():
            page.get_by_role("button", name=name).first.click()
            page.wait_for_load_state()


def test_announced_closed_and_open_again(new_visitor: NewVisitor, demo: Demo) -> None:
    admin = administer(new_visitor, demo)
    admin.axe()
    admin.fits()
    try:
        admin.page.get_by_label("Une phrase pour tout le monde").fill(TEXT)
        admin.page.get_by_role("button", name="Annoncer", exact=True).click()
        expect(admin.page.get_by_role("button", name="Fermer les pages maintenant").first).to_be_visible()
        admin.axe()
        time.sleep(3.5)  # what another process knew is older than that
        _told_before(new_visitor, demo)
        admin.page.get_by_role("list").get_by_role("button", name="Fermer les pages maintenant").click()
        expect(admin.page.get_by_role("button", name="Rouvrir les pages")).to_be_visible()
        admin.axe()
        time.sleep(3.5)
        _closed(new_visitor, demo)
        _mail_goes_on(demo)
        admin.go("/webmail/")  # an administrator looks before opening
        expect(admin.page.get_by_role("main")).to_be_visible()
        admin.go("/portail/maintenance/")
        admin.page.get_by_role("button", name="Rouvrir les pages").click()
        expect(admin.page.get_by_text("Toutes les pages sont ouvertes.")).to_be_visible()
    finally:
        admin.go("/portail/maintenance/")
        open_again(admin.page)
    time.sleep(3.5)
    teacher = new_visitor()
    teacher.go("/webmail/")
    teacher.sign_in(demo.account("teacher"))
    expect(teacher.page).to_have_url(re.compile("/webmail/"))


def _told_before(new_visitor: NewVisitor, demo: Demo) -> None:
    visitor = new_visitor(**PHONE)
    for path in ("/session/", "/etat/"):
        visitor.go(path)
        expect(visitor.page.get_by_text("Maintenance prévue").first).to_be_visible()
        visitor.axe()
        visitor.fits()
    visitor.go("/portail/")
    visitor.sign_in(demo.account("teacher"))
    expect(visitor.page.get_by_text(TEXT)).to_be_visible()
    visitor.axe()
    visitor.fits()


def _closed(new_visitor: NewVisitor, demo: Demo) -> None:
    visitor = new_visitor(**PHONE)
    visitor.go("/session/")
    expect(visitor.page.get_by_text("Maintenance en cours").first).to_be_visible()
    visitor.sign_in(demo.account("teacher"))
    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text("Mathilde Lefèvre")
    with visitor.forgiving("503"):
        visitor.go("/webmail/")
        expect(visitor.page.get_by_role("heading", level=1)).to_contain_text("Fermé pour entretien")
        expect(visitor.page.get_by_text("Les messages arrivent, aucun n’est perdu")).to_be_visible()
        visitor.axe()
        visitor.fits()
        visitor.page.get_by_role("link", name="Voir l’état des services").click()
        expect(visitor.page.get_by_role("heading", name="Maintenance en cours")).to_be_visible()


def _mail_goes_on(demo: Demo) -> None:
    """By SMTP and IMAP, as the world and a mail program do."""
    account, subject = demo.account("teacher"), uuid.uuid4().hex
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "anne@librairie.example", account["address"], subject
    message.set_content("Pendant la maintenance.")
    door, reading = demo.endpoints["smtp"], demo.endpoints["imaps"]
    with smtplib.SMTP(door["host"], door["port"], timeout=20) as connection:
        connection.send_message(message)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with imaplib.IMAP4_SSL(reading["host"], reading["port"], ssl_context=context) as program:
        program.login(account["identifier"], account["password"])
        deadline, found = time.monotonic() + 20, b""
        while not found and time.monotonic() < deadline:
            program.select("INBOX", readonly=True)
            found = program.search(None, "SUBJECT", subject)[1][0]
            time.sleep(0.2)
        assert found
