"""A filter begun from a message: what it would catch, what it catches, and the mail that comes afterwards."""

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from e2e.desk import Desk
from e2e.post import deliver, put
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type AtTheDesk = Callable[..., tuple[Visitor, Desk]]
PHONE = {"width": 390, "height": 844}


def test_from_one_message_to_the_next(at_the_desk: AtTheDesk, demo: Demo) -> None:
    account, word = demo.account("hr-officer"), uuid.uuid4().hex[:8]
    folder = f"Filtré {word}"
    put(demo, account, [], f'"Filtr&AOk- {word}"')
    deliver(demo, to=account["address"], subject=f"Devis {word}")
    visitor, desk = at_the_desk("hr-officer")
    page = visitor.page
    desk.open(f"Devis {word}")
    desk.message_acts(more=False)
    page.get_by_role("link", name="Ranger toujours ainsi…").click()
    expect(page.get_by_label("Condition 1, les mots")).to_have_value("service.scolaire@autocars-marchand.example")
    visitor.axe()
    page.get_by_role("button", name="Une condition de plus").click()
    page.get_by_label("Condition 2, ce qu’elle regarde").select_option("l’objet contient")
    page.get_by_label("Condition 2, les mots").fill(word)
    page.get_by_label("Les ranger dans").select_option(folder)
    page.get_by_role("button", name="Voir ce qu’il attraperait").click()
    expect(page.get_by_role("heading", name="1 message de la réception")).to_be_visible()
    visitor.axe()
    page.get_by_role("button", name="Enregistrer le filtre").click()
    expect(page.locator("#annonces")).to_contain_text("enregistré")
    visitor.axe()

    line = page.get_by_role("listitem").filter(has_text=word)
    line.get_by_role("button", name="Appliquer à la réception").click()
    expect(page.locator("#annonces")).to_contain_text("Filtre appliqué à 1 message")
    expect(desk.row(f"Devis {word}")).to_have_count(0)

    deliver(demo, to=account["address"], subject=f"Facture {word}")
    desk.open_folder(folder)
    desk.wait_for(f"Facture {word}")
    expect(desk.row(f"Devis {word}")).to_be_visible()


def test_on_a_telephone(at_the_desk: AtTheDesk) -> None:
    word = uuid.uuid4().hex[:8]
    visitor, _desk = at_the_desk("school-head", viewport=PHONE)
    page = visitor.page
    visitor.go("/webmail/reglages/filtres/")
    visitor.fits()
    page.get_by_role("link", name="Nouveau filtre").click()
    with visitor.forgiving("status: 422|status of 422"):
        page.get_by_role("button", name="Enregistrer le filtre").click()
    expect(page.get_by_role("alert")).to_contain_text("au moins une condition")
    visitor.fits()
    visitor.axe()
    page.get_by_label("Condition 1, les mots").fill(word)
    page.get_by_label("Suivre").check()
    page.get_by_role("button", name="Enregistrer le filtre").click()
    line = page.get_by_role("listitem").filter(has_text=word)
    expect(line).to_contain_text(re.compile("suivre"))
    line.get_by_role("button", name="Supprimer").click()
    expect(page.locator("#annonces")).to_contain_text("supprimé")
    page.locator("#annonces").get_by_role("button", name="Annuler").click()
    expect(line).to_be_visible()
    visitor.fits()
    visitor.axe()
    line.get_by_role("button", name="Supprimer").click()
    expect(line).to_have_count(0)
