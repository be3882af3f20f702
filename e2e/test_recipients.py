"""To whom one writes: completed, pasted, moved, mended; by keyboard, mouse and finger. And the directory."""

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import NewVisitor
from e2e.desk import Desk
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type Sit = Callable[..., tuple[Visitor, Desk]]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def box(desk: Desk, field: str = "a") -> Locator:
    return desk.sheet.locator(f"[id^=ajout-{field}-]")


def chips(desk: Desk, field: str = "a") -> Locator:
    return desk.sheet.locator(f"[data-field={field}] li.person")


def proposals(desk: Desk, field: str = "a") -> Locator:
    return desk.sheet.locator(f"[id^=propositions-{field}-]").get_by_role("option")


def paste(page: Page, target: Locator, text: str) -> None:
    target.evaluate(
        """(one, text) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", text);
          one.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        text,
    )


def throw_away(desk: Desk) -> None:
    desk.sheet.get_by_role("button", name="Jeter le brouillon").click()
    expect(desk.sheet).to_have_count(0)


def test_by_keyboard_alone(at_the_desk: Sit) -> None:
    visitor, desk = at_the_desk("administrator")
    keys = visitor.page.keyboard
    desk.write()
    expect(box(desk)).to_be_focused()
    keys.type("mathilde LEFEVRE")
    expect(proposals(desk)).to_contain_text(["Mathilde Lefèvre"])
    expect(proposals(desk).first).to_contain_text("Collège des Tilleuls")
    expect(box(desk)).to_have_attribute("aria-expanded", "true")
    expect(desk.page.locator("#parole")).to_have_text("Une proposition")
    visitor.axe()
    keys.press("Enter")
    expect(chips(desk)).to_have_count(1)
    expect(chips(desk).first).to_contain_text("Collège des Tilleuls")
    expect(box(desk)).to_be_focused()
    keys.type("belkac")
    expect(proposals(desk)).to_contain_text(["Karim Belkacem"])
    keys.press("Tab")
    expect(chips(desk)).to_have_count(2)
    keys.press("ArrowLeft")  # the last chip
    expect(chips(desk).last.locator("summary")).to_be_focused()
    keys.press("Alt+ArrowDown")
    expect(chips(desk, "cc")).to_contain_text(["Karim Belkacem"])
    expect(box(desk, "cc")).to_be_focused()
    keys.press("Backspace")
    expect(chips(desk, "cc")).to_have_count(0)
    keys.type("zzzz")
    expect(desk.page.locator("#parole")).to_contain_text("Aucune proposition")  # after that a draft is saved
    keys.press("Enter")
    expect(chips(desk, "cc").first).to_have_class(re.compile("person-wrong"))
    visitor.axe()
    throw_away(desk)


def test_escape_puts_the_proposals_away_and_keeps_what_is_typed(at_the_desk: Sit) -> None:
    _visitor, desk = at_the_desk("administrator")
    desk.write()
    box(desk).press_sequentially("lef")
    expect(proposals(desk).first).to_be_visible()
    box(desk).press("Escape")
    expect(proposals(desk)).to_have_count(0)
    expect(box(desk)).to_have_value("lef")
    box(desk).fill("")
    throw_away(desk)


def test_twenty_pasted_at_once_and_the_wrong_one_mended(at_the_desk: Sit) -> None:
    visitor, desk = at_the_desk("administrator")
    desk.write()
    people = [f"Personne {number} <p{number}@ailleurs.example>" for number in range(18)]
    paste(
        visitor.page,
        box(desk),
        ", ".join(people[:9]) + ";\n" + "\n".join(people[9:]) + "\npas@@bon\nseul@ailleurs.example",
    )
    expect(chips(desk)).to_have_count(20)
    wrong = chips(desk).first
    expect(wrong).to_have_class(re.compile("person-wrong"))
    visitor.axe()
    wrong.locator(".person-open").click()
    expect(box(desk)).to_have_value("pas@@bon")
    expect(box(desk)).to_be_focused()
    box(desk).fill("bon@ailleurs.example")
    box(desk).press("Enter")
    expect(chips(desk)).to_have_count(20)
    expect(desk.sheet.locator(".person-wrong")).to_have_count(0)
    throw_away(desk)


def test_a_chip_is_carried_to_the_hidden_copies(at_the_desk: Sit) -> None:
    _visitor, desk = at_the_desk("administrator")
    desk.write()
    box(desk).fill("jean@ailleurs.example, zoe@ailleurs.example")
    box(desk).press("Enter")
    expect(chips(desk)).to_have_count(2)
    desk.sheet.locator(".composer-copies").click()
    chips(desk).first.drag_to(desk.sheet.locator("[data-field=cci]"))
    expect(chips(desk, "cci")).to_contain_text(["jean@ailleurs.example"])
    expect(chips(desk)).to_have_count(1)
    throw_away(desk)


def test_with_a_finger(at_the_desk: Sit) -> None:
    visitor, desk = at_the_desk("administrator", **PHONE)
    visitor.go("/webmail/ecrire/")
    box(desk).press_sequentially("belkacem")
    proposals(desk).first.tap()
    expect(chips(desk)).to_have_count(1)
    visitor.fits()
    chips(desk).first.locator("summary").tap()
    visitor.axe()
    visitor.fits()
    chips(desk).first.get_by_role("button", name="Mettre dans « Copie »", exact=True).tap()
    expect(chips(desk, "cc")).to_contain_text(["Karim Belkacem"])
    paste(visitor.page, box(desk), ", ".join(f"Personne {number} <p{number}@ailleurs.example>" for number in range(9)))
    expect(chips(desk)).to_have_count(9)
    desk.subject.tap()
    folded = desk.sheet.locator("[data-field=a] .people-few")
    expect(folded).to_have_text("Personne 0, Personne 1 et 7 autres")
    visitor.fits()
    visitor.axe()
    names = desk.sheet.locator("[data-field=a] .people")
    assert names.aria_snapshot().count("Personne 8") > 0  # folded for the eye alone
    visitor.page.keyboard.press("Shift+Tab")
    visitor.page.keyboard.press("Shift+Tab")
    expect(folded).to_be_visible()
    for _ in range(3):  # past the copies, into the field by the keyboard: it opens
        visitor.page.keyboard.press("Shift+Tab")
    expect(folded).to_be_hidden()
    desk.subject.tap()
    folded.tap()
    expect(box(desk)).to_be_focused()
    expect(folded).to_be_hidden()
    chips(desk).last.locator("summary").tap()
    chips(desk).last.get_by_role("button", name="Retirer ce destinataire").tap()
    expect(chips(desk)).to_have_count(8)
    throw_away(desk)


def test_without_javascript_a_chip_moves_and_is_mended(new_visitor: NewVisitor, demo: Demo) -> None:
    visitor = new_visitor(java_script_enabled=False)
    visitor.go("/webmail/ecrire/?a=jean@ailleurs.example;pas%20bon")
    visitor.sign_in(demo.account("teacher"))
    desk = Desk(visitor.page)
    chips(desk).last.locator("summary").click()
    chips(desk).last.get_by_role("button", name="Mettre dans « Copie »", exact=True).click()
    expect(chips(desk, "cc")).to_contain_text(["jean@ailleurs.example"])
    chips(desk).first.locator(".person-open").click()
    expect(box(desk)).to_have_value("pas bon")
    throw_away(desk)


def test_from_the_directory_to_a_message(at_the_desk: Sit) -> None:
    visitor, desk = at_the_desk("teacher")
    desk.page.get_by_role("navigation", name="Pièces du service").get_by_role("link", name="Annuaire").click()
    expect(visitor.page.get_by_role("heading", level=1, name="Annuaire")).to_be_visible()
    visitor.axe()
    visitor.page.get_by_label("Chercher une personne").fill("BELKACÉM karim")
    visitor.page.get_by_role("button", name="Chercher").click()
    visitor.page.get_by_role("link", name="Karim Belkacem").click()
    expect(visitor.page.locator("dl")).to_contain_text("Collège des Tilleuls")
    visitor.axe()
    visitor.page.get_by_role("link", name="Reçus de cette personne").click()
    expect(desk.row("Conseil de classe").first).to_be_visible()
    visitor.page.go_back()
    visitor.page.locator("article").get_by_role("link", name="Écrire").click()
    expect(chips(desk)).to_contain_text(["Karim Belkacem"])
    throw_away(desk)


def test_the_directory_on_a_telephone(at_the_desk: Sit) -> None:
    visitor, _desk = at_the_desk("teacher", **PHONE, color_scheme="dark")
    visitor.go("/annuaire/")
    for name in ("Somme", "Collège des Tilleuls", "Karim Belkacem"):
        visitor.fits()
        visitor.axe()
        visitor.page.locator("main").get_by_role("link", name=name).first.tap()
        expect(visitor.page.get_by_role("heading", level=1, name=name)).to_be_visible()
    visitor.fits()
    visitor.axe()


def test_a_mailto_link_opens_the_sheet(at_the_desk: Sit) -> None:
    visitor, desk = at_the_desk("administrator")
    link = "mailto:jean@ailleurs.example?cc=zoe@ailleurs.example&subject=Sortie&body=Bonjour%0Aet%20merci"
    visitor.go(f"/webmail/ecrire/?mailto={quote(link, safe='')}")
    expect(chips(desk)).to_contain_text(["jean@ailleurs.example"])
    expect(chips(desk, "cc")).to_contain_text(["zoe@ailleurs.example"])
    expect(desk.subject).to_have_value("Sortie")
    throw_away(desk)
    visitor.go("/webmail/reglages/")
    expect(visitor.page.get_by_role("button", name="Les ouvrir ici")).to_be_visible()
