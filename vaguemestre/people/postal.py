"""Postal addresses by the norm NF Z 10-011: at most six lines with the name, 38 characters each, capitals below."""

import re

from anyascii import anyascii

LINE_LIMIT = 38
FIRST_CAPITAL_LINE = 4  # from this line down: capitals, no accent, no punctuation
TOWN_LINE = 6

_TOWN = re.compile(r"\d{5} [A-Z0-9 ]*[A-Z][A-Z0-9 ]*", re.ASCII)


def normalised(number: int, text: str) -> str:
    """Line `number` of the norm (2 to 7; line 1 is the name), with what can be put right put right."""
    if number >= FIRST_CAPITAL_LINE:
        text = re.sub(r"[^A-Z0-9 ]", " ", anyascii(text).upper())
    return re.sub(r"\s+", " ", text).strip()


def fits(text: str) -> bool:
    return len(text) <= LINE_LIMIT


def is_french_town(text: str) -> bool:
    """Postal code and town, as line 6 wants them."""
    return _TOWN.fullmatch(text) is not None
