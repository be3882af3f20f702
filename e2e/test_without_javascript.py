"""No script at all: one can still read, answer with a file, and find it in Sent."""

import uuid
from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewVisitor
from e2e.desk import Desk
from e2e.post import deliver
from vaguemestre.launcher.testing import Demo

pytestmark = [pytest.mark.browser, pytest.mark.smoke]


def test_read_and_send(new_visitor: NewVisitor, demo: Demo, tmp_path: Path) -> None:
    visitor, name = new_visitor(java_script_enabled=False), f"Sans script {uuid.uuid4().hex[:6]}"
    deliver(demo, to=demo.account("hr-officer")["address"], subject=name)
    visitor.go("/portail/")
    visitor.sign_in(demo.account("hr-officer"))
    page = visitor.page
    page.get_by_role("link", name="Intranet, Référentiel et Outils").click()
    page.get_by_role("link", name="Ouvrir le courrier").click()
    desk = Desk(page)
    desk.open("Académie en bref")
    expect(desk.formatted.get_by_text("Ce qui change en")).to_be_visible()

    visitor.go("/webmail/")
    desk.open(name)
    desk.answer()
    desk.options()
    expect(desk.sheet.get_by_label("Importance")).to_be_visible()
    desk.sheet.locator(".composer-copies > summary").click()
    expect(desk.sheet.locator("[data-field=cc]")).to_be_visible()
    desk.fill(text="Réponse sans script.\n")
    file = tmp_path / "note.txt"
    file.write_text("Une note.\n")
    desk.sheet.locator("input[type=file]").set_input_files(file)
    desk.sheet.get_by_role("button", name="Joindre et garder").click()
    expect(desk.sheet.locator("[id^=pieces]")).to_contain_text("note.txt")
    expect(desk.sheet.get_by_label("Texte du message")).to_have_value("Réponse sans script.\n")
    desk.send()
    expect(page.locator("#annonces")).to_contain_text("Sophie Marchand")

    desk.open_folder("Envoyés")
    desk.open(f"Re: {name}")
    expect(desk.reader).to_contain_text("Réponse sans script.")
    expect(desk.reader.locator(".file")).to_contain_text("note.txt")
    desk.act("Supprimer")
    expect(desk.row(f"Re: {name}")).to_have_count(0)
    visitor.sign_out()


def test_on_a_telephone_what_is_open_of_a_letter_stays_so(new_visitor: NewVisitor, demo: Demo) -> None:
    visitor = new_visitor(java_script_enabled=False, viewport={"width": 390, "height": 844})
    visitor.come_in(demo.account("teacher"), "/webmail/ecrire/")
    desk = Desk(visitor.page)
    desk.fill(to=demo.account("help-desk")["address"])
    desk.sheet.get_by_role("button", name="Joindre et garder").click()
    expect(desk.sheet.locator(".person-name")).to_be_visible()
    expect(desk.subject).to_be_visible()
    desk.sheet.get_by_role("button", name="Jeter le brouillon").click()
