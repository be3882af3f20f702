"""Reading what people really receive: newsletters, hooks, nested mails, files of every kind."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from e2e.desk import Desk
from e2e.visitor import Visitor

pytestmark = pytest.mark.browser
type Seat = tuple[Visitor, Desk]


@pytest.fixture
def seat(at_the_desk: Callable[..., Seat]) -> Seat:
    return at_the_desk()


def test_a_newsletter_shows_its_own_pictures(seat: Seat) -> None:
    visitor, desk = seat
    desk.open("La lettre de la Somme")
    picture = desk.formatted.get_by_alt_text("La lettre de la Somme, numéro 12")
    expect(picture).to_be_visible()
    assert picture.evaluate("picture => picture.complete && picture.naturalWidth") == 800
    visitor.axe()


def test_pictures_that_lie_elsewhere_are_not_fetched(seat: Seat) -> None:
    """The visitor complains of any request to another host."""
    _visitor, desk = seat
    desk.open("Votre classe au musée")
    expect(desk.formatted.get_by_text("Trois ateliers d’hiver pour vos classes")).to_be_visible()
    assert "https://" not in "".join(desk.formatted.locator("img").evaluate_all("all => all.map(one => one.src)"))


def test_a_hook_has_no_form_no_script_and_its_link_shows_where_it_goes(seat: Seat) -> None:
    visitor, desk = seat
    desk.open("URGENT : Votre boite est pleine")
    frame = desk.formatted
    expect(frame.get_by_text("Cher utilisateur")).to_be_visible()
    for forbidden in ("form", "input:not(#as-sent)", "script", "[onclick]"):
        expect(frame.locator(forbidden)).to_have_count(0)
    assert "noopener" in str(frame.get_by_role("link").first.get_attribute("rel"))
    expect(desk.reader).to_contain_text("écrit d’une adresse étrangère à l’administration")
    visitor.axe()


def test_files_open_in_the_browser_or_are_saved_under_their_name(seat: Seat, tmp_path: Path) -> None:
    visitor, desk = seat
    desk.open("Re: Devis 1187")
    desk.unfold_all()
    cards = desk.message_of("Sophie Marchand").locator(".file")
    expect(cards).to_have_count(2)
    with visitor.page.expect_download() as saved:
        cards.nth(0).get_by_role("link", name=re.compile("Enregistrer")).click()
    assert saved.value.suggested_filename == "Devis 1187 Historial.pdf"
    saved.value.save_as(tmp_path / "devis.pdf")
    assert (tmp_path / "devis.pdf").read_bytes().startswith(b"%PDF-")
    viewer = str(cards.nth(0).locator("a.file-name").get_attribute("href"))
    answer = visitor.context.request.get(visitor.demo.web + viewer.removesuffix("vue/"))
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("inline")
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_name_with_slashes_becomes_a_name(seat: Seat) -> None:
    visitor, desk = seat
    desk.open("Numerisation de COPIEUR-D012")
    with visitor.page.expect_download() as saved:
        desk.reader.locator(".file").get_by_role("link", name=re.compile("Enregistrer")).click()
    name = saved.value.suggested_filename
    assert name.endswith("page 1.pdf")
    assert not re.search(r"[/\\]", name)


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Les anciens élèves vous invitent à dîner, le café est offert", "si le cœur vous en dit !"),
        ("Demande de stage d’observation", "Nguyễn Thị Ánh"),
        ("Tr: Problème ouvert", "Regarde ça"),
        ("Plan d'aménagement", "winmail.dat"),
        ("Invitation : conseil de classe", "invitation.ics"),
        ("Cross du collège : les photos 🏃‍♀️🍂", "312 élèves"),
        ("Re: [lettres-80] Un groupement", "Bonsoir la liste"),
    ],
)
def test_it_is_shown_as_it_was_written(seat: Seat, subject: str, words: str) -> None:
    visitor, desk = seat
    desk.open(subject)
    desk.unfold_all()
    expect(desk.reader).to_contain_text(words)
    visitor.axe()


def test_a_message_without_any_header_opens(seat: Seat) -> None:
    _visitor, desk = seat
    row = desk.page.locator(".row", has_text="Numerisation terminee")
    desk.turn_to(row)
    row.locator(".row-link").click()
    expect(desk.reader).to_contain_text("Relancez la numerisation")


def test_where_it_comes_from(seat: Seat) -> None:
    visitor, desk = seat
    desk.open("Petit service (confidentiel)")
    expect(desk.reader).to_contain_text("extérieur")
    desk.message_acts()
    visitor.axe()
    desk.reader.get_by_role("link", name="D’où il vient").click()
    expect(visitor.page.locator("body")).to_contain_text("boite-postale.example")
    visitor.axe()


def test_one_goes_from_a_conversation_to_the_next_and_back(seat: Seat) -> None:
    _visitor, desk = seat
    desk.open("Re: clé du CDI")
    before = urlsplit(desk.page.url).path  # how far the list goes may stand behind it
    desk.reader.get_by_role("link", name="Message plus ancien").click()
    expect(desk.page).not_to_have_url(re.compile(re.escape(before)))
    desk.reader.get_by_role("link", name="Message plus récent").click()
    expect(desk.page).to_have_url(re.compile(re.escape(before)))
