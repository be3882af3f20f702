"""What somebody was before an import, kept until the next one: enough to take the import back, and no NUMEN."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any

from vaguemestre.people import facts
from vaguemestre.people.facts import FeedLine, PostingFacts
from vaguemestre.people.models import Former, Pending, Person, Posting, Snapshot
from vaguemestre.people.snapshot import Changes

BATCH = 2000


@dataclass(frozen=True, slots=True)
class State:
    """Everything a feed may change about one person, as it stands."""

    facts: dict[str, Any]

    @property
    def digest(self) -> str:
        return hashlib.sha256(json.dumps(self.facts, sort_keys=True).encode()).hexdigest()


def changed_persons(changes: Changes) -> list[int]:
    known = [*changes.returning, *changes.changed, *changes.waiting]
    return [*(change.person.pk for change in known), *(person.pk for person in changes.leavers), *changes.settled]


def load_states(persons: Collection[int]) -> dict[int, State]:
    found: dict[int, State] = {}
    for batch in batched(persons, BATCH, strict=False):
        theirs = postings(batch)
        for person in Person.objects.filter(pk__in=batch).select_related("pending"):
            found[person.pk] = State(_state(person, theirs[person.pk]))
    return found


def lines(changes: Changes) -> dict[int, int]:
    """Where in the feed each known person stands; leavers stand nowhere."""
    known = [*changes.returning, *changes.changed, *changes.waiting]
    return {change.person.pk: change.line.number for change in known}


def remember_import(
    snapshot: Snapshot, before: dict[int, State], newcomers: Iterable[Person], lines: Mapping[int, int]
) -> None:
    """After the import. The import before it can no longer be taken back. `lines`: of the feed, by person."""
    Former.objects.all().delete()
    after = load_states(list(before))
    rows = [
        Former(
            snapshot=snapshot, person_id=pk, kind=Former.Kind.KNOWN, facts=state.facts, left_as=after[pk].digest,
            line=lines.get(pk),
        )
        for pk, state in before.items()
    ]  # fmt: skip
    rows += [
        Former(snapshot=snapshot, person=person, kind=Former.Kind.NEW, left_as="", line=lines.get(person.pk))
        for person in newcomers
    ]
    Former.objects.bulk_create(rows, batch_size=BATCH)


def unchanged_since(persons: Collection[int]) -> list[Former]:
    """Those of the last import's rows whose person is still as it left them."""
    found: list[Former] = []
    for batch in batched(persons, BATCH, strict=False):
        rows = list(Former.objects.filter(person__in=batch, kind=Former.Kind.KNOWN))
        now = load_states([row.person_id for row in rows])
        found += [row for row in rows if now[row.person_id].digest == row.left_as]
    return found


def follow_announced(rows: Sequence[Former]) -> None:
    """What the import announced has happened to these: that is its doing too, and does not count as a change since."""
    now = load_states([row.person_id for row in rows])
    for row in rows:
        row.left_as = now[row.person_id].digest
    Former.objects.bulk_create(
        rows, batch_size=BATCH, update_conflicts=True, unique_fields=["id"], update_fields=["left_as"]
    )


def postings(persons: Iterable[int]) -> dict[int, list[PostingFacts]]:
    found: dict[int, list[PostingFacts]] = defaultdict(list)
    for row in Posting.objects.filter(person_id__in=persons).order_by("person_id", "rank"):
        told = PostingFacts(row.school_id, row.function, row.discipline, row.share, row.starts, row.ends)
        found[row.person_id].append(told)
    return found


def _state(person: Person, postings: list[PostingFacts]) -> dict[str, Any]:
    line = FeedLine(0, None, None, None, facts.person_facts(person), tuple(postings))
    pending: Pending | None = getattr(person, "pending", None)
    return facts.as_json(line) | {
        "present": person.present,
        "hr_key": person.hr_key,
        "numen_known": person.numen_lookup is not None,
        "pending": {"on": pending.on.isoformat(), "facts": pending.facts} if pending else None,
    }
