"""Writing the journal, sealing it, and proving that it is whole."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.audit.models import Entry, Seal

type Detail = str | int | bool | None
FIRST = "0" * 64  # what the first seal stands on
BATCH = 2000


def record(actor: str, act: str, subject: str, **details: Detail) -> None:
    """One line. Call it inside the act's own transaction, so that neither exists without the other."""
    Entry.objects.create(at=timezone.now(), actor=actor, act=act, subject=subject, details=details)


def record_many(actor: str, act: str, subjects: Iterable[str], **details: Detail) -> None:
    at = timezone.now()
    Entry.objects.bulk_create(
        (Entry(at=at, actor=actor, act=act, subject=subject, details=details) for subject in subjects), batch_size=BATCH
    )


def record_each(actor: str, act: str, lines: Iterable[tuple[str, dict[str, Detail]]]) -> None:
    """One line a subject, each with details of its own."""
    at = timezone.now()
    Entry.objects.bulk_create(
        (Entry(at=at, actor=actor, act=act, subject=subject, details=details) for subject, details in lines),
        batch_size=BATCH,
    )


def seal() -> int:
    """Chain every unsealed line, in order of id; answers how many. A second sealer at the same time fails whole."""
    with transaction.atomic():
        newest = Seal.objects.order_by("-id").first()
        digest = newest.digest if newest else FIRST
        seals = []
        for entry in Entry.objects.filter(seal=None).order_by("id").iterator(BATCH):
            previous, digest = digest, _digest(digest, entry)
            seals.append(Seal(entry=entry, previous=previous, digest=digest))
        Seal.objects.bulk_create(seals, batch_size=BATCH)
    return len(seals)


@dataclass(frozen=True)
class Flaw:
    """Where the chain does not hold: the journal's line, and what is wrong there."""

    entry_id: int
    reason: str


def verify() -> Iterator[Flaw]:
    """Walk the chain from its first link. Nothing is yielded when every sealed line is as it was written."""
    expected = FIRST
    for link, entry in _links():
        if link.previous != expected:
            yield Flaw(link.entry_id, _("a line before this one is missing"))
        if entry is None:
            yield Flaw(link.entry_id, _("this line was taken out"))
        elif link.digest != _digest(link.previous, entry):
            yield Flaw(link.entry_id, _("this line was changed"))
        expected = link.digest


def head() -> str:
    """The newest digest. Kept elsewhere (printed, sent away), it proves later that nothing was cut from the end."""
    newest = Seal.objects.order_by("-id").first()
    return newest.digest if newest else FIRST


def seal_due(_key: str, _now: datetime) -> None:
    """The same as `seal`, as the clock calls it."""
    seal()


def _links() -> Iterator[tuple[Seal, Entry | None]]:
    """Every seal in order, also one whose line is gone: a join would leave out both."""
    for links in batched(Seal.objects.order_by("id").iterator(BATCH), BATCH, strict=False):
        entries = Entry.objects.in_bulk([link.entry_id for link in links])
        for link in links:
            yield link, entries.get(link.entry_id)


def _digest(previous: str, entry: Entry) -> str:
    content = [previous, entry.pk, entry.at.timestamp(), entry.actor, entry.act, entry.subject, entry.details]
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
