"""A feed dropped on the screen: kept, compared in the background, applied after a decision.

The changes that are shown are those that are applied: where another import came between, it is compared again and
waits again. A job that was killed runs again."""

import json
import os
import shutil
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils import timezone

from vaguemestre.arrivals import feed_effects
from vaguemestre.arrivals.change_list import change_list
from vaguemestre.arrivals.models import FeedDrop
from vaguemestre.audit import journal
from vaguemestre.clock import due
from vaguemestre.people.feed import Feed, read_feed
from vaguemestre.people.feed_writer import FeedOvertakenError
from vaguemestre.people.import_lock import ImportRunningError, my_turn, refuse_to_wait
from vaguemestre.people.refusal import FeedRejectedError
from vaguemestre.people.snapshot import Changes, TooManyClosuresError, check_closures, compare

CHECK, APPLY = due.Job("arrivals.feed.check"), due.Job("arrivals.feed.apply")
KEPT: Final = timedelta(days=7)  # a file without a decision
TURN: Final = timedelta(seconds=10)  # until the next try, while another import runs
State = FeedDrop.State


class PendingDropError(Exception):
    """Another feed waits for a decision, or is being read."""


def pending_drop() -> FeedDrop | None:
    return FeedDrop.objects.filter(pending=True).first()


def drop_feed(upload: File[bytes], *, by: str, now: datetime) -> FeedDrop:
    """Raises PendingDropError, OSError."""
    try:
        with transaction.atomic():
            drop = FeedDrop.objects.create(
                name=(upload.name or "")[-200:], size=upload.size or 0, dropped_by=by, dropped_at=now
            )
            _keep(upload, drop)
            due.at(now, CHECK, str(drop.pk))
            journal.record(by, "feed.dropped", by, name=drop.name)
    except IntegrityError as error:
        raise PendingDropError from error
    return drop


def decide(drop: FeedDrop, *, by: str, now: datetime) -> bool:
    """Apply it. False when it is not there to be applied any more."""
    with transaction.atomic():
        held = _if(drop, State.CHECKED).update(state=State.APPLYING, decided_by=by)
        if held:
            due.at(now, APPLY, str(drop.pk))
    return bool(held)


def withdraw(drop: FeedDrop, *, by: str, now: datetime) -> bool:
    """The file is deleted, nothing was changed."""
    with transaction.atomic():
        held = _if(drop, State.CHECKING, State.CHECKED).update(
            state=State.WITHDRAWN, pending=None, decided_by=by, ended_at=now
        )
        if held:
            journal.record(by, "feed.withdrawn", by, name=drop.name)
            transaction.on_commit(lambda: delete_files(drop))
    return bool(held)


@CHECK.register
def check_drop(key: str, now: datetime) -> datetime | None:
    return _in_turn(key, State.CHECKING, now)


@APPLY.register
def apply_drop(key: str, now: datetime) -> datetime | None:
    return _in_turn(key, State.APPLYING, now)


@due.recurring("arrivals.feed.sweep", every=3600)
def sweep_drops(_key: str, now: datetime) -> None:
    for drop in FeedDrop.objects.filter(pending=True, state=State.CHECKED, dropped_at__lt=now - KEPT):
        withdraw(drop, by="system", now=now)


def shown_changes(drop: FeedDrop) -> dict[str, Any]:
    """`sections` and `refused`, as `change_list` wrote them; both empty where the file is gone."""
    try:
        found: dict[str, Any] = json.loads(_folder(drop).joinpath("changes.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {"sections": [], "refused": []}
    return found


def delete_files(drop: FeedDrop) -> None:
    shutil.rmtree(_folder(drop), ignore_errors=True)


def _in_turn(key: str, state: State, now: datetime) -> datetime | None:
    drop = FeedDrop.objects.filter(pk=key, state=state).first()
    if drop is None:
        return None
    try:
        with my_turn(waiting=refuse_to_wait):
            _work(drop, now)
    except (ImportRunningError, FeedOvertakenError):
        return timezone.now() + TURN
    return None


def _work(drop: FeedDrop, now: datetime) -> None:
    try:
        feed = _read(drop)
        changes = compare(feed, timezone.localdate(now))
        if drop.state == State.APPLYING and changes.base == drop.base:
            _apply(drop, changes, now)
        else:
            _show(drop, changes, now)
    except FeedRejectedError as rejected:
        place = f"{rejected.line}: " if rejected.line else ""
        _end(drop, State.REJECTED, now, reason=f"{place}{rejected.reason}"[:400])
        delete_files(drop)
    except FileNotFoundError:
        _end(drop, State.WITHDRAWN, now)


def _apply(drop: FeedDrop, changes: Changes, now: datetime) -> None:
    check_closures(changes, timezone.localdate(now))  # it held when it was shown: `decide` is not offered otherwise
    with transaction.atomic():
        feed_effects.take_effect(changes, now=now, by=drop.decided_by)
        _end(drop, State.APPLIED, now)
        journal.record(drop.decided_by, "feed.applied", drop.decided_by, name=drop.name)
    delete_files(drop)


def _show(drop: FeedDrop, changes: Changes, now: datetime) -> None:
    today = timezone.localdate(now)
    try:
        check_closures(changes, today)
        too_many = False
    except TooManyClosuresError:
        too_many = True
    _write(_folder(drop) / "changes.json", [json.dumps(change_list(changes)).encode()])
    _if(drop, drop.state).update(
        state=State.CHECKED, dated=changes.dated, base=changes.base, closures=changes.closures(today),
        in_post=changes.in_post, reason="overtaken" if drop.state == State.APPLYING else "",
        counts={**changes.counts(), "lines": changes.lines, "any": bool(changes), "too_many": too_many},
    )  # fmt: skip


def _end(drop: FeedDrop, state: State, now: datetime, *, reason: str = "") -> None:
    FeedDrop.objects.filter(pk=drop.pk).update(state=state, pending=None, ended_at=now, reason=reason)


def _if(drop: FeedDrop, *states: State | str) -> Any:
    return FeedDrop.objects.filter(pk=drop.pk, state__in=states)


def _read(drop: FeedDrop) -> Feed:
    def note(done: int) -> None:
        FeedDrop.objects.filter(pk=drop.pk).update(read=done)

    return read_feed(_folder(drop) / "feed.csv", progress=note)


def _keep(upload: File[bytes], drop: FeedDrop) -> None:
    folder = _folder(drop)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(folder / "feed.csv", upload.chunks())


def _write(place: Path, pieces: Iterable[bytes]) -> None:
    """Whole or not at all; for the service's user alone: it has the NUMEN of everybody."""
    unfinished = place.with_suffix(".part")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.writelines(pieces)
    unfinished.replace(place)


def _folder(drop: FeedDrop) -> Path:
    assert settings.DATA is not None, "no data folder"  # noqa: S101 - no file is dropped on a program without one
    return Path(settings.DATA) / "imports" / f"drop-{drop.pk}"
