"""The list changed: entries added, taken away, or brought whole from a file. Each change is a line of the journal."""

import secrets
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet

from vaguemestre.audit import journal
from vaguemestre.webmail.models import BlocklistEntry, SuspectIndex
from vaguemestre.webmail.trust.blocklist.canonical_urls import key_hash

BATCH = 5000
LIST = "suspects"  # what the journal says the act was about: nobody
_INSERT = "INSERT INTO webmail_suspect (trace, address, source, added_by, added_at) VALUES (%s, %s, %s, %s, %s)"


@dataclass(frozen=True, slots=True)
class BlocklistImport:
    added: int
    removed: int
    known: int


def add_entries(entries: Iterable[str], *, by: str, now: datetime) -> int:
    """By hand; answers how many were new."""
    wanted = {key_hash(one): one for one in entries}
    with transaction.atomic():
        _claim()
        known = set(BlocklistEntry.objects.filter(pk__in=wanted).values_list("pk", flat=True))
        new = {number: one for number, one in wanted.items() if number not in known}
        for one in new.values():
            journal.record(by, "suspect.added", LIST, address=one[:200])
        if new:
            _keep(new, "", by, now)
            _renew()
    return len(new)


def remove_entry(wanted: int, *, by: str) -> str:
    """Answers what it was; empty when somebody else has taken it away."""
    with transaction.atomic():
        _claim()
        row = BlocklistEntry.objects.filter(pk=wanted).first()
        if row is None:
            return ""
        row.delete()
        journal.record(by, "suspect.removed", LIST, address=row.address[:200])
        _renew()
    return row.address


def import_entries(
    entries: Iterable[str], source: str, *, replace: bool, by: str, now: datetime, dry: bool = False
) -> BlocklistImport:
    """`replace`: what came from this source before and is not in it any more goes. What was added by hand stays."""
    wanted = {key_hash(one): one for one in entries}
    with transaction.atomic():
        _claim()
        there = set(BlocklistEntry.objects.values_list("pk", flat=True))
        former = set(BlocklistEntry.objects.filter(source=source).values_list("pk", flat=True)) if replace else set()
        gone = former - wanted.keys()
        new = wanted.keys() - there
        if not dry and (new or gone):
            for pks in _batches(gone):
                BlocklistEntry.objects.filter(pk__in=pks).delete()
            _keep({one: wanted[one] for one in new}, source, by, now)
            journal.record(by, "suspects.brought", LIST, source=source, added=len(new), removed=len(gone))
            _renew()
    return BlocklistImport(len(new), len(gone), len(wanted) - len(new))


def find_entries(typed: str) -> QuerySet[BlocklistEntry]:
    """The newest first; those that have these letters."""
    rows = BlocklistEntry.objects.order_by("-added_at", "address")
    return rows.filter(address__contains=typed.lower()) if typed else rows


def _keep(entries: Mapping[int, str], source: str, by: str, now: datetime) -> None:
    """In one go, without an object a row: everybody else's writing waits meanwhile."""
    with connection.cursor() as cursor:
        at = connection.ops.adapt_datetimefield_value(now)
        cursor.executemany(_INSERT, [(number, one, source, by, at) for number, one in entries.items()])


def _claim() -> None:
    """One change at a time: the row is there, and locked until this one is done."""
    SuspectIndex.objects.get_or_create(pk=1, defaults={"version": "", "traces": b""})
    SuspectIndex.objects.select_for_update().get(pk=1)


def _renew() -> None:
    traces = array("q", sorted(BlocklistEntry.objects.values_list("pk", flat=True)))
    SuspectIndex.objects.filter(pk=1).update(version=secrets.token_hex(16), traces=traces.tobytes())


def _batches(pks: Iterable[int]) -> Iterable[list[int]]:
    every = list(pks)
    return (every[start : start + BATCH] for start in range(0, len(every), BATCH))
