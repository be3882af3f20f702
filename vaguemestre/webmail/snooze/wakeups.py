"""The way back: at its hour each message stands on top of its folder again, unread and marked.

A mail program sorts by the date of arrival, which no move changes: the message is stored again with the hour as its
date. That happens inside "Plus tard", where nobody reads, and each step is written down before it is done; the last,
the move, is one act at Dovecot's. A crash at any moment is followed by the same job (`clock.due`), which continues.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from tempfile import SpooledTemporaryFile

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.clock import due
from vaguemestre.mailbox.errors import (
    MailboxRefusedError,
    NoSuchFolderError,
    NoSuchMessageError,
    QuotaExceededError,
    SignInRefusedError,
)
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.imap.uid_sets import UidSet
from vaguemestre.mailbox.messages import Row
from vaguemestre.mailbox.values import RETURNED, SEEN, MailboxId, Uid
from vaguemestre.webmail.connection import open_mailbox_of
from vaguemestre.webmail.folders import lookup
from vaguemestre.webmail.models import BulkAct, Snoozed
from vaguemestre.webmail.snooze.snoozed_messages import AWAY, SHORTLY, WAKE, adopt_orphans, job_key

logger = logging.getLogger(__name__)
CLOSED_AGAIN_AFTER = timedelta(days=1)
HELD_AGAIN_AFTER = timedelta(minutes=1)
UNDOABLE = timedelta(hours=2)  # longer than any move out of "Plus tard" can be taken back
# A message can still wait long after its hour, in a mailbox that was closed, and be moved then.
FORGOTTEN_AFTER = CLOSED_AGAIN_AFTER + UNDOABLE
SLICE, SLICE_SECONDS = 50, 2.0  # messages, or a time, after which other people's acts have their turn
IN_MEMORY = 1024 * 1024
NO_COPY_YET = 2**32 - 1  # the `since` of what is taken in hand and not yet stored again


@dataclass(frozen=True, slots=True)
class ReturnTarget:
    """Where a message is again, and its number there."""

    folder: MailboxId
    uid: Uid


@WAKE.register
def wake_due(key: str, now: datetime) -> None:
    """`key`: see `snoozed_messages.job_key`. Everything of the account that is due, so that one job late catches up; a
    slice at a time, as one thread does the acts of everybody. What an act on many has in hand waits until that has
    ended."""
    account_key = key.partition(" ")[0]
    come = Snoozed.objects.filter(account_id=account_key, until__lte=now)
    come.filter(since=AWAY, until__lte=now - FORGOTTEN_AFTER).delete()
    free = come.exclude(since=AWAY).exclude(_in_hand(account_key)).order_by("until", "id")
    try:
        if free.exists():
            _bring_some_back(account_key, free, now)
    except SignInRefusedError:
        logger.info("mailbox of %s is closed: what it put off waits another day", account_key)
        due.at(now + CLOSED_AGAIN_AFTER, WAKE, key)
        return
    # Asked for last: until then the clock's own retry holds, should the mailbox not answer.
    if free.exists():
        due.at(now, WAKE, key)
    elif come.exclude(since=AWAY).exists():
        due.at(now + HELD_AGAIN_AFTER, WAKE, key)
    elif come.exists():  # until nobody can take back what was moved away
        due.at(now + FORGOTTEN_AFTER, WAKE, key)


def return_now(
    account: Account, session: Session, later: MailboxId, uids: UidSet, now: datetime
) -> tuple[list[ReturnTarget], int]:
    """Before their hour, because the person asks, who may take it back. And how many somebody else brings back."""
    theirs, at = claimed_elsewhere(account.key, later, uids), now.replace(microsecond=0)
    homes, left = [], len(theirs)
    for uid in uids.without(theirs).uids:
        row = _taken_in_hand(account, later, uid)
        if row is None:
            left += 1
            continue
        try:
            home = return_to_folder(session, row, at)
        except MailboxRefusedError:
            _let_go(row)
            raise
        homes += [home] if home else []
    return homes, left


def claimed_elsewhere(account_key: str, later: MailboxId, uids: UidSet, *, but: str = "") -> UidSet:
    """Two that act on one message would double it. What is due the clock brings back; the others, another page or
    another act than `but`; after them, should they die, the clock."""
    now, chosen = timezone.now(), set(uids.uids)
    mine = Snoozed.objects.filter(Q(uid__in=chosen) | Q(former__in=chosen), account=account_key, folder=later)
    numbers = mine.exclude(_free(now)).values_list("uid", "former")
    found = {uid for both in numbers for uid in both if uid in chosen}
    if found:
        due.at(now, WAKE, job_key(account_key, now))
    acts = BulkAct.objects.filter(account=account_key, source=later, state=BulkAct.State.RUNNING).exclude(pk=but)
    for pending in acts.exclude(pending="").values_list("pending", flat=True):
        found |= chosen & set(UidSet.read(pending).uids)
    return UidSet.of(found)


def waiting_row(account: Account, later: MailboxId, uid: Uid) -> Snoozed:
    """Known by either number where a crash left two of it. What a mail program put there has no origin; it goes to the
    inbox, by the clock soon should this process die."""
    known = _known(account, later, uid)
    return known or _of_a_stranger(account, later, uid, since=None)[0]


def return_to_folder(session: Session, row: Snoozed, at: datetime | None = None) -> ReturnTarget | None:
    """None when it is no longer there: moved or deleted in a mail program, it is forgotten in silence. `at`: this is
    the hour of its return, before its own, which it has again when that is undone."""
    later = MailboxId(row.folder)
    try:
        fresh, home = _stored_again(session, row, at or row.until), _home(session, row)
        there = session.move(later, [fresh], home).get(fresh)
    except (NoSuchFolderError, NoSuchMessageError):
        if lookup.folder_by_id(session.folders(), later) and row.uid in session.present(later, [Uid(row.uid or 1)]):
            raise  # it is the other folder that went away meanwhile: the clock tries again
        there = None
    if there is None or at is None or not row.origin:
        row.delete()
    else:
        row.folder, row.uid, row.since, row.former = home, there, AWAY, None
        row.save(update_fields=["folder", "uid", "since", "former", "until"])
    return ReturnTarget(home, there) if there else None


def _free(now: datetime) -> Q:
    """Neither due nor taken in hand a moment ago."""
    return Q(until__gt=now) & (Q(since=None) | Q(until__gt=now + SHORTLY))


def _taken_in_hand(account: Account, later: MailboxId, uid: Uid) -> Snoozed | None:
    """The row as it was, now with an hour at which the clock finishes what this process did not live to do. None:
    somebody else was first."""
    row = _known(account, later, uid)
    if row is None:
        row, mine = _of_a_stranger(account, later, uid, since=NO_COPY_YET)
        row.since = None
        return row if mine else None
    now = timezone.now()
    as_read = Snoozed.objects.filter(_free(now), pk=row.pk, folder=later, uid=row.uid, until=row.until)
    with transaction.atomic():
        soon = _asked_for_soon(account, now)
        taken = as_read.update(until=soon, since=NO_COPY_YET if row.since is None else row.since)
    return row if taken else None


def _known(account: Account, later: MailboxId, uid: Uid) -> Snoozed | None:
    return Snoozed.objects.filter(Q(uid=uid) | Q(former=uid), account=account, folder=later).first()


def _of_a_stranger(account: Account, later: MailboxId, uid: Uid, *, since: int | None) -> tuple[Snoozed, bool]:
    """And whether nobody else was first."""
    with transaction.atomic():
        soon = _asked_for_soon(account, timezone.now())
        unknown = {"account": account, "origin": "", "until": soon, "since": since}
        return Snoozed.objects.get_or_create(folder=later, uid=uid, defaults=unknown)


def _asked_for_soon(account: Account, now: datetime) -> datetime:
    soon = now.replace(microsecond=0) + SHORTLY
    due.at(soon, WAKE, job_key(account.key, soon))
    return soon


def _let_go(row: Snoozed) -> None:
    """The mailbox refused: it waits on, as before."""
    held = Snoozed.objects.filter(pk=row.pk)
    if row.origin:
        held.update(until=row.until, since=row.since)
    elif row.since is None:
        held.delete()


def _in_hand(account_key: str) -> Q:
    """Two that act on one message would double it; and what a crash cut short is looked for by its number."""
    acts = BulkAct.objects.filter(account=account_key, state=BulkAct.State.RUNNING).exclude(pending="")
    held = Q(pk__in=[])
    for source, pending in acts.values_list("source", "pending"):
        uids = UidSet.read(pending).uids
        held |= Q(folder=source) & (Q(uid__in=uids) | Q(former__in=uids))
    return held


def _bring_some_back(account_key: str, free: QuerySet[Snoozed], now: datetime) -> None:
    with open_mailbox_of(account_key) as session:
        for begun in set(free.filter(uid=None).values_list("folder", flat=True)):
            adopt_orphans(account_key, session, MailboxId(begun), due_by=now)
        ends = time.monotonic() + SLICE_SECONDS
        for row in free[:SLICE]:
            return_to_folder(session, row)
            if time.monotonic() >= ends:
                break


def _stored_again(session: Session, row: Snoozed, at: datetime) -> Uid:
    """The number of the copy that bears the new date, `at`. Where not even that is taken, the message goes as it is."""
    later, former = MailboxId(row.folder), Uid(row.uid or 1)
    if row.former is None:
        try:
            message = session.message(later, former).row
            flags = (message.flags | {RETURNED}) - {SEEN}
            fresh = _left_by_a_crash(session, row, message, at) or _copy(session, row, flags, at)
        except NoSuchMessageError:
            in_its_place = _left_by_a_crash(session, row, None, at)
            if in_its_place is None:
                raise
            fresh = in_its_place
        except QuotaExceededError:
            session.store(later, [former], add=[RETURNED], remove=[SEEN])
            return former
        row.uid, row.former = fresh, former
        row.save(update_fields=["uid", "former"])
    if row.former:
        session.delete(later, [Uid(row.former)])
    return Uid(row.uid or 1)


def _copy(session: Session, row: Snoozed, flags: frozenset[str], at: datetime) -> Uid:
    later = MailboxId(row.folder)
    here = lookup.folder_by_id(session.folders(), later)
    if here is None:
        raise NoSuchFolderError
    row.since = here.uid_next
    row.save(update_fields=["since"])
    with SpooledTemporaryFile(IN_MEMORY) as file:
        for piece in session.source(later, Uid(row.uid or 1)):
            file.write(piece)
        try:
            fresh = session.append(later, file, sorted(flags), at)
        except QuotaExceededError:  # in the place of the former one, by one act
            fresh = session.replace(later, Uid(row.uid or 1), file, sorted(flags), at)
    assert fresh is not None  # noqa: S101 - Dovecot always tells it (UIDPLUS)
    return fresh


def _left_by_a_crash(session: Session, row: Snoozed, message: Row | None, at: datetime) -> Uid | None:
    """The copy of an attempt that did not live to write its number down: with this mark, and of this size; of this
    date or at the number expected, when it took the place of the message."""
    if row.since is None:
        return None
    for uid in session.present(MailboxId(row.folder), since=Uid(row.since)):
        found = session.message(MailboxId(row.folder), uid).row
        same = found.size == message.size if message else (found.received == at or uid == row.since)
        if same and RETURNED in found.flags and not Snoozed.objects.filter(folder=row.folder, uid=uid).exists():
            return uid
    return None


def _home(session: Session, row: Snoozed) -> MailboxId:
    """Where it came from; the inbox when that folder is gone."""
    everything = session.folders()
    home = next((one for one in everything if one.id == row.origin), None) or lookup.folder_by_role(everything, "inbox")
    if home is None or home.id is None:
        raise NoSuchFolderError
    return home.id
