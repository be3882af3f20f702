"""Taking one's mail along, from the home page to the archive on the disk."""

import json
import re
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewVisitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
READY_IN = 60_000


@pytest.mark.parametrize("screen", [{}, PHONE, {"java_script_enabled": False}], ids=["desk", "phone", "no-script"])
def test_a_copy_of_the_whole_mailbox(
    new_visitor: NewVisitor, demo: Demo, tmp_path: Path, screen: dict[str, object]
) -> None:
    visitor, account = new_visitor(**screen), demo.account("hr-officer")
    page, scripted = visitor.page, screen.get("java_script_enabled", True)
    visitor.go("/mon-compte/")
    visitor.sign_in(account)
    page.locator("#depart").get_by_role("link", name="Emporter mon courrier").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Départ et copie du courrier")
    if scripted:
        visitor.axe()
    visitor.fits()
    page.get_by_role("button", name="Faire une copie de ma boîte").click()
    fetch = page.get_by_role("link", name="Télécharger mon courrier")
    if scripted:
        expect(fetch).to_be_visible(timeout=READY_IN)  # by itself: the page was not loaded again
        visitor.axe()
    else:
        for _look in range(60):
            page.wait_for_timeout(1000)
            page.reload()
            if fetch.is_visible():
                break
    visitor.fits()
    with page.expect_download() as download:
        fetch.click()
    path = tmp_path / "courrier.zip"
    download.value.save_as(path)
    assert re.fullmatch(r"courrier-[a-z]+-\d{4}-\d\d-\d\d\.zip", download.value.suggested_filename)
    with ZipFile(path) as archive:
        assert archive.testzip() is None
        assert "Courrier/Boîte de réception.mbox" in archive.namelist()
        data = json.loads(archive.read("donnees-du-compte.json"))
        assert account["address"] in archive.read("LISEZ-MOI.txt").decode()
    assert data["account"]["address"] == account["address"]
    page.get_by_role("button", name="Supprimer cette copie").click()
    expect(page.get_by_text("La dernière copie est supprimée.")).to_be_visible()
