"""Folders put in order and labels put on messages, with another program at the same mailbox."""

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from imaplib import IMAP4_SSL
from pathlib import Path
from ssl import create_default_context

import pytest
from playwright.sync_api import Locator, expect

from e2e.desk import Desk
from e2e.post import deliver
from e2e.test_programs import mbsync
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type Sit = Callable[..., tuple[Visitor, Desk]]
TELEPHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@contextmanager
def program(demo: Demo, account: dict[str, str]) -> Iterator[IMAP4_SSL]:
    imaps, context = demo.endpoints["imaps"], create_default_context(cafile=str(demo.ca))
    with IMAP4_SSL(imaps["host"], imaps["port"], ssl_context=context) as box:
        box.login(account["identifier"], account.get("app_password", account["password"]))
        yield box


def line(desk: Desk, name: str) -> Locator:
    return desk.page.locator(".folder-item", has=desk.page.get_by_title(name, exact=True))


def act(desk: Desk, name: str, wanted: str) -> None:
    """From the menu that comes to a folder that is pointed at."""
    line(desk, name).hover()
    line(desk, name).locator("summary").click()
    line(desk, name).get_by_role("button", name=wanted).click()


def test_folders_are_made_moved_folded_thrown_away_and_brought_back(demo: Demo, at_the_desk: Sit) -> None:
    mark = uuid.uuid4().hex[:5]
    parent, child = f"Classe {mark}", f"Sorties é {mark}"
    visitor, desk = at_the_desk("teacher")
    page = desk.page
    page.get_by_title("Nouveau dossier", exact=True).click()
    expect(page.get_by_label("Nom du nouveau dossier")).to_be_focused()
    visitor.axe()
    page.keyboard.type("Corbeille")
    with visitor.forgiving("422"):
        page.keyboard.press("Enter")
        expect(page.locator("#nom_faute")).to_contain_text("réservé")
    visitor.axe()
    page.get_by_title("Nouveau dossier", exact=True).click()
    expect(page.get_by_label("Nom du nouveau dossier")).to_be_focused()
    page.keyboard.type(parent)
    page.keyboard.press("Enter")
    desk.toast("créé")
    expect(page.get_by_label("Nom du nouveau dossier")).to_be_hidden()
    act(desk, parent, "Nouveau sous-dossier")
    page.get_by_label("Nom", exact=True).fill(child)
    page.get_by_role("button", name="Créer le dossier").click()
    expect(page.get_by_role("heading", level=1, name=child)).to_be_visible()
    fold = line(desk, parent).get_by_role("button", name=f"Sous-dossiers du dossier {parent}")
    fold.click()
    expect(line(desk, child)).to_have_count(0)
    page.reload()
    expect(line(desk, child)).to_have_count(0)  # remembered
    fold.click()
    expect(line(desk, child)).to_be_visible()
    act(desk, parent, "Supprimer")
    expect(page.get_by_text("Il ne contient aucun message et 1 sous-dossier.")).to_be_visible()
    visitor.axe()
    page.get_by_role("button", name="Mettre à la corbeille").click()
    desk.toast("est dans la corbeille")
    with program(demo, demo.account("teacher")) as box:
        assert mark in str(box.list('"Trash"', "*"))
    page.get_by_role("button", name="Annuler").click()
    desk.toast("revenu à sa place")
    expect(line(desk, child)).to_be_visible()


def test_folders_that_programs_rely_on_offer_no_more_than_they_grant(at_the_desk: Sit) -> None:
    visitor, desk = at_the_desk("teacher")
    old = "Jeter les anciens messages"
    for name, offered in (("Réception", ["Nouveau sous-dossier", old]), ("Envoyés", [old])):
        line(desk, name).get_by_role("link").focus()
        line(desk, name).hover()
        line(desk, name).locator("summary").click()
        panel = line(desk, name).locator(".menu-panel")
        expect(panel.get_by_role("button")).to_have_text(offered)
        column, menu = desk.page.locator("#boites").bounding_box(), panel.bounding_box()
        assert column
        assert menu
        assert menu["x"] >= column["x"]  # nothing is cut
        assert menu["x"] + menu["width"] <= column["x"] + column["width"]
        desk.page.keyboard.press("Escape")
    line(desk, "Brouillons").get_by_role("link").focus()
    expect(line(desk, "Brouillons").locator(".folder-tools")).to_be_hidden()
    desk.page.keyboard.press("Tab")
    assert desk.page.evaluate("document.activeElement.closest('.folder-tools')") is None

    act(desk, "Envoyés", old)
    expect(desk.page.get_by_role("heading", name="Anciens messages de")).to_be_visible()
    desk.page.get_by_label("Ou avant un jour de votre choix").fill("2015-06-01")
    visitor.axe()
    desk.page.get_by_role("button", name="Voir combien").click()
    expect(desk.page.get_by_role("link", name="Un autre âge")).to_be_visible()
    visitor.axe()
    visitor.fits()


def test_on_a_telephone_folders_are_managed_from_their_page(demo: Demo, at_the_desk: Sit) -> None:
    name, other = f"Rangement {uuid.uuid4().hex[:5]}", f"Autre {uuid.uuid4().hex[:5]}"
    with program(demo, demo.account("teacher")) as box:
        box.create(f'"{name}"')
    visitor, desk = at_the_desk("teacher", **TELEPHONE)
    page = desk.page
    page.locator("#liste").get_by_role("button", name="Dossiers").click()
    page.get_by_role("link", name=re.compile("Gérer les dossiers")).click()
    visitor.axe()
    visitor.fits()
    page.get_by_role("link", name=f"Renommer ou déplacer {name}").click()
    with program(demo, demo.account("teacher")) as box:  # Thunderbird meanwhile
        box.rename(f'"{name}"', f'"{other}"')
    page.get_by_label("Nom", exact=True).fill("Trop tard")
    with visitor.forgiving("422"):
        page.get_by_role("button", name="Enregistrer").click()
        expect(page.get_by_text("renommé ou déplacé entre-temps")).to_be_visible()
    expect(page.get_by_label("Nom", exact=True)).to_have_value(other)
    visitor.fits()
    page.get_by_label("Nom", exact=True).fill(name)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
    page.get_by_role("button", name=f"Masquer {name}").click()
    desk.toast("est masqué")
    page.get_by_role("button", name=f"Afficher {name}").click()
    desk.toast("de nouveau affiché")


def test_labels_are_keywords_for_every_program(demo: Demo, at_the_desk: Sit, tmp_path: Path) -> None:
    account, subject = demo.account("teacher"), f"À étiqueter {uuid.uuid4().hex[:6]}"
    deliver(demo, to=account["address"], subject=subject)
    visitor, desk = at_the_desk("teacher")
    desk.wait_for(subject)
    desk.open(subject)
    desk.page.keyboard.press("l")
    desk.page.locator(".toolbar").get_by_role("button", name="Travail").click()
    desk.toast("posée sur le message")
    expect(desk.row(subject).locator(".label", has_text="Travail")).to_be_visible()
    visitor.axe()
    with program(demo, account) as box:
        box.select("INBOX")
        [found] = box.uid("SEARCH", "KEYWORD", "$label2", "SUBJECT", subject.rpartition(" ")[2])[1]
        assert len(found.split()) == 1
        box.uid("STORE", found.decode(), "+FLAGS", "($label4 conseil_de_classe)")
    expect(desk.row(subject).locator(".label", has_text="conseil de classe")).to_be_visible(timeout=30_000)
    mail = mbsync(demo, account, tmp_path)
    assert any(
        subject.rpartition(" ")[2] in file.read_text(errors="replace") for file in mail.rglob("*") if file.is_file()
    )
    desk.page.reload()
    desk.reader.get_by_role("button", name="À faire").click()
    desk.toast("retirée du message")
    desk.row(subject).locator(".row-pick input").check(force=True)
    desk.page.locator("#lot").get_by_title("Autres actions").click()
    desk.page.locator("#lot summary", has_text="Étiqueter").click()
    work = desk.page.locator("#lot").get_by_role("button", name="Travail")
    expect(work).to_have_attribute("aria-pressed", "true")
    work.click()
    expect(desk.row(subject).locator(".label", has_text="Travail")).to_have_count(0)
    expect(desk.page.locator("#annonces")).to_contain_text("Travail")
    desk.page.get_by_role("button", name="Annuler").click()
    desk.toast("remises comme avant")
    desk.open(subject)
    desk.move_to("Archives")
    expect(desk.row(subject)).to_have_count(0)
    desk.page.locator("#boites").get_by_role("link", name="Travail").click()
    expect(desk.page.locator("#titre-liste")).to_have_text("Travail")
    expect(desk.row(subject)).to_be_visible()
    expect(desk.row(subject).locator(".row-where")).to_have_text("Archives")
    visitor.axe()


def test_a_label_of_ones_own_is_made_and_deleted(demo: Demo, at_the_desk: Sit) -> None:
    name = f"Réunion {uuid.uuid4().hex[:5]}"
    visitor, desk = at_the_desk("teacher")
    visitor.go("/webmail/reglages/etiquettes/")
    visitor.axe()
    form = desk.page.get_by_role("region", name="Nouvelle étiquette")
    form.get_by_label("Nom", exact=True).fill(name)
    form.get_by_label("Sarcelle").check()
    form.get_by_role("button", name="Créer l’étiquette").click()
    desk.toast("Étiquette créée")
    desk.page.locator(".label-line", has_text=name).locator("summary").click()
    visitor.axe()
    desk.page.locator(".label-line[open]").get_by_role("link", name="Supprimer").click()
    desk.page.get_by_role("button", name="Supprimer l’étiquette").click()
    desk.toast("supprimée")
    desk.page.get_by_role("button", name="Annuler").click()
    desk.toast("est revenue")
    expect(desk.page.locator(".label-line", has_text=name)).to_be_visible()
