"""The walks through the mailboxes, in slices of a few seconds: counting, taking out, putting back, erasing.

What is about to be taken is written down before it is moved, so that a crash loses sight of nothing; a slice that is
walked twice does nothing twice.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from vaguemestre.accounts.models import Account, Notice
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.ports import mail_memories
from vaguemestre.audit import journal
from vaguemestre.clock.machine_lock import hold_machine_lock
from vaguemestre.engine import message_withdrawal
from vaguemestre.engine.doveadm_protocol import DoveadmRefusedError, DoveadmUnavailableError
from vaguemestre.engine.mailboxes import RECOVERABLE
from vaguemestre.engine.message_withdrawal import MessageCopy
from vaguemestre.withdrawals import withdrawal_status
from vaguemestre.withdrawals.models import Withdrawal, Withheld
from vaguemestre.withdrawals.withdrawal_jobs import KEPT, PASSES, WALKING

logger = logging.getLogger(__name__)
SLICE_SECONDS = 3.0
TRIED_AGAIN = timedelta(hours=1)
AT_ONCE = 200  # accounts asked of the database
State, Walk = Withdrawal.State, Withdrawal.Walk
Held = Withheld.State
OUT = (Held.TAKING, Held.TAKEN)


@WALKING.register
def go_on(*, now: datetime, seconds: float = SLICE_SECONDS) -> bool:
    """One slice of what was asked for first. False: nothing is left to do, or it waits for the clock's next look."""
    if settings.DATA is None:
        return False
    with hold_machine_lock(settings.DATA / "run" / "withdrawals.lock") as mine:
        withdrawal = _first()
        if not mine or withdrawal is None:
            return False
        try:
            _slice(withdrawal, now, time.monotonic() + seconds)
        except DoveadmUnavailableError as error:
            logger.warning("withdrawal %s: %s", withdrawal.key[:8], error)
            _same_walk(withdrawal).update(waits=True)
            return False
    return Withdrawal.objects.exclude(walk="").exists()


def _first() -> Withdrawal | None:
    """What somebody waits for comes before further passes and what is over."""
    waiting = Withdrawal.objects.exclude(walk="").order_by("ordered_at", "key")
    return min(waiting, key=lambda one: one.walk in {Walk.ALL, Walk.ERASE}, default=None)


def _slice(withdrawal: Withdrawal, now: datetime, until: float) -> None:
    visit, wanted = _visits(withdrawal)
    if not withdrawal.after:
        withdrawal.total, withdrawal.passed_over = wanted.count(), []
    try:
        while keys := list(wanted.filter(key__gt=withdrawal.after).values_list("key", flat=True)[:AT_ONCE]):
            for key in keys:
                if not _same_walk(withdrawal).exists():
                    return  # an administrator has decided otherwise meanwhile
                _visit(visit, withdrawal, key, now)
                withdrawal.after, withdrawal.done = key, withdrawal.done + 1
                if time.monotonic() >= until:
                    return
        _end(withdrawal, now)
    finally:
        _same_walk(withdrawal).update(
            after=withdrawal.after, done=withdrawal.done, total=withdrawal.total, passed_over=withdrawal.passed_over,
            waits=False,
        )  # fmt: skip


def _visits(withdrawal: Withdrawal) -> tuple[Callable[[Withdrawal, str, datetime], None], QuerySet[Account]]:
    """What is done in each mailbox, and in which ones."""
    everybody = Account.every.exclude(state=Account.State.PURGED).order_by("key")
    match Walk(withdrawal.walk):
        case Walk.COUNT:
            return _count, everybody
        case Walk.FOUND:
            return _take, everybody.filter(withheld__withdrawal=withdrawal).distinct()
        case Walk.ALL:
            return _take, everybody
        case Walk.BACK:
            return _put_back, everybody.filter(withheld__withdrawal=withdrawal).distinct()
        case Walk.ERASE:
            return _erase, everybody.filter(withheld__withdrawal=withdrawal).distinct()


def _visit(visit: Callable[[Withdrawal, str, datetime], None], withdrawal: Withdrawal, key: str, now: datetime) -> None:
    try:
        visit(withdrawal, key, now)
    except (
        DoveadmRefusedError,
        DoveadmUnavailableError,
    ) as error:  # one broken mailbox must not keep the message in all others
        if isinstance(error, DoveadmUnavailableError) and not _answers_for_another(key):
            raise
        logger.warning("withdrawal %s, mailbox %s: %s", withdrawal.key[:8], key, error)
        withdrawal.passed_over.append(key)


def _answers_for_another(key: str) -> bool:
    """Whether the mail server is there, when it says nothing of this mailbox."""
    others = Account.every.exclude(state=Account.State.PURGED)
    other = others.filter(key__gt=key).order_by("key").first() or others.filter(key__lt=key).order_by("key").last()
    if other is None:
        return False
    try:
        message_withdrawal.places(other.key)
    except DoveadmUnavailableError:
        return False
    except DoveadmRefusedError:
        return True
    return True


def _count(withdrawal: Withdrawal, key: str, _now: datetime) -> None:
    found = _by_folder(_found(withdrawal, key))
    mine = Withheld.objects.filter(withdrawal=withdrawal, account=key, state=Held.FOUND)
    if not found and not mine.exists():
        return
    with transaction.atomic():
        mine.delete()
        if not _same_walk(withdrawal).exists():  # given up while this mailbox was looked at
            return
        Withheld.objects.bulk_create(_row(withdrawal, key, copies, Held.FOUND) for copies in found)


def _take(withdrawal: Withdrawal, key: str, now: datetime) -> None:
    """Looked for again: since it was counted, it may have been moved, thrown away, or come once more."""
    rows, problems = Withheld.objects.filter(withdrawal=withdrawal, account=key), []
    begun = list(rows.filter(state=Held.TAKING))
    for copies in _by_folder(_found(withdrawal, key)):
        row = _row(withdrawal, key, copies, Held.TAKING)
        row.save(force_insert=True)
        begun.append(row)
        try:
            message_withdrawal.withdraw_copies(key, row.place, copies)
        except DoveadmRefusedError as refused:  # of one folder: what came out of the others is settled first
            problems.append(refused)
    taken = []
    for row in begun:
        row.count = message_withdrawal.count_withdrawn(key, row.place)
        if row.count:
            taken.append(row)
    if taken:
        for forget in mail_memories.all():
            forget(key)
    with transaction.atomic():
        rows.filter(state=Held.FOUND).delete()
        rows.filter(pk__in=[row.pk for row in begun if not row.count]).delete()
        for row in taken:
            Withheld.objects.filter(pk=row.pk).update(state=Held.TAKEN, count=row.count)
        if taken:
            _tell_taken(withdrawal, taken, now)
    if problems:
        raise problems[0]


def _put_back(withdrawal: Withdrawal, key: str, now: datetime) -> None:
    rows = Withheld.objects.filter(withdrawal=withdrawal, account=key)
    back, problems = [], []
    for row in rows.filter(state__in=OUT).order_by("pk"):
        try:
            message_withdrawal.restore_copies(key, row.place, row.folder)
        except DoveadmRefusedError as refused:
            problems.append(refused)
        else:
            Withheld.objects.filter(pk=row.pk).update(state=Held.RETURNED)
            back.append(row)
    with transaction.atomic():
        rows.filter(state=Held.FOUND).delete()
        if back:
            journal.record("system", "withdrawal.put-back", key, withdrawal=withdrawal.key[:8])
            if any(row.seen for row in back):
                _tell(withdrawal, key, "put-back", now)
    if problems:
        raise problems[0]


def _erase(withdrawal: Withdrawal, key: str, _now: datetime) -> None:
    rows = Withheld.objects.filter(withdrawal=withdrawal, account=key)
    for row in rows:
        message_withdrawal.delete_copies(key, row.place)
        row.delete()


def _end(withdrawal: Withdrawal, now: datetime) -> None:
    sums = withdrawal_status.withdrawal_sums(withdrawal)
    match Walk(withdrawal.walk):
        case Walk.COUNT:
            _become(withdrawal, state=State.COUNTED, copies=sums.copies, boxes=sums.boxes)
        case Walk.FOUND:
            _become(withdrawal, walk=Walk.ALL)
        case Walk.ALL:
            first = withdrawal.taken_at or now
            further = next((first + wait for wait in PASSES if first + wait > now), None)
            _become(
                withdrawal, state=State.TAKEN, copies=sums.copies, boxes=sums.boxes,
                next_pass_at=further, ends_at=first + KEPT,
            )  # fmt: skip
        case Walk.BACK if _still_out(withdrawal):
            _become(withdrawal, next_pass_at=now + TRIED_AGAIN)
        case Walk.BACK:
            _become(withdrawal, state=State.RETURNED)
        case Walk.ERASE if _still_out(withdrawal):
            _become(withdrawal, ends_at=now + TRIED_AGAIN)
        case Walk.ERASE:
            _become(withdrawal, state=State.ERASED)


def _still_out(withdrawal: Withdrawal) -> bool:
    """A mailbox did not open: what lies in it is neither back nor erased."""
    return Withheld.objects.filter(withdrawal=withdrawal, state__in=OUT).exists()


def _become(withdrawal: Withdrawal, *, walk: str = "", **facts: object) -> None:
    """Only from the walk that is over: an administrator may have put everything back meanwhile."""
    _same_walk(withdrawal).update(
        walk=walk, after="", done=0, total=0, passed_over=withdrawal.passed_over, waits=False, **facts
    )


def _same_walk(withdrawal: Withdrawal) -> QuerySet[Withdrawal]:
    return Withdrawal.objects.filter(pk=withdrawal.pk, state=withdrawal.state, walk=withdrawal.walk)


def _found(withdrawal: Withdrawal, key: str) -> list[MessageCopy]:
    sender = withdrawal.sender if "@" in withdrawal.sender else ""
    if withdrawal.alike:
        found = message_withdrawal.find_similar(key, sender, withdrawal.subject, withdrawal.since)
    else:
        found = message_withdrawal.find_copies(key, withdrawal.message_id, sender, withdrawal.since)
    if any(copy.folder == RECOVERABLE for copy in found):
        # Deleted for good from Sent by who wrote it, an attacker perhaps: evidence, as in Sent.
        own = {address.casefold() for address in Account.every.get(pk=key).addresses}
        found = [copy for copy in found if copy.folder != RECOVERABLE or not copy.senders & own]
    return found


def _by_folder(found: list[MessageCopy]) -> list[list[MessageCopy]]:
    folders: dict[str, list[MessageCopy]] = defaultdict(list)
    for copy in found:
        folders[copy.guid].append(copy)
    return list(folders.values())


def _row(withdrawal: Withdrawal, key: str, copies: list[MessageCopy], state: str) -> Withheld:
    return Withheld(
        withdrawal=withdrawal, account_id=key, folder=copies[0].folder, count=len(copies), state=state,
        seen=sum(copy.seen for copy in copies), answered=sum(copy.answered for copy in copies),
    )  # fmt: skip


def _tell_taken(withdrawal: Withdrawal, taken: list[Withheld], now: datetime) -> None:
    """A line for everybody concerned; a notice for who had read it, and may have done what it asked."""
    count = sum(row.count for row in taken)
    journal.record("system", "withdrawal.taken", taken[0].account_id, withdrawal=withdrawal.key[:8], count=count)
    if any(row.seen for row in taken):
        _tell(withdrawal, taken[0].account_id, "taken", now)


def _tell(withdrawal: Withdrawal, key: str, change: str, now: datetime) -> None:
    account = Account.objects.select_related("person").filter(pk=key).first()
    if account is None:
        return  # a shared mailbox: its line in the journal says it
    notices.tell_owner(
        account, Notice.Kind.WITHDRAWAL, now=now,
        change=change, subject=withdrawal.subject[:120], sender=withdrawal.sender[:120],
    )  # fmt: skip
