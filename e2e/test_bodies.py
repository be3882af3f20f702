"""The text of a message as it is drawn: quotations folded, the dark, paper, a phone."""

import re
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import make_msgid

import pytest
from playwright.sync_api import expect

from e2e.desk import Desk
from e2e.post import put
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type Seat = tuple[Visitor, Desk]
ANSWER = """<p style="color:#1F497D">Voici ma réponse.</p><p style="background:white;color:black">Noire.</p>
<div class="moz-cite-prefix">Le 3 mai, Karim a écrit :</div><blockquote type="cite">Qui prend la salle ?</blockquote>"""
DRAWN = """<body bgcolor="#eef2f5"><table width="900" bgcolor="#ffffff"><tr><td bgcolor="#003366">Titre</td></tr>
<tr><td width="450">Une colonne de texte</td><td width="450">Une autre colonne</td></tr></table></body>"""
COLOUR = "element => getComputedStyle(element).color"
# WCAG's ratio between the ink of an element and the sheet of its page, as the browser draws them.
CONTRAST = """element => {
    const luminance = colour => colour.match(/[0-9.]+/g).slice(0, 3).map(Number).map(value => value / 255)
        .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
        .reduce((sum, value, place) => sum + value * [0.2126, 0.7152, 0.0722][place], 0);
    const page = element.ownerDocument.documentElement;
    const [low, high] = [getComputedStyle(element).color, getComputedStyle(page).backgroundColor].map(luminance).sort();
    return (high + 0.05) / (low + 0.05);
}"""


def letter(subject: str, html: str) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "Karim Belkacem <karim.belkacem@ac-amiens.fr>", subject
    message["Message-ID"] = make_msgid(domain="ac-amiens.example")
    message.set_content("Version en texte.")
    message.add_alternative(html, subtype="html")
    return message.as_bytes()


@pytest.mark.parametrize("scripts", [True, False])
def test_what_is_quoted_opens_with_and_without_scripts(
    at_the_desk: Callable[..., Seat], demo: Demo, scripts: bool
) -> None:
    put(demo, demo.account("teacher"), [letter(f"Réponse pliée {scripts}", ANSWER)])
    _visitor, desk = at_the_desk(java_script_enabled=scripts)
    desk.open(f"Réponse pliée {scripts}")
    quoted = desk.formatted.get_by_text("Qui prend la salle ?")
    expect(desk.formatted.get_by_text("Voici ma réponse.")).to_be_visible()
    expect(quoted).not_to_be_visible()
    desk.formatted.get_by_text("Texte cité").click()
    expect(quoted).to_be_visible()


def test_on_paper_everything_is_there(at_the_desk: Callable[..., Seat], demo: Demo) -> None:
    put(demo, demo.account("teacher"), [letter("Réponse à imprimer", ANSWER)])
    visitor, desk = at_the_desk()
    desk.open("Réponse à imprimer")
    quoted = desk.formatted.get_by_text("Qui prend la salle ?")
    expect(quoted).not_to_be_visible()
    visitor.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(quoted).to_be_visible()
    visitor.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(quoted).not_to_be_visible()
    sheet = visitor.context.request.get(f"{visitor.page.url}impression/")
    visitor.page.goto("about:blank")  # the tool runs scripts, which the policy of the sheet forbids: its words alone
    visitor.page.set_content(sheet.text())
    expect(visitor.page.get_by_role("heading", name="Réponse à imprimer")).to_be_visible()
    visitor.axe()


def test_in_the_dark_every_ink_is_legible(at_the_desk: Callable[..., Seat], demo: Demo) -> None:
    put(demo, demo.account("teacher"), [letter("Encres de nuit", ANSWER)])
    _visitor, desk = at_the_desk(color_scheme="dark")
    desk.open("Encres de nuit")
    for words in ("Voici ma réponse.", "Noire."):
        assert desk.formatted.get_by_text(words).evaluate(CONTRAST) >= 4.5
    assert desk.formatted.get_by_text("Voici ma réponse.").evaluate(COLOUR) != "rgb(31, 73, 125)"


def test_in_the_dark_it_may_be_shown_as_it_was_sent(at_the_desk: Callable[..., Seat], demo: Demo) -> None:
    put(demo, demo.account("teacher"), [letter("Encres du jour", ANSWER)])
    _visitor, desk = at_the_desk(color_scheme="dark")
    desk.open("Encres du jour")
    # Before any look into the frame: after one, the driver's own clicks there ask for scripts.
    desk.formatted.get_by_text("Afficher comme envoyé").click()
    ink = desk.formatted.get_by_text("Voici ma réponse.")
    assert ink.evaluate(COLOUR) == "rgb(31, 73, 125)"
    assert ink.evaluate(CONTRAST) >= 4.5


def test_in_the_dark_a_drawn_letter_stays_on_its_light_sheet(at_the_desk: Callable[..., Seat], demo: Demo) -> None:
    put(demo, demo.account("teacher"), [letter("Lettre dessinée", DRAWN)])
    _visitor, desk = at_the_desk(color_scheme="dark")
    desk.open("Lettre dessinée")
    expect(desk.formatted.locator("html")).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(desk.formatted.get_by_text("Une autre colonne")).to_have_css("color", "rgb(29, 37, 48)")


def test_a_wide_letter_fits_a_telephone(at_the_desk: Callable[..., Seat], demo: Demo) -> None:
    put(demo, demo.account("teacher"), [letter("Lettre large", DRAWN)])
    visitor, desk = at_the_desk(viewport={"width": 390, "height": 844}, has_touch=True)
    desk.open("Lettre large")
    expect(desk.formatted.get_by_text("Une autre colonne")).to_be_visible()
    visitor.fits()
    extra = desk.formatted.locator("html").evaluate("page => page.scrollWidth - page.clientWidth")
    assert extra <= 0


def test_an_act_leaves_the_text_where_it_is(at_the_desk: Callable[..., Seat], demo: Demo) -> None:
    """Its frame keeps its height, which the page that comes after the act does not bring."""
    put(demo, demo.account("teacher"), [letter("Lettre suivie", DRAWN)])
    _visitor, desk = at_the_desk()
    desk.open("Lettre suivie")
    frame = desk.reader.locator("iframe.body-frame")
    expect(frame).to_have_attribute("style", re.compile("height"))
    before = frame.get_attribute("style")
    desk.page.keyboard.press("s")
    desk.toast("1 message suivi")
    expect(frame).to_have_attribute("style", str(before))
    expect(desk.formatted.get_by_text("Titre")).to_be_visible()
