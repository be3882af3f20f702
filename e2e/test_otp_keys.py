"""A key that hangs on one's keys: asked for, handed over, activated, out of step, lost."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewVisitor
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parent.parent
PIN, SERIAL = "7305", "4417"
NARROW = {"width": 390, "height": 844}


@pytest.fixture
def agent(new_visitor: NewVisitor, demo: Demo) -> Visitor:
    visitor = new_visitor(viewport={"width": 1440, "height": 900})
    visitor.go("/assistance/cles-otp/")
    visitor.sign_in(demo.account("help-desk"))
    expect(visitor.page.get_by_role("heading", name="Clés OTP", level=1)).to_be_visible()
    return visitor


def press(demo: Demo, times: int = 1, *, serial: str = SERIAL) -> str:
    """What the fob shows after its button."""
    command = [str(ROOT / "bin" / "vaguemestre"), "demo-fob", serial, "--press", str(times)]
    environment = {**os.environ, "VAGUEMESTRE_DATA": str(demo.data)}
    shown = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return shown.stdout.strip()


def test_the_demo_s_holder_signs_in_with_pin_and_code(new_visitor: NewVisitor, demo: Demo) -> None:
    account = demo.account("otp-holder")
    visitor = new_visitor()
    visitor.go("/portail/")
    visitor.sign_in(account, password=account["otp_pin"] + press(demo, serial=account["otp_serial"]))
    expect(visitor.page.get_by_text("Bruno Delattre").first).to_be_visible()


def test_the_life_of_a_key(agent: Visitor, new_visitor: NewVisitor, demo: Demo) -> None:
    account = demo.account("hr-officer")
    _fill_the_stock(agent)
    holder = new_visitor(viewport=NARROW)
    _ask(holder, account)
    _hand_over(agent, "Sylvie Caudron")
    holder.sign_out()

    page = holder.page
    holder.sign_in(account, password=press(demo))
    expect(page.get_by_role("heading", name="Choisissez votre code PIN")).to_be_visible()
    holder.axe()
    holder.fits()
    page.get_by_label("Code PIN", exact=True).fill("1234")
    page.get_by_label("Le même code PIN").fill("1234")
    page.get_by_role("button", name="Garder ce code PIN").click()
    expect(page.get_by_text("Ces chiffres se suivent.")).to_be_visible()
    page.get_by_label("Code PIN", exact=True).fill(PIN)
    page.get_by_label("Le même code PIN").fill(PIN)
    page.get_by_role("button", name="Garder ce code PIN").click()
    expect(page.get_by_role("heading", name="Maintenant, le code suivant")).to_be_visible()
    holder.axe()
    page.get_by_label("Les 6 chiffres suivants").fill(press(demo))
    page.get_by_role("button", name="Valider").click()
    expect(page).not_to_have_url(re.compile("/session/"))

    _sign_in_with_the_key(new_visitor, demo, account)
    _lose_it(holder)
    _with_the_password_again(agent, holder, account)


def _fill_the_stock(agent: Visitor) -> None:
    page = agent.page
    page.get_by_role("link", name="Importer le fichier d’un fabricant").click()
    page.get_by_label("Fichier PSKC").set_input_files(ROOT / "seeds" / "otp-stock.pskc.xml")
    page.get_by_label("Clé de chiffrement").fill((ROOT / "seeds" / "otp-stock.key").read_text().strip())
    page.get_by_label("Stock de").select_option("80")
    agent.axe()
    page.get_by_role("button", name="Mettre les clés en stock").click()
    expect(page.get_by_role("status")).to_contain_text("5 étaient déjà connues")  # the demo begins with them


def _ask(holder: Visitor, account: dict[str, str]) -> None:
    page = holder.page
    holder.go("/mon-compte/")
    holder.sign_in(account)
    page.get_by_role("link", name="En demander une").click()
    holder.axe()
    page.get_by_role("link", name="Demander une clé OTP").click()
    holder.axe()
    holder.fits()
    page.get_by_label("Pour quoi en avez-vous besoin").fill("Ouvrir ARENA depuis la maison, pendant les vacances.")
    page.get_by_role("button", name="Envoyer la demande").click()
    expect(page.get_by_text("Votre demande est partie.")).to_be_visible()
    holder.axe()


def _hand_over(agent: Visitor, name: str) -> None:
    page = agent.page
    agent.go("/assistance/cles-otp/")
    agent.axe()
    agent.fits()
    page.get_by_role("button", name=f"Accepter {name}").click()
    page.get_by_role("link", name=f"Préparer la clé {name}").click()
    agent.axe()
    page.get_by_label("Numéro de la clé").fill(SERIAL)
    page.get_by_role("button", name="Mettre cette clé de côté").click()
    expect(page.get_by_role("link", name="Le bordereau (PDF)")).to_be_visible()
    agent.axe()
    slip = page.request.get(f"{page.url.split('?')[0]}bordereau/")
    assert slip.body().startswith(b"%PDF")
    page.get_by_label("J’ai vu une pièce d’identité").check()
    page.get_by_role("button", name="La clé est remise").click()
    expect(page.get_by_role("status")).to_contain_text("La clé est remise.")
    expect(page.locator(".events")).to_contain_text("Clé OTP remise en main propre")
    agent.axe()


def _sign_in_with_the_key(new_visitor: NewVisitor, demo: Demo, account: dict[str, str]) -> None:
    visitor = new_visitor()
    page = visitor.page
    visitor.go("/mon-compte/cle-otp/")
    typed = PIN + press(demo)
    visitor.sign_in(account, password=typed)
    expect(page.get_by_role("heading", name=f"Clé OTP nº\N{NO-BREAK SPACE}{SERIAL}")).to_be_visible()
    visitor.axe()
    visitor.sign_out()
    for refused in (typed, account["password"]):
        visitor.sign_in(account, password=refused)
        expect(page.get_by_text("Identifiant ou mot de passe incorrect.")).to_be_visible()
    visitor.sign_in(account, password=PIN + press(demo, 60))
    expect(page.get_by_text("Votre clé est déréglée.")).to_be_visible()
    visitor.axe()
    page.get_by_label("Les 6 chiffres suivants").fill(press(demo))
    page.get_by_role("button", name="Valider").click()
    expect(page).not_to_have_url(re.compile("/session/"))
    visitor.sign_out()


def _lose_it(holder: Visitor) -> None:
    page = holder.page
    holder.go("/mon-compte/")
    page.get_by_role("link", name="Perdue ou déréglée").click()
    holder.axe()
    holder.fits()
    page.get_by_role("link", name="Perdue ou volée").click()
    holder.axe()
    holder.fits()
    page.get_by_role("button", name="Déclarer la clé perdue").click()
    expect(page.get_by_text("Votre clé n’ouvre plus rien.")).to_be_visible()
    expect(page.get_by_text("03 22 82 38 23").first).to_be_visible()
    holder.axe()
    holder.sign_out()


def _with_the_password_again(agent: Visitor, holder: Visitor, account: dict[str, str]) -> None:
    page = agent.page
    page.reload()
    expect(page.locator(".events")).to_contain_text("Clé OTP déclarée perdue")
    page.get_by_role("link", name="Sylvie Caudron").first.click()
    page.locator("[name=reason]").fill("Clé perdue, la nouvelle est commandée.")
    page.get_by_label("Je vois la personne").check()
    agent.axe()
    page.get_by_role("button", name="Permettre le mot de passe").click()
    expect(page.get_by_role("status")).to_contain_text("La personne se connecte avec son mot de passe")
    holder.sign_in(account)
    expect(holder.page).not_to_have_url(re.compile("/session/"))
