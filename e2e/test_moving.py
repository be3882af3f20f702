"""Mail that was kept elsewhere: sent as a file, brought, taken back; with a mouse, with a thumb, without a script."""

import re
import uuid
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from e2e.desk import Desk
from e2e.visitor import Visitor

pytestmark = pytest.mark.browser
type AtTheDesk = Callable[..., tuple[Visitor, Desk]]
TELEPHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def box(*subjects: str) -> bytes:
    head = "From - Mon Mar 02 08:30:00 2020\nX-Mozilla-Status: 0001\n"
    return "".join(f"{head}Subject: {one}\nMessage-ID: <{one}@x.example>\n\nTexte.\n\n" for one in subjects).encode()


def once(word: str) -> str:
    return f"{word}{uuid.uuid4().hex[:8]}"


def send(visitor: Visitor, file: Path, folder: str) -> Page:
    page = visitor.page
    page.get_by_label("Fichiers de courrier").set_input_files(file)
    page.get_by_label("Nom du nouveau dossier").fill(folder)
    page.get_by_role("button", name="Importer", exact=True).click()
    return page


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_fits_and_can_be_heard(at_the_desk: AtTheDesk, width: int, light: str) -> None:
    visitor, _desk = at_the_desk("hr-officer", viewport={"width": width, "height": 850}, color_scheme=light)
    visitor.go("/import/")
    expect(visitor.page.get_by_role("heading", level=1, name="Importer du courrier")).to_be_visible()
    visitor.fits()
    visitor.axe()


def test_a_file_of_thunderbird_comes_in_and_goes_again(at_the_desk: AtTheDesk, tmp_path: Path) -> None:
    visitor, _desk = at_the_desk("school-head")
    word, folder = once("Conseil"), once("Reprise ")
    file = tmp_path / "Conseils d’école"
    file.write_bytes(box(f"{word}-1", f"{word}-2") + b"From - \nX-Mozilla-Status: 0009\nSubject: no\n\nno\n")
    visitor.go("/webmail/reglages/")
    visitor.page.get_by_role("link", name="Importer du courrier").first.click()
    page = send(visitor, file, folder)
    said = page.locator("#import").get_by_role("status")
    expect(said).to_contain_text("2 messages importés dans")
    visitor.axe()
    page.get_by_role("link", name="Ouvrir le dossier").click()
    expect(page.locator(".row").filter(has_text=f"{word}-2")).to_be_visible()
    visitor.go("/import/")
    page.get_by_role("button", name="Annuler cet import").click()
    expect(said).to_contain_text("Cet import a été annulé")
    visitor.go("/webmail/")
    expect(page.locator("#boites").get_by_role("link", name=re.compile(folder))).to_have_count(0)


def test_a_file_of_thirty_megabytes_arrives(at_the_desk: AtTheDesk, tmp_path: Path) -> None:
    """Larger than what any other page takes: through the web server, kept on its way on the disk, whole."""
    visitor, _desk = at_the_desk("school-head")
    word = once("Gros")
    file = tmp_path / "gros.mbox"
    with file.open("wb") as out:
        for number in range(6):
            out.write(b"From - Mon Mar 02 08:30:00 2020\nX-Mozilla-Status: 0001\n")
            out.write(f"Subject: {word}-{number}\nMessage-ID: <{word}-{number}@x.example>\n\n".encode())
            out.write((b"x" * 75 + b"\n") * 70_000 + b"\n")
    assert file.stat().st_size > 30_000_000
    visitor.go("/import/")
    page = send(visitor, file, once("Gros dossier "))
    said = page.locator("#import").get_by_role("status")
    expect(said).to_contain_text("6 messages importés dans", timeout=120_000)
    page.get_by_role("button", name="Annuler cet import").click()
    expect(said).to_contain_text("Cet import a été annulé", timeout=60_000)


def test_a_file_that_is_no_mail_with_a_thumb(at_the_desk: AtTheDesk, tmp_path: Path) -> None:
    visitor, _desk = at_the_desk("teacher", **TELEPHONE)
    file = tmp_path / "notes.zip"
    with ZipFile(file, "w") as archive:
        archive.writestr("notes.txt", "Bonjour")
    visitor.go("/import/")
    with visitor.forgiving("422"):
        page = send(visitor, file, once("Rien "))
        expect(page.get_by_role("alert")).to_contain_text("Aucun courrier dans")
    visitor.fits()
    visitor.axe()


def test_a_server_that_does_not_answer(at_the_desk: AtTheDesk) -> None:
    """What was typed stays, but for the password; nothing is under way."""
    visitor, _desk = at_the_desk("teacher", **TELEPHONE)
    page = visitor.page
    visitor.go("/import/")
    page.get_by_label("Serveur de réception (IMAP)").fill("127.0.0.1")
    page.get_by_label("Identifiant ou adresse là-bas").fill("anne@exemple.example")
    page.get_by_label("Mot de passe de là-bas").fill("secret")
    with visitor.forgiving("422"):
        page.get_by_role("button", name="Essayer la connexion").click()
        expect(page.get_by_role("alert")).to_contain_text("Le serveur ne répond pas")
    expect(page.get_by_label("Identifiant ou adresse là-bas")).to_have_value("anne@exemple.example")
    expect(page.get_by_label("Mot de passe de là-bas")).to_have_value("")
    visitor.fits()
    visitor.axe()


def test_an_archive_without_a_script(at_the_desk: AtTheDesk, tmp_path: Path) -> None:
    visitor, _desk = at_the_desk("hr-officer", java_script_enabled=False)
    word, folder = once("Sortie"), once("Ancien ")
    file = tmp_path / "tout.zip"
    with ZipFile(file, "w") as archive:
        archive.writestr("Tout/Classe.mbox", box(f"{word}-1"))
        archive.writestr("Tout/Élèves/a.eml", f"Subject: {word}-2\n\nTexte.\n")
        archive.writestr("Tout/Élèves/b.eml", "rien d’un message")
    visitor.go("/import/")
    page = send(visitor, file, folder)

    taken_back = page.get_by_role("button", name="Annuler cet import")
    for _look in range(120):  # a page without a script is asked for again
        visitor.go("/import/")
        if taken_back.count():
            break
        page.wait_for_timeout(500)
    expect(taken_back).to_have_count(1)
    expect(page.get_by_role("row").filter(has_text="n’est pas un message")).to_have_count(1)
    visitor.fits()
    page.get_by_role("link", name="Ouvrir le dossier").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(folder.strip())
