"""I-Prof from its own address: the file, an error reported, the HR officer's answer, a CV, and signing out of it."""

import re
import uuid
from typing import Any

import pytest
from playwright.sync_api import FilePayload, expect

from e2e.conftest import NewVisitor
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def open_iprof(new_visitor: NewVisitor, demo: Demo, role: str, path: str = "/iprof/", **options: Any) -> Visitor:
    """By its address: the sign-in of the académie is on the way, and nothing else."""
    visitor = new_visitor(**options)
    visitor.go(path)
    visitor.sign_in(demo.account(role))
    expect(visitor.page).to_have_url(demo.web + path)
    return visitor


@pytest.mark.smoke
@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "telephone"])
def test_an_error_in_the_file_is_reported_and_answered(
    new_visitor: NewVisitor, demo: Demo, options: dict[str, Any]
) -> None:
    word = f"repère {uuid.uuid4().hex[:10]}"
    teacher = open_iprof(new_visitor, demo, "teacher", **options)
    page = teacher.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre dossier")
    expect(page.get_by_text("Vous êtes à l’échelon 8")).to_be_visible()
    page.get_by_text("Voir les dates dans un tableau").click()
    expect(page.get_by_role("table", name="Échelons")).to_be_visible()
    teacher.fits()
    teacher.axe()
    page.get_by_role("link", name="Signaler une erreur : Quotité").click()
    page.get_by_label("Qu’est-ce qui est faux").fill(f"Ma quotité est de 80 %, {word}.")
    document = FilePayload(name="arrêté.pdf", mimeType="application/pdf", buffer=PDF)
    page.get_by_label("Documents").set_input_files(document)
    teacher.fits()
    teacher.axe()
    page.get_by_role("button", name="Envoyer à mon correspondant").click()
    expect(page).to_have_url(re.compile(r"/iprof/courrier/[0-9a-f-]{36}/$"))
    mine = page.url
    expect(page.get_by_text("Quotité : 100 %")).to_be_visible()
    teacher.axe()

    officer = open_iprof(
        new_visitor, demo, "hr-officer", mine.removeprefix(demo.web).replace("/iprof/", "/iprof/gestion/")
    )
    desk = officer.page
    expect(desk.get_by_text(word)).to_be_visible()
    with desk.expect_download() as fetched:
        desk.get_by_role("link", name="arrêté.pdf").click()
    assert fetched.value.suggested_filename == "arrêté.pdf"
    officer.axe()
    desk.get_by_label("Votre message").fill(f"C’est corrigé, {word}.")
    desk.get_by_role("button", name="Répondre et terminer").click()
    expect(desk.get_by_text("Terminé,")).to_be_visible()
    officer.go("/iprof/gestion/?etat=tout")
    expect(desk.get_by_role("table").get_by_role("link", name="Erreur dans le dossier").first).to_be_visible()
    officer.axe()

    page.reload()
    expect(page.get_by_text(f"C’est corrigé, {word}.")).to_be_visible()
    teacher.fits()
    teacher.axe()


def test_a_cv_is_written_and_taken_along(new_visitor: NewVisitor, demo: Demo) -> None:
    visitor = open_iprof(new_visitor, demo, "school-head", "/iprof/cv/")
    page, title = visitor.page, f"Formation {uuid.uuid4().hex[:8]}"
    page.get_by_role("link", name="Ajouter une ligne : Formation").click()
    page.get_by_label("Intitulé").fill(title)
    page.get_by_label("Première année").fill("2014")
    visitor.axe()
    page.get_by_role("button", name="Enregistrer").click()
    line = page.get_by_role("listitem").filter(has_text=title)
    expect(line).to_be_visible()
    visitor.axe()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Télécharger le PDF").click()
    assert fetched.value.suggested_filename == "cv-nadia-benhamou.pdf"
    page.get_by_role("link", name=f"Modifier {title}").click()
    page.get_by_role("button", name="Retirer cette ligne").click()
    expect(page).to_have_url(re.compile(r"/iprof/cv/#training$"))
    expect(line).to_have_count(0)


def test_guides_are_read(new_visitor: NewVisitor, demo: Demo) -> None:
    visitor = open_iprof(new_visitor, demo, "school-head", "/iprof/guides/")
    visitor.page.get_by_role("link", name="Comment avance-t-on d’échelon").click()
    expect(visitor.page.get_by_role("table")).to_be_visible()
    visitor.fits()
    visitor.axe()


def test_signing_out_of_i_prof_ends_the_portal_as_well(new_visitor: NewVisitor, demo: Demo) -> None:
    visitor = open_iprof(new_visitor, demo, "school-head", "/iprof/correspondant/")
    expect(visitor.page.get_by_text("Absence.")).to_be_visible()  # as the demo tells it, through Dovecot
    visitor.axe()
    visitor.page.get_by_role("button", name="Se déconnecter").click()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Tout est fermé")
    visitor.axe()
    for path in ("/iprof/", "/portail/"):
        visitor.go(path)
        expect(visitor.page).to_have_url(re.compile("/session/"))
