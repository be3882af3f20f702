"""The box above a long menu: without it two hundred folders are scrolled through, with it a few need nothing."""

from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string


@pytest.mark.parametrize(("folders", "boxes"), [(12, 0), (13, 1)])
def test_only_a_long_menu_is_narrowed(folders: int, boxes: int) -> None:
    places = [(f"{number:032x}", f"Classe › {number}") for number in range(folders)]
    desk = SimpleNamespace(list=SimpleNamespace(id="f" * 32, destinations=places))
    menu = render_to_string("webmail/actions/move_menu.html", {"desk": desk})
    assert menu.count('data-behaviour="choice-filter"') == boxes
    assert menu.count("<button") == folders
