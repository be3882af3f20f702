"""Finding a message again: from the keyboard at a desk, with a thumb on a phone, and without a script."""

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewVisitor
from e2e.desk import Desk
from e2e.post import deliver, fill, in_the_end, subjects
from e2e.visitor import Visitor
from vaguemestre.engine.testing import sleeping_indexer
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type Sit = Callable[..., tuple[Visitor, Desk]]
WHOLE = """one => { const words = document.createRange(); words.selectNodeContents(one);
  const [text, line] = [words, one.parentElement].map((part) => part.getBoundingClientRect());
  return one.scrollWidth <= one.clientWidth + 1 && text.right <= line.right + 1 && text.height < line.height }"""


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
    expect(page.locator(".find")).to_be_visible()
    expect(page.locator(".find .chips").get_by_role("link")).to_have_count(5)
    expect(page.locator(".find .precise")).to_be_visible()
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
    desk.toast("déplacé vers Archives")
    expect(page.locator("#titre-liste")).to_have_text("2 résultats")
    expect(page.locator("#objet")).not_to_have_text(last)  # the one before it
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
    looked = page.locator(".list-title .hint")  # where, in whole words over what was found
    expect(looked).to_contain_text("Corbeille")
    assert looked.evaluate(WHOLE)
    page.get_by_role("link", name="dans Corbeille").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rien trouvé")
    expect(page).to_have_url(re.compile(f"q={word}$"))  # else the step back is one from the page before
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 résultats")

    box.fill("")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recherche")
    past = page.locator(".find")
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
    chips = page.locator("#liste nav.chips")
    assert chips.evaluate("all => all.scrollWidth - all.clientWidth") <= 0  # each is whole
    expect(chips.get_by_role("link", name="Le mois dernier")).to_be_visible()
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


def test_all_that_is_found_in_two_folders_is_put_away_and_back_and_one_of_them_put_off(
    at_the_desk: Sit, demo: Demo
) -> None:
    word, folders = f"brandade{uuid.uuid4().hex[:6]}", [f"Lot {uuid.uuid4().hex[:6]}" for _ in range(2)]
    account = demo.account("school-head")
    for name, count in zip(folders, (160, 80), strict=True):
        fill(demo, account, name, count, text=f"Menu : {word}.")
    visitor, desk = at_the_desk("school-head")
    page, shown = desk.page, desk.page.locator(".row")
    page.locator("#q").fill(word)
    page.locator("#q").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("240 résultats")
    for loaded in (100, 150):
        page.locator("#lignes").evaluate("one => one.scrollTo(0, one.scrollHeight)")
        in_the_end(lambda loaded=loaded: shown.count() >= loaded)  # type: ignore[misc]
    far = shown.nth(90)
    far.scroll_into_view_if_needed()
    place = page.locator("#lignes").evaluate("one => one.scrollTop")
    far.locator(".row-link").click()
    expect(page.locator("#voisins")).to_contain_text("Résultat 91 sur 240")
    assert page.locator("#lignes").evaluate("one => one.scrollTop") == place
    assert shown.count() >= 150
    visitor.axe()

    far.get_by_role("checkbox").check()
    page.get_by_label("Choisir les 240 messages trouvés").check()
    expect(page.locator(".chosen [data-count]")).to_have_text("Les 240 sont choisis")
    job = page.locator("#travaux .job").last
    with visitor.forgiving("410"):  # the open one leaves its place as well
        page.get_by_role("form", name="Messages choisis").get_by_role("button", name="Archiver").click()
        expect(job).to_contain_text("240 messages déplacés vers Archives")
    assert subjects(demo, account, folders[0]) == subjects(demo, account, folders[1]) == []
    job.get_by_role("button", name="Annuler").click()
    expect(job).to_contain_text("240 messages remis")
    in_the_end(lambda: [len(subjects(demo, account, name)) for name in folders] == [160, 80])
    job.get_by_role("button", name="Fermer cet avis").click()

    # Where its menu leads: news may draw the list again, its menu closed, or the row away that is about to be pressed.
    by_subject = page.locator("#liste").get_by_role("link", name="Objet", include_hidden=True).first
    visitor.go(str(by_subject.get_attribute("href")))
    expect(shown.first).to_contain_text("Lettre 0000")
    shown.first.locator(".row-link").click()
    desk.reader.locator("summary", has_text="Plus tard").click()
    desk.reader.get_by_role("button", name="Demain matin").click()
    desk.toast("1 message reviendra demain")
    expect(shown.filter(has_text="Lettre 0000").filter(has_text="Plus tard")).to_have_count(1)


@pytest.mark.parametrize("options", [{}, {"viewport": {"width": 390, "height": 844}}], ids=["desktop", "telephone"])
def test_while_the_index_is_made_the_page_comes_and_completes_itself(
    at_the_desk: Sit, demo: Demo, word: str, options: dict[str, object]
) -> None:
    """Old mail is brought in: what is in the index is found at once, its texts without anything being pressed."""
    visitor, desk = at_the_desk("teacher", **options)
    page, folder = desk.page, f"Apportés {word[-6:]}"
    desk.wait_for("Cantine seconde")
    with sleeping_indexer(demo.data) as wake:
        fill(demo, demo.account("teacher"), folder.replace("é", "&AOk-"), 60, text=f"Menu : {word} froide.")
        page.goto(f"{demo.endpoints['web']}/webmail/recherche/?q={word}")
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_have_text("Au moins 2 résultats")
        expect(page.locator(".notices")).to_contain_text(f"Encore en préparation pour la recherche\u00a0: {folder}.")
        expect(page.get_by_role("progressbar", name="messages prêts")).to_be_visible()
        visitor.axe()
        wake()
        expect(heading).to_have_text("62 résultats", timeout=60_000)
    expect(page.locator(".notices")).to_have_count(0)
    expect(page.get_by_role("progressbar", name="messages prêts")).to_have_count(0)
