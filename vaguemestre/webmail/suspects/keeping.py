"""The list changed: entries added, taken away, or brought whole from a file. Each change is a line of the journal."""

import secrets
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from vaguemestre.audit import journal
from vaguemestre.webmail.models import Suspect, SuspectIndex
from vaguemestre.webmail.suspects.addresses import trace

BATCH = 5000


@dataclass(frozen=True, slots=True)
class Brought:
    added: int
    removed: int
    known: int


def add(entries: Iterable[str], *, by: str, now: datetime) -> int:
    """By hand; answers how many were new."""
    with transaction.atomic():
        _claim()
        new = _keep(dict.fromkeys(entries), "", by, now)
        for one in new:
            journal.record(by, "suspect.added", by, address=one[:200])
        if new:
            _renew()
    return len(new)


def remove(wanted: int, *, by: str) -> str:
    """Answers what it was; empty when somebody else has taken it away."""
    with transaction.atomic():
        _claim()
        row = Suspect.objects.filter(pk=wanted).first()
        if row is None:
            return ""
        row.delete()
        journal.record(by, "suspect.removed", by, address=row.address[:200])
        _renew()
    return row.address


def bring(entries: Iterable[str], source: str, *, replace: bool, by: str, now: datetime, dry: bool = False) -> Brought:
    """`replace`: what came from this source before and is not in it any more goes. What was added by hand stays."""
    wanted = {trace(one): one for one in entries}
    with transaction.atomic():
        _claim()
        there = set(Suspect.objects.values_list("pk", flat=True))
        former = set(Suspect.objects.filter(source=source).values_list("pk", flat=True)) if replace else set()
        gone = former - wanted.keys()
        new = wanted.keys() - there
        if not dry and (new or gone):
            for pks in _batches(gone):
                Suspect.objects.filter(pk__in=pks).delete()
            _keep({wanted[one]: None for one in new}, source, by, now)
            journal.record(by, "suspects.brought", by, source=source, added=len(new), removed=len(gone))
            _renew()
    return Brought(len(new), len(gone), len(wanted) - len(new))


def found(typed: str) -> QuerySet[Suspect]:
    """The newest first; those that have these letters."""
    rows = Suspect.objects.order_by("-added_at", "address")
    return rows.filter(address__contains=typed.lower()) if typed else rows


def _keep(entries: dict[str, None], source: str, by: str, now: datetime) -> list[str]:
    made = {trace(one): one for one in entries}
    known: set[int] = set()
    for pks in _batches(made):
        known.update(Suspect.objects.filter(pk__in=pks).values_list("pk", flat=True))
    rows = [
        Suspect(trace=number, address=one, source=source, added_by=by, added_at=now)
        for number, one in made.items()
        if number not in known
    ]
    Suspect.objects.bulk_create(rows, batch_size=BATCH)
    return [row.address for row in rows]


def _claim() -> None:
    """One change at a time: the row is there, and locked until this one is done."""
    SuspectIndex.objects.get_or_create(pk=1, defaults={"version": "", "traces": b""})
    SuspectIndex.objects.select_for_update().get(pk=1)


def _renew() -> None:
    traces = array("q", sorted(Suspect.objects.values_list("pk", flat=True)))
    SuspectIndex.objects.filter(pk=1).update(version=secrets.token_hex(16), traces=traces.tobytes())


def _batches(pks: Iterable[int]) -> Iterable[list[int]]:
    every = list(pks)
    return (every[start : start + BATCH] for start in range(0, len(every), BATCH))
