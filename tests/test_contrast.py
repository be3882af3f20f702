"""Every ink of `tokens.css` can be read on every surface, in light and dark (WCAG 2.1 AA; RGAA 3.2 and 3.3)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from vaguemestre.academy.colours import LEAST, contrast

TOKENS = (Path(__file__).parent.parent / "client" / "styles" / "tokens.css").read_text("utf-8")
SURFACES = ("ground", "pane", "sheet", "sheet-raised", "wash", "slate-wash")
WASHES = ("brick-wash", "moss-wash", "ochre-wash")
INKS = ("ink", "ink-soft", "ink-faint", "slate", "slate-strong", "brick", "moss", "ochre")
FILLED = ("slate", "slate-strong", "brick")  # under --on-colour
LINES = ("line-control", *sorted(set(re.findall(r"--(tag-[a-z]+):", TOKENS))))
LEAST_OF_LINES = 3.0  # of what is drawn, and must be seen


def scheme(which: str) -> dict[str, str]:
    light, dark = TOKENS.split("@media (prefers-color-scheme: dark)", 1)
    named = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    return named | (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", dark.split("}", 1)[0])) if which == "dark" else {})


def pairs(named: dict[str, str]) -> Iterator[tuple[str, str, float]]:
    yield from ((ink, ground, LEAST) for ink in INKS for ground in (*SURFACES, *WASHES))
    yield from (("on-colour", ground, LEAST) for ground in FILLED)
    yield from (("ink", "mark", LEAST), ("on-over", "over", LEAST))
    yield from ((line, ground, LEAST_OF_LINES) for line in LINES for ground in (*SURFACES, *WASHES))


@pytest.mark.parametrize("which", ["light", "dark"])
def test_it_can_be_read(which: str) -> None:
    named = scheme(which)
    assert [
        (ink, ground, round(contrast(named[ink], named[ground]), 2))
        for ink, ground, least in pairs(named)
        if contrast(named[ink], named[ground]) < least
    ] == []
