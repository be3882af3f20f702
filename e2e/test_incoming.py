"""What becomes of incoming mail: an absence in two texts with its calendar, filters put in order with the mouse."""

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from e2e.desk import Desk
from e2e.visitor import Visitor

pytestmark = pytest.mark.browser
type AtTheDesk = Callable[..., tuple[Visitor, Desk]]
PHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize("viewport", [None, PHONE])
def test_an_absence_is_seen_before_it_is_kept(at_the_desk: AtTheDesk, viewport: dict[str, int] | None) -> None:
    """Nothing is saved: what this account has in force stays as it is."""
    word = uuid.uuid4().hex[:8]
    visitor, _desk = at_the_desk("school-head", viewport=viewport) if viewport else at_the_desk("school-head")
    page = visitor.page
    visitor.go("/webmail/reglages/absence/")
    page.get_by_role("switch").check()
    page.get_by_text("Une autre réponse hors de l’académie").click()
    outside = page.get_by_label("Ce que je réponds ailleurs")
    other = page.get_by_label("Répondre autrement à qui n’est pas de l’académie")
    other.uncheck()
    expect(outside).to_be_hidden()
    other.check()
    outside.fill(f"Dehors {word}")
    page.get_by_label("Ce que je réponds", exact=True).fill(f"Dedans {word}")
    page.get_by_text(re.compile("les dates ou les heures")).click()
    page.get_by_label("Premier jour d’absence").fill("2030-12-02")
    page.get_by_label("Dernier jour d’absence").fill("2030-12-05")
    expect(page.get_by_text(re.compile("Jour de retour.*vendredi 6.décembre"))).to_be_visible()  # unasked
    page.get_by_label("Dernier jour d’absence").fill("2030-12-06")
    expect(page.get_by_text(re.compile("Jour de retour.*lundi 9.décembre"))).to_be_visible()
    preview = page.get_by_role("complementary", name="Ce qu’ils recevront")
    expect(preview).to_contain_text(f"Dedans {word}")
    expect(preview).to_contain_text(f"Dehors {word}")
    expect(page.get_by_text(re.compile("Jour de retour.*lundi 9.décembre"))).to_be_visible()
    visitor.fits()
    visitor.axe()
    page.get_by_role("button", name="Couvrir aussi ces jours").click()
    expect(page.get_by_label("Premier jour d’absence")).to_have_value("2030-11-30")
    expect(page.get_by_label("Dernier jour d’absence")).to_have_value("2030-12-08")
    expect(page.get_by_text(re.compile("n’est pas travaillé.*vendredi 29.novembre"))).to_be_visible()
    visitor.go("/webmail/reglages/absence/")
    expect(page.get_by_text(f"Dedans {word}")).to_have_count(0)


def test_filters_are_put_in_order_with_the_mouse(at_the_desk: AtTheDesk) -> None:
    word = uuid.uuid4().hex[:8]
    visitor, _desk = at_the_desk("hr-officer")
    page = visitor.page
    for name in ("Avant", "Après"):
        visitor.go("/webmail/reglages/filtres/nouveau/")
        page.get_by_label("Condition 1, les mots").fill(f"{name} {word}")
        page.get_by_label("Suivre").check()
        page.get_by_text("Plus de réglages").click()
        page.get_by_label("Nom du filtre").fill(f"{name} {word}")
        page.get_by_role("button", name="Enregistrer le filtre").click()
        expect(page.locator("#annonces")).to_contain_text("enregistré")
    lines = page.get_by_role("listitem").filter(has_text=word)
    expect(lines).to_have_text([re.compile("Avant"), re.compile("Après")])
    _let_fall(lines.nth(1), above=lines.nth(0))
    expect(lines).to_have_text([re.compile("Après"), re.compile("Avant")])
    visitor.axe()
    for _left in range(2):
        name = lines.first.locator("b").first.inner_text()
        lines.first.get_by_role("button", name="Supprimer").click()
        expect(lines.filter(has_text=name)).to_have_count(0)


def _let_fall(line: Locator, *, above: Locator) -> None:
    line.drag_to(above, source_position={"x": 20, "y": 8}, target_position={"x": 20, "y": 3})
