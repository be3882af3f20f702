"""What the composer proposes while a name is typed: those one writes to, one's contacts and groups, then the directory."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from email.utils import quote

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.directory import finding
from vaguemestre.directory.access import own_entry
from vaguemestre.directory.models import Entry

MOST = 8


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`value` is what the box of the composer understands: one address, or those of a group, one a line."""

    name: str
    detail: str  # function and school, since homonyms exist; or the address
    value: str
    icon: str = ""


def suggestions(account: Account, text: str, *, today: date) -> list[Suggestion]:
    words = finding.long_enough(text)
    if not words:
        return []
    return _once(map(of_entry, finding.nearest(words, own_entry(account), today, most=MOST)))


def of_entry(entry: Entry) -> Suggestion:
    address = f"{entry.local_part}@{academy().domain}"
    detail = ", ".join(part for part in (entry.role, entry.place) if part)
    return Suggestion(entry.name, detail or address, written(entry.name, address))


def written(name: str, address: str) -> str:
    """The name always in quotes: whatever stands in it, one person remains one."""
    plain = " ".join(name.split())
    return f'"{quote(plain)}" <{address}>' if plain and plain != address else address


def _once(found: Iterable[Suggestion]) -> list[Suggestion]:
    kept: dict[str, Suggestion] = {}
    for suggestion in found:
        kept.setdefault(suggestion.value.rpartition("<")[2].lower(), suggestion)
    return list(kept.values())[:MOST]
