"""What the composer proposes while one types: those one writes to, one's contacts and groups, who has written, then
the directory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from email.utils import quote

from django.utils.translation import ngettext

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.contacts.lookup import FoundGroup, FoundPerson, find_groups, find_matching, most_written
from vaguemestre.contacts.ports import correspondent_sources
from vaguemestre.directory import search
from vaguemestre.directory.access import listed_entries
from vaguemestre.directory.models import Entry
from vaguemestre.directory.search_words import stored_words, typed_words
from vaguemestre.web.number_text import number_text

MOST = 8
FOUND = 5
USUAL = 3
OUTSIDERS = 2  # who have only written: never before a colleague, whose name they may bear
GROUPS = 2  # they stand for many, and must not push out the people of whom one thinks


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`value` is what the box of the composer understands: one address, or those of a group, one a line."""

    name: str
    detail: str  # function and school, since homonyms exist; else the address
    value: str
    icon: str = ""


def suggestions(account: Account, text: str, *, today: date) -> list[Suggestion]:
    if not typed_words(text):
        return []
    known = find_matching(account, text, MOST)
    groups = [group for group in find_groups(account, text, GROUPS) if group.people]
    written_to = [found for found in known if found.times]
    others = [found for found in known if not found.times]
    named = _named(account, text, today)
    writers = _writers(account, text) if len(known) + len(groups) < MOST else []
    colleagues = _colleagues([*written_to, *others, *writers], today)
    inside = [found for found in writers if found.address in colleagues]
    outside = [found for found in writers if found.address not in colleagues][:OUTSIDERS]
    first = [
        *(_of_found(found, colleagues) for found in written_to),
        *(_of_group(group) for group in groups),
        *(_of_found(found, colleagues) for found in others),
        *(_of_entry(colleagues[found.address]) for found in inside),
        *map(_of_entry, named),
    ]
    last = [_of_found(found, colleagues) for found in outside]
    return _once([*_once(first)[: MOST - len(last)], *last])


def suggest_people(account: Account, text: str, *, today: date) -> list[Suggestion]:
    """Whom a search is about: by their name or address, not by their school; few, since they lie over what is found."""
    wanted = typed_words(text)
    return [one for one in suggestions(account, text, today=today) if _says(one, wanted)][:FOUND]


@dataclass(frozen=True, slots=True)
class UsualPerson:
    name: str
    said: str  # function and school; else where they are
    address: str


def usual_people(account: Account, *, today: date) -> list[UsualPerson]:
    """Whom one writes to most, before anything is typed. Two queries."""
    written_to = most_written(account, USUAL)
    colleagues = _colleagues(written_to, today)
    shown = [(one, _of_found(one, colleagues)) for one in written_to]
    return [
        UsualPerson(said.name, said.detail if said.detail != one.address else "", one.address) for one, said in shown
    ]


def _says(one: Suggestion, wanted: Sequence[str]) -> bool:
    said = stored_words(one.name, _address(one).partition("@")[0])
    return not one.icon and all(f" {word}" in said for word in wanted)


def _writers(account: Account, text: str) -> list[FoundPerson]:
    return [found for find in correspondent_sources.all() for found in find(account, text)]


def _named(account: Account, text: str, today: date) -> Sequence[Entry]:
    words = search.search_words(text)
    return search.find_nearest(words, account, today, most=MOST) if words else []


def _colleagues(people: Iterable[FoundPerson], today: date) -> dict[str, Entry]:
    """Those whom the directory shows, by address. One query."""
    ending = f"@{academy().domain}"
    local_parts = [one.address.removesuffix(ending) for one in people if one.address.endswith(ending)]
    if not local_parts:
        return {}
    return {f"{one.local_part}{ending}": one for one in listed_entries(today).filter(local_part__in=local_parts)}


def _of_found(one: FoundPerson, colleagues: dict[str, Entry]) -> Suggestion:
    """A colleague written to by the address alone has a name all the same."""
    colleague = colleagues.get(one.address)
    own = ", ".join(part for part in (one.function, one.organisation) if part)
    name = one.name or (colleague.name if colleague else "")
    said = (_post(colleague) if colleague else "") or own or (one.address if name else "")
    return Suggestion(name or one.address, said, written_address(name, one.address))


def _of_group(group: FoundGroup) -> Suggestion:
    count = len(group.people)
    words = ngettext("group of %s person", "group of %s people", count) % number_text(count)
    value = "\n".join(written_address(one.name, one.address) for one in group.people)
    return Suggestion(group.name, words, value, icon="users")


def _of_entry(entry: Entry) -> Suggestion:
    address = f"{entry.local_part}@{academy().domain}"
    return Suggestion(entry.name, _post(entry) or address, written_address(entry.name, address))


def _post(entry: Entry) -> str:
    return ", ".join(part for part in (entry.role, entry.place) if part)


def written_address(name: str, address: str) -> str:
    """The name always in quotes: whatever stands in it, one person remains one."""
    plain = " ".join(name.split())
    return f'"{quote(plain)}" <{address}>' if plain and plain != address else address


def _once(found: Iterable[Suggestion]) -> list[Suggestion]:
    """Each address once; two who would read the same show their addresses."""
    kept: dict[str, Suggestion] = {}
    for suggestion in found:
        kept.setdefault(suggestion.value.lower() if suggestion.icon else _address(suggestion), suggestion)
    shown = list(kept.values())[:MOST]
    seen = [(one.name, one.detail) for one in shown]
    return [
        replace(one, detail=f"{one.detail}, {_address(one)}") if seen.count((one.name, one.detail)) > 1 else one
        for one in shown
    ]


def _address(one: Suggestion) -> str:
    return one.value.rpartition("<")[2].rstrip(">").lower()
