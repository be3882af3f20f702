"""A key asked for, approved by the head, handed over; then its PIN forgotten, and one call to the help desk.

On a wide screen, and on a phone for everybody."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewVisitor
from e2e.test_help_desk import SCREENS, find
from e2e.test_lost_password import read_digits
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]  # a long story
ROOT = Path(__file__).parent.parent
PASSWORD, PIN, FORGOTTEN, NEW = "Onze-peupliers-au-vent-3", "7305", "4862", "9174"


@dataclass(frozen=True)
class Story:
    """Somebody of the head's school, who has only had a letter; and the key of the stock that this story uses up."""

    screen: str
    identifier: str
    serial: str


STORIES = (Story("wide", "fdelcourt", "4418"), Story("narrow", "mpetit", "4419"))


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.screen)
def test_a_key_approved_by_the_head_and_its_forgotten_pin(new_visitor: NewVisitor, demo: Demo, story: Story) -> None:
    agent, holder, head = (new_visitor(viewport=SCREENS[story.screen]) for _ in range(3))
    agent.go("/assistance/")
    agent.sign_in(demo.account("help-desk"))
    name = _gets_a_password(agent, holder, story)
    _asks(holder)
    _approves(head, demo, name)
    _hands_over(agent, story, name)
    _told_where(holder)
    _activates(holder, demo, story)
    _forgets(holder, demo, story)
    _opens_a_new_pin(agent, story)
    _chooses_again(holder, demo, story)


def _gets_a_password(agent: Visitor, holder: Visitor, story: Story) -> str:
    page = agent.page
    find(page, story.identifier)
    name = page.get_by_role("heading", level=1).inner_text()
    page.locator(".suggest").get_by_label("Je vois la personne").check()
    page.locator(".suggest").get_by_role("button", name="Donner un mot de passe temporaire").click()
    heard = " ".join(page.locator(".aloud strong").all_inner_texts())
    holder.go("/mon-compte/cle-otp/demande/")
    holder.sign_in({"identifier": story.identifier, "password": heard})
    holder.page.get_by_label("Nouveau mot de passe").fill(PASSWORD)
    holder.page.get_by_label("Le même, une seconde fois").fill(PASSWORD)
    holder.page.get_by_role("button", name="Enregistrer et continuer").click()
    holder.page.get_by_role("button", name="Accepter la charte et continuer").click()
    expect(holder.page.get_by_text("Étape 3 sur 4")).to_be_visible()
    return name


def _asks(holder: Visitor) -> None:
    page = holder.page
    holder.go("/mon-compte/cle-otp/demande/")
    expect(page.locator("main")).to_contain_text("Nadia Benhamou")
    page.get_by_label("Pour quoi en avez-vous besoin").fill("ONDE, depuis la maison.")
    page.get_by_role("button", name="Envoyer la demande").click()
    expect(page.get_by_text("Votre demande est partie.")).to_be_visible()


def _approves(head: Visitor, demo: Demo, name: str) -> None:
    page = head.page
    head.go("/mon-compte/")
    head.sign_in(demo.account("school-head"))
    page.get_by_role("link", name="Trancher").click()
    expect(page.locator("main")).to_contain_text("ONDE, depuis la maison.")
    head.fits()
    head.axe()
    page.get_by_role("button", name=f"Accepter {name}").click()
    expect(page.get_by_role("status")).to_contain_text("La demande est acceptée.")
    head.fits()
    head.axe()


def _hands_over(agent: Visitor, story: Story, name: str) -> None:
    page = agent.page
    agent.go("/assistance/cles-otp/")
    page.get_by_role("link", name=f"Préparer la clé {name}").click()
    page.get_by_label("Numéro de la clé").fill(story.serial)
    page.get_by_role("button", name="Mettre cette clé de côté").click()
    agent.fits()
    page.get_by_label("J’ai vu une pièce d’identité").check()
    page.get_by_role("button", name="La clé est remise").click()
    expect(page.get_by_role("status")).to_contain_text("La clé est remise.")


def _told_where(holder: Visitor) -> None:
    holder.go("/mon-compte/")
    expect(holder.page.get_by_text(re.compile(r"vous attend\s: DSDEN de la Somme")).first).to_be_visible()
    holder.sign_out()


def _activates(holder: Visitor, demo: Demo, story: Story) -> None:
    page = holder.page
    holder.sign_in({"identifier": story.identifier, "password": _press(demo, story)})
    _choose(holder, PIN)
    page.get_by_label("Les 6 chiffres suivants").fill(_press(demo, story))
    page.get_by_role("button", name="Valider").click()
    _is_in(holder)
    holder.sign_out()


def _forgets(holder: Visitor, demo: Demo, story: Story) -> None:
    """Three wrong PINs before right codes: the key blocks."""
    for _ in range(3):
        holder.sign_in({"identifier": story.identifier, "password": FORGOTTEN + _press(demo, story)})
        expect(holder.page.get_by_text("Identifiant ou mot de passe incorrect.")).to_be_visible()


def _opens_a_new_pin(agent: Visitor, story: Story) -> None:
    page = agent.page
    agent.go("/assistance/")
    find(page, story.identifier)
    expect(page.locator(".standing")).to_contain_text(re.compile(f"La clé OTP nº.{story.serial} est bloquée"))
    expect(page.get_by_role("heading", name="Le plus simple : un nouveau code PIN")).to_be_visible()
    agent.fits()
    agent.axe()
    page.get_by_role("link", name="Ouvrir le choix d’un nouveau code PIN").click()
    agent.fits()
    agent.axe()
    page.get_by_role("button", name="Ouvrir le choix d’un nouveau code PIN").click()
    expect(page.get_by_role("status")).to_contain_text("Pendant 24 heures")


def _chooses_again(holder: Visitor, demo: Demo, story: Story) -> None:
    page = holder.page
    page.get_by_label("Identifiant").fill(story.identifier)
    page.get_by_label("Mot de passe ou code OTP").fill(_press(demo, story))
    read_digits(holder, demo)
    page.get_by_role("button", name="Valider").click()
    _choose(holder, NEW)
    page.get_by_label("Les 6 chiffres suivants").fill(_press(demo, story))
    page.get_by_role("button", name="Valider").click()
    _is_in(holder)


def _is_in(holder: Visitor) -> None:
    """At the step of the first sign-in that may be put off: everything is open."""
    expect(holder.page.get_by_text("Étape 3 sur 4")).to_be_visible()
    holder.go("/mon-compte/")
    expect(holder.page.get_by_role("heading", level=1, name="Mon compte")).to_be_visible()


def _choose(holder: Visitor, pin: str) -> None:
    page = holder.page
    expect(page.get_by_role("heading", name="Choisissez votre code PIN")).to_be_visible()
    holder.fits()
    page.get_by_label("Code PIN", exact=True).fill(pin)
    page.get_by_label("Le même code PIN").fill(pin)
    page.get_by_role("button", name="Garder ce code PIN").click()


def _press(demo: Demo, story: Story) -> str:
    """What the fob shows after its button."""
    command = [str(ROOT / "bin" / "vaguemestre"), "demo-fob", story.serial]
    environment = {**os.environ, "VAGUEMESTRE_DATA": str(demo.data)}
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout.strip()
