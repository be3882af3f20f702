"""After "Envoyer": called back, planned and changed, and what is noticed before a message leaves."""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from e2e.desk import Desk
from e2e.post import deliver, in_the_end, subjects
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type Sit = Callable[..., tuple[Visitor, Desk]]
TELEPHONE = {"viewport": {"width": 390, "height": 800}, "has_touch": True}


@pytest.fixture
def name() -> str:
    return f"Départ {uuid.uuid4().hex[:6]}"


@pytest.fixture
def patient(at_the_desk: Sit) -> Iterator[Callable[..., tuple[Visitor, Desk]]]:
    """Somebody who gives themselves half a minute to think again; afterwards they give themselves none."""
    seated: list[Visitor] = []

    def sit(role: str, **options: Any) -> tuple[Visitor, Desk]:
        visitor, desk = at_the_desk(role, **options)
        seated.append(visitor)
        choose(visitor, "30 secondes")
        visitor.go("/webmail/")
        desk.wait()
        return visitor, desk

    yield sit
    for visitor in seated:
        choose(visitor, "Aucun")


def choose(visitor: Visitor, words: str) -> None:
    visitor.go("/webmail/reglages/envoi/")
    visitor.page.get_by_label(words).check()
    visitor.page.get_by_role("button", name="Enregistrer").click()
    expect(visitor.page.locator(".toast")).to_contain_text("Choix enregistré")


@pytest.mark.parametrize("screen", [{}, TELEPHONE], ids=["desk", "telephone"])
def test_called_back_changed_and_sent(patient: Sit, demo: Demo, name: str, screen: dict[str, Any]) -> None:
    colleague = demo.account("school-head")
    visitor, desk = patient("teacher", **screen)
    desk.write()
    desk.fill(to=colleague["address"], subject=name, text="Rendez-vous à 8 h.\n")
    desk.send()
    toast = desk.page.locator("#annonces .toast")
    expect(toast).to_contain_text("dans 30 s")
    toast.get_by_role("button", name="Annuler").click()
    desk.reads("Rendez-vous à 8 h.")
    expect(desk.sheet).to_contain_text(colleague["address"])
    desk.fill(subject=f"{name} corrigé", text="Rendez-vous à 9 h.\n")
    desk.send()
    visitor.go("/webmail/en-attente/")  # rather than half a minute
    desk.page.locator(".queued", has_text=f"{name} corrigé").get_by_role("button", name="Envoyer maintenant").click()
    in_the_end(lambda: f"{name} corrigé" in subjects(demo, colleague))
    assert name not in subjects(demo, colleague)


def test_called_back_over_what_one_was_reading(patient: Sit, demo: Demo, name: str) -> None:
    me = demo.account("teacher")
    deliver(demo, to=me["address"], subject=name)
    _visitor, desk = patient("teacher")
    desk.wait_for(name)
    desk.open(name)
    desk.answer()
    desk.fill(text="Trop vite.\n")
    desk.send()
    toast = desk.page.locator("#annonces .toast")
    toast.get_by_role("button", name="Annuler").click()
    desk.reads("Trop vite.")
    expect(desk.page.locator("#objet")).to_contain_text(name)  # it is still there, beside the sheet
    expect(toast).to_have_count(0)  # nothing leaves any more
    desk.sheet.get_by_role("button", name="Jeter le brouillon").click()
    expect(desk.sheet).to_have_count(0)
    expect(desk.page.locator("#objet")).to_contain_text(name)


def test_called_back_without_a_script(patient: Sit, at_the_desk: Sit, demo: Demo, name: str) -> None:
    patient("teacher")
    visitor, desk = at_the_desk("teacher", java_script_enabled=False)
    visitor.go("/webmail/ecrire/")
    desk.fill(to=demo.account("school-head")["address"], subject=name, text="Trop vite.\n")
    desk.sheet.get_by_role("button", name="Envoyer", exact=True).click()
    visitor.page.locator(".toast").get_by_role("button", name="Annuler").click()
    expect(desk.sheet.get_by_label("Texte du message")).to_have_value("Trop vite.\n")
    assert name not in subjects(demo, demo.account("school-head"))


def test_planned_changed_and_sent(at_the_desk: Sit, demo: Demo, name: str) -> None:
    colleague = demo.account("school-head")
    visitor, desk = at_the_desk("teacher")
    desk.write()
    desk.fill(to=colleague["address"], subject=name, text="Bonne rentrée.\n")
    later = desk.sheet.locator(".split")
    later.locator("summary").click()
    visitor.axe(".composer")
    later.get_by_role("button", name="Choisir date et heure").click()
    day = timezone.localdate() + timedelta(days=3)
    desk.sheet.get_by_label("Jour", exact=True).fill(day.isoformat())
    desk.sheet.get_by_label("Heure").fill("07:45")
    visitor.axe(".composer")
    desk.sheet.get_by_role("button", name="Programmer").click()
    desk.toast("Votre message partira")
    desk.folder("Programmés").click()
    planned = desk.page.locator(".queued", has_text=name)
    expect(planned).to_contain_text("7 h 45".replace(" ", "\u00a0"))
    planned.locator("summary").click()
    visitor.axe()
    planned.get_by_role("button", name="Demain matin").or_(
        planned.get_by_role("button", name="matin").first
    ).first.click()
    expect(planned).to_contain_text("8 h 00".replace(" ", "\u00a0"))
    planned.get_by_role("button", name="Modifier").click()
    desk.reads("Bonne rentrée.")
    desk.fill(text="Belle rentrée.\n")
    desk.send()
    in_the_end(lambda: name in subjects(demo, colleague))
    desk.page.goto(f"{demo.web}/webmail/en-attente/")
    expect(planned).to_have_count(0)


@pytest.mark.parametrize("screen", [{}, TELEPHONE], ids=["desk", "telephone"])
def test_a_forgotten_attachment_is_noticed_once(
    at_the_desk: Sit, demo: Demo, name: str, screen: dict[str, Any]
) -> None:
    colleague = demo.account("school-head")
    visitor, desk = at_the_desk("teacher", **screen)
    desk.write()
    desk.fill(to=colleague["address"], subject=name, text="Vous trouverez ci-joint le compte rendu.\n")
    before = desk.sheet.locator("[id^=avis]")
    expect(before).to_contain_text("Vous parlez d’une pièce jointe")  # while one types
    expect(before.get_by_text("Joindre")).to_be_visible()
    desk.sheet.get_by_role("button", name="Envoyer").click()
    expect(before).to_contain_text("Avant l’envoi")
    visitor.axe(".composer")
    before.get_by_role("button", name="Revenir").click()
    expect(before).not_to_contain_text("Avant l’envoi")
    desk.sheet.get_by_role("button", name="Envoyer").click()
    before.get_by_role("button", name="Envoyer quand même").click()
    expect(desk.sheet).to_have_count(0)
    in_the_end(lambda: name in subjects(demo, colleague))


def test_read_by_whom(at_the_desk: Sit, demo: Demo, name: str) -> None:
    visitor, desk = at_the_desk("teacher")
    desk.write()
    desk.fill(to=demo.account("school-head")["address"], subject=name, text="À lire avant jeudi.\n")
    desk.options()
    desk.sheet.get_by_label("Demander un accusé de lecture").check()
    desk.page.keyboard.press("Escape")
    desk.send()
    _other, reader = at_the_desk("school-head")
    reader.wait_for(name)
    reader.open(name)
    reader.reader.get_by_role("button", name="Envoyer", exact=True).click()
    reader.toast("Accusé envoyé")
    in_the_end(lambda: any(name in subject for subject in subjects(demo, demo.account("teacher"), RECEIPTS)))
    visitor.go("/webmail/")
    desk.open_folder("Envoyés")
    desk.open(name)
    expect(desk.reader).to_contain_text("Lu par 1 sur 1")
    visitor.axe()
    expect(desk.row(f"Lu : {name}")).to_have_count(0)


RECEIPTS = "Accus&AOk-s de lecture"
