"""The letter on the table, a browser, and three minutes later an answered mail."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewVisitor
from e2e.desk import Desk
from e2e.post import left_for
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = [pytest.mark.browser, pytest.mark.smoke]
CHOSEN = "Quatre-nuages-sur-la-baie-7"


MINE = "eloise.maubourg@boite.example"


def choose_password(visitor: Visitor) -> None:
    page = visitor.page
    expect(page.get_by_role("heading", name="Choisissez votre mot de passe")).to_be_visible()
    visitor.axe()
    new, again = page.get_by_label("Nouveau mot de passe"), page.get_by_label("Le même, une seconde fois")
    new.fill("Maubourg")
    again.fill("Maubourg")
    page.get_by_role("button", name="Enregistrer et continuer").click()
    expect(page.locator("main")).to_contain_text("12 caractères au moins")
    expect(page.locator("main")).to_contain_text("Ce mot de passe contient votre nom")
    visitor.axe()
    new.fill(CHOSEN)
    expect(page.locator(".strength")).to_contain_text("Solide")
    for rule in ("length", "special", "personal", "numen", "common"):  # the last three, the server judged
        expect(page.locator(f"[data-rule={rule}]")).to_have_class(re.compile("met"))
    again.fill(CHOSEN)
    page.get_by_role("button", name="Enregistrer et continuer").click()


def accept_charter(visitor: Visitor) -> None:
    """Nothing else opens before; the Back button and a done step show what was done, and undo nothing."""
    page = visitor.page
    expect(page.get_by_role("heading", name="Lisez la charte d’usage")).to_be_visible()
    visitor.axe()
    visitor.go("/webmail/")
    expect(page.get_by_role("heading", name="Lisez la charte d’usage")).to_be_visible()
    page.get_by_role("link", name="Mot de passe (fait)").click()
    expect(page.get_by_role("heading", name="Votre mot de passe est choisi")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Accepter la charte et continuer").click()


def on_the_telephone(new_visitor: NewVisitor, demo: Demo) -> None:
    """The same person, half-way, on another device: the path continues where it was left."""
    visitor = new_visitor(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = visitor.page
    visitor.go("/webmail/")
    visitor.sign_in(demo.account("newcomer"), password=CHOSEN)
    expect(page.get_by_text("Étape 3 sur 4")).to_be_visible()
    visitor.fits()
    page.get_by_label("Adresse personnelle").fill(demo.account("newcomer")["address"])
    page.get_by_role("button", name="Enregistrer et continuer").click()
    expect(page.get_by_text("Cette adresse se ferme avec votre compte")).to_be_visible()
    visitor.axe()
    page.get_by_label("Adresse personnelle").fill(MINE)
    page.get_by_label("Téléphone").fill("06 12 34 56 42")
    page.get_by_role("button", name="Enregistrer et continuer").click()
    type_code(visitor, demo)
    expect(page.get_by_role("heading", name="Personnalisez votre courrier")).to_be_visible()
    visitor.axe()
    visitor.fits()
    page.get_by_role("link", name="Voir ces réglages").click()
    for setting in ("Signature", "Réponse d’absence", "Accusés de lecture"):
        expect(page.get_by_role("heading", level=1)).to_contain_text(setting)
        page.get_by_role("link", name="Passer cette étape").click()
    page.get_by_role("link", name="Terminer sans redirection").click()
    expect(page.get_by_text("Les quatre réglages sont vus.")).to_be_visible()
    page.get_by_role("button", name="Terminer").click()
    expect(page).to_have_url(re.compile("/webmail/"))  # the page first wanted


def type_code(visitor: Visitor, demo: Demo) -> None:
    page = visitor.page
    expect(page.get_by_role("heading", name="Tapez le code reçu")).to_be_visible()
    visitor.axe()
    found = re.search(r"Code\s: (\d{3})\s(\d{3})", left_for(demo, MINE))
    assert found
    code = found[1] + found[2]
    page.get_by_label("Code à six chiffres").fill("000000" if code != "000000" else "111111")
    page.get_by_role("button", name="Confirmer cette adresse").click()
    expect(page.get_by_text("Ce n’est pas le code envoyé.")).to_be_visible()
    visitor.axe()
    page.get_by_label("Code à six chiffres").fill(code)
    page.get_by_role("button", name="Confirmer cette adresse").click()


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

    choose_password(visitor)
    accept_charter(visitor)
    expect(page.get_by_role("heading", name="Donnez un contact de secours")).to_be_visible()
    visitor.axe()
    page.get_by_role("button", name="Reprendre plus tard").click()
    expect(page).to_have_url(re.compile("/session/"))

    on_the_telephone(new_visitor, demo)
    visitor.go("/portail/")
    visitor.sign_in(account, password=CHOSEN)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Éloïse")
    visitor.axe()
    page.get_by_role("link", name="Intranet, Référentiel et Outils").click()
    page.get_by_role("link", name="Ouvrir le courrier").click()

    desk = Desk(page)
    desk.open("Académie en bref")
    expect(desk.formatted.get_by_text("Ce qui change en")).to_be_visible()
    desk.open("Re: Tutorat : première visite en classe")
    desk.answer()
    desk.fill(text="Merci ! Voici ma préparation, à jeudi.\n\nÉloïse\n")
    with visitor.slow_network():
        desk.sheet.locator("input[type=file]").set_input_files(lesson)
        expect(desk.sheet.locator("[id^=envois]").get_by_role("progressbar")).to_be_visible()
    expect(desk.sheet.locator("[id^=pieces]")).to_contain_text(lesson.name)
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
