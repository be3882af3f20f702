"""A letter written often, and one letter a person: put into a message, previewed, sent, and what did not arrive."""

import re
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from e2e.desk import Desk
from e2e.post import in_the_end, subjects
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type AtTheDesk = Callable[..., tuple[Visitor, Desk]]
PHONE = {"width": 390, "height": 844}
SCREENS = pytest.mark.parametrize("screen", [{}, {"viewport": PHONE}], ids=["desk", "telephone"])


@pytest.fixture
def word() -> str:
    return uuid.uuid4().hex[:8]


def text_box(page: Page) -> Locator:
    """The editor, once it has taken the place of the field."""
    expect(page.locator(".editor-text")).to_be_visible()
    return page.get_by_role("textbox", name="Texte")


def make_template(visitor: Visitor, name: str, text: str, *, scripts: bool = True) -> None:
    page = visitor.page
    visitor.go("/webmail/reglages/modeles/nouveau/")
    page.get_by_label("Son nom, qui ne part pas avec le message").fill(name)
    page.get_by_label("Objet").fill(f"{name} : {{{{date}}}}")
    (text_box(page) if scripts else page.get_by_role("textbox", name="Texte")).fill(text)
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.locator("#annonces")).to_contain_text("enregistré")


def choose(desk: Desk, name: str) -> None:
    """In the menu beside "Envoyer"."""
    desk.sheet.get_by_label("Modèles", exact=True).click()
    desk.sheet.get_by_role("button", name=name).click()


def line(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem").filter(has_text=name)


@SCREENS
def test_written_once_and_put_into_a_message(
    at_the_desk: AtTheDesk, demo: Demo, word: str, screen: dict[str, object]
) -> None:
    name = f"Convocation {word}"
    visitor, desk = at_the_desk("hr-officer", **screen)
    page = visitor.page
    make_template(visitor, name, "Bonjour {{prénom}} {{nom}}, rendez-vous {{lieu}}.")
    visitor.axe()
    visitor.fits()

    visitor.go("/webmail/")
    desk.write()
    desk.fill(to=demo.account("teacher")["address"], text="Déjà écrit.")
    choose(desk, name)
    desk.reads("rendez-vous {{lieu}}")
    desk.reads("Déjà écrit.")
    expect(desk.subject).to_have_value(re.compile(rf"{name} : \d+"))
    expect(desk.sheet.get_by_label("Texte du message")).not_to_contain_text("{{prénom}}")
    visitor.axe(".composer")
    visitor.fits()
    desk.sheet.get_by_role("button", name="Le retirer").click()
    expect(desk.sheet.get_by_label("Texte du message")).not_to_contain_text("rendez-vous")
    expect(desk.subject).to_have_value("")
    desk.reads("Déjà écrit.")
    choose(desk, name)
    desk.reads("rendez-vous {{lieu}}")
    with visitor.forgiving("422"):
        desk.sheet.get_by_role("button", name="Envoyer", exact=True).click()
        expect(desk.sheet.locator("[id^=avis]")).to_contain_text("{{lieu}} n’est pas rempli")
    visitor.axe(".composer")
    desk.sheet.get_by_role("button", name="Jeter le brouillon").click()
    expect(desk.sheet).to_have_count(0)

    visitor.go("/webmail/reglages/modeles/")
    visitor.fits()
    line(page, name).get_by_role("button", name="Supprimer").click()
    expect(page.locator("#annonces")).to_contain_text("supprimé")
    page.locator("#annonces").get_by_role("button", name="Annuler").click()
    expect(line(page, name)).to_be_visible()
    visitor.axe()
    line(page, name).get_by_role("button", name="Supprimer").click()
    expect(line(page, name)).to_have_count(0)


def test_a_message_is_kept_as_a_template(at_the_desk: AtTheDesk, word: str) -> None:
    visitor, desk = at_the_desk("hr-officer")
    page = visitor.page
    desk.write()
    desk.fill(subject=f"Relance {word}", text="Je reviens vers vous.")
    choose(desk, "Enregistrer comme modèle")
    expect(desk.sheet.locator("[id^=avis]")).to_contain_text("Enregistré comme modèle")
    desk.reads("Je reviens vers vous.")
    visitor.axe(".composer")
    desk.sheet.get_by_role("button", name="Jeter le brouillon").click()
    expect(desk.sheet).to_have_count(0)
    visitor.go("/webmail/reglages/modeles/")
    expect(line(page, f"Relance {word}")).to_be_visible()
    line(page, f"Relance {word}").get_by_role("button", name="Supprimer").click()
    expect(line(page, f"Relance {word}")).to_have_count(0)


def test_without_a_script(at_the_desk: AtTheDesk, demo: Demo, word: str) -> None:
    visitor, _desk = at_the_desk("hr-officer", java_script_enabled=False)
    page = visitor.page
    make_template(visitor, f"Simple {word}", "Bonjour {{nom}}, à demain.", scripts=False)
    visitor.go(f"/webmail/ecrire/?a={demo.account('teacher')['address']}&texte=Mes%20mots")
    page.get_by_label("Modèles", exact=True).click()
    page.get_by_role("button", name=f"Simple {word}").click()
    text = page.get_by_label("Texte du message")
    expect(text).to_have_value(re.compile(r"Bonjour [^{}]+, à demain\.\s+Mes mots"))
    page.get_by_role("button", name="Le retirer").click()
    expect(text).not_to_have_value(re.compile("à demain"))
    expect(text).to_have_value(re.compile("Mes mots"))
    page.get_by_role("button", name="Jeter le brouillon").click()
    visitor.go("/webmail/reglages/modeles/")
    line(page, f"Simple {word}").get_by_role("button", name="Supprimer").click()
    expect(line(page, f"Simple {word}")).to_have_count(0)


@SCREENS
def test_one_letter_a_person(at_the_desk: AtTheDesk, demo: Demo, word: str, screen: dict[str, object]) -> None:
    head, teacher = demo.account("school-head"), demo.account("teacher")
    visitor, desk = at_the_desk("hr-officer", **screen)
    page = visitor.page
    desk.write()
    desk.fill(subject=f"Rentrée {word} de {{{{prénom}}}}", text="Bonjour {{prénom}}, votre salle est la {{salle}}.")
    choose(desk, "Publipostage")
    page.get_by_label("Le tableau").fill(
        f"prénom\tcourriel\tsalle\nNadia\t{head['address']}\tB12\nSans salle\t{teacher['address']}\t\n"
        f"Inconnue\tinconnue.{word}@ac-amiens.fr\tC3\nFaux\tpas une adresse\tC4"
    )
    page.get_by_role("button", name="Voir les lettres").click()
    expect(page.get_by_text("2 lignes ont un défaut")).to_be_visible()
    visitor.axe()
    visitor.fits()
    preview = page.get_by_role("complementary")
    expect(preview).to_contain_text(f"Rentrée {word} de Nadia")
    expect(preview.frame_locator("iframe").locator("body")).to_contain_text("votre salle est la B12")
    preview.get_by_role("link", name="Défaut suivant").click()
    expect(preview).to_contain_text("{{salle}} n’a pas de valeur ici")
    visitor.axe()
    page.get_by_role("button", name="Envoyer 2 lettres").click()
    expect(page.locator("#avancement")).to_contain_text("1 lettre partie sur 2")
    expect(page.get_by_role("heading", name="1 lettre n’est pas arrivée")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text=f"inconnue.{word}")).to_contain_text("n’existe pas")
    visitor.axe()
    visitor.fits()
    in_the_end(lambda: f"Rentrée {word} de Nadia" in subjects(demo, head, "INBOX"))

    page.get_by_role("button", name="Écrire à nouveau à cette personne").click()
    table = page.get_by_label("Le tableau")
    expect(table).to_have_value(re.compile(f"inconnue.{word}"))
    expect(table).not_to_have_value(re.compile("Nadia"))
    visitor.go("/webmail/publipostage/")
    expect(line(page, f"Rentrée {word}")).to_have_count(2)
    visitor.axe()
    visitor.fits()


def test_a_picture_in_a_template_reaches_who_is_written_to(
    at_the_desk: AtTheDesk, demo: Demo, word: str, tmp_path: Path
) -> None:
    file, name, subject = tmp_path / "plan.png", f"Plan {word}", f"Avec plan {word}"
    Image.new("RGB", (140, 90), (43, 74, 107)).save(file)
    visitor, desk = at_the_desk("school-head")
    page = visitor.page
    visitor.go("/webmail/reglages/modeles/nouveau/")
    page.get_by_label("Son nom, qui ne part pas avec le message").fill(name)
    text = text_box(page)
    text.fill(f"Le plan {word} :")
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="Image dans le texte").click()
    choosing.value.set_files(file)
    expect(text.locator("img")).to_have_attribute("width", "140")
    visitor.axe()
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.locator("#annonces")).to_contain_text("enregistré")

    visitor.go("/webmail/")
    desk.write()
    desk.ready()
    desk.fill(to=demo.account("hr-officer")["address"], subject=subject, text="Voici.")
    choose(desk, name)
    expect(desk.sheet.get_by_role("textbox", name="Texte du message").locator("img")).to_have_count(1)
    desk.send()

    _reader, other = at_the_desk("hr-officer")
    other.wait_for(subject)
    other.open(subject)
    shown = other.formatted.locator("img")
    expect(shown).to_have_count(1)
    expect(shown).to_have_js_property("naturalWidth", 140)
