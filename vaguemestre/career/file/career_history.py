"""Differences that the HR feed shows, written down as they come: after each feed at once, and by the clock each day.

Compared with the newest row of each person; running it twice changes nothing more."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import batched

from django.db import transaction
from django.utils import timezone

from vaguemestre.career.models import GradeStep, Post, Source
from vaguemestre.clock import due
from vaguemestre.people.models import Person, Posting

KEEP_UP = due.Job("career.history.keep_up", every=86400)
BATCH = 900


@KEEP_UP.register
def update_history(key: str, now: datetime) -> None:  # noqa: ARG001 - the clock's signature
    compare_with_feed(timezone.localdate(now))


def compare_with_feed(today: date) -> int:
    """Everybody whom the feed tells; how many rows were written or taken back."""
    keys = list(Person.objects.filter(present=True).order_by("pk").values_list("pk", flat=True))
    return sum(_steps(batch, today) + _posts(batch, today) for batch in batched(keys, BATCH, strict=False))


def steps_of(person: Person) -> list[GradeStep]:
    """Newest first: by the day it was reached, else by the day it was seen."""
    return sorted(GradeStep.objects.filter(person=person), key=_order, reverse=True)


def _order(step: GradeStep) -> tuple[date, int]:
    return (step.since or step.seen_on, step.pk or 0)


def _steps(keys: Sequence[int], today: date) -> int:
    now = {
        pk: (corps or "", grade or "", step)
        for pk, corps, grade, step in Person.objects.filter(pk__in=keys).values_list("pk", "corps", "grade", "step")
    }
    known: dict[int, list[GradeStep]] = {}
    for row in GradeStep.objects.filter(person__in=keys):
        known.setdefault(row.person_id, []).append(row)
    new, mistaken = [], []
    for pk, (corps, grade, step) in now.items():
        if not corps:
            continue
        rows = sorted(known.get(pk, []), key=_order)
        if rows and _same(rows[-1], corps, grade, step):
            continue
        if len(rows) > 1 and _same(rows[-2], corps, grade, step) and _only_seen(rows[-1]):
            mistaken.append(rows[-1].pk)  # the feed takes back what it had told
        elif not any(_same(row, corps, grade, step) for row in rows):
            new.append(GradeStep(person_id=pk, corps=corps, grade=grade, step=step, seen_on=today))
    if not new and not mistaken:
        return 0
    with transaction.atomic():
        GradeStep.objects.filter(pk__in=mistaken).delete()
        GradeStep.objects.bulk_create(new, ignore_conflicts=True)
    return len(new) + len(mistaken)


def _same(row: GradeStep, corps: str, grade: str, step: int | None) -> bool:
    return (row.corps, row.grade, row.step) == (corps, grade, step)


def _only_seen(row: GradeStep) -> bool:
    return row.since is None and row.source == Source.FEED


type _Facts = tuple[int, str | None, str, str, int | None, date | None]


def _posts(keys: Sequence[int], today: date) -> int:
    told: dict[_Facts, Posting] = {
        (one.person_id, one.school_id, one.function, one.discipline or "", one.share, one.starts): one
        for one in Posting.objects.filter(person__in=keys).select_related("school")
    }
    known = {_facts(row): row for row in Post.objects.filter(person__in=keys, gone_on=None, source=Source.FEED)}
    new = [_post(posting) for facts, posting in told.items() if facts not in known]
    gone = [row.pk for facts, row in known.items() if facts not in told]
    ending = [row for facts, row in known.items() if facts in told and told[facts].ends != row.ends]
    for row in ending:
        row.ends = told[_facts(row)].ends
    if not new and not gone and not ending:
        return 0
    with transaction.atomic():
        Post.objects.filter(pk__in=gone).update(gone_on=today)
        Post.objects.bulk_update(ending, ["ends"])
        Post.objects.bulk_create(new)
    return len(new) + len(gone) + len(ending)


def _facts(row: Post) -> _Facts:
    return (row.person_id, row.school_id, row.function, row.discipline, row.share, row.starts)


def _post(posting: Posting) -> Post:
    return Post(
        person_id=posting.person_id, school=posting.school, place=posting.school.name, city=posting.school.city,
        function=posting.function, discipline=posting.discipline or "", share=posting.share, starts=posting.starts,
        ends=posting.ends,
    )  # fmt: skip
