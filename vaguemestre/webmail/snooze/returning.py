"""The way back: at its hour each message stands on top of its folder again, unread and marked.

A mail program sorts by the date of arrival, which no move changes: the message is stored again with the hour as its
date. That happens inside "Plus tard", where nobody reads, and each step is written down before it is done; the last,
the move, is one act at Dovecot's. A crash at any moment is followed by the same job (`clock.due`), which goes on.
"""

import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from tempfile import SpooledTemporaryFile

from django.db.models import QuerySet

from vaguemestre.accounts.models import Account
from vaguemestre.clock import due
from vaguemestre.mailbox.errors import NoSuchFolder, NoSuchMessage, QuotaExceeded, SignInRefused
from vaguemestre.mailbox.messages import Row
from vaguemestre.mailbox.session import Session
from vaguemestre.mailbox.values import RETURNED, SEEN, MailboxId, Uid
from vaguemestre.webmail import folders as columns
from vaguemestre.webmail.connection import open_mailbox_of
from vaguemestre.webmail.models import Snoozed
from vaguemestre.webmail.snooze.waiting import AWAY, WAKE

logger = logging.getLogger(__name__)
CLOSED_AGAIN_AFTER = timedelta(days=1)
UNDOABLE = timedelta(hours=2)  # longer than any move out of "Plus tard" can be taken back
# A message can still wait long after its hour, in a mailbox that was closed, and be moved then.
FORGOTTEN_AFTER = CLOSED_AGAIN_AFTER + UNDOABLE
SLICE, SLICE_SECONDS = 50, 2.0  # messages, or a time, after which other people's acts have their turn
IN_MEMORY = 1024 * 1024


def wake(key: str, now: datetime) -> None:
    """`key`: see `waiting.job_key`. Everything of the account that is due, so that one job late catches up; a slice at
    a time, as one thread does the acts of everybody."""
    account_key = key.partition(" ")[0]
    come = Snoozed.objects.filter(account_id=account_key, until__lte=now)
    away = come.filter(since=AWAY)
    away.filter(until__lte=now - FORGOTTEN_AFTER).delete()
    here = come.exclude(since=AWAY)
    waiting = list(here.order_by("until", "id")[:SLICE])
    if not waiting:
        _look_again(away, key, now)
        return
    try:
        with open_mailbox_of(account_key) as session:
            ends = time.monotonic() + SLICE_SECONDS
            for row in _with_a_number(session, waiting):
                bring_back(session, row)
                if time.monotonic() >= ends:
                    break
        # Asked for last: until then the clock's own retry holds, should the mailbox not answer.
        if here.exists():
            due.at(now, WAKE, key)
        else:
            _look_again(away, key, now)
    except SignInRefused:
        logger.info("mailbox of %s is closed: what it put off waits another day", account_key)
        due.at(now + CLOSED_AGAIN_AFTER, WAKE, key)


def bring_back_now(account: Account, session: Session, later: MailboxId, uids: Sequence[Uid], now: datetime) -> int:
    """Before their hour, because the person asks. What a mail program put there goes to the inbox."""
    returned = 0
    for uid in uids:
        row, _new = Snoozed.objects.get_or_create(
            account=account, folder=later, uid=uid, defaults={"origin": "", "until": now}
        )
        row.until = now.replace(microsecond=0)
        row.save(update_fields=["until"])
        returned += bring_back(session, row)
    return returned


def bring_back(session: Session, row: Snoozed) -> bool:
    """False when it is no longer there: moved or deleted in a mail program, it is forgotten in silence."""
    later = MailboxId(row.folder)
    try:
        fresh = _stored_again(session, row)
        session.move(later, [fresh], _home(session, row))
    except (NoSuchFolder, NoSuchMessage):
        if columns.by_id(session.folders(), later) and row.uid in session.present(later, [Uid(row.uid or 1)]):
            raise  # it is the other folder that went away meanwhile: the clock tries again
        row.delete()
        return False
    row.delete()
    return True


def _look_again(away: QuerySet[Snoozed], key: str, now: datetime) -> None:
    """Until nobody can take back what was moved away."""
    if away.exists():
        due.at(now + FORGOTTEN_AFTER, WAKE, key)


def _with_a_number(session: Session, waiting: Sequence[Snoozed]) -> list[Snoozed]:
    """An act that a crash cut short: what stands in the folder since then and that no row knows is what it moved."""
    rows = [row for row in waiting if row.uid is not None]
    for begun in (row for row in waiting if row.uid is None):
        known = set(Snoozed.objects.filter(folder=begun.folder).values_list("uid", flat=True))
        for uid in _since(session, begun):
            if uid not in known:
                rows.append(
                    Snoozed.objects.create(
                        account_id=begun.account_id,
                        folder=begun.folder,
                        uid=uid,
                        origin=begun.origin,
                        until=begun.until,
                    )
                )
        begun.delete()
    return rows


def _since(session: Session, begun: Snoozed) -> list[Uid]:
    try:
        return session.present(MailboxId(begun.folder), since=Uid(begun.since or 1))
    except NoSuchFolder:
        return []


def _stored_again(session: Session, row: Snoozed) -> Uid:
    """The number of the copy that bears the new date. Where not even that is taken, the message goes as it is."""
    later, former = MailboxId(row.folder), Uid(row.uid or 1)
    if row.former is None:
        try:
            message = session.message(later, former).row
            flags = (message.flags | {RETURNED}) - {SEEN}
            fresh = _left_by_a_crash(session, row, message) or _copy(session, row, flags)
        except NoSuchMessage:
            in_its_place = _left_by_a_crash(session, row, None)
            if in_its_place is None:
                raise
            fresh = in_its_place
        except QuotaExceeded:
            session.store(later, [former], add=[RETURNED], remove=[SEEN])
            return former
        row.uid, row.former = fresh, former
        row.save(update_fields=["uid", "former"])
    if row.former:
        session.delete(later, [Uid(row.former)])
    return Uid(row.uid or 1)


def _copy(session: Session, row: Snoozed, flags: frozenset[str]) -> Uid:
    later = MailboxId(row.folder)
    here = columns.by_id(session.folders(), later)
    if here is None:
        raise NoSuchFolder
    row.since = here.uid_next
    row.save(update_fields=["since"])
    with SpooledTemporaryFile(IN_MEMORY) as file:
        for piece in session.source(later, Uid(row.uid or 1)):
            file.write(piece)
        try:
            fresh = session.append(later, file, sorted(flags), row.until)
        except QuotaExceeded:  # in the place of the former one, by one act
            fresh = session.replace(later, Uid(row.uid or 1), file, sorted(flags), row.until)
    assert fresh is not None  # noqa: S101 - Dovecot always tells it (UIDPLUS)
    return fresh


def _left_by_a_crash(session: Session, row: Snoozed, message: Row | None) -> Uid | None:
    """The copy of an attempt that did not live to write its number down: with this mark, and of this size; of this
    date, when it took the place of the message."""
    if row.since is None:
        return None
    for uid in session.present(MailboxId(row.folder), since=Uid(row.since)):
        found = session.message(MailboxId(row.folder), uid).row
        same = found.size == message.size if message else found.received == row.until
        if same and RETURNED in found.flags and not Snoozed.objects.filter(folder=row.folder, uid=uid).exists():
            return uid
    return None


def _home(session: Session, row: Snoozed) -> MailboxId:
    """Where it came from; the inbox when that folder is gone."""
    everything = session.folders()
    home = next((one for one in everything if one.id == row.origin), None) or columns.by_role(everything, "inbox")
    if home is None or home.id is None:
        raise NoSuchFolder
    return home.id
