"""Mail from strangers: images that stay away until they are wanted, links that lie, traps that are reported."""

import re
import smtplib
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewVisitor
from e2e.desk import Desk
from e2e.post import in_the_end, put
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo
from vaguemestre.strangers import PNG, Trap, trapped

pytestmark = pytest.mark.browser
type SitDown = Callable[..., tuple[Visitor, Desk]]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def stranger() -> Iterator[Trap]:
    with trapped() as trap:
        yield trap


def deliver(demo: Demo, subject: str, html: str, *, sender: str = "Boutique <news@boutique.example>") -> None:
    to = demo.account("teacher")["address"]
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"], message["Message-ID"] = format_datetime(datetime.now(UTC)), make_msgid(domain="boutique.example")
    message.set_content("Version en texte.")
    message.add_alternative(html, subtype="html")
    with smtplib.SMTP(demo.endpoints["smtp"]["host"], demo.endpoints["smtp"]["port"], timeout=30) as server:
        server.send_message(message, to_addrs=[to])


def newsletter(stranger: Trap) -> str:
    picture = f'<img src="{stranger.url}/logo.png?lecteur=42" width="200" height="60" alt="Logo">'
    spy = f'<img src="{stranger.url}/ouvert.gif" width="1" height="1" alt="">'
    return f'<div style="background:url({stranger.url}/fond.png)"><h1>Les nouveautés</h1>{picture}{spy}</div>'


@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desk", "telephone"])
def test_images_come_when_wanted_and_their_server_learns_nothing(
    at_the_desk: SitDown, demo: Demo, stranger: Trap, screen: dict[str, object]
) -> None:
    subject = f"Soldes {'sur téléphone' if screen else 'au bureau'}"
    deliver(demo, subject, newsletter(stranger))
    visitor, desk = at_the_desk(**screen)
    desk.wait_for(subject)
    desk.open(subject)
    notice = desk.reader.get_by_role("form", name="Images venues d’ailleurs")
    expect(notice).to_contain_text("2 images distantes bloquées et 1 mouchard bloqué")
    assert not stranger.heard
    visitor.axe()
    visitor.fits()
    notice.get_by_role("link", name="Afficher les images").click()
    expect(notice).to_contain_text("1 mouchard reste bloqué")
    expect(desk.formatted.get_by_alt_text("Logo")).to_have_js_property("naturalWidth", 1)
    paths = {line.split()[1] for line, _headers, _form in stranger.heard}
    assert paths == {"/logo.png?lecteur=42", "/fond.png"}
    for _line, headers, _form in stranger.heard:
        assert set(headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
    visitor.fits()
    # Always, from now on: and back again in the settings.
    notice.locator("summary").click()
    notice.get_by_role("button", name="Pour tout boutique.example").click()
    desk.toast("Les images envoyées par boutique.example s’affichent désormais")
    expect(desk.formatted.get_by_alt_text("Logo")).to_have_js_property("naturalWidth", 1)
    expect(notice).to_be_hidden()
    visitor.go("/webmail/reglages/images/")
    visitor.axe()
    visitor.page.get_by_role("button", name="Bloquer de nouveau les images envoyées par boutique.example").click()
    expect(visitor.page.get_by_text("Aucun expéditeur ici")).to_be_visible()


def test_without_a_script_the_images_are_one_press_away(at_the_desk: SitDown, demo: Demo, stranger: Trap) -> None:
    deliver(demo, "Soldes sans script", newsletter(stranger))
    visitor, desk = at_the_desk()
    desk.wait_for("Soldes sans script")
    desk.open("Soldes sans script")
    address = desk.page.url
    plain = visitor.context.browser.new_context(  # type: ignore[union-attr]  # it has one
        java_script_enabled=False, ignore_https_errors=True, storage_state=visitor.context.storage_state()
    )
    page = plain.new_page()
    page.goto(address)
    frame = page.frame_locator("iframe.body-frame")
    expect(frame.locator(".fact")).to_contain_text("2 images distantes bloquées")
    assert not stranger.heard
    frame.get_by_role("link", name="Afficher les images").click()
    expect(frame.locator(".fact")).to_contain_text("Images affichées cette fois")
    in_the_end(lambda: len(stranger.heard) == 2)  # both pictures: the words above come before them
    plain.close()
    with visitor.forgiving("^console: .*404"):  # Chromium looks for an icon of what stands alone
        for choice in ("", "?images=oui"):  # the text by itself: what is said above it where no script lifts it out
            visitor.go(f"{urlsplit(address).path}corps/{choice}")
            visitor.axe(".fact")


def test_a_link_that_lies_asks_first(at_the_desk: SitDown, demo: Demo) -> None:
    lie = '<a href="https://ac-amlens.fr/connexion">https://www.ac-amiens.fr/</a>'
    html = f'<p>{lie} <a href="mailto:x@y.fr">écrire</a></p>'
    deliver(demo, "Votre compte expire", html, sender="Rectorat <support@boutique.example>")
    visitor, desk = at_the_desk()
    desk.wait_for("Votre compte expire")
    desk.open("Votre compte expire")
    expect(desk.reader.get_by_role("form", name="Qui a écrit")).to_contain_text("étrangère à l’administration")
    lying = desk.formatted.get_by_role("link", name="https://www.ac-amiens.fr/")
    expect(lying).to_have_attribute("title", "https://ac-amlens.fr/connexion")
    with visitor.context.expect_page() as opened:
        lying.click()
    question = opened.value
    expect(question.get_by_role("heading", level=1)).to_have_text("Ce lien mène à ac-amlens.fr")
    expect(question.get_by_text("ac-amlens.fr n’est pas ac-amiens.fr")).to_be_visible()
    expect(question.get_by_role("link", name="Aller à ac-amlens.fr")).to_have_attribute(
        "href", "https://ac-amlens.fr/connexion"
    )
    visitor.axe(page=question)
    question.close()
    with visitor.context.expect_page() as written:
        desk.formatted.get_by_role("link", name="écrire").click()
    expect(written.value.locator(".composer")).to_be_visible()
    written.value.close()


def test_a_listed_address_is_marked_and_asked_about(at_the_desk: SitDown, new_visitor: NewVisitor, demo: Demo) -> None:
    host, subject = f"piege-{uuid.uuid4().hex[:8]}.example", f"Votre amende {uuid.uuid4().hex[:6]}"
    watch = new_visitor()
    watch.go("/webmail/adresses-suspectes/")
    watch.sign_in(demo.account("administrator"))
    box = watch.page.get_by_label("Une adresse par ligne")
    box.fill("pas une adresse")
    with watch.forgiving("422"):
        watch.page.get_by_role("button", name="Ajouter à la liste").click()
        expect(watch.page.get_by_role("alert")).to_contain_text("Ligne 1")
    watch.axe()
    box.fill(f"*.{host}")
    watch.page.get_by_role("button", name="Ajouter à la liste").click()
    expect(watch.page.get_by_text("1 adresse ajoutée")).to_be_visible()
    watch.axe()
    watch.fits()

    deliver(demo, subject, f'<p>Payez <a href="https://www.{host}/amende">ici</a></p>')
    visitor, desk = at_the_desk()
    desk.wait_for(subject)
    desk.open(subject)
    marked = desk.formatted.get_by_role("link", name="ici")
    expect(marked).to_have_class("listed")
    expect(desk.formatted.get_by_text("connu pour être un piège")).to_be_visible()
    visitor.axe()
    with visitor.context.expect_page() as opened:
        marked.click()
    question = opened.value
    expect(question.get_by_role("heading", level=1)).to_contain_text(f"{host} est connu pour être un piège")
    visitor.axe(page=question)
    question.close()

    watch.page.get_by_label("Chercher une adresse de la liste").fill(host)
    watch.page.get_by_role("button", name="Chercher", exact=True).click()
    watch.page.get_by_role("button", name=re.compile(f"Retirer .*{host}")).click()
    expect(watch.page.get_by_text("n’est plus dans la liste")).to_be_visible()
    desk.page.reload()
    expect(desk.formatted.get_by_role("link", name="ici")).not_to_have_class("listed")


def test_files_of_the_junk_wait_for_a_word(at_the_desk: SitDown, demo: Demo) -> None:
    subject = f"Votre colis {time.time_ns()}"
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "x@boutique.example", "x@y.fr", subject
    message.set_content("Suivez-le sur https://colis.example/suivi")
    message.add_attachment(PNG, maintype="image", subtype="png", filename="bon.png")
    put(demo, demo.account("teacher"), [message.as_bytes().replace(b"\n", b"\r\n")], "Junk")
    visitor, desk = at_the_desk()
    desk.open_folder("Indésirables")
    desk.open(subject)
    notice = desk.reader.get_by_role("form", name="Pièces jointes retenues")
    expect(notice).to_contain_text("ses pièces jointes sont retenues")
    expect(desk.reader.get_by_text("bon.png")).to_be_visible()
    expect(desk.reader.get_by_role("link", name="bon.png")).to_have_count(0)
    visitor.axe()
    with visitor.context.expect_page() as opened:
        desk.reader.get_by_role("link", name="https://colis.example/suivi").click()
    expect(opened.value.get_by_text("dans un message pris pour un indésirable")).to_be_visible()
    visitor.axe(page=opened.value)
    opened.value.close()
    with visitor.forgiving("403"):  # an address of the file that was copied
        visitor.go(f"{urlsplit(visitor.page.url).path}pieces/2/")
        expect(visitor.page.get_by_role("heading", name="Pièces jointes retenues")).to_be_visible()
        visitor.axe()
        visitor.fits()
        visitor.page.get_by_role("link", name="Retour au message").click()
    notice.get_by_role("button", name="Les montrer quand même").click()
    desk.reader.get_by_role("link", name="bon.png", exact=True).click()
    expect(visitor.page.locator(".viewer img")).to_have_js_property("naturalWidth", 1)
    visitor.page.keyboard.press("Escape")
    expect(notice).to_have_count(0)


def test_a_trap_is_reported_by_one_key_and_comes_back(at_the_desk: SitDown, demo: Demo) -> None:
    subject = f"Gagnez un téléphone {time.time_ns()}"  # this demo may have been walked through before
    deliver(demo, subject, "<p>Cliquez</p>", sender="M. le Recteur <x@boutique.example>")
    visitor, desk = at_the_desk()
    desk.wait_for(subject)
    desk.open(subject)
    visitor.page.keyboard.press("!")
    desk.toast("le message est signalé")
    expect(desk.row(subject)).to_have_count(0)
    visitor.page.locator("#annonces").get_by_role("button", name="Annuler").click()
    expect(desk.row(subject)).to_have_count(1)


@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desk", "telephone"])
def test_whoever_answers_a_trap_is_shown_the_way_out(
    at_the_desk: SitDown, demo: Demo, screen: dict[str, object]
) -> None:
    subject = f"Vos coordonnées bancaires {uuid.uuid4().hex[:6]}"
    deliver(demo, subject, "<p>Répondez vite</p>", sender="M. le Recteur <x@boutique.example>")
    visitor, desk = at_the_desk(**screen)
    desk.wait_for(subject)
    desk.open(subject)
    message = visitor.page.url
    desk.reader.locator(".reply-field").click()
    question = visitor.page.locator(".composer-question")
    way_out = question.get_by_role("button", name="Ne pas répondre")
    expect(way_out).to_be_focused()
    expect(question).to_contain_text("Votre réponse irait à x@boutique.example")
    visitor.axe()
    visitor.fits()
    way_out.press("Enter")
    expect(question).to_have_count(0)
    expect(visitor.page).to_have_url(message)
    desk.reader.locator(".reply-field").click()
    question.get_by_role("link", name="Répondre quand même").click()
    expect(desk.sheet).to_contain_text("étrangère à l’administration")
    desk.sheet.get_by_label("Texte du message").press("Escape")
    expect(desk.sheet).to_have_count(0)
    desk.reader.locator(".reply").get_by_role("link", name="Transférer", exact=True).click()
    question.get_by_role("button", name="Signaler").click()
    desk.toast("le message est signalé")
    expect(desk.row(subject)).to_have_count(0)


def test_a_link_to_a_message_survives_a_move(at_the_desk: SitDown, demo: Demo) -> None:
    subject = f"À retrouver {time.time_ns()}"
    deliver(demo, subject, "<p>Ici</p>")
    visitor, desk = at_the_desk()
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.wait_for(subject)
    desk.open(subject)
    desk.message_acts()
    copy = desk.reader.get_by_role("link", name=re.compile("Copier le lien"))
    copy.click()
    expect(desk.reader.get_by_text("Lien copié")).to_be_visible()
    address = visitor.page.evaluate("navigator.clipboard.readText()")
    desk.page.keyboard.press("Escape")
    desk.act("Archiver")
    desk.toast("Archives")
    visitor.page.goto(address)
    expect(visitor.page.locator("#objet")).to_have_text(subject)
    expect(desk.reader.get_by_role("button", name="Remettre")).to_be_visible()
