"""People and places as the pages show them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.text import capfirst

from vaguemestre.academy.facts import academy
from vaguemestre.directory.models import Entry
from vaguemestre.directory.suggestions import written_address
from vaguemestre.people.functions import DSDEN, KINDS, RECTORAT, current_postings
from vaguemestre.people.models import Posting, School


@dataclass(frozen=True, slots=True)
class EntryRow:
    """`place` is left out on the page of that very place; `address` is there for those who would read the same."""

    name: str
    initials: str
    url: str
    role: str
    place: str
    address: str = ""
    bearers: int = 1  # of this name in the list


@dataclass(frozen=True, slots=True)
class Post:
    role: str
    school: School
    kind: str
    url: str
    phone: str


@dataclass(frozen=True, slots=True)
class EntryCard:
    name: str
    initials: str
    address: str
    function: str
    posts: list[Post]
    write: str
    from_them: str  # the webmail's search for what they wrote
    to_them: str


def entry_rows(entries: Iterable[Entry], *, at: str = "") -> list[EntryRow]:
    found = list(entries)
    same = Counter((entry.name, entry.role, entry.place) for entry in found)
    bearers = Counter(entry.name for entry in found)
    return [_row(one, at, bearers[one.name], alike=same[one.name, one.role, one.place] > 1) for one in found]


def _row(entry: Entry, at: str, bearers: int, *, alike: bool) -> EntryRow:
    return EntryRow(
        name=entry.name,
        initials=initials(entry.name),
        url=reverse("directory:person", args=[entry.local_part]),
        role=entry.role,
        place="" if at and entry.school_id == at else entry.place,
        address=f"{entry.local_part}@{academy().domain}" if alike else "",
        bearers=bearers,
    )


def entry_card(entry: Entry, today: date) -> EntryCard:
    person = entry.account.person
    address = entry.account.address
    search = reverse("webmail:search")
    return EntryCard(
        name=entry.name,
        initials=initials(entry.name),
        address=address,
        function=capfirst(person.function_label),
        posts=[_post(posting, person.function_label) for posting in current_postings(person, today=today)],
        write=f"{reverse('webmail:compose-new')}?{urlencode({'a': written_address(entry.name, address)})}",
        from_them=f"{search}?{urlencode({'q': f'de:{address}'})}",
        to_them=f"{search}?{urlencode({'q': f'à:{address}'})}",
    )


def phone(school: School) -> str:
    """The HR feed tells none: known for offices only, from `academy.toml`."""
    if school.kind == RECTORAT:
        return academy().rectorat.phone
    department = academy().department(school.department) if school.kind == DSDEN else None
    return department.office.phone if department else ""


def kind_text(kind: str) -> str:
    words = KINDS.get(kind, kind)
    return words if words.isupper() else capfirst(words)


def initials(name: str) -> str:
    words = [word for word in name.replace("-", " ").split() if word[0].isalpha()]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[:2] for word in words]
    return "".join(letters).upper() or "?"


def _post(posting: Posting, label: str) -> Post:
    school = posting.school
    return Post(
        role=capfirst(posting.discipline or label),
        school=school,
        kind=kind_text(school.kind),
        url=reverse("directory:place", args=[school.uai]),
        phone=phone(school),
    )
