"""What the lines of one feed say of each place, and what is believed when they contradict one another.

The kind of a place decides roles: one wrong line must not make a rectorat of a collège.
"""

from collections import Counter
from collections.abc import Mapping

from django.utils.translation import gettext as _

from vaguemestre.people.facts import SchoolFacts
from vaguemestre.people.folding import words
from vaguemestre.people.refusal import Remark, value_text

# By UAI: each version, and where it stands: number of the line, rank of the posting.
type SchoolAccounts = dict[str, dict[SchoolFacts, list[tuple[int, int]]]]
_COLUMNS = {"kind": "kind", "name": "school", "city": "city"}


def settle_schools(
    accounts: SchoolAccounts, known: Mapping[str, SchoolFacts]
) -> tuple[dict[str, SchoolFacts], list[Remark]]:
    """The version of most lines, and among equals the one that is known already. A remark on every other line."""
    settled: dict[str, SchoolFacts] = {}
    remarks: list[Remark] = []
    for uai, versions in accounts.items():
        settled[uai] = _most_told(versions, known.get(uai))
        if len(versions) > 1:
            remarks += _contradictions(versions, settled[uai])
    return settled, remarks


def _most_told(versions: dict[SchoolFacts, list[tuple[int, int]]], known: SchoolFacts | None) -> SchoolFacts:
    """First what is meant by most lines, then how most of those spell it."""
    meant: Counter[object] = Counter()
    for version, places in versions.items():
        meant[_meaning(version)] += len(places)
    believed = max(meant, key=lambda meaning: (meant[meaning], known is not None and meaning == _meaning(known)))
    spellings = [version for version in versions if _meaning(version) == believed]
    return max(spellings, key=lambda version: (len(versions[version]), version == known))


def _contradictions(versions: dict[SchoolFacts, list[tuple[int, int]]], settled: SchoolFacts) -> list[Remark]:
    reason = _("other lines say “%(settled)s” of this place: that is what counts")
    found = []
    for version, places in versions.items():
        if _meaning(version) == _meaning(settled):
            continue
        field = next(field for field in _COLUMNS if getattr(version, field) != getattr(settled, field))
        for line, rank in places:
            column, value = f"posting{rank}_{_COLUMNS[field]}", getattr(version, field)
            said = reason % {"settled": getattr(settled, field)}
            found.append(Remark(line, column, value_text(column, value), said))
    return found


def _meaning(school: SchoolFacts) -> tuple[object, ...]:
    """Without accents, capitals and hyphens."""
    return school.kind, tuple(words(school.name)), tuple(words(school.city))
