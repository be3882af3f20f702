"""What a feed changes: a full dated snapshot of staff against what is known.

`compare` only reads. A line refused, or that contradicts what is known, freezes all that it may be about: it never
makes a leaver.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import chain, groupby

from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.people import facts
from vaguemestre.people.facts import FeedLine, PostingFacts, SchoolFacts
from vaguemestre.people.feed import Feed
from vaguemestre.people.identity_check import KnownIdentity, same_human
from vaguemestre.people.models import Pending, Person, Posting, School, Snapshot
from vaguemestre.people.refusal import FeedRejectedError, Identity, Refusal, Remark, value_text
from vaguemestre.people.role_changes import RoleChange, RoleComparison, RoleState
from vaguemestre.people.school_facts import settle_schools

CHUNK = 2000


class Kind(StrEnum):
    RENAMED = "renamed"
    MOVED = "moved"
    UPDATED = "updated"


class TooManyClosuresError(Exception):
    """The feed would close more accounts than the authority allows at once: nothing may change."""

    def __init__(self, closures: int, in_post: int, percent: int) -> None:
        super().__init__(f"{closures}/{in_post} > {percent} %")
        self.closures, self.in_post, self.percent = closures, in_post, percent


@dataclass(frozen=True, slots=True)
class Change:
    """A known person and the line that tells something new."""

    person: Person
    line: FeedLine
    kinds: frozenset[Kind]


@dataclass(slots=True)
class Changes:
    """`joiners` are new, `returning` known and not in post. `waiting`: their day has not come.

    `settled`: what they waited for is no longer announced.
    `held` would be leavers, but refused lines that nobody can be recognised by may be about them.
    `confirmed`: the line says another name and birth date, and somebody answers for its being the same person.
    """

    dated: date
    digest: str
    lines: int
    base: int  # number of the snapshot that was compared with
    in_post: int = 0
    joiners: list[FeedLine] = field(default_factory=list)
    returning: list[Change] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    waiting: list[Change] = field(default_factory=list)
    still_waiting: int = 0
    settled: list[int] = field(default_factory=list)
    leavers: list[Person] = field(default_factory=list)
    held: list[Person] = field(default_factory=list)
    frozen: int = 0
    unchanged: int = 0
    refused: list[Refusal] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    confirmed: list[Change] = field(default_factory=list)
    roles: list[RoleChange] = field(default_factory=list)
    schools: list[SchoolFacts] = field(default_factory=list)  # unknown, or told otherwise now
    former_schools: dict[str, SchoolFacts] = field(default_factory=dict)  # those of them that are known
    places: dict[str, str] = field(default_factory=dict)  # UAI to name, for whoever shows the changes
    fresh: bool = True  # not the very file that was applied last

    @property
    def movers(self) -> list[Change]:
        return [change for change in self.changed if Kind.MOVED in change.kinds]

    @property
    def renamed(self) -> list[Change]:
        return [change for change in self.changed if Kind.RENAMED in change.kinds]

    @property
    def updated(self) -> list[Change]:
        return [change for change in self.changed if change.kinds == {Kind.UPDATED}]

    def __bool__(self) -> bool:
        return bool(self.joiners or self.returning or self.changed or self.waiting or self.settled or self.leavers)

    def closures(self, today: date) -> int:
        """How many people in post today would be so no longer."""
        ended = [
            c for c in self.changed if _over(c.line.person.duty_end, today) and not _over(c.person.duty_end, today)
        ]
        return len(ended) + len([person for person in self.leavers if not _over(person.duty_end, today)])

    def counts(self) -> dict[str, int]:
        return {
            "joiners": len(self.joiners) + len(self.returning),
            "movers": len(self.movers),
            "renamed": len(self.renamed),
            "updated": len(self.updated),
            "leavers": len(self.leavers),
            "waiting": len(self.waiting) + self.still_waiting,
            "unchanged": self.unchanged,
            "frozen": self.frozen + len(self.held),
            "refused": len({refusal.line for refusal in self.refused}),
            "remarks": len({remark.line for remark in self.remarks}),
            "schools": len(self.former_schools),
            "roles": len(self.roles),
        }


def compare(feed: Feed, today: date, *, allow_older: bool = False, same_person: Collection[int] = ()) -> Changes:
    """Raises FeedRejectedError for a snapshot older than the last one, or of a day to come. `same_person`: lines of
    which somebody answers that they are about the person whose key they bear, whatever else they say."""
    newest = Snapshot.objects.order_by("-number").first()
    last = Snapshot.objects.filter(undone_at=None).order_by("-number").first()
    if last is not None and feed.dated < last.dated and not allow_older:
        reason = _("this snapshot of %(dated)s is older than the last one applied, of %(last)s")
        raise FeedRejectedError(reason % {"dated": feed.dated.isoformat(), "last": last.dated.isoformat()}, 1)
    if feed.dated > today + timedelta(days=1):
        raise FeedRejectedError(
            _("this snapshot of %(dated)s is of a day to come") % {"dated": feed.dated.isoformat()}, 1
        )
    changes = Changes(feed.dated, feed.digest, feed.count, newest.number if newest else 0, refused=list(feed.refused))
    changes.fresh = last is None or (feed.dated, feed.digest) != (last.dated, last.digest)
    known = _known_schools()
    told, contradictions = settle_schools(feed.schools, known)
    changes.schools = [school for school in told.values() if known.get(school.uai) != school]
    changes.former_schools = {s.uai: known[s.uai] for s in changes.schools if s.uai in known}
    changes.places = {school.uai: f"{school.name} ({school.city})" for school in told.values()}
    changes.remarks = sorted([*feed.remarks, *contradictions], key=lambda remark: remark.line)
    _Comparison(feed, changes, same_person, RoleComparison(known, told, today), today).run()
    return changes


def check_closures(changes: Changes, today: date, *, percent: int | None = None) -> None:
    """Raises TooManyClosuresError above the share of academy.toml, or above `percent`."""
    allowed = academy().feed.closing_share_percent if percent is None else percent
    closures = changes.closures(today)
    if closures * 100 > allowed * changes.in_post:
        raise TooManyClosuresError(closures, changes.in_post, allowed)


class _Comparison:
    """One pass over everybody known, beside the lines of one feed."""

    def __init__(
        self, feed: Feed, changes: Changes, same_person: Collection[int], roles: RoleComparison, today: date
    ) -> None:
        self._feed = feed
        self._today = today
        self._changes = changes
        self._same_person = same_person
        self._roles = roles
        self._by_lookup = {lookup: line for line in feed.lines if line.numen for lookup in line.numen.lookups}
        self._by_hr_key = {line.hr_key: line for line in feed.lines if line.hr_key}
        self._refused: dict[int, Refusal] = {}  # by line number
        self._confirmed: set[int] = set()  # line numbers

    def run(self) -> None:
        claims = self._claims()
        claimed = {line.number for line in claims.values()} | set(self._refused)
        joiners = [line for line in self._feed.lines if line.number not in claimed and not self._refused_as_ended(line)]
        refused_here = (line.identity for line in self._feed.lines if line.number in self._refused)
        refused = _Recognition(chain(self._feed.refused_identities, refused_here))
        for person, postings in _everybody():
            self._changes.in_post += person.present and not _over(person.duty_end, self._today)
            before = after = RoleState(person.category, person.duty_end, postings) if person.present else None
            line = claims.get(person.pk)
            if line is not None:
                if self._weigh(person, postings, line):
                    after = RoleState(line.person.category, line.person.duty_end, line.postings)
            elif refused.is_about(person):
                self._changes.frozen += 1
            elif person.present:
                self._changes.leavers.append(person)
                after = before if refused.nameless else None
            self._roles.add(str(person), before, after)
        self._welcome(joiners)
        if refused.nameless:
            self._changes.held, self._changes.leavers = self._changes.leavers, []
        self._changes.roles = self._roles.result()
        self._changes.refused.extend(self._refused.values())
        self._changes.refused.sort(key=lambda refusal: refusal.line)

    def _claims(self) -> dict[int, FeedLine]:
        """Person to line, by NUMEN first. What is claimed twice, or against a known NUMEN, is refused."""
        claims: dict[int, FeedLine] = {}
        claimed: set[int] = set()  # line numbers
        for keys in _all_keys():
            line = self._by_lookup.get(keys.numen_lookup or "") or self._by_hr_key.get(keys.hr_key or "")
            if line is None:
                continue
            if reason := self._contradiction(keys, line):
                self._contradict(line, reason)
            elif line.number in claimed:
                self._contradict(line, _("its NUMEN and its key of the HR system belong to two people known here"))
            else:
                claims[keys.pk] = line
                claimed.add(line.number)
        return {pk: line for pk, line in claims.items() if line.number not in self._refused}

    def _contradiction(self, keys: KnownIdentity, line: FeedLine) -> str | None:
        by_hr_key = self._by_hr_key.get(keys.hr_key or "")
        if by_hr_key is not None and by_hr_key is not line:
            self._contradict(by_hr_key, _("this key of the HR system belongs to somebody else"))
            return _("the same person is on line %(line)s by the key of the HR system") % {"line": by_hr_key.number}
        if line.numen and keys.numen_lookup and keys.numen_lookup not in line.numen.lookups:
            return _("this key of the HR system is known with another NUMEN")
        if not same_human(keys, line):
            if line.number not in self._same_person:
                known = {"name": keys.name, "day": keys.birth_date.isoformat(), "line": line.number}
                return _("known here as %(name)s, born %(day)s: somebody else? If not: --same-person %(line)s") % known
            self._confirmed.add(line.number)
        return None

    def _contradict(self, line: FeedLine, reason: str) -> None:
        column = "numen" if line.numen else "hr_key"
        self._refused[line.number] = Refusal(line.number, column, value_text(column, line.numen or line.hr_key), reason)

    def _weigh(self, person: Person, postings: tuple[PostingFacts, ...], line: FeedLine) -> bool:
        """Whether the line tells anything that was not known or announced."""
        change = Change(person, line, kinds(person, postings, line))
        if line.number in self._confirmed:
            self._changes.confirmed.append(change)
        gone = _over(line.person.duty_end, self._today)
        pending: Pending | None = getattr(person, "pending", None)
        if not person.present and not gone:
            self._changes.returning.append(change)
        elif line.effective_on and line.effective_on > self._today and change.kinds:
            if pending and (pending.on, pending.facts) == (line.effective_on, facts.as_json(line)):
                self._changes.still_waiting += 1
                return False
            self._changes.waiting.append(change)
        elif change.kinds:
            self._changes.changed.append(change)
        else:
            self._changes.unchanged += 1
            if pending:
                self._changes.settled.append(person.pk)
        return True

    def _refused_as_ended(self, line: FeedLine) -> bool:
        if ended := _over(line.person.duty_end, self._today):
            value = value_text("duty_end", line.person.duty_end)
            self._refused[line.number] = Refusal(line.number, "duty_end", value, _("duty has already ended"))
        return ended

    def _welcome(self, lines: Iterable[FeedLine]) -> None:
        for line in lines:
            self._changes.joiners.append(line)
            after = RoleState(line.person.category, line.person.duty_end, line.postings)
            self._roles.add(" ".join(line.person.name), None, after)


class _Recognition:
    """Whom the refused lines are about. `nameless`: at least one could be about anybody."""

    def __init__(self, identities: Iterable[Identity]) -> None:
        self._lookups: set[str] = set()
        self._hr_keys: set[str] = set()
        self._civil: set[tuple[str, str, date]] = set()
        self.nameless = False
        for identity in identities:
            self._lookups.update(identity.lookups)
            self._hr_keys.update(identity.hr_keys)
            if identity.civil:
                self._civil.add(identity.civil)
            self.nameless |= not (identity.lookups or identity.hr_keys or identity.civil)

    def is_about(self, person: Person) -> bool:
        return (
            person.numen_lookup in self._lookups
            or person.hr_key in self._hr_keys
            or (person.last_name, person.first_name, person.birth_date) in self._civil
        )


def kinds(person: Person, postings: tuple[PostingFacts, ...], line: FeedLine) -> frozenset[Kind]:
    """What is new on this line. Empty: nothing."""
    before, after = facts.person_facts(person), line.person
    found = set()
    if before.name != after.name:
        found.add(Kind.RENAMED)
    if postings != line.postings or (before.category, before.department) != (after.category, after.department):
        found.add(Kind.MOVED)
    new_keys = (line.numen and not person.numen_lookup) or (line.hr_key and line.hr_key != person.hr_key)
    if new_keys or (before != after and not found):
        found.add(Kind.UPDATED)
    return frozenset(found)


def _over(duty_end: date | None, today: date) -> bool:
    return duty_end is not None and duty_end < today


def _all_keys() -> Iterator[KnownIdentity]:
    for values in Person.objects.order_by("pk").values_list(*KnownIdentity._fields).iterator(CHUNK):
        yield KnownIdentity(*values)


def _everybody() -> Iterator[tuple[Person, tuple[PostingFacts, ...]]]:
    """Each person with the facts of their postings, in two streams: a whole authority is never in memory at once."""
    columns = ("person_id", "school_id", "function", "discipline", "share", "starts", "ends")
    rows = Posting.objects.order_by("person_id", "rank").values_list(*columns).iterator(CHUNK)
    groups = groupby(rows, key=lambda row: row[0])
    group = next(groups, None)
    for person in Person.objects.select_related("pending").order_by("pk").iterator(CHUNK):
        if group is not None and group[0] == person.pk:
            yield person, tuple(PostingFacts(*row[1:]) for row in group[1])
            group = next(groups, None)
        else:
            yield person, ()


def _known_schools() -> dict[str, SchoolFacts]:
    columns = ("uai", "name", "kind", "city", "department")
    return {row[0]: SchoolFacts(*row) for row in School.objects.values_list(*columns)}
