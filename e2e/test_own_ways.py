"""Settings found by their words, and a signature with its picture from the editor to who receives it."""

import re
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from e2e.desk import Desk
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type Sit = Callable[..., tuple[Visitor, Desk]]
SCREENS = [{"width": 1360, "height": 850}, {"width": 390, "height": 844}]


@pytest.mark.parametrize("screen", SCREENS)
def test_a_setting_is_two_presses_away_and_a_fold_opens_for_who_is_led_into_it(
    at_the_desk: Sit, screen: dict[str, int]
) -> None:
    visitor, _desk = at_the_desk("hr-officer", viewport=screen)
    page = visitor.page
    visitor.go("/webmail/reglages/")
    visitor.axe()
    page.get_by_role("link", name=re.compile("^Texte et couleurs")).click()
    expect(page.get_by_role("group", name="Couleurs").get_by_role("radio")).to_have_count(3)
    dark = page.get_by_role("radio", name="Sombre")
    dark.focus()
    before = page.locator(".settings-form").bounding_box()
    page.keyboard.press("ArrowLeft")  # a real group of radios
    expect(page.get_by_role("radio", name="Clair")).to_be_checked()
    assert page.locator(".settings-form").bounding_box() == before
    visitor.fits()
    visitor.axe()
    visitor.go("/webmail/reglages/affichage/#espacement")  # folded: the browser unfolds what it leads to
    expect(page.get_by_role("group", name="Espacement du texte")).to_be_in_viewport()
    visitor.go("/webmail/reglages/?groupe=garder")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce que je garde")
    visitor.fits()
    visitor.axe()


def test_the_text_is_made_larger_without_a_script(at_the_desk: Sit) -> None:
    visitor, _desk = at_the_desk("hr-officer", java_script_enabled=False)
    page = visitor.page
    for size in ("Grande", "Normale"):
        visitor.go("/webmail/reglages/")
        page.get_by_role("group", name="Taille du texte").get_by_role("button", name=size, exact=True).click()
        pressed = page.get_by_role("group", name="Taille du texte").get_by_role("button", pressed=True)
        expect(pressed).to_have_accessible_name(size)


def test_a_picture_in_a_signature_reaches_who_is_written_to(at_the_desk: Sit, demo: Demo, tmp_path: Path) -> None:
    mark, file = uuid.uuid4().hex[:6], tmp_path / "logo.png"
    Image.new("RGB", (120, 40), (43, 74, 107)).save(file)
    visitor, desk = at_the_desk("school-head")
    page, name, subject = visitor.page, f"Logo {mark}", f"Avec logo {mark}"
    visitor.go("/webmail/reglages/signature/autre/")
    page.get_by_label("Son nom, qui ne part pas avec le message").fill(name)
    text = page.get_by_role("textbox", name="Texte de la signature")
    text.fill(f"Direction {mark}")
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="Image dans le texte").click()
    choosing.value.set_files(file)
    picture = text.locator("img")
    expect(picture).to_have_attribute("width", "120")
    visitor.axe()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#annonces")).to_contain_text("Signature enregistrée")

    visitor.go("/webmail/")
    desk.write()
    desk.ready()
    desk.fill(to=demo.account("hr-officer")["address"], subject=subject, text="Voici notre logo.")
    desk.tools()
    desk.sheet.get_by_role("button", name="Signature", exact=True).click()
    desk.sheet.get_by_role("button", name=name).click()
    letter = desk.sheet.get_by_role("textbox", name="Texte du message")
    expect(letter.locator(".signature img")).to_have_count(1)
    desk.send()

    _reader, other = at_the_desk("hr-officer")
    other.wait_for(subject)
    other.open(subject)
    shown = other.formatted.locator("img")
    expect(shown).to_have_count(1)
    expect(shown).to_have_js_property("naturalWidth", 120)

    visitor.go("/webmail/reglages/signature/")
    page.get_by_role("link", name=name).click()
    page.get_by_role("button", name="Retirer cette signature").click()
    expect(page.locator("#annonces")).to_contain_text("Signature retirée")


def test_the_keys_lie_over_the_page_and_are_turned_off_there(at_the_desk: Sit) -> None:
    visitor, desk = at_the_desk("school-head")
    page, address = visitor.page, visitor.page.url
    link = page.get_by_role("link", name="Touches du clavier")
    link.focus()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Touches du clavier")
    expect(keys.get_by_role("heading", name="Touches du clavier")).to_be_focused()
    expect(keys.get_by_role("heading", level=3)).to_have_text(["Aller", "Agir", "Écrire"])
    visitor.axe(".keys-sheet")
    for _ in range(12):  # the focus stays in it
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    keys.get_by_text("Toutes les touches").click()
    expect(keys.get_by_role("heading", name="Dans une pièce jointe")).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    expect(link).to_be_focused()
    assert page.url == address

    page.keyboard.press("?")
    switch = keys.get_by_role("switch", name="Une lettre suffit")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(page.locator("html")).to_have_attribute("data-keys", "off")
    keys.get_by_role("button", name="Fermer").click()
    page.keyboard.press("?")
    expect(keys).to_have_count(0)
    link.click()  # without a key
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    page.keyboard.press("Escape")
    expect(page.locator("html")).not_to_have_attribute("data-keys", "off")
    desk.wait()
