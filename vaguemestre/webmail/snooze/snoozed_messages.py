"""The way to the folder "Plus tard", and what is known of what waits there."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby, zip_longest

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.clock import due
from vaguemestre.mailbox.errors import MailboxRefusedError, NoSuchFolderError
from vaguemestre.mailbox.imap.folder_list import LATER
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.imap.uid_sets import UidSet
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.webmail.folders import lookup
from vaguemestre.webmail.models import Snoozed

WAKE = due.Job("webmail.snooze.wake")
AWAY = 0  # the `since` of what was moved from "Plus tard" to `folder`, and finds its hour again when that is undone
SHORTLY = timedelta(minutes=5)  # longer than an act is at work on what it moves, its resumption after a crash included
STAYS = frozenset({"drafts", "sent", "junk", "trash"})  # roles of folders that nothing is put off from


def snooze(
    account: Account, session: Session, origin: MailboxId, uids: Sequence[Uid], until: datetime
) -> tuple[MailboxId, dict[Uid, Uid]]:
    """The folder where they wait, and their numbers there. The act is written down before a message moves: whenever
    a crash comes, each of them is in its folder or has an hour."""
    later = snooze_folder(session)
    intent = _begun(account, origin, later, until)
    try:
        moved = session.move(origin, uids, _id(later))
    except MailboxRefusedError:
        intent.delete()  # nothing moved
        raise
    with transaction.atomic():
        _write(account.key, _id(later), origin, moved.values(), until)
        intent.delete()
    return _id(later), moved


def change_wake_time(account: Account, session: Session, later: MailboxId, uids: Sequence[Uid], until: datetime) -> int:
    """Another hour for what waits already; one for what a mail program put there. Answers how many still wait."""
    there = session.present(later, uids)
    known = {row.uid: row.origin for row in Snoozed.objects.filter(account=account, folder=later, uid__in=there)}
    inbox = session.by_role("inbox")
    home = str(inbox.id) if inbox else ""
    with transaction.atomic():
        Snoozed.objects.filter(account=account, folder=later, uid__in=list(known)).update(until=until)
        strangers = [uid for uid in there if uid not in known]
        _write(account.key, later, home, strangers, until)
        due.at(until, WAKE, job_key(account.key, until))
    return len(there)


def move_snoozed(
    account_key: str, session: Session, source: MailboxId, uids: Sequence[Uid], target: MailboxId, *, undo: bool = False
) -> dict[Uid, Uid]:
    """As `Session.move`. What leaves "Plus tard" takes its hour along, for whoever takes the move back. `undo`: what
    was put off is not any more. What finds its hour there again has it written down before, as on the way there."""
    later = session.by_role("later")
    intents = _meant(account_key, session, source, uids, target) if later and later.id == target else []
    try:
        moved = session.move(source, uids, target)
    except MailboxRefusedError:
        _forget(intents)  # nothing moved
        raise
    with transaction.atomic():
        follow_moves(account_key, session, source, moved, target, undo=undo)
        _forget(intents)
    return moved


def follow_moves(
    account_key: str, session: Session, source: MailboxId, moved: Mapping[Uid, Uid], target: MailboxId, *, undo: bool
) -> None:
    """Their hours go where the messages went."""
    later = session.by_role("later")
    if not moved or later is None or later.id not in {source, target}:
        return
    mine = Snoozed.objects.filter(account_id=account_key, folder=source, uid__in=list(moved))
    if undo and later.id == source:
        mine.delete()
    else:
        _follow(mine, target, moved, since=AWAY if later.id == source else None)


def adopt_orphans(
    account_key: str, session: Session, later: MailboxId, *, since: int = 0, due_by: datetime | None = None
) -> None:
    """After a crash: what came into the folder since an act began, and no row knows, is what it moved. As many as it
    meant have each its own hour, in their order; otherwise all have the first of them, so that none stays behind.
    Acts that may be at work are left alone: only those begun from number `since` on, or with an hour that has come."""
    begun = Snoozed.objects.filter(account=account_key, folder=later, uid=None).order_by("since", "id")
    acts = [(number or 1, list(rows)) for number, rows in groupby(begun, key=lambda row: row.since)]
    ends = [number for number, _rows in acts[1:]]
    for (number, intents), end in zip_longest(acts, ends):
        first = min(intents, key=lambda row: row.until)
        if number < since or (due_by and first.until > due_by):
            continue
        fresh = _unknown(session, later, number, end)
        hours_of = intents if len(intents) == len(fresh) else [first] * len(fresh)
        with transaction.atomic():
            for uid, row in zip(fresh, hours_of, strict=True):
                _write(account_key, later, row.origin, [uid], row.until)
            _forget(intents)


def wake_times_of(account: Account, later: MailboxId, uids: Iterable[int]) -> dict[int, datetime]:
    """When each comes back; what a mail program put there has no hour. One query."""
    found = Snoozed.objects.filter(account=account, folder=later, uid__in=list(uids))
    return {row.uid: row.until for row in found if row.uid is not None}


def next_wake_times(account: Account, later: MailboxId, count: int) -> list[datetime]:
    """The first hours at which something comes back. One query."""
    found = Snoozed.objects.filter(account=account, folder=later, uid__isnull=False).order_by("until")
    return list(found.values_list("until", flat=True)[:count])


def return_folders(account: Account, session: Session, later: MailboxId, uids: UidSet) -> dict[MailboxId, UidSet]:
    """Where each of them comes back to, while that folder is there; else, and what a mail program put there, the
    inbox."""
    rows = Snoozed.objects.filter(account=account, folder=later, uid__in=uids.uids).values_list("uid", "origin")
    folders, inbox, origins = session.folders(), session.by_role("inbox"), dict(rows)
    there = {one.id for one in folders if one.id}
    found: dict[MailboxId, list[int]] = {}
    for uid in uids:
        origin = origins.get(uid, "")
        home = MailboxId(origin) if origin in there else inbox.id if inbox else None
        if home:
            found.setdefault(home, []).append(uid)
    return {home: UidSet.of(some) for home, some in found.items()}


def snooze_folder(session: Session) -> Folder:
    """Made when somebody first puts a message off."""
    return lookup.folder_by_role(session.folders(), "later") or session.create(LATER)


def job_key(account_key: str, until: datetime) -> str:
    """All that one person put off until the same moment comes back in one job."""
    return f"{account_key} {until.timestamp():.0f}"


def _begun(account: Account, origin: MailboxId, later: Folder, until: datetime) -> Snoozed:
    with transaction.atomic():
        due.at(until, WAKE, job_key(account.key, until))
        return Snoozed.objects.create(
            account=account, folder=_id(later), origin=origin, until=until, since=later.uid_next
        )


def _meant(
    account_key: str, session: Session, source: MailboxId, uids: Sequence[Uid], target: MailboxId
) -> list[Snoozed]:
    """The hours of what is about to come back to `target`, one row a message, in the order in which they will lie."""
    away = list(Snoozed.objects.filter(account_id=account_key, folder=source, uid__in=uids).order_by("uid"))
    there = lookup.folder_by_id(session.folders(), target) if away else None
    if there is None:
        return []
    soon = timezone.now().replace(microsecond=0) + SHORTLY
    intents = [
        Snoozed(
            account_id=account_key, folder=target, origin=row.origin, until=max(row.until, soon), since=there.uid_next
        )
        for row in away
    ]
    with transaction.atomic():
        if any(row.until == soon for row in intents):  # those that are late; the others' hours are asked for
            due.at(soon, WAKE, job_key(account_key, soon))
        return Snoozed.objects.bulk_create(intents)


def _forget(intents: Sequence[Snoozed]) -> None:
    if intents:
        Snoozed.objects.filter(pk__in=[row.pk for row in intents]).delete()


def _unknown(session: Session, later: MailboxId, since: int, end: int | None) -> list[Uid]:
    known = set(Snoozed.objects.filter(folder=later, uid__gte=since).values_list("uid", flat=True))
    try:
        there = session.present(later, since=Uid(since))
    except NoSuchFolderError:
        return []
    return [uid for uid in there if uid not in known and (end is None or uid < end)]


def _follow(found: QuerySet[Snoozed], target: MailboxId, moved: Mapping[Uid, Uid], *, since: int | None) -> None:
    with transaction.atomic():
        rows, now = list(found), timezone.now()
        for row in rows:
            row.folder, row.uid, row.since = target, moved[Uid(row.uid or 1)], since
        # Somebody took them for those of a crash, and gave them an hour already.
        Snoozed.objects.filter(folder=target, uid__in=[row.uid for row in rows]).delete()
        Snoozed.objects.bulk_update(rows, ["folder", "uid", "since"], batch_size=100)
        if since is None and (late := next((row for row in rows if row.until <= now), None)):
            due.at(now, WAKE, job_key(late.account_id, now))  # its hour came while it was elsewhere


def _write(account_key: str, later: MailboxId, origin: str, uids: Iterable[int], until: datetime) -> None:
    """Or somebody took them for those of a crash, and wrote it already."""
    rows = [Snoozed(account_id=account_key, folder=later, uid=uid, origin=origin, until=until) for uid in uids]
    Snoozed.objects.bulk_create(rows, ignore_conflicts=True)


def _id(found: Folder) -> MailboxId:
    assert found.id is not None  # noqa: S101 - a folder that was made or that has a role can be opened
    return found.id
