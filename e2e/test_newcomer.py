"""The letter on the table, a browser, and three minutes later an answered mail."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewVisitor
from e2e.desk import Desk
from vaguemestre.launcher.testing import Demo

pytestmark = [pytest.mark.browser, pytest.mark.smoke]
CHOSEN = "Quatre-nuages-sur-la-baie-7"


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    """Large enough that its sending takes a moment."""
    file = tmp_path / "Préparation 5e C.pdf"
    file.write_bytes(b"%PDF-1.4\n" + b"% " + b"present simple " * 300_000)
    return file


def test_from_the_letter_to_an_answered_mail(new_visitor: NewVisitor, demo: Demo, lesson: Path) -> None:
    visitor, account = new_visitor(), demo.account("newcomer")
    page = visitor.page

    visitor.go("/portail/")
    page.get_by_role("link", name="Première connexion").click()
    visitor.axe()
    # As copied from paper: capitals, a space for a dash.
    visitor.sign_in(account, password=account["password"].upper().replace("-", " ", 1))

    expect(page.get_by_role("heading", name="Choisissez votre mot de passe")).to_be_visible()
    visitor.axe()
    page.get_by_label("Nouveau mot de passe").fill("court")
    page.get_by_label("Le même, une seconde fois").fill("court")
    page.get_by_role("button", name="Enregistrer et continuer").click()
    expect(page.locator("main")).to_contain_text("12 caractères au moins")
    visitor.axe()
    page.get_by_label("Nouveau mot de passe").fill(CHOSEN)
    page.get_by_label("Le même, une seconde fois").fill(CHOSEN)
    page.get_by_role("button", name="Enregistrer et continuer").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Éloïse")
    visitor.axe()
    page.get_by_role("link", name="Intranet, Référentiel et Outils").click()
    page.get_by_role("link", name="Accès au webmail").click()

    desk = Desk(page)
    desk.open("Académie en bref")
    expect(desk.formatted.get_by_text("Ce qui change en décembre")).to_be_visible()
    desk.open("Re: Tutorat : première visite en classe")
    desk.answer()
    desk.fill(text="Merci ! Voici ma préparation, à jeudi.\n\nÉloïse\n")
    with visitor.slow_network():
        desk.sheet.locator("input[type=file]").set_input_files(lesson)
        expect(desk.sheet.locator("#envois").get_by_role("progressbar")).to_be_visible()
    expect(desk.sheet.locator("#pieces")).to_contain_text(lesson.name)
    visitor.axe()
    desk.send()
    desk.toast("Mathilde Lefèvre")

    desk.open_folder("Envoyés")
    desk.open("Re: Tutorat : première visite en classe")
    expect(desk.reader).to_contain_text("Voici ma préparation")
    expect(desk.reader.locator(".file")).to_contain_text(lesson.name)
    visitor.sign_out()
    page.go_back()
    expect(page).to_have_url(re.compile("/session/"))

    # The letter's password is spent; the chosen one works, and the address opens the same door.
    visitor.sign_in(account)
    expect(page.get_by_text("Identifiant ou mot de passe incorrect.")).to_be_visible()
    visitor.sign_in(account, name="address", password=CHOSEN)
    desk.wait()
