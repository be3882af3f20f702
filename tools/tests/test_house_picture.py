"""The picture of the house: levels by what imports what, and nothing drawn of a ring."""

import pytest

from tools import house_picture
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.errors import LauncherError


def test_each_stands_above_all_that_it_imports() -> None:
    imports = {"desk": {"list", "ground"}, "list": {"ground"}, "ground": set(), "apart": set()}
    assert house_picture.levels(imports) == [["desk"], ["list"], ["apart", "ground"]]


def test_a_ring_is_named_and_not_drawn() -> None:
    with pytest.raises(LauncherError, match="here, there"):
        house_picture.levels({"above": {"here"}, "here": {"there"}, "there": {"here"}, "below": set()})


def test_a_paper_that_differs_is_named() -> None:
    assert house_picture.wrong() == []
    text = (CHECKOUT / "ARCHITECTURE.md").read_text("utf-8")
    assert len(house_picture.PLACE.findall(text)) >= 5


def test_other_words_are_refused() -> None:
    with pytest.raises(LauncherError):
        house_picture.run(["--cheque"])
