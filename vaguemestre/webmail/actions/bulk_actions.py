"""Acts on thousands of messages: a row first, then slices that the tasks process does, each of which may be its last.

Before a chunk is touched the row says which one, and what is needed to know whether it was done: a crash neither does a
chunk twice nor loses what an undo needs. Two processes never work at one act: it is locked, and what dies lets go.
"""

import contextlib
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.tasks import task
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.clock import due
from vaguemestre.clock.machine_lock import hold_machine_lock, is_machine_lock_held
from vaguemestre.mailbox.errors import (
    MailboxRefusedError,
    MailboxUnavailableError,
    NoSuchFolderError,
    QuotaExceededError,
    SignInRefusedError,
)
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.imap.uid_sets import UidSet
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.webmail.actions import chunks
from vaguemestre.webmail.connection import open_mailbox_of
from vaguemestre.webmail.folders import retention
from vaguemestre.webmail.models import BulkAct, new_key
from vaguemestre.webmail.outbox import queue

logger = logging.getLogger(__name__)
RESUME = due.Job("webmail.bulk.resume")
FORGET = due.Job("webmail.bulk.forget")
IMMEDIATE = 200  # so many are done while the person waits, as one is
CHUNK = 500  # one command; a stop waits for its end
FIRST = 100  # what stands on the screen, done in the request that asked
AT_ONCE = 0.05  # seconds of that request, after which no further chunk begins
SLICE = 2.0  # seconds of the tasks process, then somebody else's turn
SAFETY_NET = timedelta(minutes=1)
AWAY = timedelta(seconds=15)  # when the mail server does not answer
UNDO_LIFE = timedelta(hours=1)
SAID = timedelta(minutes=10)  # what is over is said so long, unless it is put away
KEPT = timedelta(days=1)
ASIDE: Final = "aside"  # the target of what is deleted and can be brought back
State, Verb = BulkAct.State, BulkAct.Verb
OPPOSITE = {
    Verb.READ: Verb.UNREAD, Verb.UNREAD: Verb.READ, Verb.STAR: Verb.UNSTAR, Verb.UNSTAR: Verb.STAR,
    Verb.LABEL: Verb.UNLABEL, Verb.UNLABEL: Verb.LABEL,
}  # fmt: skip


class UnfinishedError(Exception):
    """The act is gone, with its account."""


@dataclass(frozen=True, slots=True)
class BulkRequest:
    """What is to be done. `target`: the folder of a move. `label`: its name, that of the label `flag`, or the hour
    `until`, as the person saw it."""

    verb: BulkAct.Verb
    target: MailboxId | str = ""
    label: str = ""
    flag: str = ""
    until: datetime | None = None


def begin(account: Account, asked: BulkRequest, places: Mapping[Folder, UidSet], now: datetime) -> BulkAct:
    """Asked for. The first messages, those on the screen, are done before this returns."""
    return _begun(account, [(asked, source, uids) for source, uids in places.items()], now)


def return_early(account: Account, later: Folder, homes: Mapping[MailboxId, UidSet], now: datetime) -> BulkAct:
    """What waits goes where it came from, before its hour."""
    wanted = [(BulkRequest(Verb.LATER, target=home, until=now), later, uids) for home, uids in homes.items()]
    return _begun(account, wanted, now)


def undo(act: BulkAct, now: datetime) -> BulkAct | None:
    """Everything back where and as it was, as an act of its own. Pressed twice or in two tabs: once. None: too late."""
    acts = rows_of(act)
    if not can_undo(acts, now):
        return None
    batch = new_key() if act.batch else ""
    try:
        with open_mailbox_of(act.account_id) as session:
            back = _all_back(session, acts, batch, now)
        if any(one.target == ASIDE for one in back) and not retention.recover_days():
            return None  # nothing is kept any more: deleted, they would be gone
        return _started(back, now)
    except IntegrityError:
        return BulkAct.objects.filter(undoes__in=acts).first()


def rows_of(act: BulkAct) -> list[BulkAct]:
    """This one, and those of the other folders of the same act."""
    if not act.batch:
        return [act]
    return list(BulkAct.objects.filter(account=act.account_id, batch=act.batch).order_by("key"))


def can_undo(acts: Sequence[BulkAct], now: datetime) -> bool:
    ended = all(one.finished_at is not None and one.finished_at > now - UNDO_LIFE for one in acts)
    taken_back = any(one.undoes_id is not None or one.verb == Verb.DELETE for one in acts)
    return ended and not taken_back and any(one.changed for one in acts)


def stop(act: BulkAct, now: datetime) -> None:
    """What is done stays done; at once when nobody is at it, else after the chunk in hand."""
    acts = rows_of(act)
    BulkAct.objects.filter(pk__in=[one.pk for one in acts], state=State.RUNNING).update(stop_asked=True)
    for one in acts:
        go_on(one.key, now, seconds=0)


def go_on(key: str, now: datetime, *, seconds: float = SLICE, size: int = CHUNK) -> bool:
    """One slice. True when more is left to do. A mail server that is away is waited for: the clock calls again."""
    with _claimed(key) as act:
        if act is None:
            return False
        try:
            if act.stop_asked and not act.pending:
                return _end(act, State.STOPPED, now)
            return _slice(act, now, time.monotonic() + seconds, size)
        except UnfinishedError:
            return False
        except MailboxUnavailableError:
            logger.warning("bulk act %s: the mailbox does not answer", key[:8])
            _write(act, waiting=True)
            due.at(now + AWAY, RESUME, key)
        except MailboxRefusedError as refusal:
            _end(act, State.FAILED, now, failure=_reason(refusal))
    return False


@task()
def go_on_with(key: str) -> bool:
    """True when there is more; it is asked for again behind what others wait for: they get their turn between two
    slices."""
    more = go_on(key, timezone.now())
    if more:
        go_on_with.enqueue(key)
    return more


@RESUME.register
def resume(key: str, now: datetime) -> None:
    """The clock's call: for what a crash, a lost task or a silent mail server left behind."""
    if go_on(key, now):
        _hand_over(key, now)
    elif is_machine_lock_held(BulkAct(key=key).lock_path):
        due.at(now + SAFETY_NET, RESUME, key)


@FORGET.register
def forget_action(key: str, _now: datetime) -> None:
    """A day later nobody asks what became of it."""
    if BulkAct.objects.filter(pk=key).exclude(state=State.RUNNING).delete()[0]:
        BulkAct(key=key).lock_path.unlink(missing_ok=True)


def _begun(account: Account, wanted: Sequence[tuple[BulkRequest, Folder, UidSet]], now: datetime) -> BulkAct:
    batch = new_key() if len(wanted) > 1 else ""
    acts = [
        BulkAct(
            key=new_key(), batch=batch, account=account, verb=asked.verb, source=source.id or "",
            source_validity=source.uid_validity, target=asked.target, label=asked.label, flag=asked.flag,
            until=asked.until, todo=str(uids), total=len(uids), created_at=now,
        )
        for asked, source, uids in wanted
    ]  # fmt: skip
    return _started(acts, now)


def _all_back(session: Session, acts: Sequence[BulkAct], batch: str, now: datetime) -> list[BulkAct]:
    """A folder that was deleted meanwhile keeps nothing back of what the others hold."""
    found: list[BulkAct] = []
    for act in acts:
        with contextlib.suppress(NoSuchFolderError):
            found += [_back(session, act, batch, now)] if act.changed else []
    if not found:
        raise NoSuchFolderError("none of them is there")
    return found


def _back(session: Session, act: BulkAct, batch: str, now: datetime) -> BulkAct:
    uids, moved = UidSet.read(act.changed), act.verb in chunks.MOVES
    place = _folder(session, act.target if moved else act.source)
    # What was brought back from among the deleted goes there again by being deleted: nobody else puts it there.
    again = moved and _recovered(session, act.source) is not None
    verb = Verb.DELETE if again else Verb.MOVE if moved else OPPOSITE[Verb(act.verb)]
    return BulkAct(
        key=new_key(), batch=batch, account_id=act.account_id, verb=verb, source=place.id or "",
        source_validity=place.uid_validity, target=ASIDE if again else act.source if moved else "", flag=act.flag,
        todo=str(uids), total=len(uids), created_at=now, undoes=act,
    )  # fmt: skip


def _started(acts: Sequence[BulkAct], now: datetime) -> BulkAct:
    """The first of them; one is always begun, the others as long as its person does not wait for it."""
    first = acts[0]
    with transaction.atomic():
        # One notice at a time of what is over: the newest.
        mine = BulkAct.objects.filter(account=first.account_id)
        going_on = mine.filter(state=State.RUNNING).exclude(batch="").values("batch")
        mine.exclude(state=State.RUNNING).exclude(batch__in=going_on).update(shown=False)
        BulkAct.objects.bulk_create(acts)
        for act in acts:
            due.at(now + SAFETY_NET, RESUME, act.key)
    until = time.monotonic() + AT_ONCE
    for act in acts:
        left = until - time.monotonic()
        if (left <= 0 and act is not first) or go_on(act.key, now, seconds=left, size=FIRST):
            _hand_over(act.key, now)
    first.refresh_from_db()
    return first


def _hand_over(key: str, now: datetime) -> None:
    """To the tasks process; and to the clock, in case that process does not live to do it."""
    due.at(now + SAFETY_NET, RESUME, key)
    go_on_with.enqueue(key)


def _slice(act: BulkAct, now: datetime, until: float, size: int) -> bool:
    with open_mailbox_of(act.account_id) as session:
        if _folder(session, act.source).uid_validity != act.source_validity:
            raise NoSuchFolderError("numbered anew")
        if act.pending:
            _write(act, waiting=False, **chunks.settle_chunk(act, session))
        while act.todo:
            if BulkAct.objects.filter(pk=act.pk, stop_asked=True).exists():
                return _end(act, State.STOPPED, now)
            _write(act, waiting=False, **chunks.prepare_chunk(act, session, size))
            _write(act, **chunks.apply_chunk(act, session))
            if act.todo and time.monotonic() >= until:
                return True
    return _end(act, State.DONE, now)


def _end(act: BulkAct, state: BulkAct.State, now: datetime, *, failure: str = "") -> bool:
    with transaction.atomic():
        _write(act, state=state, failure=failure, waiting=False, finished_at=timezone.now())
        due.drop(RESUME, act.key)
        due.at(now + KEPT, FORGET, act.key)
        if act.verb == Verb.DELETE:
            queue.retry_when_room(act.account_id, now)
    return False


def _write(act: BulkAct, **values: object) -> None:
    if not BulkAct.objects.filter(pk=act.pk).update(**values):
        raise UnfinishedError(act.key)
    for name, value in values.items():
        setattr(act, name, value)


@contextlib.contextmanager
def _claimed(key: str) -> Iterator[BulkAct | None]:
    running = BulkAct.objects.filter(pk=key, state=State.RUNNING)
    if not running.exists():  # no lock is made beside what is over
        yield None
        return
    with hold_machine_lock(lock := BulkAct(key=key).lock_path) as free:
        yield (act := running.first() if free else None)
        if act and act.state != State.RUNNING:
            lock.unlink(missing_ok=True)


def _folder(session: Session, wanted: str) -> Folder:
    found = next((folder for folder in session.folders() if folder.id == wanted), None) or _recovered(session, wanted)
    if found is None:
        raise NoSuchFolderError(wanted)
    return found


def _recovered(session: Session, wanted: str) -> Folder | None:
    """The folder of what was deleted, which is in no list, if that is the one."""
    if any(folder.id == wanted for folder in session.folders()):
        return None
    found = session.recoverable_folder()
    return found if found and found.id == wanted else None


def _reason(refusal: MailboxRefusedError) -> str:
    kinds = {NoSuchFolderError: "gone", QuotaExceededError: "full", SignInRefusedError: "closed"}
    return next((word for kind, word in kinds.items() if isinstance(refusal, kind)), "refused")
