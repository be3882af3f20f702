"""The changes of a feed as lines of text: for the terminal and for the screen. People of one name are told apart."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.people.categories import CATEGORIES
from vaguemestre.people.facts import FeedLine, SchoolFacts
from vaguemestre.people.functions import KINDS, Role
from vaguemestre.people.models import Person
from vaguemestre.people.namesakes import Traits, told_apart, traits
from vaguemestre.people.snapshot import Change, Changes
from vaguemestre.shared_mailboxes.boxes import coming_boxes, local_part_of
from vaguemestre.shared_mailboxes.owner_changes import owner_changes

MOST = 2000  # lines of a section on the screen: the first feed of all brings everybody

type Told = tuple[str, Traits, str]  # name with function and place; what else tells one from another; what happens


@dataclass(frozen=True, slots=True)
class Section:
    """`lines` gives the first ones, each as name and change."""

    key: str
    title: str
    count: int
    lines: Callable[[int], list[tuple[str, str]]]
    shown: int = 0  # how many a terminal shows at least; 0: as many as of others


def change_list(changes: Changes) -> dict[str, Any]:
    """For JSON. No NUMEN in it: values of refused lines are masked where they are read."""
    return {
        "sections": [
            {"key": one.key, "title": one.title, "count": one.count, "lines": one.lines(MOST)}
            for one in change_sections(changes)
        ],
        "refused": [
            [one.line, one.column, one.value, one.reason, kept]
            for remarks, kept in ((changes.refused, False), (changes.remarks, True))
            for one in remarks[:MOST]
        ],
    }


def change_sections(changes: Changes) -> Iterator[Section]:
    """Without those that are empty."""
    joiners: list[FeedLine | Change] = [*changes.returning, *changes.joiners]
    held = _("Held back: a refused line could be about any of them, so nobody leaves by this feed")
    found = [
        _people("joiners", _("Joiners"), joiners, partial(_joiner, places=changes.places)),
        _people("movers", _("Movers"), changes.movers, partial(_mover, places=changes.places)),
        _people("renamed", _("Renamed"), changes.renamed, _renamed),
        _people("leavers", _("Leavers"), changes.leavers, person_text),
        _people("waiting", _("Waiting for their day"), changes.waiting, _waiting),
        _people("confirmed", _("Taken for the same person, as you say"), changes.confirmed, _renamed),
        _roles(changes),
        *_schools(changes),
        _people("held", held, changes.held, person_text),
    ]
    yield from (section for section in found if section.count)


def _people[T](key: str, title: str, people: Sequence[T], told: Callable[[T], Told]) -> Section:
    def lines(most: int) -> list[tuple[str, str]]:
        shown = [told(one) for one in people[:most]]
        names = told_apart([one[:2] for one in shown])
        return [(name, rest) for name, (_name, _traits, rest) in zip(names, shown, strict=True)]

    return Section(key, title, len(people), lines)


def _texts(key: str, title: str, lines: Sequence[str], shown: int = 0) -> Section:
    return Section(key, title, len(lines), lambda most: [(line, "") for line in lines[:most]], shown)


def person_text(person: Person) -> Told:
    discipline, school, *others = traits(person)
    role = discipline or person.function_label
    return f"{person} ({', '.join(filter(None, [role, school]))})", [*others, person.hr_key or ""], ""


def _line(line: FeedLine, places: Mapping[str, str]) -> Told:
    facts, main = line.person, next(iter(line.postings), None)
    role = (main.discipline if main else "") or CATEGORIES[facts.category].label(facts.civility)
    place = places[main.uai] if main else ""
    name = f"{' '.join(facts.name)} ({', '.join(filter(None, [role, place]))})"
    known = [facts.grade or "", "", _("line %(line)s") % {"line": line.number}]  # the day follows in any case
    return name, known, _(", from %(day)s") % {"day": facts.duty_start.isoformat()}


def _joiner(joiner: FeedLine | Change, places: Mapping[str, str]) -> Told:
    if isinstance(joiner, FeedLine):
        return _line(joiner, places)
    return _followed(joiner, _(", from %(day)s") % {"day": joiner.line.person.duty_start.isoformat()})


def _followed(change: Change, rest: str) -> Told:
    name, known, _nothing = person_text(change.person)
    return name, known, rest


def _mover(change: Change, places: Mapping[str, str]) -> Told:
    return _followed(change, f" → {', '.join(places[posting.uai] for posting in change.line.postings)}")


def _renamed(change: Change) -> Told:
    return _followed(change, f" → {' '.join(change.line.person.name)}")


def _waiting(change: Change) -> Told:
    return _followed(change, _(", on %(day)s") % {"day": change.line.effective_on})


def _roles(changes: Changes) -> Section:
    """Whoever may act on others is named, however many they are."""
    shown = sum(change.of_office for change in changes.roles)
    lines = [f"{change.name}: {_role_words(change.before)} → {_role_words(change.after)}" for change in changes.roles]
    return _texts("roles", _("Roles gained or lost"), lines, shown)


def _role_words(roles: Iterable[Role]) -> str:
    words = {
        Role.TEACHER: _("teacher"),
        Role.SCHOOL_HEAD: _("head"),
        Role.HR_OFFICER: _("HR officer"),
        Role.HELP_DESK: _("help desk"),
        Role.ADMINISTRATOR: _("administrator of the service"),
    }
    return ", ".join(word for role, word in words.items() if role in roles) or _("none")


def _schools(changes: Changes) -> Iterator[Section]:
    pairs = [(changes.former_schools.get(school.uai), school) for school in changes.schools]
    lines = [f"{after.uai}: {_school_words(before)} → {_school_words(after)}" for before, after in pairs if before]
    yield _texts("places", _("Places that change"), lines)
    made = [f"{local_part_of(uai)}@{academy().domain}: {name}" for uai, name in coming_boxes(changes).items()]
    yield _texts("boxes", _("Places that get a mailbox"), made)
    nobody = [_("nobody")]
    owners = [
        f"{one.address}: {', '.join(one.before or nobody)} → {', '.join(one.after or nobody)}"
        for one in owner_changes(changes, timezone.localdate())
    ]
    yield _texts("owners", _("Shared mailboxes that change owner"), owners)


def _school_words(school: SchoolFacts) -> str:
    return f"{school.name}, {school.city}, {KINDS[school.kind]}"
