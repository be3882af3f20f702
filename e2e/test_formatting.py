"""Formatted letters as a person writes them: the keyboard alone, pastes, pictures, and nothing lost on the way."""

import base64
import re
import struct
import uuid
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Response, expect

from e2e.desk import Desk
from e2e.test_signing_in_again import dialog, end_session, sign_in_here
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type Sit = Callable[..., tuple[Visitor, Desk]]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p {mso-style-parent:""}</style></head>
<body style='tab-interval:35.4pt'><!--StartFragment--><p class=MsoNormal><b style='mso-bidi-font-weight:normal'><span
style='font-size:14.0pt'>Ordre du jour<o:p></o:p></span></b></p><p class=MsoListParagraph style='mso-list:l0 level1
lfo1'><![if !supportLists]><span style='mso-list:Ignore'>·<span>&nbsp;&nbsp; </span></span><![endif]>premier <span
style='font-style:italic' onclick="alert(1)">point</span></p><p class=MsoNormal><img
src="https://ailleurs.example/t.gif">Fin</p><!--EndFragment--></body>"""


@pytest.fixture
def name() -> str:
    return f"Mise en forme {uuid.uuid4().hex[:6]}"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    lines = (b"\0" + b"\x2b\x4a\x6b" * 600) * 200
    head = struct.pack(">IIBBBBB", 600, 200, 8, 2, 0, 0, 0)
    file = tmp_path / "plan.png"
    file.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
    )
    return file


def sent(answer: Response) -> str:
    return (answer.request.post_data_buffer or b"").decode(errors="replace")


def text(desk: Desk) -> Locator:
    desk.ready()
    return desk.sheet.get_by_role("textbox", name="Texte du message")


def paste(page: Page, html: str, plain: str) -> None:
    page.evaluate(
        """([html, plain]) => {
          const data = new DataTransfer();
          if (html) data.setData("text/html", html);
          data.setData("text/plain", plain);
          const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
          document.querySelector(".editor-text").dispatchEvent(event);
        }""",
        [html, plain],
    )


def test_written_by_the_keyboard_alone_and_read_by_who_receives_it(at_the_desk: Sit, demo: Demo, name: str) -> None:
    visitor, desk = at_the_desk("administrator")
    keys = visitor.page.keyboard
    desk.write()
    desk.fill(to=demo.account("teacher")["address"], subject=name)
    text(desk).focus()
    keys.press("Control+Home")
    keys.press("Control+b")
    keys.type("Réunion")
    keys.press("Control+b")
    keys.type(" jeudi")
    keys.press("Enter")
    keys.press("Alt+F10")
    bold = desk.sheet.get_by_role("button", name="Gras")
    expect(bold).to_be_focused()
    for _step in range(5):
        keys.press("ArrowRight")
    expect(desk.sheet.get_by_role("button", name="Liste", exact=True)).to_be_focused()
    keys.press("Enter")
    keys.type("le plan")
    expect(desk.sheet.get_by_role("button", name="Liste", exact=True)).to_have_attribute("aria-pressed", "true")
    keys.press("Enter")
    keys.press("Enter")
    keys.type("voir le site")
    for _letter in range(4):
        keys.press("Shift+ArrowLeft")
    keys.press("Control+k")
    address = desk.sheet.get_by_label("Adresse du lien")
    expect(address).to_be_focused()
    keys.type("www.education.gouv.fr")
    keys.press("Enter")
    expect(text(desk).locator("a")).to_have_attribute("href", "https://www.education.gouv.fr")
    desk.send()
    _reader, other = at_the_desk("teacher")
    other.wait_for(name)
    other.open(name)
    expect(other.formatted.locator("b", has_text="Réunion")).to_be_visible()
    expect(other.formatted.locator("ul li")).to_have_text("le plan")
    expect(other.formatted.get_by_role("link", name="site")).to_have_attribute("href", "https://www.education.gouv.fr")


def test_what_word_copies_is_cleaned(at_the_desk: Sit, name: str) -> None:
    visitor, desk = at_the_desk("administrator")
    desk.write()
    desk.fill(subject=name)
    text(desk).focus()
    visitor.page.keyboard.press("Control+Home")
    paste(visitor.page, WORD, "Ordre du jour")
    expect(text(desk).locator("b").first).to_have_text("Ordre du jour")
    expect(text(desk).locator("ul li")).to_have_text("premier point")
    expect(text(desk).locator("i")).to_have_text("point")
    expect(text(desk).locator("img, [onclick], [style]")).to_have_count(0)
    expect(desk.sheet.locator(".editor-note")).to_contain_text("n’ont pas été collées")
    paste(visitor.page, f"<p>{'<b>Ligne</b> et la suite ' * 220_000}</p>", "Le texte seul")  # over five megaoctets
    expect(text(desk)).to_contain_text("Le texte seul")
    expect(desk.sheet.locator(".editor-note")).to_contain_text("collé en texte brut")
    visitor.page.keyboard.press("Control+z")
    expect(text(desk)).not_to_contain_text("Le texte seul")
    visitor.axe()


def test_a_picture_chosen_then_one_let_fall_arrive_inside_the_text(
    at_the_desk: Sit, demo: Demo, name: str, picture: Path
) -> None:
    visitor, desk = at_the_desk("administrator")
    page = visitor.page
    desk.write()
    desk.fill(to=demo.account("hr-officer")["address"], subject=name)
    desk.tools()
    text(desk).focus()
    page.keyboard.press("Control+Home")
    with page.expect_file_chooser() as chooser:
        desk.sheet.get_by_role("button", name="Image dans le texte").click()
    chooser.value.set_files(picture)
    expect(text(desk).locator("img")).to_have_attribute("width", "600")
    text(desk).locator("img").click()
    desk.sheet.get_by_role("button", name="Petite").click()
    expect(text(desk).locator("img")).to_have_attribute("width", "200")
    page.evaluate(
        """async (digits) => {
          const bytes = Uint8Array.from(atob(digits), (one) => one.charCodeAt(0));
          const data = new DataTransfer();
          data.items.add(new File([bytes], "plan.png", { type: "image/png" }));
          const event = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
          document.querySelector(".editor-text").dispatchEvent(event);
        }""",
        base64.b64encode(picture.read_bytes()).decode(),
    )
    expect(text(desk).locator("img")).to_have_count(2)
    expect(desk.sheet.locator("[id^=pieces] .file")).to_have_count(0)  # in the text, not beside it
    desk.send()
    _reader, other = at_the_desk("hr-officer")
    other.wait_for(name)
    other.open(name)
    expect(other.formatted.locator("img")).to_have_count(2)
    assert other.formatted.locator("img").first.evaluate("one => one.complete && one.naturalWidth") == 600
    expect(other.reader.locator(".file")).to_have_count(0)


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "telephone"])
def test_after_a_notice_a_picture_stands_where_one_was_writing(
    at_the_desk: Sit, demo: Demo, name: str, picture: Path, options: dict[str, object]
) -> None:
    visitor, desk = at_the_desk("administrator", **options)
    keys = visitor.page.keyboard
    desk.write()
    desk.fill(to=demo.account("hr-officer")["address"], subject=name)
    text(desk).focus()
    keys.press("Control+Home")
    keys.type("Ci-joint le plan.")
    keys.press("Enter")
    keys.type("Bonne lecture.")
    desk.sheet.get_by_role("button", name="Envoyer", exact=True).click()
    expect(desk.sheet).to_contain_text("il n’y en a pas")
    desk.tools()
    with visitor.page.expect_file_chooser() as chooser:
        desk.sheet.get_by_role("button", name="Image dans le texte").click()
    chooser.value.set_files(picture)
    image = text(desk).locator("img")
    expect(image).to_have_attribute("width", "600")
    lines = text(desk).locator("> *")
    expect(lines.nth(1)).to_have_text("Bonne lecture.")
    expect(lines.nth(2).locator("img")).to_have_count(1)
    expect(desk.sheet).not_to_contain_text("il n’y en a pas")  # there is one now
    corner = desk.sheet.get_by_role("slider", name="Largeur de l’image")
    visitor.axe()
    corner.focus()
    keys.press("ArrowLeft")
    shown = image.evaluate("one => one.getBoundingClientRect().width")
    expect(image).to_have_attribute("width", str(round(shown)))
    box = corner.bounding_box()
    assert box
    visitor.page.mouse.move(box["x"] + 12, box["y"] + 12)
    visitor.page.mouse.down()
    visitor.page.mouse.move(box["x"] + 12 - 80, box["y"] + 12, steps=4)
    visitor.page.mouse.up()
    expect(image).to_have_attribute("width", str(round(shown - 80)))
    text(desk).focus()
    keys.press("Control+z")
    expect(image).to_have_attribute("width", str(round(shown)))
    image.click()
    desk.sheet.get_by_role("button", name="Petite").click()
    image.click()
    desk.sheet.get_by_role("button", name="Texte à côté").click()
    desk.send()
    _reader, other = at_the_desk("hr-officer")
    other.wait_for(name)
    other.open(name)
    expect(other.formatted.locator("img")).to_have_attribute("width", "200")
    expect(other.formatted.locator("img")).to_have_css("float", "left")


def test_plain_text_says_what_is_lost_and_gives_it_back(at_the_desk: Sit, name: str) -> None:
    visitor, desk = at_the_desk("administrator")
    desk.write()
    desk.fill(subject=name)
    text(desk).focus()
    visitor.page.keyboard.press("Control+Home")
    visitor.page.keyboard.press("Control+b")
    visitor.page.keyboard.type("En gras")
    desk.tools()
    desk.sheet.get_by_role("button", name="Texte brut").click()
    expect(desk.sheet.locator("textarea")).to_have_value(re.compile("^En gras"))
    expect(desk.sheet).to_contain_text("ne sont plus là")
    visitor.axe()
    desk.sheet.get_by_role("button", name="Remettre la mise en forme").click()
    expect(text(desk).locator("b").first).to_have_text("En gras")


@pytest.mark.parametrize("options", [{}, PHONE, {"color_scheme": "dark"}], ids=["desktop", "telephone", "dark"])
def test_nothing_is_lost_when_the_session_ends(
    at_the_desk: Sit, demo: Demo, name: str, options: dict[str, object]
) -> None:
    me = demo.account("teacher")
    visitor, desk = at_the_desk("teacher", **options)
    desk.write()
    desk.fill(subject=name)
    expect(desk.sheet.locator("[id^=etat]")).to_contain_text("Brouillon enregistré")
    visitor.axe()
    end_session(visitor)
    with visitor.forgiving("401|Failed to load"):
        text(desk).focus()
        visitor.page.keyboard.press("Control+Home")
        visitor.page.keyboard.press("Control+b")
        visitor.page.keyboard.type("Une heure de travail")
        expect(dialog(visitor)).to_be_visible()
        with visitor.page.expect_response(lambda answer: answer.ok and "Une heure" in sent(answer)):  # saved by itself
            sign_in_here(visitor, me["password"])
        expect(visitor.page.get_by_role("dialog")).to_have_count(0)
    expect(text(desk).locator("b").first).to_have_text("Une heure de travail")
    visitor.page.reload()
    expect(text(desk).locator("b").first).to_have_text("Une heure de travail")
    visitor.axe()


def test_a_tab_that_is_closed_leaves_its_draft(at_the_desk: Sit, name: str) -> None:
    visitor, desk = at_the_desk("administrator")
    desk.write()
    desk.fill(subject=name)
    text(desk).focus()
    visitor.page.keyboard.press("Control+Home")
    visitor.page.keyboard.press("Control+i")
    visitor.page.keyboard.type("Tapé juste avant")
    visitor.page.goto("about:blank")
    visitor.go("/webmail/")
    desk.open_folder("Brouillons")
    desk.wait_for(name)
    desk.row(name).locator(".row-link").click()
    expect(text(desk).locator("i").first).to_have_text("Tapé juste avant")


def test_an_answer_quotes_the_dress_and_full_screen_keeps_it(at_the_desk: Sit) -> None:
    visitor, desk = at_the_desk("hr-officer")
    desk.open("Académie en bref")
    desk.answer()
    expect(text(desk).locator("blockquote")).to_have_count(0)
    desk.follow()
    expect(text(desk).locator("blockquote").first).to_contain_text("Ce qui change en")
    desk.options()
    desk.sheet.locator(".composer-wide").click()
    visitor.page.keyboard.press("Escape")
    box = desk.sheet.bounding_box()
    assert box is not None
    assert box["width"] == visitor.page.viewport_size["width"]  # type: ignore[index]  # it has one
    visitor.axe()
    desk.fold()
    expect(desk.sheet).to_have_count(0)


def test_one_signature_for_another_and_nothing_else_changes(at_the_desk: Sit, name: str) -> None:
    visitor, desk = at_the_desk("school-head")
    page = visitor.page
    visitor.go("/webmail/reglages/signature/autre/")
    page.get_by_label("Son nom").fill(name)
    page.get_by_role("textbox", name="Texte de la signature").fill("Une courte")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("link", name=name)).to_be_visible()
    visitor.axe()
    visitor.go("/webmail/")
    desk.write()
    text(desk).focus()
    page.keyboard.press("Control+Home")
    page.keyboard.type("Mes mots")
    desk.tools()
    desk.sheet.get_by_role("button", name="Signature").click()
    desk.sheet.get_by_role("button", name=name).click()
    expect(text(desk).locator(".signature")).to_have_text("Une courte")
    expect(text(desk)).to_contain_text("Mes mots")
    desk.sheet.get_by_role("button", name="Signature").click()
    desk.sheet.get_by_role("button", name="Aucune").click()
    expect(text(desk).locator(".signature")).to_have_count(0)
    visitor.axe()
    desk.sheet.get_by_role("button", name="Jeter le brouillon").click()
    expect(desk.sheet).to_have_count(0)
    visitor.go("/webmail/reglages/signature/")
    page.get_by_role("link", name=name).click()
    page.get_by_role("button", name="Retirer cette signature").click()
    expect(page.get_by_role("link", name=name)).to_have_count(0)
