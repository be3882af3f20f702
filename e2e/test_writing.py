"""Writing: drafts that are never lost, files, recipients, and what is refused before or after it leaves."""

import random
import re
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewVisitor
from e2e.desk import Desk
from e2e.post import deliver
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type Sit = Callable[..., tuple[Visitor, Desk]]


@pytest.fixture
def name() -> str:
    return f"Brouillon {uuid.uuid4().hex[:6]}"


def test_a_closed_sheet_is_a_draft_that_can_be_taken_up(at_the_desk: Sit, demo: Demo, name: str) -> None:
    visitor, desk = at_the_desk("administrator")
    desk.write()
    desk.fill(to=demo.account("help-desk")["address"], subject=name, text="À finir demain.\n")
    desk.sheet.get_by_role("button", name="Fermer et garder le brouillon").click()
    expect(desk.sheet).to_have_count(0)
    desk.open_folder("Brouillons")
    desk.row(name).locator(".row-link").click()
    desk.reads("À finir demain.")
    visitor.axe()
    desk.fill(text="Fini.\n")
    desk.send()
    expect(desk.row(name)).to_have_count(0)
    desk.open_folder("Envoyés")
    desk.open(name)
    desk.shows("Fini.")


def test_a_draft_thrown_away_comes_back(at_the_desk: Sit, name: str) -> None:
    _visitor, desk = at_the_desk("administrator")
    desk.write()
    desk.fill(subject=name, text="Trop vite.\n")
    expect(desk.sheet.locator("[id^=etat]")).to_contain_text("Brouillon enregistré")
    desk.sheet.get_by_role("button", name="Jeter le brouillon").click()
    expect(desk.sheet).to_have_count(0)
    desk.page.locator("#annonces").get_by_role("button", name="Annuler").click()
    desk.open_folder("Brouillons")
    expect(desk.row(name)).to_be_visible()


def test_a_file_over_the_limit_goes_by_a_link_that_a_stranger_opens(
    at_the_desk: Sit, new_visitor: NewVisitor, demo: Demo, tmp_path: Path, name: str
) -> None:
    visitor, desk = at_the_desk("administrator")
    film = tmp_path / f"{name}.mp4"
    film.write_bytes(random.Random(name).randbytes(30_000_000))  # noqa: S311 - octets to compare, no secret
    desk.write()
    desk.fill(to=demo.account("administrator")["address"], subject=name, text="Voici le film.\n")
    desk.sheet.locator("input[type=file]").set_input_files(film)
    expect(desk.sheet).to_contain_text("Trop lourd")
    desk.sheet.locator("[data-secret]").fill("cinq mots dits au telephone")
    visitor.axe()
    desk.sheet.get_by_role("button", name="Envoyer par lien").click()
    expect(desk.sheet.locator("[id^=pieces]")).to_contain_text("par lien avec mot de passe, jusqu’au", timeout=60_000)
    desk.reads("Voici le film.")
    visitor.axe()
    desk.send()
    desk.wait_for(name)
    desk.open(name)
    desk.shows("À télécharger au plus tard")
    link = str(desk.formatted.get_by_role("link", name=film.name).get_attribute("href"))

    stranger = new_visitor()
    with stranger.forgiving("403|422"):
        stranger.page.goto(link)
        expect(stranger.page.locator("main")).not_to_contain_text(film.name)
        stranger.page.get_by_label("Mot de passe du fichier").fill("un autre")
        stranger.page.get_by_role("button", name="Continuer").click()
        expect(stranger.page.get_by_role("alert")).to_be_visible()
    stranger.axe()
    stranger.fits()
    stranger.page.get_by_label("Mot de passe du fichier").fill("cinq mots dits au telephone")
    stranger.page.get_by_role("button", name="Continuer").click()
    expect(stranger.page.locator("main")).to_contain_text(film.name)
    stranger.axe()
    stranger.fits()
    with stranger.page.expect_download() as saved:
        stranger.page.get_by_role("button", name="Télécharger le fichier").click()
    assert saved.value.suggested_filename == film.name
    assert Path(saved.value.path()).read_bytes() == film.read_bytes()

    visitor.go("/fichiers/mes-fichiers/")
    expect(visitor.page.locator("main")).to_contain_text("téléchargé 1 fois")
    visitor.axe()
    visitor.page.get_by_role("button", name=f"Retirer {film.name}").click()
    desk.toast("est retiré")
    visitor.axe()
    visitor.fits()
    with stranger.forgiving("404"):
        stranger.page.goto(link)
        expect(stranger.page.locator("main")).to_contain_text("n’est plus disponible")
        stranger.axe()


def test_a_very_long_name_with_signs_goes_and_comes(at_the_desk: Sit, demo: Demo, tmp_path: Path) -> None:
    me, name = demo.account("administrator"), f"Nom long {uuid.uuid4().hex[:6]}"
    file = tmp_path / ("é" * 100 + " & «fin» n° 1, 2 ; 3.txt")  # nearly as long as the disk allows
    file.write_text("contenu")
    _visitor, desk = at_the_desk("administrator")
    desk.write()
    desk.fill(to=me["address"], subject=name, text="Le fichier.\n")
    desk.sheet.locator("input[type=file]").set_input_files(file)
    expect(desk.sheet.locator("[id^=pieces] .file-name")).to_have_text(re.compile(r"^é{100} & «fin.*\.txt$"))
    desk.send()
    desk.wait_for(name)
    desk.open(name)
    expect(desk.reader.locator(".file-name")).to_have_attribute("title", re.compile(r"^é{100} & «fin.*\.txt$"))


def test_what_is_not_an_address_is_named(at_the_desk: Sit, name: str) -> None:
    visitor, desk = at_the_desk("administrator")
    desk.write()
    desk.fill(to="pas une adresse", subject=name, text="Texte.\n")
    with visitor.forgiving("422|Failed to load"):
        desk.sheet.get_by_role("button", name="Envoyer").click()
        expect(desk.sheet.locator(".notice-bad:visible")).to_contain_text("pas une adresse")
    expect(desk.subject).to_have_value(name)
    visitor.axe()


def test_two_thousand_recipients_open_as_any_other_mail(at_the_desk: Sit, demo: Demo) -> None:
    name = f"À tout le monde {uuid.uuid4().hex[:6]}"
    crowd = ", ".join(f"Personne {number} <p{number}@ailleurs.example>" for number in range(2000))
    deliver(demo, to=demo.account("administrator")["address"], subject=name, cc=crowd)
    visitor, desk = at_the_desk("administrator")
    desk.wait_for(name)
    desk.open(name)
    expect(desk.reader).to_contain_text("À bientôt.")
    visitor.axe()
    desk.answer_all()
    expect(desk.sheet).to_contain_text("et 1")


def test_answering_quotes_the_author_and_forwarding_takes_the_files(at_the_desk: Sit, demo: Demo) -> None:
    _visitor, desk = at_the_desk("hr-officer")
    desk.open("Flux RH de cette nuit")
    desk.answer()
    expect(desk.sheet.get_by_label("Texte du message")).not_to_have_value(re.compile("a écrit"))
    desk.follow()
    desk.reads("Hélène Wattebled a écrit")
    desk.sheet.get_by_role("button", name="Jeter le brouillon").click()
    expect(desk.sheet).to_have_count(0)
    desk.reader.locator(".reply").get_by_role("link", name="Transférer").click()
    expect(desk.sheet).to_contain_text("lignes-refusees.csv")
    desk.fill(to=demo.account("help-desk")["address"])
    desk.send()
    desk.open_folder("Envoyés")
    desk.row("Tr: Flux RH").first.locator(".row-link").click()
    expect(desk.reader.locator(".file")).to_contain_text("lignes-refusees.csv")
