"""Who may open which shared mailbox, in the plainest way: from what was done, without a look at the rows."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from vaguemestre.people import testing

PLACES = {"0809901C": testing.TILLEULS, "0029903D": testing.REMPARTS, "0809001Z": testing.RECTORAT}
BOXES = {f"ce.{uai.lower()}": uai for uai in list(PLACES)[:2]}  # no feed makes one of the rectorat
BY_POST = {"DIR": "owner", "INS": "owner", "ADJ": "member"}  # migration 0002
STRENGTH = ["reader", "member", "owner"]
SHUT = {"closed", "stopped", "purged"}

type Pair = tuple[str, int]  # box, person


class Post(NamedTuple):
    place: str
    function: str
    ends: Any = None  # of an act: in so many days; of a person: the date


class Line(NamedTuple):
    """Of the feed."""

    posts: tuple[Post, ...]
    duty_end: Any = None


@dataclass(frozen=True)
class Right:
    right: str
    since: date
    by_hand: bool = False
    last: date | None = None
    kept_by: frozenset[Any] = frozenset()  # of what was given by hand: places, or posts
    left: date = date.min  # of what a post leaves: when that had begun


@dataclass
class Expected:
    """Who may open what, in the plainest way: from what was done, without a look at the rows."""

    staff: dict[int, Line] = field(default_factory=dict)
    rights: dict[Pair, Right] = field(default_factory=dict)
    rules: set[tuple[str, str | None, str]] = field(default_factory=set)  # of services: box, place, function
    closed: set[str] = field(default_factory=set)
    before: "Expected | None" = None  # the last import
    imported: date = date.min
    touched: set[Pair] = field(default_factory=set)  # by somebody, since that import
    ended: dict[Pair, Right] = field(default_factory=dict)  # given by hand, and over with duty or a post since then
    lost: dict[Pair, Right] = field(default_factory=dict)  # to be given back: the import is undone
    undone: bool = False

    def posts_of(self, person: int, on: date) -> set[tuple[str, str]]:
        line = self.staff.get(person)
        return {(one.place, one.function) for one in line.posts if not over(one.ends, on)} if line else set()

    def on_duty(self, person: int, on: date, states: dict[int, str]) -> bool:
        return person in self.staff and not over(self.staff[person].duty_end, on) and states[person] not in SHUT

    def given(self, on: date, states: dict[int, str]) -> dict[Pair, str]:
        """By posts, the highest."""
        found: dict[Pair, str] = {}
        for person in self.staff:
            for place, function in self.posts_of(person, on) if self.on_duty(person, on, states) else ():
                rights = {box: BY_POST[function] for box, uai in BOXES.items() if uai == place and function in BY_POST}
                rights |= {box: "owner" for box, at, what in self.rules if what == function and at in {None, place}}
                for box, right in rights.items():
                    found[box, person] = max(found.get((box, person), right), right, key=STRENGTH.index)
        return found

    def follow(self, on: date, states: dict[int, str]) -> None:
        given = self.given(on, states)
        for pair in {pair for pair in self.lost if pair[0] not in self.closed}:
            was = self.lost.pop(pair)
            if was.by_hand and was.kept_by and not self.still_kept(was, pair[1], on):
                continue
            self.rights[pair] = was if self.rights.get(pair) == was else replace(was, since=on)
        for pair in {*self.rights, *given}:
            if pair[0] not in self.closed:
                one = self.rights.pop(pair, None)
                now = self.right_now(one, given.get(pair), pair[1], on, states)
                self.rights |= {pair: now} if now else {}
                if one and one.by_hand and (now is None or now.last != one.last) and not over(one.last, on):
                    self.ended[pair] = one

    def right_now(
        self, one: Right | None, given: str | None, person: int, on: date, states: dict[int, str]
    ) -> Right | None:
        by_post = Right(given, on) if given else None
        if one is None:
            return by_post
        if not self.on_duty(person, on, states):
            return None
        if over(one.last, on):
            return by_post
        if by_post:
            if one.by_hand:
                return one if STRENGTH.index(one.right) > STRENGTH.index(by_post.right) else by_post
            return one if (one.right, one.last) == (by_post.right, None) else by_post
        if self.still_kept(one, person, on) if one.by_hand else one.last:
            return None if self.undone and one.left >= self.imported else one
        if (on - one.since).days < 15 or (self.undone and one.since >= self.imported):
            return None
        return Right("reader", on, last=min(one.last or date.max, on + timedelta(days=21)), left=one.since)

    def still_kept(self, one: Right, person: int, on: date) -> bool:
        theirs = self.posts_of(person, on)
        return not one.kept_by or bool(one.kept_by & {*theirs, *(place for place, _function in theirs)})

    def give(self, pair: Pair, right: str, last: date | None, on: date) -> None:
        theirs = self.posts_of(pair[1], on)
        at = BOXES.get(pair[0])
        kept_by = {at} & {place for place, _function in theirs} if at else theirs
        self.touch(pair, Right(right, on, True, last, frozenset(kept_by)))

    def touch(self, pair: Pair, right: Right | None) -> None:
        self.touched.add(pair)
        self.lost.pop(pair, None)
        self.ended.pop(pair, None)
        self.rights.pop(pair, None)
        self.rights |= {pair: right} if right else {}

    def take_import(self, staff: dict[int, Line], on: date) -> None:
        self.before = replace(self, rights=dict(self.rights), staff=dict(self.staff), before=None)
        self.staff, self.imported, self.undone = staff, on, False
        self.touched, self.ended, self.lost = set(), {}, {}

    def undo_import(self, spared: set[int]) -> None:
        before, self.before, self.undone = self.before, None, True
        assert before
        for person in {*self.staff, *before.staff} - spared:
            self.staff.pop(person, None)
            self.staff |= {person: before.staff[person]} if person in before.staff else {}
        self.lost = {pair: one for pair, one in before.rights.items() if pair not in self.touched} | self.ended
        self.lost = {pair: one for pair, one in self.lost.items() if pair[1] not in spared}
        for pair in self.rights.keys() - self.lost.keys() - self.touched:
            if pair[1] not in spared and pair[0] not in self.closed:
                del self.rights[pair]


def over(last: date | None, on: date) -> bool:
    return last is not None and last < on
