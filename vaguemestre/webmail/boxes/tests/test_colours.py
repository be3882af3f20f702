"""By its colour one sees which mailbox one is in: no two lines of the column beside one another have the same."""

import random
import re
from itertools import pairwise
from pathlib import Path

import pytest

from vaguemestre.shared_mailboxes.models import MailboxRights
from vaguemestre.shared_mailboxes.testing import make_box
from vaguemestre.webmail.mailbox_access import COLOURS, box_colours
from vaguemestre.webmail.testing.boxes import place
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body

STYLES = Path(__file__).parents[4] / "client" / "styles"


def neighbours_alike(shown: list[str]) -> list[int]:
    return [at for at, (one, other) in enumerate(pairwise(shown)) if one == other]


@pytest.mark.parametrize("seed", range(20))
def test_neighbours_differ_and_nearly_all_keep_their_own(seed: int) -> None:
    chance = random.Random(seed)
    boxes = [f"b{number:07}" for number in chance.sample(range(1000), 20)]
    shown, own = box_colours(boxes), [box_colours([one])[one] for one in boxes]
    assert neighbours_alike([shown[one] for one in boxes]) == []
    changed = {at for at, one in enumerate(boxes) if shown[one] != own[at]}
    assert changed <= {at + 1 for at in neighbours_alike(own)}


def test_three_that_would_all_be_the_same() -> None:
    shown = list(box_colours([f"b{number * len(COLOURS):07}" for number in range(3)]).values())
    assert shown[0] == shown[2] == COLOURS[0] != shown[1]


def test_the_column_and_the_pages_of_a_box_show_one_colour(desk: MailBrowser) -> None:
    boxes = [make_box(name=f"Collège {chr(65 + number)}") for number in range(20)]
    for box in boxes:
        box.give(desk.mail, MailboxRights.MEMBER)
    shown = re.findall(r'box-line"[^>]*data-box="(\w+)"', "".join(body(desk.get("/webmail/")).split("\n")))
    assert len(shown) == len(boxes)
    assert neighbours_alike(shown) == []
    for at in (0, 7, 19):
        page = body(desk.get(place(boxes[at])))
        assert set(re.findall(r'(?:class="desk"|list-box")[^>]*data-box="(\w+)"', page)) == {shown[at]}


def test_each_colour_is_one_by_day_and_by_night() -> None:
    """That it can be seen: `tests/test_contrast.py`."""
    style, tokens = (STYLES / "webmail/shared-mailbox.css").read_text(), (STYLES / "tokens.css").read_text()
    assert re.findall(r'\[data-box="(\w+)"\] \{ --box: var\(--tag-\1\); \}', style) == list(COLOURS)
    values = [re.findall(rf"--tag-{name}: (#[0-9a-f]{{6}});", tokens) for name in COLOURS]
    assert {len(one) for one in values} == {3}
    assert len({day for day, *_night in values}) == len(COLOURS)
