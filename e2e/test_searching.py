"""Finding a message again: from the keyboard at a desk, with a thumb on a telephone, and without a script."""

import re
import uuid
from collections.abc import Callable

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
def word(demo: Demo) -> str:
    """A word of this story's own, in two mails just delivered to the teacher."""
    name = f"quenelle{uuid.uuid4().hex[:6]}"
    for number in ("première", "seconde"):
        deliver(
            demo, to=demo.account("teacher")["address"], subject=f"Cantine {number}", text=f"Menu : {name}s gratinées."
        )
    return name


@pytest.mark.smoke
def test_type_narrow_read_go_on_and_put_away(at_the_desk: Sit, word: str) -> None:
    visitor, desk = at_the_desk()
    page, box = desk.page, desk.page.locator("#q")
    desk.wait_for("Cantine seconde")
    page.keyboard.press("/")
    expect(box).to_be_focused()
    expect(page.locator(".search-help")).to_be_visible()
    visitor.axe()

    box.press_sequentially(word[:-1], delay=40)
    expect(page.get_by_role("heading", level=1)).to_have_text("2 résultats")
    expect(box).to_be_focused()
    box.press_sequentially(word[-1], delay=40)
    expect(page).to_have_url(re.compile(f"q={word}$"))
    expect(box).to_have_value(word)
    expect(desk.row("Cantine seconde").locator("mark")).to_have_text(f"{word}s")
    expect(desk.row("Cantine seconde").locator(".row-where")).to_contain_text("Réception")
    visitor.axe()

    page.locator(".row-link").first.click()
    expect(page.locator(".toolbar")).to_contain_text("Résultat 1 sur 2")
    desk.reader.get_by_role("link", name="Message plus ancien").click()
    expect(page.locator(".toolbar")).to_contain_text("Résultat 2 sur 2")
    last = page.locator("#objet").inner_text()  # they came in the same second
    desk.act("Archiver")
    desk.toast("1 message déplacé vers Archives")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 résultats")
    expect(desk.row(last).locator(".row-where")).to_contain_text("Archives")
    page.locator("#annonces").get_by_role("button", name="Annuler").click()
    expect(desk.row(last).locator(".row-where")).to_contain_text("Réception")

    for row in (desk.row("Cantine première"), desk.row("Cantine seconde")):
        row.get_by_role("checkbox").check()
    page.get_by_role("form", name="Messages choisis").get_by_role("button", name="Supprimer").click()
    desk.toast("2 messages déplacés vers Corbeille")
    expect(page.get_by_role("heading", level=1)).to_have_text("Rien trouvé")
    visitor.axe()

    box.fill(f"{word} dans:corbeille")
    box.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 résultats")
    page.get_by_role("link", name="dans Corbeille").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rien trouvé")
    expect(page).to_have_url(re.compile(f"q={word}$"))  # else the step back is one from the page before
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 résultats")

    box.fill("")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recherche")
    past = page.locator(".search-help")
    expect(past.get_by_role("link", name=f"{word} dans:corbeille")).to_be_visible()
    past.get_by_role("button", name=f"Oublier « {word} dans:corbeille »").click()
    expect(past.get_by_role("link", name=f"{word} dans:corbeille")).to_have_count(0)

    box.press_sequentially("de:benha", delay=40)
    one = page.get_by_role("listbox", name="Personnes").get_by_role("option", name="Benhamou").first
    expect(one).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    visitor.axe()
    box.press("ArrowDown")
    expect(one).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(page).to_have_url(re.compile("q=de%3A[a-z.-]*benhamou"))
    expect(one).to_be_hidden()


@pytest.mark.parametrize("width", [320, 390])
def test_find_with_a_thumb(new_visitor: NewVisitor, demo: Demo, word: str, width: int) -> None:
    visitor = new_visitor(viewport={"width": width, "height": 740}, has_touch=True, is_mobile=True)
    page, desk = visitor.page, Desk(visitor.page)
    visitor.go("/webmail/")
    visitor.sign_in(demo.account("teacher"))
    desk.wait_for("Cantine seconde")
    box = page.locator("#q")
    box.tap()
    visitor.fits()
    visitor.axe()
    box.press_sequentially(word, delay=60)
    expect(page.get_by_role("heading", level=1)).to_have_text("2 résultats")
    expect(box).to_be_focused()
    expect(box).to_have_value(word)
    box.press("Enter")
    visitor.fits()
    visitor.axe()
    page.get_by_role("link", name="Non lus", exact=True).click()
    expect(page).to_have_url(re.compile("non-lu"))
    expect(page.get_by_role("heading", level=1)).to_have_text("2 résultats")

    desk.open("Cantine seconde")
    expect(page.locator("#liste")).to_be_hidden()
    visitor.fits()
    desk.reader.get_by_role("link", name="Retour à la liste").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 résultat")
    expect(desk.row("Cantine première")).to_be_visible()


def test_find_without_a_script(new_visitor: NewVisitor, demo: Demo, word: str) -> None:
    visitor = new_visitor(java_script_enabled=False)
    page, desk = visitor.page, Desk(visitor.page)
    visitor.go("/webmail/")
    visitor.sign_in(demo.account("teacher"))
    desk.wait()
    box = page.locator("#q")
    box.fill(word)
    page.get_by_role("button", name="Rechercher", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 résultats")
    page.locator("#q").fill("")
    page.get_by_role("button", name="Rechercher", exact=True).click()
    expect(page.locator("#lignes").get_by_role("link", name=word)).to_be_visible()
    page.locator("#lignes").get_by_role("button", name=f"Oublier « {word} »").click()
    expect(page.locator("#lignes").get_by_role("link", name=word)).to_have_count(0)
