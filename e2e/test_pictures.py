"""The pictures of README.md, as whoever opens a fresh demo sees it: `bin/pictures` keeps them in `docs/pictures/`."""

import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from e2e.desk import Desk
from e2e.visitor import Visitor

pytestmark = pytest.mark.browser
FOLDER = "VAGUEMESTRE_PICTURES"  # where they are kept; elsewhere nothing is
ROLE, SUBJECT = "school-head", "Conseil des maîtres"
TEXT = "Bonjour, l’ordre du jour nous convient. Je le transmets aux collègues de CP."
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2,
}  # fmt: skip


def keep(page: Page, name: str) -> None:
    page.mouse.move(0, 0)
    picture = Image.open(BytesIO(page.screenshot(animations="disabled", caret="hide")))
    assert picture.getcolors(16) is None  # something is drawn
    if folder := os.environ.get(FOLDER):
        picture.convert("RGB").save(Path(folder) / name, quality=88, method=6)


def test_an_answer_at_the_desk(at_the_desk: Callable[..., tuple[Visitor, Desk]]) -> None:
    _visitor, desk = at_the_desk(ROLE, viewport={"width": 1440, "height": 900})
    desk.open(SUBJECT)
    desk.answer()
    desk.fill(text=TEXT)
    desk.reads(TEXT)
    keep(desk.page, "answer.webp")
    desk.sheet.get_by_role("button", name="Jeter le brouillon").click()


def test_the_list_on_a_telephone(at_the_desk: Callable[..., tuple[Visitor, Desk]]) -> None:
    _visitor, desk = at_the_desk(ROLE, **PHONE)
    expect(desk.row(SUBJECT)).to_be_visible()
    keep(desk.page, "telephone.webp")
