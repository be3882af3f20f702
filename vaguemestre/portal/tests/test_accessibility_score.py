"""The page about accessibility says what the grid says, and claims nothing."""

import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from vaguemestre.portal.accessibility_score import LAST

GRID = (Path(settings.BASE_DIR) / "docs" / "accessibility.md").read_text("utf-8")
ROW = re.compile(r"^\| (\d+)\.(\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
# Criteria of each theme of RGAA 4.1.2.
THEMES = {1: 9, 2: 2, 3: 3, 4: 13, 5: 8, 6: 2, 7: 5, 8: 10, 9: 4, 10: 14, 11: 13, 12: 11, 13: 12}


def grid() -> list[tuple[tuple[int, int], str]]:
    return [((int(theme), int(number)), state.strip("*")) for theme, number, _title, state, _how in ROW.findall(GRID)]


def test_the_grid_has_every_criterion_once_in_order() -> None:
    every = [(theme, number) for theme, count in THEMES.items() for number in range(1, count + 1)]
    assert [criterion for criterion, _state in grid()] == every
    assert len(every) == LAST.criteria == 106


def test_the_figures_are_those_of_the_grid() -> None:
    found = Counter(state for _criterion, state in grid())
    words = ("conform", "not conform", "not applicable", "not examined")
    assert tuple(found[one] for one in words) == (
        LAST.conform, LAST.not_conform, LAST.not_applicable, LAST.not_examined
    )  # fmt: skip
    assert set(found) <= set(words)
    said = re.findall(r"^\| (?:conform|not)[^|]*\| (\d+) \|$", GRID, re.MULTILINE)
    assert [int(one) for one in said] == [LAST.conform, LAST.not_conform, LAST.not_applicable, LAST.not_examined]


@pytest.mark.parametrize("test", sorted(set(re.findall(r"`((?:e2e|tests)/\w+\.py)`", GRID))))
def test_what_the_grid_leans_on_is_there(test: str) -> None:
    assert (Path(settings.BASE_DIR) / test).exists()


def test_the_page_says_who_looked_and_what_does_not_conform(
    client: Client, db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        html = client.get("/accessibilite/").content.decode()
    assert "Aucun audit RGAA n’a encore été fait." in html
    assert "C’est une auto-évaluation" in html
    for count in (LAST.conform, LAST.not_conform, LAST.not_applicable, LAST.not_examined):
        words = "critères" if count > 1 else "critère"
        assert f"<dd>{count}\N{NO-BREAK SPACE}{words}</dd>" in html
    known = {f"{theme}.{number}" for (theme, number), state in grid() if state == "not conform"}
    assert set(re.findall(r"critère (\d+\.\d+)", html)) == known
    assert ("Qu’aucun défaut ne soit connu" in html) == (not known)
