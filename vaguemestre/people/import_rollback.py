"""Taking the last import back: people as they were before it. What it meant for accounts is the business of above."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import batched

from django.db import transaction
from django.utils.translation import gettext as _

from vaguemestre.audit import journal
from vaguemestre.people import facts, import_memory
from vaguemestre.people.feed_writer import replace_postings, save_persons, write_facts
from vaguemestre.people.models import Former, Pending, Person, Snapshot

BATCH = 2000


class NothingToUndoError(Exception):
    """No import, or the last one is undone already, or was applied by a version that kept nothing; the message says."""


@dataclass(slots=True)
class ImportRollback:
    """What would be taken back. `newcomers` were unknown before. A person may be in several of the other lists."""

    snapshot: Snapshot
    newcomers: list[Person] = field(default_factory=list)
    returned: list[Person] = field(default_factory=list)
    left: list[Person] = field(default_factory=list)
    renamed: list[Person] = field(default_factory=list)
    relocated: list[Person] = field(default_factory=list)
    others: list[Person] = field(default_factory=list)
    changed_since: list[Person] = field(default_factory=list)
    former: dict[int, Former] = field(default_factory=dict)

    def line(self, person: Person) -> int | None:
        """Of the feed. None for whoever is on none, and for imports of a version that did not keep it."""
        row = self.former.get(person.pk)
        return row.line if row else None

    @property
    def waiting_days(self) -> set[date]:
        """Days for which something was announced before the import."""
        kept = [row.facts["pending"] for row in self.former.values() if row.kind == Former.Kind.KNOWN]
        return {date.fromisoformat(waiting["on"]) for waiting in kept if waiting}

    def without(self, spared: Collection[int]) -> "ImportRollback":
        """The rest of it: these persons stay as they are now."""

        def rest(persons: Iterable[Person]) -> list[Person]:
            return [person for person in persons if person.pk not in spared]

        return ImportRollback(
            self.snapshot,
            newcomers=rest(self.newcomers), returned=rest(self.returned), left=rest(self.left),
            renamed=rest(self.renamed), relocated=rest(self.relocated), others=rest(self.others),
            changed_since=rest(self.changed_since),
            former={pk: row for pk, row in self.former.items() if pk not in spared},
        )  # fmt: skip


def plan_rollback() -> ImportRollback:
    """Reads only. Raises NothingToUndoError."""
    last = Snapshot.objects.order_by("-number").first()
    if last is None:
        raise NothingToUndoError(_("no feed has been imported yet"))
    if last.undone_at is not None:
        raise NothingToUndoError(_("the last import is undone already; the one before it can no longer be"))
    found = ImportRollback(last)
    rows = Former.objects.filter(snapshot=last).select_related("person").order_by("person_id")
    found.former = {row.person_id: row for row in rows}
    if not found.former and any(
        last.counts.get(kind) for kind in ("joiners", "movers", "renamed", "updated", "leavers")
    ):
        raise NothingToUndoError(_("nothing was kept of what people were before it"))
    present = import_memory.load_states([pk for pk, row in found.former.items() if row.kind == Former.Kind.KNOWN])
    for row in found.former.values():
        _sort(found, row, present)
    return found


def rollback_import(found: ImportRollback, *, keep: Iterable[int], now: datetime, by: str, spared: int = 0) -> None:
    """`keep`: newcomers who have an account already. The others are forgotten, as they had never been told of.
    `spared`: how many the caller has left out (`without`), for the journal."""
    kept = set(keep)
    with transaction.atomic():
        Snapshot.objects.filter(pk=found.snapshot.pk).update(undone_at=now)
        unknown = [person.pk for person in found.newcomers if person.pk not in kept]
        Person.objects.filter(pk__in=kept & {person.pk for person in found.newcomers}).update(present=False)
        known = [row for row in found.former.values() if row.kind == Former.Kind.KNOWN]
        _put_back(known)
        Former.objects.filter(snapshot=found.snapshot).delete()
        for batch in batched(unknown, BATCH, strict=False):
            Person.objects.filter(pk__in=batch).delete()
        number = found.snapshot.number
        everybody = [row.person.key for row in known] + [person.key for person in found.newcomers]
        journal.record(by, "import.undone", f"import-{number}", dated=found.snapshot.dated.isoformat(), spared=spared)
        journal.record_many(by, "person.put-back", everybody, snapshot=found.snapshot.dated.isoformat())


def _sort(found: ImportRollback, row: Former, present: dict[int, import_memory.State]) -> None:
    person = row.person
    if row.kind == Former.Kind.NEW:
        found.newcomers.append(person)
        return
    if present[person.pk].digest != row.left_as:
        found.changed_since.append(person)
    before = facts.from_json(row.facts).person
    if before.name != facts.person_facts(person).name:
        found.renamed.append(person)
    if (before.department, before.category) != (person.department, person.category):
        found.relocated.append(person)
    if row.facts["present"] == person.present:
        found.others.append(person)
    else:
        (found.left if row.facts["present"] else found.returned).append(person)


def _put_back(rows: Sequence[Former]) -> None:
    lines = {row.person_id: facts.from_json(row.facts) for row in rows}
    moved = []
    for batch in batched(rows, BATCH, strict=False):
        postings = import_memory.postings(row.person_id for row in batch)
        moved += [row.person for row in batch if tuple(postings[row.person_id]) != lines[row.person_id].postings]
    for row in rows:
        person = row.person
        write_facts(person, lines[row.person_id])
        person.present, person.hr_key = row.facts["present"], row.facts["hr_key"]
        if not row.facts["numen_known"]:
            person.numen_lookup = person.numen_cipher = None
    save_persons([row.person for row in rows])
    replace_postings([(person, lines[person.pk]) for person in moved])
    for persons in batched(lines, BATCH, strict=False):
        Pending.objects.filter(person_id__in=persons).delete()
    Pending.objects.bulk_create(
        Pending(person=row.person, on=date.fromisoformat(waiting["on"]), facts=waiting["facts"])
        for row in rows
        if (waiting := row.facts["pending"])
    )
