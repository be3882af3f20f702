"""`bin/messages`: the texts of a room read into its French catalogue, which otherwise stays as it is.

What is there keeps its place, its lines and its head; a new text stands after the one that comes before it in the
source; one that is said no more goes. So two people who add texts touch the same lines only where they write side by
side.
"""

import re
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from tools import catalogues
from vaguemestre.launcher.checkout import CHECKOUT

HOUSE = CHECKOUT / "vaguemestre"


def run(rooms: Sequence[str]) -> int:
    """Lists what has no sure French yet."""
    there = sorted(place.parent.name for place in HOUSE.glob("*/locale"))
    if unknown := set(rooms).difference(there):
        print(f"no catalogue: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    for name in rooms or there:
        for text in read_into(HOUSE / name):
            print(f"{name}: {text}")
    return 0


def read_into(room: Path) -> list[str]:
    """What is missing in its French afterwards."""
    file = room / catalogues.CATALOGUE
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    after = before
    try:
        catalogues.extract([room])
        if not file.exists():
            return []
        after = in_order(before, file.read_text(encoding="utf-8"))
    finally:
        if after:
            file.write_text(after, encoding="utf-8")
    return catalogues.missing(after)


def in_order(before: str, extracted: str) -> str:
    """The catalogue `extracted`, in the order and with the lines of `before` as far as they say the same."""
    head, old = _entries(before)
    new_head, new = _entries(extracted)
    order = [key for key in old if key in new]
    places = list(new)
    if places and places[0] not in old:
        order.insert(0, places[0])
    for former, key in pairwise(places):
        if key not in old:
            order.insert(order.index(former) + 1, key)
    entries = (old[key] if key in old and _said(old[key]) == _said(new[key]) else new[key] for key in order)
    return "\n\n".join([head or new_head, *entries]) + "\n"


def _entries(catalogue: str) -> tuple[str, dict[str, str]]:
    """Its head, and each text that is said by what it is: its context and its English, however they are folded."""
    head, *entries = re.split(r"\n\s*\n", catalogue.strip())
    said = [entry for entry in entries if re.search("^msgid ", entry, re.MULTILINE)]  # no more: `#~ msgid`
    return head, {_key(entry): entry for entry in said}


def _key(entry: str) -> str:
    lines = [line for line in entry.splitlines() if not line.startswith("#")]
    end = next(number for number, line in enumerate(lines) if line.startswith(("msgid_plural", "msgstr")))
    return catalogues.words(lines[:end])


def _said(entry: str) -> tuple[frozenset[str], str]:
    lines = entry.splitlines()
    marks = frozenset(line for line in lines if line.startswith("#"))
    return marks, catalogues.words([line for line in lines if not line.startswith("#")])
