"""What a feed tells about somebody, as values: compared with the tables, written to them, kept until their day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from vaguemestre.people.models import Person
from vaguemestre.people.numen import Numen
from vaguemestre.people.refusal import Identity

_DAYS = {"birth_date", "duty_start", "duty_end", "starts", "ends"}


@dataclass(frozen=True, slots=True)
class SchoolFacts:
    uai: str
    name: str
    kind: str
    city: str
    department: str


@dataclass(frozen=True, slots=True)
class PostingFacts:
    uai: str
    function: str
    discipline: str | None
    share: int
    starts: date
    ends: date | None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Named as the columns of `Person`."""

    civility: str
    first_name: str
    last_name: str
    usual_name: str | None
    birth_date: date
    address_lines: tuple[str, ...]
    category: str
    corps: str | None
    grade: str | None
    step: int | None
    department: str
    officer: str | None
    duty_start: date
    duty_end: date | None

    @property
    def name(self) -> tuple[str, str]:
        """What the address is made of."""
        return self.first_name, self.usual_name or self.last_name


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One accepted person of a feed."""

    number: int
    hr_key: str | None
    numen: Numen | None
    effective_on: date | None
    person: PersonFacts
    postings: tuple[PostingFacts, ...]

    @property
    def identity(self) -> Identity:
        lookups = tuple(self.numen.lookups) if self.numen else ()
        hr_keys = (self.hr_key,) if self.hr_key else ()
        return Identity(lookups, hr_keys, (self.person.last_name, self.person.first_name, self.person.birth_date))


def person_facts(person: Person) -> PersonFacts:
    plain = {column: getattr(person, column) for column in PersonFacts.__slots__ if column != "address_lines"}
    return PersonFacts(address_lines=tuple(person.address_lines), **plain)


def postings_of(person: Person) -> tuple[PostingFacts, ...]:
    """Of one person, by rank. For everybody at once a comparison has its own way."""
    rows = sorted(person.postings.all(), key=lambda posting: posting.rank)
    return tuple(PostingFacts(p.school_id, p.function, p.discipline, p.share, p.starts, p.ends) for p in rows)


def as_json(line: FeedLine) -> dict[str, object]:
    """Everything about the person but what identifies them: no NUMEN, no key."""
    person: dict[str, object] = {}
    for column in PersonFacts.__slots__:
        value = getattr(line.person, column)
        person[column] = list(value) if isinstance(value, tuple) else _day_as_text(value)
    postings = [{c: _day_as_text(getattr(p, c)) for c in PostingFacts.__slots__} for p in line.postings]
    return {"person": person, "postings": postings}


def from_json(facts: Mapping[str, Any]) -> FeedLine:
    """The line again, as one that identifies nobody."""
    person = PersonFacts(**{column: _typed(column, value) for column, value in facts["person"].items()})
    postings = tuple(
        PostingFacts(**{column: _typed(column, value) for column, value in posting.items()})
        for posting in facts["postings"]
    )
    return FeedLine(number=0, hr_key=None, numen=None, effective_on=None, person=person, postings=postings)


def _day_as_text(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _typed(column: str, value: Any) -> Any:
    if column in _DAYS and value is not None:
        return date.fromisoformat(value)
    return tuple(value) if column == "address_lines" else value
