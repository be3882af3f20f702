"""A transfer, from its campaign to its answer: the HR officer opens it, a teacher sends wishes and reads the end."""

import re
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from e2e.conftest import NewVisitor
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 900}}
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def open_iprof(new_visitor: NewVisitor, demo: Demo, role: str, path: str, **options: Any) -> Visitor:
    visitor = new_visitor(**options)
    visitor.go(path)
    visitor.sign_in(demo.account(role))
    expect(visitor.page).to_have_url(demo.web + path)
    return visitor


@pytest.mark.parametrize("options", [DESK, PHONE], ids=["desk", "telephone"])
def test_wishes_are_sent_decided_and_read(new_visitor: NewVisitor, demo: Demo, options: dict[str, Any]) -> None:
    title = f"Mouvement {uuid.uuid4().hex[:10]}"
    officer = open_iprof(new_visitor, demo, "hr-officer", "/iprof/gestion/campagnes/nouvelle/", **options)
    open_campaign(officer, title)

    teacher = open_iprof(new_visitor, demo, "teacher", "/iprof/services/", **options)
    page = teacher.page
    teacher.fits()
    teacher.axe()
    page.get_by_role("button", name=f"Commencer {title}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pourquoi demandez-vous une mutation ?")
    teacher.axe()
    page.get_by_label("Motif").select_option("conjoint")
    page.get_by_role("button", name="Enregistrer et continuer").click()
    wish_in_order(teacher)
    page.get_by_role("link", name="Continuer vers les pièces").click()
    bring_and_send(teacher)
    mine = page.url

    decide(officer, title)
    page.reload()
    expect(page.locator(".lead")).to_contain_text("Acceptée")
    expect(page.get_by_text("Le vœu 1 est retenu.").first).to_be_visible()
    expect(page.locator(".events li")).to_have_count(2)
    teacher.fits()
    teacher.axe()
    assert page.url == mine
    close_campaign(officer, title)
    teacher.go("/iprof/services/")
    expect(page.get_by_role("button", name=f"Commencer {title}")).to_have_count(0)


def open_campaign(officer: Visitor, title: str) -> None:
    page, now = officer.page, datetime.now()
    page.get_by_label("Nature").select_option(label="Mutation")
    page.get_by_label("Intitulé").fill(title)
    page.get_by_label("Ouverture").fill((now - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("Fermeture").fill((now + timedelta(days=20)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("Livret de famille").check()
    officer.fits()
    officer.axe()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("link", name=title)).to_be_visible()
    officer.axe()


def close_campaign(officer: Visitor, title: str) -> None:
    page = officer.page
    officer.go("/iprof/gestion/campagnes/")
    page.get_by_role("link", name=title).click()
    page.get_by_role("button", name="La fermer maintenant").click()
    expect(page.get_by_role("listitem").filter(has_text=title)).to_contain_text("Elle a fermé le")


def wishes(page: Page) -> Locator:
    return page.locator("section", has=page.get_by_role("heading", name="Vos vœux")).locator("ol.lines > li")


def wish_in_order(teacher: Visitor) -> None:
    """Two schools found by their town; the second one is put first, without a script of ours."""
    page = teacher.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Où souhaitez-vous enseigner ?")
    page.get_by_label("Numéro UAI").fill("0801234Z")
    page.get_by_role("button", name="Ajouter ce vœu").click()
    teacher.forgiven.append(re.compile(r"status: 422|status of 422"))
    expect(page.get_by_role("alert")).to_be_visible()
    teacher.axe()
    for count in (1, 2):
        page.get_by_label("Ou un nom, ou une commune").fill("Amiens")
        page.get_by_role("button", name="Chercher un établissement").click()
        page.get_by_role("list", name="Établissements trouvés").get_by_role("button").first.click()
        expect(wishes(page)).to_have_count(count)
    second = wishes(page).nth(1).locator("p").inner_text()
    page.get_by_role("button", name="Monter le vœu 2").click()
    expect(wishes(page).nth(0)).to_contain_text(second)
    teacher.fits()
    teacher.axe()


def bring_and_send(teacher: Visitor) -> None:
    page = teacher.page
    sheet = page.locator("section", has=page.get_by_role("heading", name="Livret de famille"))
    expect(sheet).to_contain_text("Obligatoire")
    sheet.locator("input[type=file]").set_input_files(
        FilePayload(name="livret.pdf", mimeType="application/pdf", buffer=PDF)
    )
    sheet.get_by_role("button", name="Déposer ce fichier").click()
    expect(sheet.get_by_role("link", name="livret.pdf")).to_be_visible()
    teacher.fits()
    teacher.axe()
    page.get_by_role("link", name="Continuer et relire").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Relisez, puis envoyez")
    teacher.fits()
    teacher.axe()
    page.get_by_role("button", name="Envoyer la demande").click()
    expect(page.locator(".lead")).to_contain_text("Votre bureau gestionnaire l’a reçue.")
    teacher.axe()


def decide(officer: Visitor, title: str) -> None:
    """From the queue of this campaign, with a look at the preview first."""
    page = officer.page
    officer.go("/iprof/gestion/demandes/")
    officer.fits()
    officer.axe()
    page.locator("summary", has_text="Filtrer").click()
    page.get_by_label("Campagne").select_option(label=title)
    page.get_by_role("button", name="Filtrer").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("tbody tr").get_by_role("link").click()
    expect(page.get_by_role("heading", name="Vœux")).to_be_visible()
    officer.fits()
    officer.axe()
    page.go_back()
    page.locator("tbody tr").get_by_role("checkbox").check()
    page.get_by_label("Décision").select_option("accepted")
    page.get_by_label("Motif, ou pièces demandées").fill("Le vœu 1 est retenu.")
    page.get_by_role("button", name="Voir l’aperçu, sans décider encore").click()
    expect(page.get_by_text("sera acceptée")).to_be_visible()
    officer.fits()
    officer.axe()
    page.get_by_role("button", name="Enregistrer 1 décision").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Décisions enregistrées")
    officer.axe()
