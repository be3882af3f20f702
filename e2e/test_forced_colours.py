"""Colours of the reader's own: whatever is pressed keeps its edge; the current line and the focus are seen."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.desk import Desk
from e2e.post import deliver
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
WIDE: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
# Backgrounds and shadows are taken away there: an edge is a border or an outline, of another colour than the page.
EDGES = """() => {
  const line = (width, style, colour, behind) => parseFloat(width) >= 1 && style !== "none" && colour !== behind;
  const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getBoundingClientRect().width > 2;
  const pressed = ".button, .input, .chip, .folder[aria-current], .row-link[aria-current], .reply-field";
  return [...document.querySelectorAll(pressed)].filter(seen).filter((one) => {
    const style = getComputedStyle(one), behind = getComputedStyle(document.body).backgroundColor;
    return !line(style.borderTopWidth, style.borderTopStyle, style.borderTopColor, behind)
      && !line(style.outlineWidth, style.outlineStyle, style.outlineColor, behind);
  }).map((one) => `${one.className}: ${one.innerText.slice(0, 20)}`);
}"""
# The focus is an outline; a box where one writes has its caret.
FOCUS = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  const written = "input:not([type]), textarea, [contenteditable=true]";
  return seen || one.matches(`body, main, ${written}`) ? "" : one.outerHTML.slice(0, 120);
}"""


def edges_and_focus(page: Page, where: str, folder: Path) -> None:
    page.screenshot(path=folder / f"{where}.png")
    assert not page.evaluate(EDGES), where
    lost = []
    for _stop in range(12):
        page.keyboard.press("Tab")
        lost.append(page.evaluate(FOCUS))
    assert not [one for one in lost if one], where


@pytest.mark.parametrize("screen", [WIDE, PHONE], ids=["desk", "telephone"])
def test_edges_current_line_and_focus_are_seen(
    at_the_desk: Callable[..., tuple[Visitor, Desk]], demo: Demo, tmp_path: Path, screen: dict[str, Any]
) -> None:
    name = "Couleurs imposées"
    deliver(demo, to=demo.account("teacher")["address"], subject=name)
    visitor, desk = at_the_desk(**screen, forced_colors="active")
    desk.wait_for(name)
    edges_and_focus(desk.page, "list", tmp_path)
    desk.open(name)
    edges_and_focus(desk.page, "reader", tmp_path)
    desk.answer()
    expect(desk.sheet.get_by_label("Texte du message")).to_be_focused()
    edges_and_focus(desk.page, "composer", tmp_path)
    visitor.axe()
