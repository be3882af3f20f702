"""A circular: an officer writes it from a list, a second person reads and approves it, a teacher finds and opens it."""

import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import NewVisitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
PDF = Path(__file__).parents[1] / "seeds" / "iprof-piece.pdf"
SCREENS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1440, "height": 900}},
    "telephone": {
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
        "is_mobile": True,
        "color_scheme": "dark",
    },
}


def write(page: Page, subject: str) -> None:
    """From the sentence of a list to the second person."""
    page.get_by_label("Personnels").first.select_option("enseignants")
    page.get_by_label("en poste dans").first.select_option("collège")
    if page.get_by_role("button", name="Compter").is_visible() and not page.evaluate("() => !!window.htmx"):
        page.get_by_role("button", name="Compter").click()
    page.get_by_role("button", name="Leur écrire une circulaire").click()
    page.get_by_label("Objet").fill(subject)
    page.get_by_label("Texte").fill("Mesdames, Messieurs,\n\nLa réunion est déplacée à jeudi, voir la note jointe.")
    page.get_by_label("Joindre des fichiers").set_input_files(PDF)
    page.get_by_label("Isabelle Vanhoutte").check()
    page.get_by_role("button", name="Demander l’accord").click()


@pytest.mark.parametrize("screen", SCREENS)
def test_from_an_office_to_a_teacher(new_visitor: NewVisitor, demo: Demo, screen: str) -> None:
    subject = f"Réunion déplacée {uuid.uuid4().hex[:6]}"
    office, second, reader = (new_visitor(**SCREENS[screen]) for _one in range(3))
    office.come_in(demo.account("hr-officer"), "/listes/nouvelle/")
    write(office.page, subject)
    expect(office.page.get_by_text("doit la relire")).to_be_visible()
    office.fits()
    office.axe()
    second.come_in(demo.account("college-head"), "/portail/")
    second.page.get_by_role("link", name=re.compile(f"Relire et approuver.*{subject}")).click()
    expect(second.page.get_by_text("La réunion est déplacée")).to_be_visible()
    expect(second.page.get_by_text("iprof-piece.pdf s’ouvre")).to_be_visible()
    second.fits()
    second.axe()
    second.page.get_by_role("button", name="Approuver et envoyer").click()
    expect(second.page.get_by_text("Approuvée : la circulaire part.")).to_be_visible()
    office.page.reload()
    expect(office.page.get_by_text("Elle est partie")).to_be_visible(timeout=60_000)
    office.fits()
    office.axe()
    reader.come_in(demo.account("teacher"), "/circulaires/")
    reader.page.get_by_role("link", name=subject).click()
    with reader.page.expect_download() as download:
        reader.page.get_by_role("link", name="iprof-piece.pdf").click()
    assert Path(download.value.path()).read_bytes() == PDF.read_bytes()
    reader.axe()
    reader.go("/circulaires/")
    reader.fits()
    reader.axe()
