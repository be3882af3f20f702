"""What a screen reader and a keyboard find. The trees of list, reader and composer are kept as texts in `e2e/trees/`,
in the order in which they are heard. `KEEP_TREES=1` in the environment writes them again: read the difference first."""

import os
import re
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.desk import Desk
from e2e.post import deliver
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type Sit = Callable[..., tuple[Visitor, Desk]]

TREES = Path(__file__).parent / "trees"
STOPS = 12  # of the Tab key, before the first message
LIVE = "[aria-live], [role=status], [role=alert], [role=log]"
HEARD = """() => {
  window.heard = [];
  const part = document.getElementById("parole");
  const hear = () => part.textContent && window.heard.push(part.textContent);
  new MutationObserver(hear).observe(part, { childList: true });
}"""
LEVELS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }))
  .map((one) => Number(one.ariaLevel ?? one.tagName[1]))"""


def test_the_first_message_is_a_few_stops_away_and_what_is_open_one(at_the_desk: Sit, demo: Demo) -> None:
    name = _letter(demo)
    _visitor, desk = at_the_desk("teacher")
    desk.wait_for(name)
    page = desk.page
    page.evaluate("() => { document.activeElement.blur(); window.scrollTo(0, 0); }")
    stops = 0
    while not page.locator(".row:focus-within").count():
        page.keyboard.press("Tab")
        stops += 1
        assert stops <= STOPS + 1, page.evaluate("() => document.activeElement.outerHTML.slice(0, 200)")
    desk.open(name)
    for word, target in (("Aller au message", "#objet"), ("Aller à la réponse", "#repondre")):
        page.get_by_role("link", name=word).focus()
        page.keyboard.press("Enter")
        expect(page.locator(target)).to_be_focused()


def test_arrows_lead_through_folders_and_filters(at_the_desk: Sit) -> None:
    _visitor, desk = at_the_desk("teacher")
    page = desk.page
    desk.folder("Réception").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#titre-liste")).to_have_text("Brouillons")
    page.locator(".chips [aria-current]").focus()
    page.keyboard.press("End")
    expect(page.get_by_role("link", name="Pièces jointes")).to_be_focused()


def test_one_part_of_the_page_speaks_and_no_level_of_heading_is_left_out(at_the_desk: Sit, demo: Demo) -> None:
    name = _letter(demo)
    _visitor, desk = at_the_desk("teacher")
    desk.wait_for(name)
    _is_in_order(desk.page)
    assert desk.page.locator(LIVE).count() == 1
    desk.open(name)
    _is_in_order(desk.page)
    assert desk.page.locator(LIVE).count() == 1
    desk.answer()
    _is_in_order(desk.page)
    assert desk.page.locator(LIVE).count() == 1
    assert desk.sheet.get_by_role("checkbox").count() == 0  # what unfolds is no box to tick
    desk.fold()
    desk.write()
    _is_in_order(desk.page)
    assert desk.page.locator(LIVE).count() == 1


def test_a_letter_that_cannot_leave_is_said_in_the_one_part_that_speaks(at_the_desk: Sit) -> None:
    visitor, desk = at_the_desk("teacher")
    desk.write()
    with visitor.forgiving("422"):
        desk.sheet.get_by_role("button", name="Envoyer", exact=True).click()
        refused = desk.sheet.locator("[id^=avis] .notice-bad p")
        expect(desk.page.locator("#parole")).to_contain_text(refused.inner_text())


def test_that_a_draft_is_saved_is_said_once_and_not_at_each_save(at_the_desk: Sit) -> None:
    visitor, desk = at_the_desk("teacher")
    desk.write()
    desk.page.evaluate(HEARD)
    for text in ("Premier mot.", "Second mot.", "Dernier mot."):
        desk.keep(f"{text}\n")
        expect(desk.sheet.locator("[id^=etat]")).to_contain_text("Brouillon enregistré")
        desk.page.wait_for_function("() => window.heard.length")
    with visitor.forgiving("422"):  # to nobody: what is said next is this
        desk.sheet.get_by_role("button", name="Envoyer", exact=True).click()
        desk.page.wait_for_function("() => window.heard.some(words => !words.includes('Brouillon enregistré'))")
    heard: list[str] = desk.page.evaluate("() => window.heard")
    assert len([words for words in heard if "Brouillon enregistré" in words]) == 1, heard


def test_a_folded_message_is_named_by_its_sender_and_not_by_all_its_words(at_the_desk: Sit, demo: Demo) -> None:
    name = f"Échange {uuid.uuid4().hex[:6]}"
    before = ""
    for text in ("Premier mot.", "Second mot.", "Dernier mot."):
        before = deliver(demo, to=demo.account("teacher")["address"], subject=name, text=text, answers=before)
    _visitor, desk = at_the_desk("teacher")
    desk.wait_for(name)
    desk.open(name)
    desk.shows("Dernier mot.")
    desk.page.reload()  # what was read is folded
    _is_in_order(desk.page)
    folded = desk.reader.locator(".message-folded").first
    heard = folded.get_by_role("link").aria_snapshot().partition("\n")[0]
    assert heard.startswith('- link "Sophie Marchand'), heard
    assert "mot." not in heard


@pytest.mark.parametrize("part", ["list", "reader", "composer"])
def test_what_is_heard_is_what_was_kept(at_the_desk: Sit, demo: Demo, part: str) -> None:
    name = _letter(demo)
    visitor, desk = at_the_desk("teacher")
    desk.wait_for(name)
    if part != "list":
        desk.open(name)
        desk.shows("La grille est ouverte")
    if part == "composer":
        desk.answer()
        desk.ready()
    shown = {"list": desk.row(name), "reader": desk.reader, "composer": desk.sheet}[part]
    head = _tree(visitor.page.locator(".list-head"), name) if part == "list" else ""
    heard = head + _tree(shown, name)
    kept = TREES / f"{part}.txt"
    if os.environ.get("KEEP_TREES"):
        kept.write_text(heard, "utf-8")
    assert heard == kept.read_text("utf-8")


def _letter(demo: Demo) -> str:
    name = f"Écouter {uuid.uuid4().hex[:6]}"
    deliver(demo, to=demo.account("teacher")["address"], subject=name, text="La grille est ouverte jusqu’à 18 h.")
    return name


def _tree(part: Locator, name: str) -> str:
    """Without what is another at each run: addresses of pages, numbers, hours, and the name of the letter."""
    lines = [line for line in part.aria_snapshot().splitlines() if "/url:" not in line]
    text = "\n".join(lines).replace(name, "(objet)")
    text = re.sub(r"\b\d+ (?:non lus?|sur \d+)", "(nombre)", text)
    return re.sub(r"il y a \d+ \w+|à l’instant|\d{1,2} h \d{2}", "(heure)", text) + "\n"


def _is_in_order(page: Page) -> None:
    levels: list[int] = page.evaluate(LEVELS)
    assert levels.count(1) == 1
    before = 1
    for level in levels:
        assert level <= before + 1, levels
        before = level
