"""What people choose for their mail, between two people and over the real servers."""

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import NewVisitor
from e2e.desk import Desk
from e2e.post import in_the_end, subjects
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type AtTheDesk = Callable[..., tuple[Visitor, Desk]]
PAGES = (
    "",
    "signature/",
    "absence/",
    "accuses/",
    "redirection/",
    "identites/",
    "affichage/",
    "liste/",
    "?groupe=recevoir",
    "signature/?premiere=1",
    "absence/?premiere=1",
)


def once(words: str) -> str:
    return f"{words} {uuid.uuid4().hex[:6]}"


def send(desk: Desk, to: str, subject: str, text: str) -> None:
    desk.write()
    desk.fill(to=to, subject=subject, text=text)
    desk.send()


@pytest.mark.parametrize("screen", [{"width": 1360, "height": 850}, {"width": 390, "height": 844}])
@pytest.mark.parametrize("light", ["light", "dark"])
def test_every_page_fits_and_can_be_heard(at_the_desk: AtTheDesk, screen: dict[str, int], light: str) -> None:
    visitor, _desk = at_the_desk("hr-officer", viewport=screen, color_scheme=light)
    for path in PAGES:
        visitor.go(f"/webmail/reglages/{path}")
        expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()
        visitor.fits()
        visitor.axe()


def test_an_absence_from_one_press_to_the_answer(at_the_desk: AtTheDesk, demo: Demo) -> None:
    absent, desk = at_the_desk("school-head")
    page = absent.page
    desk.page.get_by_role("link", name="Réglages").first.click()
    page.get_by_role("main").get_by_role("link", name=re.compile("Réponse d’absence")).first.click()
    switch = page.get_by_role("switch", name=re.compile("Répondre pendant"))
    expect(page.get_by_label("Ce que je réponds", exact=True)).to_be_hidden()
    switch.check()
    page.locator("button.preset").first.click()
    expect(switch).to_be_checked()
    answer = page.get_by_label("Ce que je réponds", exact=True)
    expect(answer).to_have_value(re.compile("Je suis indisponible du"))
    expect(page.get_by_label("Premier jour d’absence")).to_be_hidden()  # the sentence says them
    page.get_by_text(re.compile("les dates ou les heures")).click()
    page.get_by_label("Premier jour d’absence").fill("2026-11-01")
    answer.fill("Bonjour,\n\nÀ la rentrée !")
    expect(page.get_by_role("complementary")).to_contain_text("À la rentrée")  # as one types
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#annonces")).to_contain_text("part dès maintenant")
    absent.axe()

    subject = once("Question d’été")
    _writer, other = at_the_desk("hr-officer")
    send(other, demo.account("school-head")["address"], subject, "Êtes-vous là ?")
    other.page.goto(demo.web + "/webmail/")
    other.wait_for(f"Réponse automatique : {subject}")
    other.open("Réponse automatique")
    expect(other.reader).to_contain_text("À la rentrée")

    absent.go("/webmail/")
    banner = page.locator("#liste").get_by_text("La réponse d’absence part")
    expect(banner).to_be_visible()
    absent.axe()
    page.locator("#liste").get_by_role("button", name="Arrêter").click()
    expect(page.locator("#annonces")).to_contain_text("arrêtée")
    expect(banner).to_have_count(0)


def test_a_redirection_with_its_code(at_the_desk: AtTheDesk, demo: Demo) -> None:
    visitor, _desk = at_the_desk("school-head")
    receiver, other = at_the_desk("hr-officer")
    page, target = visitor.page, demo.account("hr-officer")["address"]
    visitor.go("/webmail/reglages/redirection/")
    page.get_by_label("Rediriger vers").fill("moi@gmail.example")
    with visitor.forgiving("422"):
        page.get_by_role("button", name="Envoyer le code").click()
        expect(page.get_by_text("Le courrier ne sort pas de l’académie").last).to_be_visible()
    page.get_by_label("Rediriger vers").fill(target)
    page.get_by_role("button", name="Envoyer le code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirmer la redirection")
    visitor.axe()
    other.wait_for("Code pour confirmer une redirection")
    other.open("Code pour confirmer une redirection")
    code = re.search(r"\d{3}\s?\d{3}", other.reader.locator(".body").inner_text())
    assert code
    page.get_by_label("Code reçu à cette adresse").fill(code[0])
    page.get_by_role("button", name="Rediriger le courrier").click()
    expect(page.locator("#annonces")).to_contain_text("redirigé dès maintenant")

    subject = once("Va plus loin")
    _writer, third = at_the_desk("teacher")
    send(third, demo.account("school-head")["address"], subject, "Bonjour.")
    receiver.go("/webmail/")
    other.wait_for(subject)
    visitor.go("/webmail/")
    expect(page.locator("#liste .notice", has_text=f"redirigé vers {target}")).to_be_visible()
    page.locator("#liste").get_by_role("button", name="Arrêter").click()
    expect(page.locator("#annonces")).to_contain_text("Redirection arrêtée")


def test_a_receipt_asked_for_and_sent(at_the_desk: AtTheDesk, demo: Demo) -> None:
    subject = once("Circulaire")
    author, desk = at_the_desk("school-head")
    desk.write()
    desk.fill(to=demo.account("hr-officer")["address"], subject=subject, text="À lire.")
    desk.options()
    desk.sheet.get_by_label("Demander un accusé de lecture").check()
    desk.page.keyboard.press("Escape")
    desk.send()
    reader, other = at_the_desk("hr-officer", viewport={"width": 390, "height": 844})
    other.wait_for(subject)
    other.open(subject)
    expect(other.reader.get_by_text("demande un accusé de lecture")).to_be_visible()
    reader.axe()
    other.reader.get_by_role("button", name="Envoyer", exact=True).click()
    expect(other.page.locator("#annonces")).to_contain_text("Accusé envoyé")
    expect(other.reader.get_by_text("demande un accusé de lecture")).to_have_count(0)
    receipts = "Accus&AOk-s de lecture"
    in_the_end(lambda: any(subject in one for one in subjects(demo, demo.account("school-head"), receipts)))
    author.go("/webmail/")
    desk.open_folder("Envoyés")
    desk.open(subject)
    expect(desk.reader).to_contain_text("Lu par 1 sur 1")


def test_without_a_script_on_a_telephone(new_visitor: NewVisitor, demo: Demo) -> None:
    visitor = new_visitor(java_script_enabled=False, viewport={"width": 390, "height": 844})
    visitor.go("/webmail/reglages/")
    visitor.sign_in(demo.account("hr-officer"))
    page = visitor.page
    page.get_by_role("link", name=re.compile("^Signature")).first.click()
    page.get_by_label("Texte de la signature").fill("Sylvie Caudron\nSans script")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_label("Texte de la signature")).to_have_value("Sylvie Caudron\nSans script")
    visitor.go("/webmail/ecrire/")
    expect(page.get_by_label("Texte du message")).to_have_value(re.compile("Sans script"))
    visitor.go("/webmail/reglages/signature/")
    page.get_by_role("button", name="Reprendre celle-ci").click()
    expect(page.get_by_label("Texte de la signature")).not_to_have_value(re.compile("Sans script"))
    _absence(page, visitor)


def _absence(page: Page, visitor: Visitor) -> None:
    visitor.go("/webmail/reglages/absence/")
    page.get_by_role("switch").check()
    page.locator("button.preset").first.click()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("La réponse partira à partir du")).to_be_visible()
    visitor.fits()
    page.get_by_role("switch").uncheck()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Réponse d’absence arrêtée")).to_be_visible()


def test_the_first_visit_walks_to_its_end(at_the_desk: AtTheDesk) -> None:
    visitor, _desk = at_the_desk("hr-officer", viewport={"width": 390, "height": 844})
    page = visitor.page
    visitor.go("/webmail/reglages/premiere/")
    for step, heading in enumerate(("Signature", "Réponse d’absence", "Accusés de lecture", "Redirection"), 1):
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        expect(page.get_by_text(f"étape {step} sur 4")).to_be_visible()
        if step in {1, 3}:
            page.get_by_role("button", name="Enregistrer et continuer").click()
        else:
            page.get_by_role("link", name=re.compile("Passer cette étape|Terminer sans redirection")).click()
    expect(page).not_to_have_url(re.compile("/webmail/reglages/"))
