"""The address block of NF Z 10-011: at most six lines of 38 characters, the last three in capitals without accents.

A line that is too long is abbreviated by rule; what the rule cannot shorten is reported, never cut.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from anyascii import anyascii
from django.utils.translation import gettext as _

LINE = 38
LINES = 6
LONGEST_FIRST_NAME = 12
CAPITALS = 3  # how many lines at the end are in capitals, without punctuation

# In the order the postal service asks for: kind of way and of building first, then titles. Never the last word.
SHORTER = {
    "ALLEE": "ALL", "AVENUE": "AV", "BOULEVARD": "BD", "CHEMIN": "CHE", "FAUBOURG": "FBG", "IMPASSE": "IMP",
    "LOTISSEMENT": "LOT", "PASSAGE": "PAS", "PLACE": "PL", "QUARTIER": "QUA", "ROUTE": "RTE", "SQUARE": "SQ",
    "APPARTEMENT": "APP", "BATIMENT": "BAT", "ESCALIER": "ESC", "ETAGE": "ETG", "IMMEUBLE": "IMM",
    "RESIDENCE": "RES", "SAINT": "ST", "SAINTE": "STE", "NOTRE": "N", "DAME": "D",
    "CAPITAINE": "CNE", "COLONEL": "CNL", "COMMANDANT": "CDT", "DOCTEUR": "DR", "GENERAL": "GAL",
    "LIEUTENANT": "LT", "MADAME": "MME", "MARECHAL": "MAL", "MONSEIGNEUR": "MGR", "MONSIEUR": "M",
    "PRESIDENT": "PDT", "PROFESSEUR": "PR",
}  # fmt: skip
SMALL_WORDS = {"DE", "DU", "DES", "LA", "LE", "LES", "ET", "D", "L", "A", "AU", "AUX", "EN", "SUR", "SOUS"}
FRENCH_TOWN = re.compile(r"\d{5} \S")


class AddressRefusedError(ValueError):
    """No letter can be sent there; the message says which line and why, for the officer who corrects it."""


@dataclass(frozen=True, slots=True)
class Name:
    civility: str
    first: str
    family: str


def address_block(name: Name, lines: Sequence[str], *, internal: bool = False) -> list[str]:
    """`lines`: what comes under the name, from the staircase to the town, and the country when it is not France.

    `internal`: carried by the administration's own post, which needs no postcode.
    """
    below = [line for line in map(_tidy, lines) if line]
    if below and _capitals(below[-1]) == "FRANCE":
        below.pop()
    if not below:
        raise AddressRefusedError(_("no address"))
    foreign = not internal and not FRENCH_TOWN.match(_capitals(below[-1]))
    if foreign and len(below) < 2:
        raise AddressRefusedError(_("neither a postcode nor a country: {line}").format(line=below[-1]))
    if len(below) > LINES - 1 + foreign:
        raise AddressRefusedError(_("{count} lines under the name").format(count=len(below)))
    ordinary = max(0, len(below) - CAPITALS)
    block = [_name_line(name), *below[:ordinary], *(_capitals(line) for line in below[ordinary:])]
    return [block[0], *(_fitted(line) for line in block[1:])]


def _name_line(name: Name) -> str:
    """The family name is never touched: first names become initials, then the civility goes, then the first names."""
    for form in _name_forms(name):
        if len(form) <= LINE:
            return form
    raise _too_long(f"{name.civility} {name.first} {name.family}")


def _name_forms(name: Name) -> Iterator[str]:
    parts = re.split(r"([- ])", name.first)
    later = "".join([parts[0], *(part if part in "- " else part[0] for part in parts[1:])])
    initials = "".join(part if part in "- " else part[0] for part in parts)
    yield f"{name.civility} {name.first} {name.family}"
    yield f"{name.civility} {later} {name.family}"
    yield f"{name.civility} {initials} {name.family}"
    yield f"{name.first} {name.family}"
    yield f"{initials} {name.family}"
    yield f"{name.civility} {name.family}"


def _tidy(line: str) -> str:
    """One line of printable characters: what could break a line or hide in one becomes a space."""
    return " ".join("".join(char if char.isprintable() else " " for char in line).split())


def _capitals(line: str) -> str:
    plain = anyascii(line.replace("°", "").replace("º", "")).upper()
    return " ".join(re.sub(r"[^A-Z0-9 ]", " ", plain).split())


def _fitted(line: str) -> str:
    if len(line) <= LINE:
        return line
    words = line.split()
    for shorten in (_shorter, _initial):
        for place, word in enumerate(words[:-1]):
            words[place] = shorten(word)
            if len(" ".join(words)) <= LINE:
                return " ".join(words)
    raise _too_long(line)


def _shorter(word: str) -> str:
    return SHORTER.get(_capitals(word), word)


def _initial(word: str) -> str:
    """A first name becomes its initial; numbers, small words and what is already short stay."""
    plain = word.isalpha() and 3 < len(word) <= LONGEST_FIRST_NAME and _capitals(word) not in SMALL_WORDS
    return word[0] if plain and _capitals(word) not in SHORTER.values() else word


def _too_long(line: str) -> AddressRefusedError:
    return AddressRefusedError(_("longer than {limit} characters: {line}").format(limit=LINE, line=line))
