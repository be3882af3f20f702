"""The automatic tool on every page, by day and by night, wide and narrow. The stories do the same in their middle."""

import re
import smtplib
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from email.utils import make_msgid
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit
from zipfile import ZipFile

import pytest
from playwright.sync_api import Locator, expect

from e2e import post
from e2e.conftest import NewVisitor
from e2e.desk import Desk
from e2e.post import deliver
from e2e.test_attachments import pages, picture, put
from e2e.visitor import Visitor
from seeds.mails.attachments import ics, odt, winmail
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
OPEN_PAGES = (
    "/portail/", "/session/premiere-connexion/", "/intranet/", "/bv/", "/bv/aide/", "/bv/logiciels/", "/bv/numen/",
    "/bv/mot-de-passe/", "/bv/mot-de-passe/demande/AAAA-2345/", "/bv/mot-de-passe/dsden/AAAA-2345/",
    "/bv/mot-de-passe/fait/", "/bv/connexion/", "/bv/connexion/choisi/", "/bv/connexion/pin/?departement=80",
    "/bv/connexion/lettre/?jour=1&mois=9&annee=2026", "/etat/", "/donnees-personnelles/", "/accessibilite/", "/plan/",
    "/session/preuve/", "/bv/aide/chercher-mieux/", "/bv/logiciels/outlook/",
)  # fmt: skip
SCREENS = {"wide": {"width": 1360, "height": 850}, "narrow": {"width": 360, "height": 740}}
# Each width once, and day and night: colours do not depend on the width. 320: WCAG 1.4.10.
PAIRS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": SCREENS["wide"], "color_scheme": "light"},
    "narrow": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
}
LOOKS: dict[str, dict[str, Any]] = {
    "rail": {"viewport": {"width": 900, "height": 1000}, "color_scheme": "light"},
    "dark": {"viewport": SCREENS["wide"], "color_scheme": "dark"},
    "telephone": {"viewport": SCREENS["narrow"], "color_scheme": "light", "has_touch": True, "is_mobile": True},
}
LETTER = b"From: Zoe <zoe@x.example>\r\nSubject: Jeudi\r\nContent-Type: text/html\r\n\r\n<p>Jeudi.</p>\r\n"
EVENT = ics(
    "Conseil", ["16:00", "17:00", "CDI"], day=date.today() + timedelta(days=3),
    organizer="zoe@x.example", attendee="x@ac-amiens.fr",
)  # fmt: skip


def packed(*names: str) -> bytes:
    held = BytesIO()
    with ZipFile(held, "w") as archive:
        for name in names:
            archive.writestr(name, "x" * 2000)
    return held.getvalue()


KINDS: tuple[tuple[str, str, bytes], ...] = (
    ("Devis.pdf", "application/pdf", pages(2)),
    ("car.png", "image/png", picture()),
    ("notes.csv", "text/csv", b"Nom;Note\nAnna;12\n"),
    ("note.txt", "text/plain", b"Bonjour.\n" * 80),
    ("carte.vcf", "text/vcard", b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Sophie\r\nEMAIL:s@x.example\r\nEND:VCARD\r\n"),
    ("son.wav", "audio/wav", b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data\0\0\0\0"),
    ("film.webm", "video/webm", b"\x1a\x45\xdf\xa3\x42\x82\x84webm"),
    ("lettre.eml", "application/octet-stream", LETTER),
    ("winmail.dat", "application/ms-tnef", winmail("Plan", ["plan.txt", "Ici"])),
    ("copies.zip", "application/zip", packed("Élèves/a.txt", "b.odt")),
    ("conseil.ics", "text/calendar", EVENT),
    ("projet.odt", "application/vnd.oasis.opendocument.text", odt("Projet", ["Article premier"])),
    ("abîmé.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"rien"),
)
MORE_PAGES = (
    "reglages/place/", "reglages/images/", "reglages/etiquettes/", "reglages/envoi/", "reglages/arrivee/",
    "reglages/modeles/", "reglages/modeles/nouveau/", "reglages/filtres/", "reglages/filtres/nouveau/",
    "dossiers/gestion/", "dossiers/gestion/nouveau/", "reglages/liste/", "recuperation/", "publipostage/", "recherche/",
)  # fmt: skip
READY = {"projet.odt": "Article premier", "abîmé.docx": "Enregistrer le fichier"}


@pytest.mark.parametrize("screen", PAIRS)
def test_before_signing_in(new_visitor: NewVisitor, screen: str) -> None:
    visitor = new_visitor(**PAIRS[screen])
    for path in OPEN_PAGES:
        visitor.go(path)
        visitor.fits()
        visitor.spaced()
        visitor.axe()
    with visitor.forgiving("404"):
        visitor.go("/nulle-part/")
        visitor.axe()
    with visitor.forgiving("410"):
        visitor.go("/copie/")
        visitor.fits()
        visitor.axe()


INSIDE = (
    "/portail/",
    "/intranet/outils/",
    "/bv/",
    "/etat/",
    "/webmail/clavier/",
    "/webmail/en-attente/",
    "/annuaire/",
    "/annuaire/?q=mar",
    "/annuaire/departements/80/",
    "/plan/",
)
MESSAGES = ("La lettre de la Somme", "Re: Devis 1187")


@pytest.mark.parametrize("screen", PAIRS)
def test_inside(at_the_desk: Callable[..., tuple[Visitor, Desk]], screen: str) -> None:
    visitor, desk = at_the_desk("teacher", **PAIRS[screen])
    visitor.axe()
    visitor.spaced()
    for path in INSIDE:
        visitor.go(path)
        visitor.fits()
        visitor.spaced()
        visitor.axe()
    for subject in MESSAGES:
        visitor.go("/webmail/")
        desk.open(subject)
        visitor.axe()
        visitor.spaced()
    desk.answer_all()
    visitor.axe()
    visitor.spaced()


@pytest.mark.parametrize("screen", PAIRS)
def test_without_our_font(at_the_desk: Callable[..., tuple[Visitor, Desk]], screen: str) -> None:
    """Some browsers let no page bring one, and a slow network brings it late. Debian's DejaVu is a fifth wider."""
    visitor, desk = at_the_desk("teacher", **PAIRS[screen])
    with visitor.forgiving(r"ERR_FAILED|/fonts/"):
        visitor.page.context.route("**/fonts/*", lambda route: route.abort())
        for path in (*INSIDE, *OPEN_PAGES):
            visitor.go(path)
            visitor.fits()
        for subject in MESSAGES:
            visitor.go("/webmail/")
            desk.open(subject)
            visitor.fits()
        desk.answer_all()
        visitor.fits()
        visitor.axe()


BOX_PAGES = (
    "", "membres/", "reglages/", "reglages/signature/", "reglages/absence/", "reglages/filtres/",
    "reglages/redirection/", "reglages/place/", "dossiers/gestion/", "ecrire/",
)  # fmt: skip


@pytest.mark.parametrize("screen", PAIRS)
def test_a_shared_mailbox(at_the_desk: Callable[..., tuple[Visitor, Desk]], screen: str) -> None:
    visitor, desk = at_the_desk("college-head", **PAIRS[screen])
    visitor.axe()
    for path in BOX_PAGES:
        visitor.go(f"/webmail/boites/ce.0809901c/{path}")
        visitor.fits()
        visitor.axe()
    visitor.go("/webmail/boites/ce.0809901c/")
    desk.open("Re: Gymnase")
    visitor.axe()
    desk.answer()
    visitor.axe()


@pytest.mark.parametrize("screen", PAIRS)
def test_mailboxes_of_services(new_visitor: NewVisitor, demo: Demo, screen: str) -> None:
    """Made, closed and opened again."""
    visitor, name = new_visitor(**PAIRS[screen]), f"essai-{uuid.uuid4().hex[:8]}"
    page = visitor.page
    visitor.go("/boites-de-service/")
    visitor.sign_in(demo.account("administrator"))
    page.get_by_role("textbox", name="Adresse, avant").fill(name)
    page.get_by_role("textbox", name="Nom", exact=True).fill("Essai")
    page.get_by_role("textbox", name="Propriétaires").fill(demo.account("college-head")["identifier"])
    page.get_by_role("button", name="Créer").click()
    line = page.get_by_role("listitem").filter(has_text=name)
    line.locator("summary").click()
    expect(line).to_contain_text("Son courrier est gardé")
    visitor.fits()
    visitor.axe()
    line.get_by_role("button", name=f"Fermer {name}").click()
    expect(page.get_by_role("status")).to_contain_text("est fermée")
    visitor.axe()
    line.get_by_role("button", name="Rouvrir").click()
    expect(line.locator("summary")).to_be_visible()


def larger(visitor: Visitor) -> None:
    """The largest letters that one may choose, on this page alone."""
    visitor.page.evaluate("document.documentElement.dataset.text = 'larger'")


def menus(visitor: Visitor, bar: Locator) -> None:
    """Each menu of a bar, opened in its turn."""
    for place in range(bar.locator(".menu").count()):
        menu = bar.locator(".menu").nth(place)
        if not menu.is_visible():
            continue  # of another width
        menu.locator("> summary").click()
        expect(menu.locator(".menu-panel")).to_be_visible()
        visitor.axe(".menu[open]")
        visitor.page.keyboard.press("Escape")
        expect(menu.locator(".menu-panel")).to_be_hidden()


@pytest.mark.parametrize("look", LOOKS)
def test_what_opens_over_the_list(at_the_desk: Callable[..., tuple[Visitor, Desk]], demo: Demo, look: str) -> None:
    name = f"À classer {uuid.uuid4().hex[:6]}"
    deliver(demo, to=demo.account("hr-officer")["address"], subject=name)
    visitor, desk = at_the_desk("hr-officer", **LOOKS[look])
    page = visitor.page
    desk.wait_for(name)
    larger(visitor)
    menus(visitor, page.locator(".list-tools"))
    page.locator("#q").focus()
    expect(page.locator(".find")).to_be_visible()
    visitor.axe("#recherche")
    page.locator("#q").blur()
    desk.row(name).get_by_role("checkbox").check()
    visitor.axe()
    menus(visitor, page.locator("#lot"))
    page.locator("#lot").get_by_role("button", name="Archiver").click()
    desk.toast("Archives")
    visitor.axe("#annonces")

    visitor.go(f"/webmail/recherche/?q={name.replace(' ', '+')}+de:sophie")
    larger(visitor)
    expect(desk.row(name)).to_be_visible()
    visitor.axe()
    visitor.go("/webmail/recherche/?q=introuvable+dans:archives+pj:oui")
    larger(visitor)
    expect(page.locator("#liste")).to_contain_text("Rien trouvé")
    visitor.axe()


@pytest.mark.parametrize("look", LOOKS)
def test_what_opens_over_a_message(at_the_desk: Callable[..., tuple[Visitor, Desk]], demo: Demo, look: str) -> None:
    name = f"À lire {uuid.uuid4().hex[:6]}"
    deliver(demo, to=demo.account("hr-officer")["address"], subject=name)
    visitor, desk = at_the_desk("hr-officer", **LOOKS[look])
    desk.wait_for(name)
    desk.open(name)
    larger(visitor)
    menus(visitor, desk.reader.locator(".toolbar"))
    menus(visitor, desk.reader.locator(".message-tools"))
    desk.reader.locator(".message-to summary").click()
    visitor.axe()
    if look == "dark":
        folder = visitor.page.locator(".folder-item").first
        folder.hover()
        menus(visitor, folder)
        return
    if look == "telephone":
        desk.reader.get_by_role("link", name="Retour à la liste").click()
    work = visitor.page.locator("#contenu")
    before = work.bounding_box()
    visitor.page.get_by_role("button", name="Dossiers" if look == "telephone" else "Ouvrir les dossiers").click()
    expect(visitor.page.get_by_role("button", name="Fermer les dossiers")).to_be_visible()
    assert work.bounding_box() == before  # the folders float over it
    visitor.axe()


@pytest.mark.parametrize("look", LOOKS)
def test_every_kind_of_attachment(at_the_desk: Callable[..., tuple[Visitor, Desk]], demo: Demo, look: str) -> None:
    name = f"De toutes sortes {uuid.uuid4().hex[:6]}"
    put(demo, name, *KINDS)
    visitor, desk = at_the_desk("teacher", **LOOKS[look])
    desk.wait_for(name)
    desk.open(name)
    larger(visitor)
    visitor.axe("#lecture")
    visitor.page.get_by_role("link", name=KINDS[0][0], exact=True).click()
    viewer = visitor.page.get_by_role("dialog")
    expect(viewer.locator(".page-sheet canvas").first).to_be_visible()
    for title, _kind, _content in KINDS:
        expect(viewer.get_by_role("heading", level=1)).to_have_text(title)
        visitor.axe(".viewer")
        if ready := READY.get(title):  # until then it waited
            expect(viewer).to_contain_text(ready, timeout=60_000)
            visitor.axe(".viewer")
        viewer.get_by_role("link", name="Pièce jointe suivante").click()


def choose(desk: Desk, name: str) -> None:
    desk.row(name).first.get_by_role("checkbox").check()


@pytest.mark.parametrize("look", ["dark", "telephone"])
def test_what_did_not_arrive(at_the_desk: Callable[..., tuple[Visitor, Desk]], demo: Demo, look: str) -> None:
    """On its page, in its conversation, in the lists, and on the page of the report."""
    name, account = f"Convention {uuid.uuid4().hex[:6]}", demo.account("hr-officer")
    asked = deliver(demo, to=account["address"], subject=name)
    report = f"Undelivered {name}"
    sent, lost = make_msgid(domain="ac-amiens.fr"), ("jean.dupnot@x.example", "lea@x.example")
    head = f"From: {account['address']}\nTo: {', '.join(lost)}\nSubject: Re: {name}\nMessage-ID: {sent}\n"
    raw = f"{head}References: {asked}\n\nVoici.\n"
    post.put(demo, account, [raw.replace("\n", "\r\n").encode()], "Sent")
    with smtplib.SMTP(demo.endpoints["smtp"]["host"], demo.endpoints["smtp"]["port"], timeout=30) as server:
        server.sendmail("", [account["address"]], post.undelivered(account["address"], sent, report, lost))
    visitor, desk = at_the_desk("hr-officer", **LOOKS[look])
    desk.wait_for(report)
    desk.row(report).locator(".row-link").click()
    again = desk.reader.get_by_role("button", name="Renvoyer à cette adresse")
    expect(again).to_have_count(4)  # beside the report, and beside what was sent
    larger(visitor)
    visitor.axe()
    visitor.go("/webmail/")
    larger(visitor)
    expect(desk.row(report)).to_contain_text("Non remis")
    visitor.axe("#liste")
    desk.row(report).locator(".row-link").click()
    desk.unfold_all()
    visitor.axe("#lecture")
    visitor.go(f"/webmail/recherche/?q=dans:envoyés+{name.rpartition(' ')[2]}")
    expect(visitor.page.locator(".row")).to_contain_text("Non remis")
    visitor.page.locator(".row-link").click()
    expect(again.first).to_be_visible()
    visitor.fits()
    visitor.axe()
    again.first.click()
    desk.toast("Envoyé à")
    visitor.axe()


@pytest.mark.parametrize("look", ["dark", "telephone"])
def test_what_is_said_after_an_act(at_the_desk: Callable[..., tuple[Visitor, Desk]], demo: Demo, look: str) -> None:
    name, other = (f"{word} {uuid.uuid4().hex[:6]}" for word in ("À épingler", "De la liste"))
    account = demo.account("hr-officer")
    deliver(demo, to=account["address"], subject=name)
    head = f"From: Boutique <x@boutique.example>\nSubject: {other}\nList-Unsubscribe: <https://boutique.example/u>\n"
    html = '<p>Soldes <img src="https://boutique.example/a.png" width="90" height="40" alt="Logo"></p>'
    raw = f"{head}Content-Type: text/html\n\n{html}\n"
    post.put(demo, account, [raw.replace("\n", "\r\n").encode()])
    visitor, desk = at_the_desk("hr-officer", **LOOKS[look])
    page, said = visitor.page, visitor.page.locator("#annonces")
    desk.wait_for(other)
    larger(visitor)
    choose(desk, name)
    page.locator("#lot").get_by_title("Autres actions").click()
    page.locator("#lot").get_by_role("button", name="Épingler en haut").click()
    expect(page.locator(".row[data-pinned]")).to_have_count(1)
    visitor.axe()

    desk.open(other)
    expect(desk.reader.get_by_role("link", name="Se désabonner…")).to_be_visible()
    visitor.axe("#lecture")
    for act, words in (("Bloquer cet expéditeur", "bloqué"), ("Message douteux…", "signalé")):
        desk.message_acts(more=act.startswith("Bloquer"))
        desk.reader.get_by_role("button", name=act).click()
        desk.toast(words)
        visitor.axe("#annonces")
        said.get_by_role("button", name="Annuler").click()
        expect(said.get_by_role("button", name="Annuler")).to_have_count(0)
        visitor.axe("#annonces")
        visitor.go("/webmail/")
        desk.open(other)
    here = urlsplit(page.url).path
    visitor.go(f"{here}images/")  # the question where there is no script
    visitor.fits()
    visitor.axe()
    visitor.go("/webmail/")
    choose(desk, name)
    page.locator("#lot").get_by_title("Autres actions").click()
    page.locator("#lot").get_by_role("button", name="Ne plus épingler").click()
    expect(page.locator(".row[data-pinned]")).to_have_count(0)


@pytest.mark.parametrize("look", ["dark", "telephone"])
def test_questions_and_what_is_empty(at_the_desk: Callable[..., tuple[Visitor, Desk]], demo: Demo, look: str) -> None:
    account, folder = demo.account("hr-officer"), f"Lettres{uuid.uuid4().hex[:6]}"
    post.fill(demo, account, folder, 60)
    post.fill(demo, account, f"{folder}-vide", 0)
    visitor, desk = at_the_desk("hr-officer", **LOOKS[look])
    page = visitor.page
    for path in (f"?q=dans:{folder}+lettre", f"?q=dans:{folder}+lettre+non-lu&tri=taille"):
        visitor.go(f"/webmail/recherche/{path}")
        larger(visitor)
        page.locator(".row-pick input").first.check()
        page.keyboard.press("*")
        page.get_by_label(re.compile("^Choisir les 60")).check()
        visitor.axe()
    page.locator("#lot .menu > summary").last.click()
    page.locator("#lot summary", has_text="Plus tard").click()
    page.locator("#lot").get_by_role("button", name="Choisir date et heure").click()
    expect(page.get_by_role("heading", name=re.compile("doivent-ils revenir"))).to_be_visible()
    visitor.axe()

    visitor.go("/webmail/ecrire/")
    desk.ready()
    desk.fill(to="jean@ailleurs.example", text="Veuillez trouver ci-joint le devis.")
    desk.sheet.get_by_role("button", name="Envoyer", exact=True).click()
    expect(desk.sheet.get_by_text("Avant l’envoi")).to_be_visible()
    visitor.axe(".composer")
    desk.sheet.locator(".split summary").click()
    visitor.axe(".composer")
    desk.sheet.get_by_role("button", name="Choisir date et heure").click()
    expect(desk.sheet.get_by_label("Jour", exact=True)).to_be_visible()
    visitor.axe(".composer")
    desk.sheet.get_by_role("button", name="Jeter le brouillon").click()

    visitor.go("/webmail/")
    empty = str(page.locator(f"#boites a[title='{folder}-vide']").get_attribute("href"))
    for path in (empty, *(f"/webmail/{one}" for one in MORE_PAGES)):
        visitor.go(path)
        larger(visitor)
        visitor.fits()
        visitor.axe()


def test_by_keyboard_alone(at_the_desk: Callable[..., tuple[Visitor, Desk]]) -> None:
    """Skip link, then the letter that the inbox shows first is opened and left without a mouse: one is in what one
    opened, and back on its row."""
    _visitor, desk = at_the_desk("teacher")
    page = desk.page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#contenu")).to_be_focused()
    first, second = (desk.page.locator(".row-link").nth(place) for place in (0, 1))
    for key, row in (("j", first), ("j", second), ("k", first)):
        page.keyboard.press(key)
        expect(row).to_be_focused()
    expect(page.locator("#objet")).to_have_count(0)
    heading = page.locator("#objet")
    page.keyboard.press("o")
    expect(heading).to_be_focused()
    opened = heading.inner_text()
    page.keyboard.press("j")
    expect(heading).not_to_have_text(opened)
    expect(heading).to_be_focused()
    for key, place in (("j", 3), ("k", 1)):  # faster than pages come: each press counts
        page.keyboard.press(key)
        page.keyboard.press(key)
        expect(desk.page.locator(".row-link").nth(place)).to_have_attribute("aria-current", "true")
    page.keyboard.press("Escape")
    expect(second).to_be_focused()
    page.keyboard.press("u")
    expect(heading).to_have_count(0)
    expect(second).to_be_focused()


def test_answered_by_keyboard_alone(at_the_desk: Callable[..., tuple[Visitor, Desk]]) -> None:
    _visitor, desk = at_the_desk("teacher")
    page = desk.page
    page.locator(".row-link").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#objet")).to_be_focused()
    answer = desk.reader.locator(".reply-field")
    for _stop in range(60):
        page.keyboard.press("Tab")
        if answer.evaluate("one => one === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(desk.sheet).to_be_visible()
    desk.sheet.get_by_role("button", name="Plier").focus()
    page.keyboard.press("Enter")
    expect(desk.sheet).to_have_count(0)
