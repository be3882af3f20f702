"""What is typed survives whatever happens to the page; several letters are at hand under what one reads."""

import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Route, ViewportSize, expect

from e2e.desk import Desk
from e2e.post import deliver, in_the_end, put_with_file, subjects
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type Sit = Callable[..., tuple[Visitor, Desk]]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
WIDE = {"viewport": {"width": 1440, "height": 900}}
OFFLINE = "ERR_|Failed to (fetch|load)|htmx:error|NetworkError"
MUTE = "() => navigator.sendBeacon = window.fetch = () => Promise.reject(new TypeError('Failed to fetch'))"
COPIES = "() => Object.keys(localStorage).filter(name => name.startsWith('lettre:')).length"


UNCOVERED = """one => {
  const {left, right, top, bottom} = one.getBoundingClientRect();
  return [left + 9, (left + right) / 2, right - 9].every(
    x => one.contains(document.elementFromPoint(x, Math.min((top + bottom) / 2, top + 20))));
}"""


@pytest.fixture
def name() -> str:
    return f"Sous la main {uuid.uuid4().hex[:6]}"


def offer(desk: Desk, name: str) -> Locator:
    return desk.page.locator("#copies form", has_text=name)


def bar(desk: Desk, name: str) -> Locator:
    return desk.page.locator(".dock", has_text=name)


def unavailable(route: Route) -> None:
    """What is written finds its database away; what was read before is there."""
    if route.request.method == "POST":
        route.fulfill(status=503, body="<p class='notice'>Le service ne répond pas.</p>", content_type="text/html")
    else:
        route.continue_()


def send_is_free(desk: Desk, picture: Path) -> None:
    """Nothing lies over Envoyer, nor where one writes."""
    desk.page.screenshot(path=picture)
    for place in (desk.sheet.locator("[data-send]"), desk.page.locator(":focus")):
        assert place.evaluate(UNCOVERED), place


def begin(desk: Desk, subject: str, *, to: str, text: str) -> None:
    desk.write()
    expect(desk.subject).to_have_value("")
    desk.fill(to=to, subject=subject, text=text)


def close_without_network(visitor: Visitor, desk: Desk, words: str = "Rien de ceci n’a quitté le navigateur.") -> Desk:
    """The tab closes while nothing reaches the server; another one comes when it does again."""
    visitor.context.set_offline(True)
    desk.fill(text=f"{words}\n")
    desk.kept_in_browser(words)
    desk.page.close()
    visitor.context.set_offline(False)
    visitor.page = visitor.context.new_page()
    return Desk(visitor.page)


def test_an_answer_folded_is_taken_up_again_by_the_same_field(at_the_desk: Sit, demo: Demo) -> None:
    me, read = demo.account("school-head"), f"À répondre {uuid.uuid4().hex[:6]}"
    deliver(demo, to=me["address"], cc=f"{demo.account('teacher')['address']}, dehors@ailleurs.example", subject=read)
    visitor, desk = at_the_desk("school-head")
    desk.wait_for(read)
    desk.open(read)
    desk.answer()
    text = desk.sheet.get_by_label("Texte du message")
    text.click()
    desk.page.keyboard.press("Escape")  # nothing was written: nothing is left
    expect(desk.sheet).to_have_count(0)
    expect(bar(desk, read)).to_have_count(0)
    field = desk.reader.locator(".reply-field")
    expect(field).to_contain_text("Répondre")
    desk.answer()
    desk.sheet.get_by_label("Texte du message").press_sequentially("Je viendrai.")
    desk.page.keyboard.press("Escape")
    expect(field).to_have_text("Reprendre votre réponse…")
    field.click()
    desk.reads("Je viendrai.")
    expect(desk.page.locator(".composer")).to_have_count(1)
    desk.fold()
    expect(desk.sheet).to_have_count(0)
    in_the_end(lambda: f"Re: {read}" in subjects(demo, me, "Drafts"))
    visitor.go("/webmail/")
    desk.open(read)
    expect(field).to_have_text("Reprendre votre réponse…")
    field.click()
    desk.reads("Je viendrai.")
    desk.fold()
    expect(desk.sheet).to_have_count(0)
    desk.answer_all()  # it is the same answer: never a second, empty one beside it
    desk.reads("Je viendrai.")
    expect(desk.page.locator(".composer")).to_have_count(1)
    expect(bar(desk, read)).to_have_count(0)
    desk.sheet.get_by_role("button", name="Jeter le brouillon").click()
    expect(desk.sheet).to_have_count(0)
    assert f"Re: {read}" not in subjects(demo, me, "Drafts")


def test_what_will_follow_opens_beneath_and_is_as_wide_as_what_one_reads(at_the_desk: Sit, demo: Demo) -> None:
    me, read = demo.account("school-head"), f"À relire {uuid.uuid4().hex[:6]}"
    deliver(demo, to=me["address"], subject=read)
    visitor, desk = at_the_desk("school-head", viewport={"width": 1920, "height": 1080})
    desk.wait_for(read)
    desk.open(read)
    desk.answer()
    text = desk.sheet.get_by_label("Texte du message")
    text.press_sequentially("Mon texte.")
    follows, opens = desk.sheet.locator(".composer-follows"), desk.sheet.locator("[data-opens]")
    opens.click()
    expect(opens).to_have_text("Replier ce qui suivra")
    expect(follows.locator("blockquote").first).to_be_visible()
    expect(follows).not_to_contain_text(">")
    words = text.evaluate("one => one.value ?? one.innerText")
    assert "Mon texte." in words
    assert "a écrit" not in words
    visitor.axe(".composer")
    opens.click()
    expect(follows).to_be_hidden()
    above, sheet = desk.reader.locator(".body").last.bounding_box(), desk.sheet.bounding_box()
    assert above is not None
    assert sheet is not None
    assert abs(sheet["x"] - above["x"]) < 4
    measure = desk.reader.locator(".body").last.evaluate("one => parseFloat(getComputedStyle(one).maxWidth)")
    assert abs(sheet["width"] - measure) < 4
    desk.sheet.get_by_role("button", name="Jeter le brouillon").click()


@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desk", "telephone"])
def test_what_never_reached_the_server_is_given_back(
    at_the_desk: Sit, demo: Demo, name: str, screen: dict[str, Any]
) -> None:
    me = demo.account("school-head")
    visitor, desk = at_the_desk("school-head", **screen)
    with visitor.forgiving(OFFLINE):
        desk.write()
        desk.subject.fill(name)
        desk = close_without_network(visitor, desk)
    visitor.go("/webmail/")
    expect(offer(desk, name)).to_be_visible()
    visitor.axe()
    visitor.fits()
    offer(desk, name).get_by_role("button", name="Reprendre").click()
    desk.reads("Rien de ceci n’a quitté le navigateur.")
    expect(offer(desk, name)).to_have_count(0)
    assert desk.page.evaluate(COPIES) == 0
    desk.fill(to=me["address"])
    desk.send()
    in_the_end(lambda: name in subjects(demo, me))


def test_what_another_window_leaves_is_offered_when_that_is_closed_and_may_be_thrown_away(
    at_the_desk: Sit, name: str
) -> None:
    visitor, desk = at_the_desk("school-head")
    other = Desk(visitor.context.new_page())
    with visitor.forgiving(OFFLINE):
        desk.write()
        desk.subject.fill(name)
        desk.page.evaluate(MUTE)
        desk.fill(text="Rien de ceci.\n")
        desk.kept_in_browser("Rien de ceci.")
        other.page.goto(f"{visitor.demo.web}/webmail/")
        other.page.wait_for_load_state("networkidle")
        expect(offer(other, name)).to_have_count(0)
        desk.page.close()
        visitor.page = other.page
    offer(other, name).get_by_role("button", name="Jeter").click()
    expect(offer(other, name)).to_have_count(0)
    assert other.page.evaluate(COPIES) == 0


def test_a_draft_opened_again_has_a_newer_text_in_this_browser(at_the_desk: Sit, name: str) -> None:
    visitor, desk = at_the_desk("school-head")
    desk.write()
    desk.subject.fill(name)
    desk.keep("Première version.\n")
    expect(desk.page).to_have_url(re.compile("/ecrire/[0-9a-f]{32}/"))
    address = desk.page.url
    with visitor.forgiving(OFFLINE):
        desk = close_without_network(visitor, desk, "Seconde version.")
    visitor.page.goto(address)
    desk.reads("Première version.")
    found = desk.sheet.locator("[id^=copies-lettre] form")
    expect(found).to_be_visible()
    visitor.axe(".composer")
    found.get_by_role("button", name="Reprendre").click()
    desk.reads("Seconde version.")
    expect(found).to_have_count(0)


@pytest.mark.parametrize("screen", [WIDE, PHONE], ids=["desk", "telephone"])
def test_what_was_not_saved_is_said_once_and_never_over_what_one_writes(
    at_the_desk: Sit, demo: Demo, name: str, screen: dict[str, Any], tmp_path: Path
) -> None:
    """Of the open letter in its sheet, of a folded one by its line, of another one beside what one writes."""
    visitor, desk = at_the_desk("school-head", **screen)
    desk.write()
    desk.fill(to=demo.account("help-desk")["address"], subject=name)
    desk.keep("Première version.\n")
    with visitor.forgiving(f"{OFFLINE}|503"):
        visitor.context.route("**/webmail/ecrire/*/**", unavailable)
        desk.fill(text="Seconde version.\n")
        desk.kept_in_browser("Seconde version.")
        desk.sheet.get_by_role("button", name="Envoyer", exact=True).click()
        expect(desk.sheet.locator("[id^=avis]")).to_contain_text("ne répond pas")
        desk.page.evaluate(MUTE)
        address = desk.page.url
        desk.page.goto("about:blank")  # the window is gone, and its lock with it
        with desk.page.expect_response("**/ecrire/copies/"):
            desk.page.goto(address)  # which copies are news is not known either
        desk.reads("Première version.")
        desk.page.wait_for_load_state("networkidle")
        expect(desk.page.locator("#copies")).to_be_empty()
        visitor.context.unroute("**/webmail/ecrire/*/**")
        desk.page.reload()
        desk.reads("Première version.")
        mine = desk.sheet.locator("[id^=copies-lettre] form")
        expect(mine).to_be_visible()
        expect(offer(desk, "")).to_have_count(0)
        send_is_free(desk, tmp_path / "own.png")
        visitor.axe(".composer")
    visitor.go("/webmail/")
    expect(bar(desk, name)).to_be_visible()
    desk.page.wait_for_load_state("networkidle")
    expect(offer(desk, "")).to_have_count(0)
    bar(desk, name).get_by_role("button", name="Ranger").click()
    visitor.go("/webmail/")
    expect(offer(desk, name)).to_have_count(1)
    visitor.axe()
    desk.write()
    send_is_free(desk, tmp_path / "another.png")
    desk.page.keyboard.press("Escape")
    expect(desk.sheet).to_have_count(0)
    offer(desk, name).get_by_role("button", name="Reprendre").click()
    desk.reads("Seconde version.")
    expect(mine).to_have_count(0)
    desk.sheet.get_by_role("button", name="Jeter le brouillon").click()


def test_more_than_leaves_with_a_page(at_the_desk: Sit, name: str) -> None:
    """A browser lets 64 KB go as it closes: the rest is in its own storage."""
    visitor, desk = at_the_desk("school-head")
    desk.write()
    desk.subject.fill(name)
    text = desk.sheet.get_by_label("Texte du message")
    text.click()
    desk.page.keyboard.insert_text("Un long compte rendu. " * 5000)
    desk.kept_in_browser("Un long compte rendu.")
    desk.page.close()
    visitor.page = visitor.context.new_page()
    visitor.go("/webmail/")
    desk = Desk(visitor.page)
    offer(desk, name).get_by_role("button", name="Reprendre").click()
    desk.reads("Un long compte rendu.")


def test_signing_out_leaves_nothing_in_the_browser(at_the_desk: Sit, name: str) -> None:
    visitor, desk = at_the_desk("school-head")
    with visitor.forgiving(OFFLINE):
        desk.write()
        desk.subject.fill(name)
        desk = close_without_network(visitor, desk)
    visitor.go("/webmail/")
    expect(offer(desk, name)).to_be_visible()
    visitor.sign_out()
    visitor.page.wait_for_function(f"() => ({COPIES})() === 0")


def test_letters_wait_under_what_one_reads(at_the_desk: Sit, demo: Demo, name: str) -> None:
    me, read = demo.account("school-head"), f"À lire {uuid.uuid4().hex[:6]}"
    deliver(demo, to=me["address"], subject=read)
    visitor, desk = at_the_desk("school-head")
    desk.wait_for(read)
    for letter in ("un", "deux"):
        begin(desk, f"{name} {letter}", to=me["address"], text=f"Texte {letter}.\n")
    expect(bar(desk, f"{name} un")).to_be_visible()
    desk.open(read)  # what one writes makes room for what one reads
    expect(desk.sheet).to_have_count(0)
    bar(desk, f"{name} deux").locator("[data-resume]").click()
    desk.reads("Texte deux.")
    expect(desk.sheet.get_by_label("Texte du message")).to_be_focused()
    desk.fold()
    expect(desk.sheet).to_have_count(0)
    expect(bar(desk, f"{name} deux").locator("[data-resume]")).to_be_focused()
    expect(desk.page.locator("#parole")).to_contain_text(f"Lettre pliée\u00a0: {name} deux")
    visitor.axe()
    desk.page.reload()
    bar(desk, f"{name} un").locator("[data-resume]").click()
    desk.reads("Texte un.")
    expect(bar(desk, f"{name} un")).to_have_count(0)
    visitor.axe()
    desk.send()
    in_the_end(lambda: f"{name} un" in subjects(demo, me))
    bar(desk, f"{name} deux").get_by_role("button", name="Ranger").click()
    expect(desk.page.locator(".dock")).to_have_count(0)
    desk.open_folder("Brouillons")
    expect(desk.row(f"{name} deux")).to_have_count(1)


def test_two_letters_are_written_by_turns(at_the_desk: Sit, demo: Demo, name: str, tmp_path: Path) -> None:
    """Each with its file: each leaves with what is its own."""
    me = demo.account("school-head")
    _visitor, desk = at_the_desk("school-head")
    for letter in ("un", "deux"):
        begin(desk, f"{name} {letter}", to=me["address"], text=f"Début {letter}.\n")
        file = tmp_path / f"{letter}.txt"
        file.write_text(letter)
        desk.attach(file)
    for letter in ("un", "deux"):
        bar(desk, f"{name} {letter}").locator("[data-resume]").click()
        desk.reads(f"Début {letter}.")
        desk.keep(f"Suite {letter}.\n")
    desk.send()
    bar(desk, f"{name} un").locator("[data-resume]").click()
    desk.reads("Suite un.")
    desk.send()
    expect(desk.page.locator(".composer")).to_have_count(0)
    for letter in ("un", "deux"):
        in_the_end(lambda letter=letter: f"{name} {letter}" in subjects(demo, me))  # type: ignore[misc]
        desk.wait_for(f"{name} {letter}")
        desk.open(f"{name} {letter}")
        desk.shows(f"Suite {letter}.")
        expect(desk.reader.locator(".file")).to_have_count(1)
        expect(desk.reader).to_contain_text(f"{letter}.txt")


def test_more_than_two_that_wait_are_one_line(at_the_desk: Sit, demo: Demo, name: str) -> None:
    visitor, desk = at_the_desk("school-head")
    for letter in ("un", "deux", "trois", "quatre"):
        begin(desk, f"{name} {letter}", to=demo.account("school-head")["address"], text=f"Texte {letter}.\n")
    all_of_them = desk.page.get_by_role("button", name="3 lettres commencées")
    expect(bar(desk, f"{name} un")).to_be_hidden()
    all_of_them.click()
    visitor.axe()
    bar(desk, f"{name} un").locator("[data-resume]").click()
    desk.reads("Texte un.")
    expect(desk.sheet.get_by_label("Texte du message")).to_be_focused()
    desk.page.keyboard.press("Escape")
    expect(desk.sheet).to_have_count(0)
    expect(desk.page.get_by_role("button", name="4 lettres commencées")).to_be_focused()
    desk.folder("Brouillons").click()
    for letter in ("un", "deux"):
        expect(desk.row(f"{name} {letter}")).to_have_count(1)  # for a moment the former copy may be there too
    desk.row(f"{name} un").locator(".row-link").click()  # it is here already: nothing comes twice
    desk.reads("Texte un.")
    desk.page.reload()
    expect(desk.page.get_by_role("button", name="3 lettres commencées")).to_be_visible()


def test_an_answer_stands_under_its_conversation_until_one_leaves_it(at_the_desk: Sit, demo: Demo, name: str) -> None:
    """Who took part is one press away; nobody else is added, and what is quoted follows."""
    me, other = demo.account("school-head"), demo.account("teacher")
    deliver(demo, to=me["address"], cc=f"{other['address']}, dehors@ailleurs.example", subject=name)
    visitor, desk = at_the_desk("school-head")
    desk.wait_for(name)
    desk.open(name)
    desk.answer()
    text = desk.sheet.get_by_label("Texte du message")
    expect(text).to_be_focused()
    expect(desk.reader.locator(".body")).to_be_visible()
    assert below(desk.reader.locator(".body").last, desk.sheet)
    expect(desk.sheet.locator("[data-field=a] .person")).to_have_count(1)
    expect(desk.sheet.locator(".person-offered")).to_have_count(2)
    expect(desk.subject).to_be_hidden()
    visitor.axe()
    desk.sheet.get_by_role("button", name=re.compile("^Ajouter dehors")).click()
    expect(desk.sheet.locator("[data-field=a] .person")).to_have_count(2)
    expect(desk.sheet.locator(".person-offered")).to_have_count(1)
    text.press_sequentially("Entendu.")
    desk.folder("Envoyés").click()  # one leaves the conversation
    expect(desk.sheet).to_have_count(0)
    bar(desk, name).locator("[data-resume]").click()
    desk.reads("Entendu.")
    desk.follow()
    desk.reads("À bientôt.")
    desk.sheet.get_by_role("button", name="Jeter le brouillon").click()
    expect(desk.sheet).to_have_count(0)


def below(above: Locator, one: Locator) -> bool:
    first, second = above.bounding_box(), one.bounding_box()
    return bool(first and second and second["y"] >= first["y"] and abs(second["x"] - first["x"]) < 40)


def test_an_answer_of_which_nothing_was_written_leaves_nothing(at_the_desk: Sit, demo: Demo, name: str) -> None:
    me = demo.account("school-head")
    deliver(demo, to=me["address"], subject=name)
    _visitor, desk = at_the_desk("school-head")
    desk.wait_for(name)
    desk.open(name)
    desk.answer()
    desk.page.keyboard.press("Escape")
    expect(desk.sheet).to_have_count(0)
    expect(desk.page.locator(".dock")).to_have_count(0)
    expect(desk.reader.locator(".reply-field")).to_be_focused()
    assert not desk.page.url.endswith("/reponse/")


# How high of the place for one's own words is in sight: without what follows them, tools, head and notice.
OWN_WORDS = """() => {
  const sheet = [...document.querySelectorAll(".composer:not([hidden])")].at(-1);
  const text = sheet.querySelector("[contenteditable=true]") ?? sheet.querySelector("textarea[name=texte]");
  const [words, room] = [text, text.closest(".composer-scroll")].map((one) => one.getBoundingClientRect());
  const parts = ".composer-tail, .composer-foot, .composer-notes .notice, .composer-rows";
  const over = [...sheet.querySelectorAll(parts)]
    .map((one) => one.getBoundingClientRect());
  const tops = over.filter((one) => one.height && one.bottom > words.top).map((one) => one.top);
  return Math.min(words.bottom, room.bottom, ...tops) - Math.max(words.top, room.top);
}"""
CARET = """() => {
  const text = document.activeElement;
  const room = text.closest(".composer-scroll").getBoundingClientRect();
  const line = getSelection().focusNode;
  const { top, bottom } = (line.nodeType === 1 ? line : line.parentElement).getBoundingClientRect();
  return top >= room.top && bottom <= room.bottom;
}"""
KEYBOARD: ViewportSize = {"width": 390, "height": 430}  # what a keyboard leaves of a phone


@pytest.mark.parametrize(("act", "least"), [("Écrire", 0.65), ("Répondre", 0.65), ("Transférer", 0.6)])
def test_on_a_telephone_most_of_what_the_keyboard_leaves_is_text(
    at_the_desk: Sit, demo: Demo, name: str, act: str, least: float
) -> None:
    put_with_file(demo, demo.account("school-head"), name, "Programme.pdf", "application/pdf")
    visitor, desk = at_the_desk("school-head", **PHONE)
    if act == "Écrire":
        desk.write()
    else:
        desk.wait_for(name)
        desk.open(name)
        if act == "Répondre":
            desk.answer()
        else:
            desk.reader.locator(".reply").get_by_role("link", name="Transférer").click()
            desk.ready()
    text = desk.sheet.get_by_label("Texte du message")
    text.focus()
    desk.page.set_viewport_size(KEYBOARD)
    desk.page.wait_for_function(f"least => ({OWN_WORDS})() >= least", arg=least * KEYBOARD["height"])
    for part, most in ((".composer-head", 53), (".composer-foot", 45)):
        box = desk.sheet.locator(part).bounding_box()
        assert box
        assert box["height"] <= most
    visitor.axe(".composer")
    visitor.fits()
    place = text.bounding_box()
    desk.sheet.locator(".composer-who").click()
    desk.sheet.locator("[id^=ajout-a-]").fill("dehors@ailleurs.example")
    desk.sheet.locator("[id^=ajout-a-]").press("Enter")
    expect(desk.sheet.locator(".composer-notes .notice:visible")).to_contain_text("hors de l’académie")
    text.focus()
    assert desk.page.evaluate(OWN_WORDS) >= least * KEYBOARD["height"]  # the notice has not come out of the text
    assert text.bounding_box() == place  # which has not moved
    desk.sheet.get_by_role("button", name="Jeter le brouillon").click()
    expect(desk.sheet).to_have_count(0)


def test_on_a_telephone_the_caret_stays_in_sight(at_the_desk: Sit, name: str) -> None:
    """Whatever takes room from the text: the keyboard, or what is asked before the letter leaves."""
    visitor, desk = at_the_desk("school-head", **PHONE)
    desk.write()
    desk.fill(to="dehors@ailleurs.example")
    text = desk.sheet.get_by_label("Texte du message")
    text.click()
    for line in range(16):
        text.press_sequentially(f"Ligne {line}")
        text.press("Enter")
    desk.page.set_viewport_size(KEYBOARD)
    desk.page.wait_for_function(CARET)
    visitor.axe(".composer")
    desk.sheet.get_by_role("button", name="Jeter le brouillon").click()
    expect(desk.sheet).to_have_count(0)


def test_on_a_telephone_the_head_of_a_letter_opens_over_its_text(at_the_desk: Sit, name: str) -> None:
    visitor, desk = at_the_desk("school-head", **PHONE)
    desk.write()
    desk.subject.fill(name)
    desk.keep("Sur le quai.\n")
    desk.page.set_viewport_size(KEYBOARD)
    desk.options()
    desk.sheet.get_by_label("Demander un accusé de lecture").check()
    visitor.axe(".composer")
    desk.sheet.get_by_role("button", name="Fermer", exact=True).click()
    desk.sheet.locator(".composer-who").click()
    expect(desk.sheet.locator("[data-set=receipt]")).to_be_visible()
    expect(desk.subject).to_have_value(name)
    visitor.axe(".composer")
    desk.sheet.get_by_role("button", name="Jeter le brouillon").click()
    expect(desk.sheet).to_have_count(0)


def test_on_a_telephone_a_letter_waits_on_a_line(at_the_desk: Sit, demo: Demo, name: str) -> None:
    visitor, desk = at_the_desk("school-head", **PHONE)
    desk.write()
    desk.subject.fill(name)
    desk.keep("Sur le quai.\n")
    visitor.go("/webmail/")
    desk.wait()
    expect(bar(desk, name)).to_be_visible()
    visitor.fits()
    visitor.axe()
    in_the_end(lambda: name in subjects(demo, demo.account("school-head"), "Drafts"))


def test_in_a_tab_of_its_own(at_the_desk: Sit, demo: Demo, name: str) -> None:
    me = demo.account("school-head")
    visitor, desk = at_the_desk("school-head")
    desk.write()
    desk.subject.fill(name)
    desk.fill(to=me["address"], text="À part.\n")
    with visitor.context.expect_page() as opened:
        desk.options()
        desk.sheet.get_by_role("button", name="Dans son propre onglet").click()
    expect(desk.sheet).to_have_count(0)
    expect(bar(desk, name)).to_contain_text("dans son propre onglet")
    other = Desk(opened.value)
    other.reads("À part.")
    expect(other.sheet.locator(".composer-wide")).to_have_attribute("open", "")
    other.send()
    expect(bar(desk, name)).to_have_count(0)  # this tab has heard of it
    in_the_end(lambda: name in subjects(demo, me))


@pytest.fixture
def under(at_the_desk: Sit) -> Iterator[tuple[Visitor, Desk]]:
    """Somebody who answers below what they quote; afterwards above, as everybody."""
    visitor, desk = at_the_desk("school-head")

    def choose(words: str) -> None:
        visitor.go("/webmail/reglages/envoi/")
        visitor.page.get_by_label(words).check()
        visitor.axe()
        visitor.page.get_by_role("button", name="Enregistrer").click()
        expect(visitor.page.locator(".toast")).to_contain_text("Choix enregistré")

    choose("Mon texte au-dessous")
    yield visitor, desk
    choose("Mon texte au-dessus")


def test_one_goes_on_below_what_is_quoted(under: tuple[Visitor, Desk], demo: Demo) -> None:
    visitor, desk = under
    read = f"À citer {uuid.uuid4().hex[:6]}"
    deliver(demo, to=demo.account("school-head")["address"], subject=read)
    visitor.go("/webmail/")
    desk.wait_for(read)
    desk.open(read)
    desk.answer()
    desk.page.wait_for_function("() => document.activeElement?.matches('.editor-text, [name=texte]:not([hidden])')")
    desk.page.keyboard.type("Dessous.")
    text = desk.sheet.get_by_label("Texte du message")
    said = text.evaluate("one => one.value ?? one.innerText")
    assert said.index("a écrit") < said.index("À bientôt") < said.index("Dessous.")
