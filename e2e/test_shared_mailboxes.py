"""The mailbox of a school on a Monday at 7:40: its head, her deputy and her secretary."""

import email
import re
import uuid
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import default

import pytest
from playwright.sync_api import Locator, expect

from e2e.conftest import NewVisitor
from e2e.desk import Desk
from e2e.post import deliver, in_the_end
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type SitDown = Callable[..., tuple[Visitor, Desk]]
PLACE, LOCAL_PART = "Collège des Tilleuls", "ce.0809901c"
TELEPHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
PARENT = "service.scolaire@autocars-marchand.example"


@pytest.fixture
def box_address(demo: Demo) -> str:
    return f"{LOCAL_PART}@{demo.account('college-head')['address'].partition('@')[2]}"


def line_of_the_box(desk: Desk) -> Locator:
    return desk.page.locator(".boxes").get_by_role("link", name=re.compile(PLACE))


def open_box(visitor: Visitor, desk: Desk) -> None:
    line_of_the_box(desk).click()
    expect(visitor.page).to_have_url(re.compile(rf"/webmail/boites/{re.escape(LOCAL_PART)}/"))
    expect(visitor.page.locator("#liste .list-box")).to_contain_text(PLACE)


def what_left(demo: Demo, subject: str) -> EmailMessage:
    """For somebody outside, whole: the sink of the demo has it."""
    found: list[EmailMessage] = []

    def came() -> bool:
        for file in (demo.data / "sink").iterdir():
            mail = email.message_from_bytes(file.read_bytes(), policy=default)
            if subject in str(mail["Subject"]):
                found.append(mail)
        return bool(found)

    in_the_end(came, seconds=40)
    return found[0]


def test_the_head_answers_a_parent_in_the_name_of_the_school(
    at_the_desk: SitDown, demo: Demo, box_address: str
) -> None:
    subject = f"Absence de Léa {uuid.uuid4().hex[:6]}"
    deliver(demo, to=box_address, subject=subject)
    visitor, desk = at_the_desk("college-head")
    expect(line_of_the_box(desk).locator(".count")).to_contain_text(re.compile(r"[1-9]"))
    open_box(visitor, desk)
    desk.open(subject)
    desk.answer()
    expect(desk.sheet).to_contain_text(f"Au nom de la boîte {PLACE}")
    expect(desk.sheet).to_contain_text(box_address)
    visitor.axe()
    desk.fill(text="Bonjour, c’est bien noté.")
    desk.send()
    left = what_left(demo, subject)
    assert box_address in str(left["From"])
    raw = left.as_string().lower()
    for name in ("vanhoutte", "isabelle", demo.account("college-head")["identifier"]):
        assert name not in raw
    deputy, his = at_the_desk("deputy")
    open_box(deputy, his)
    his.open(subject)
    his.unfold_all()
    expect(his.message_of(PLACE)).to_contain_text("par Isabelle Vanhoutte")
    expect(his.message_of(PLACE)).to_contain_text("c’est bien noté")


def test_mail_of_the_school_is_seen_as_it_comes(at_the_desk: SitDown, demo: Demo, box_address: str) -> None:
    """In the box that is open, and by its number for who is elsewhere."""
    (visitor, desk), (_deputy, his) = at_the_desk("college-head"), at_the_desk("deputy")
    count = line_of_the_box(his).locator(".count")
    expect(count).to_contain_text(re.compile(r"[1-9]"))
    before = int(count.inner_text().split()[0])
    open_box(visitor, desk)
    subject = f"Retard du car {uuid.uuid4().hex[:6]}"
    deliver(demo, to=box_address, subject=subject)
    desk.wait_for(subject)
    expect(count).to_contain_text(str(before + 1), timeout=30_000)
    expect(his.row(subject)).to_have_count(0)


def test_who_would_answer_a_parent_of_the_school_in_her_own_name_is_asked(
    at_the_desk: SitDown, demo: Demo, box_address: str
) -> None:
    subject = f"Sortie {uuid.uuid4().hex[:6]}"
    deliver(demo, to=box_address, subject=subject)
    _visitor, desk = at_the_desk("college-head")
    desk.write()
    desk.fill(to=PARENT, subject=subject, text="Bonjour, c’est d’accord.")
    desk.sheet.get_by_role("button", name="Envoyer", exact=True).click()
    expect(desk.sheet).to_contain_text(f"écrit à la boîte «\u00a0{PLACE}\u00a0»")
    desk.sheet.get_by_role("button", name="Écrire au nom de la boîte").click()
    expect(desk.sheet.locator(".box-band")).to_contain_text(PLACE)
    desk.send()
    left = what_left(demo, subject)
    assert box_address in str(left["From"])
    assert "vanhoutte" not in left.as_string().lower()


def test_it_is_plain_on_a_telephone_which_mailbox_one_is_in(at_the_desk: SitDown, demo: Demo, box_address: str) -> None:
    subject = f"Cantine {uuid.uuid4().hex[:6]}"
    deliver(demo, to=box_address, subject=subject)
    visitor, desk = at_the_desk("college-head", **TELEPHONE)
    desk.page.get_by_role("button", name="Dossiers", exact=True).click()
    open_box(visitor, desk)
    visitor.fits()
    visitor.axe()
    desk.open(subject)
    desk.answer()
    expect(desk.sheet.locator(".box-band")).to_be_in_viewport()
    expect(desk.sheet.locator(".box-band")).to_contain_text(PLACE)
    desk.fill(text="Merci.")
    desk.send()
    assert box_address in str(what_left(demo, subject)["From"])


def let_the_secretary_in(head: Visitor, desk: Desk) -> Locator:
    """Her line among the members of the box."""
    open_box(head, desk)
    head.page.get_by_role("link", name="Réglages").click()
    head.page.locator("#contenu").get_by_role("link", name="Membres").click()
    secretary = head.page.locator(".settings-list li", has_text="Corinne Bocquillon")
    if secretary.count():  # a run of before ended early
        secretary.get_by_role("button", name="Retirer").click()
        expect(secretary).to_have_count(0)
    who = head.page.get_by_label("Personne")
    named = who.locator("option", has_text="Corinne Bocquillon")
    who.select_option(named.get_attribute("value"))
    head.page.get_by_label("Lire, ranger et répondre").check()
    head.page.get_by_label("Dernier jour").fill("2027-08-31")
    head.axe()
    head.page.get_by_role("button", name="Ajouter").click()
    expect(secretary).to_contain_text("jusqu’au 31 août 2027")
    return secretary


def take_away(secretary: Locator) -> None:
    secretary.get_by_role("button", name="Retirer").click()
    expect(secretary).to_have_count(0)


def test_the_secretary_is_let_in_until_summer_and_shown_out_while_she_reads(
    at_the_desk: SitDown, demo: Demo, box_address: str
) -> None:
    """Out by mistake: back with one press, until the same day."""
    subject = f"Convention {uuid.uuid4().hex[:6]}"
    deliver(demo, to=box_address, subject=subject)
    head, desk = at_the_desk("college-head")
    secretary = let_the_secretary_in(head, desk)
    visitor, hers = at_the_desk("secretary")
    open_box(visitor, hers)
    hers.open(subject)
    expect(hers.page.locator("#boites")).not_to_contain_text("Membres")
    with visitor.forgiving("404"):
        take_away(secretary)
        expect(hers.page.locator("#liste")).to_contain_text("Cette boîte ne vous est plus ouverte")
        expect(hers.page.get_by_text(subject)).to_have_count(0)
        expect(hers.page.locator(".row, .message")).to_have_count(0)
        expect(hers.page).not_to_have_title(re.compile(subject))
        visitor.axe()
    head.page.locator(".toast").get_by_role("button", name="Annuler").click()
    expect(secretary).to_contain_text("jusqu’au 31 août 2027")
    hers.page.get_by_role("link", name="Ma boîte").first.click()
    open_box(visitor, hers)
    hers.open(subject)
    with visitor.forgiving("404"):
        take_away(secretary)
        expect(hers.page.locator("#liste")).to_contain_text("Cette boîte ne vous est plus ouverte")
        hers.page.get_by_role("link", name="Ma boîte").first.click()
        expect(hers.page.locator(".boxes")).to_have_count(0)


@pytest.mark.parametrize("screen", [{}, TELEPHONE], ids=["desk", "telephone"])
def test_what_she_was_typing_when_she_was_shown_out_is_kept_in_her_own_drafts(
    at_the_desk: SitDown, demo: Demo, box_address: str, screen: dict[str, object]
) -> None:
    subject, words = f"Bourse {uuid.uuid4().hex[:6]}", f"Bonjour, il manque une page. {uuid.uuid4().hex[:6]}"
    deliver(demo, to=box_address, subject=subject)
    head, desk = at_the_desk("college-head")
    secretary = let_the_secretary_in(head, desk)
    visitor, hers = at_the_desk("secretary", **screen)
    if screen:
        hers.page.get_by_role("button", name="Dossiers", exact=True).click()
    open_box(visitor, hers)
    hers.open(subject)
    hers.answer()
    hers.fill(text=words)
    with visitor.forgiving("404"):
        take_away(secretary)
        place = hers.page.locator("#lecture" if screen else "#liste")
        expect(place.get_by_text("Cette boîte ne vous est plus ouverte")).to_be_visible()
        expect(hers.page.locator(".row, .message")).to_have_count(0)
        expect(hers.sheet).to_contain_text("les pièces jointes y restent")  # nothing was pressed for it
        hers.reads(words)
        visitor.axe()
        hers.sheet.get_by_role("button", name="Garder dans mes brouillons").click()
    expect(hers.sheet).to_contain_text("Gardé dans vos brouillons")
    expect(hers.sheet.locator(".box-band")).to_have_count(0)
    hers.reads(words)
    visitor.go("/webmail/")
    if screen:
        hers.page.get_by_role("button", name="Dossiers", exact=True).click()
    hers.open_folder("Brouillons")
    hers.row(f"Re: {subject}").first.locator(".row-link").click()
    hers.ready()
    hers.reads(words)


def test_a_stranger_finds_no_such_mailbox(new_visitor: NewVisitor, demo: Demo) -> None:
    visitor = new_visitor()
    visitor.come_in(demo.account("teacher"), "/webmail/")
    with visitor.forgiving("404"):
        visitor.go(f"/webmail/boites/{LOCAL_PART}/")
        expect(visitor.page.get_by_role("heading", level=1)).to_contain_text("ne vous est pas ouverte")
