"""Whether a line and the person its NUMEN or key finds are the same human being. The table is in docs/hr-feed.md.

A NUMEN has no check letter: one that is mistyped, or stands on a neighbour's line, is somebody else's.
"""

from datetime import date
from typing import NamedTuple

from vaguemestre.people.facts import FeedLine
from vaguemestre.people.folding import words


class KnownIdentity(NamedTuple):
    """The columns of `Person` that say who somebody is."""

    pk: int
    hr_key: str | None
    numen_lookup: str | None
    first_name: str
    last_name: str
    usual_name: str | None
    birth_date: date

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.usual_name or self.last_name}"


def same_human(known: KnownIdentity, line: FeedLine) -> bool:
    """For a line that was found by one of its keys. The fewer keys agree, the more of the civil identity must."""
    told = line.person
    born = known.birth_date == told.birth_date
    first_name = _alike([known.first_name], [told.first_name])
    if born and first_name:
        return True
    surname = _alike([known.last_name, known.usual_name], [told.last_name, told.usual_name])
    same_key = known.hr_key is not None and known.hr_key == line.hr_key
    same_numen = line.numen is not None and known.numen_lookup in line.numen.lookups
    if same_key and same_numen:
        return first_name or surname or born
    if known.hr_key and line.hr_key and not same_key:
        return False  # a namesake, a twin
    return born or (first_name and surname)


def _alike(known: list[str | None], told: list[str | None]) -> bool:
    """One of the names is one of the others, or a part of it: `Martin` and `Martin-Dupont`."""
    if known == told:
        return True
    before, after = ([set(words(name)) for name in names if name] for names in (known, told))
    return any(a and b and (a <= b or b <= a) for a in before for b in after)
