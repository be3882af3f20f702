"""The administrators' desk: the day, and an HR feed from the drop to the way back."""

import re
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewVisitor
from e2e.test_accessibility import PAIRS
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("screen", PAIRS)
def test_the_day_of_the_service(new_visitor: NewVisitor, demo: Demo, screen: str) -> None:
    visitor = new_visitor(**PAIRS[screen])
    visitor.go("/exploitation/")
    visitor.sign_in(demo.account("administrator"))
    expect(visitor.page.get_by_role("heading", name="En ordre")).to_be_visible()
    visitor.fits()
    visitor.spaced()
    visitor.axe()


def feed_of_today(folder: Path) -> Path:
    """The demo's second feed as of today, without one teacher and with a line that is refused."""
    lines = (CHECKOUT / "seeds" / "hr-feed-2.csv").read_text("utf-8").splitlines()
    lines[0] = f"#INSTANTANE;{date.today().isoformat()}"
    leaver = next(line for line in lines[2:] if ";PE;" in line)
    kept = [line for line in lines if line != leaver and not line.startswith("#FIN")]
    file = folder / "rh-du-jour.csv"
    file.write_text("\n".join([*kept, f"#FIN;{len(kept) - 2}", ""]), "utf-8")
    return file


def test_a_feed_from_the_drop_to_the_way_back(new_visitor: NewVisitor, demo: Demo, tmp_path: Path) -> None:
    visitor = new_visitor()
    page = visitor.page
    visitor.go("/exploitation/flux/")
    visitor.sign_in(demo.account("administrator"))
    page.get_by_label("Fichier des ressources humaines").set_input_files(feed_of_today(tmp_path))
    page.get_by_role("button", name="Vérifier le fichier").click()
    agree = page.get_by_role("button", name="Appliquer les changements")
    expect(agree).to_be_visible(timeout=60_000)
    expect(page.get_by_role("heading", name="Départs")).to_be_visible()
    visitor.axe()
    agree.click()
    expect(page.get_by_text("rh-du-jour.csv est appliqué.")).to_be_visible(timeout=60_000)
    page.get_by_role("link", name="Défaire ce flux").click()
    expect(page.get_by_role("heading", name="Défaire le flux du")).to_be_visible()
    visitor.axe()
    page.get_by_role("button", name="Défaire ce flux").click()
    expect(page.get_by_text("Flux défait")).to_be_visible()


@pytest.mark.parametrize("screen", PAIRS)
def test_a_letter_is_ordered_and_downloaded_once(new_visitor: NewVisitor, demo: Demo, screen: str) -> None:
    """Those of a department that wait in the demo."""
    visitor = new_visitor(**PAIRS[screen])
    page = visitor.page
    visitor.go("/exploitation/lettres/")
    visitor.sign_in(demo.account("administrator"))
    visitor.axe()
    number, office = {"wide": ("02", "DSDEN de l’Aisne"), "narrow": ("60", "DSDEN de l’Oise")}[screen]
    page.get_by_role("button", name=f"Imprimer\u00a0: {office}").click()
    expect(page.get_by_text("en cours de mise en page").first).to_be_visible()
    save = page.get_by_role("button", name=re.compile(f"Télécharger le lot L.*-{number}-")).first
    visitor.fits()
    visitor.axe()
    with page.expect_download() as saved:
        save.click()
    assert saved.value.path().read_bytes().startswith(b"%PDF")
    visitor.go("/exploitation/lettres/")
    expect(page.get_by_role("heading", name="Derniers lots")).to_be_visible()
    expect(save).to_have_count(0)
