"""The way to the folder "Plus tard", and what is known of what waits there."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.clock import due
from vaguemestre.mailbox.directory import LATER
from vaguemestre.mailbox.errors import MailboxRefused
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.session import Session
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.webmail import folders as columns
from vaguemestre.webmail.models import Snoozed

WAKE = "vaguemestre.webmail.snooze.returning.wake"
AWAY = 0  # the `since` of what was moved from "Plus tard" to `folder`, and finds its hour again when that is undone
STAYS = frozenset({"drafts", "sent", "junk", "trash"})  # roles of folders that nothing is put off from


def put_off(
    account: Account, session: Session, origin: MailboxId, uids: Sequence[Uid], until: datetime
) -> tuple[MailboxId, dict[Uid, Uid]]:
    """The folder where they wait, and their numbers there. The act is written down before a message moves: whenever
    a crash comes, each of them is in its folder or has an hour."""
    later = folder(session)
    intent = _begun(account, origin, later, until)
    try:
        moved = session.move(origin, uids, _id(later))
    except MailboxRefused:
        intent.delete()  # nothing moved
        raise
    with transaction.atomic():
        _write(account, _id(later), origin, moved.values(), until)
        intent.delete()
    return _id(later), moved


def change(account: Account, session: Session, later: MailboxId, uids: Sequence[Uid], until: datetime) -> int:
    """Another hour for what waits already; one for what a mail program put there. Answers how many still wait."""
    there = session.present(later, uids)
    known = {row.uid: row.origin for row in Snoozed.objects.filter(account=account, folder=later, uid__in=there)}
    inbox = session.by_role("inbox")
    home = str(inbox.id) if inbox else ""
    with transaction.atomic():
        Snoozed.objects.filter(account=account, folder=later, uid__in=list(known)).update(until=until)
        strangers = [uid for uid in there if uid not in known]
        _write(account, later, home, strangers, until)
        due.at(until, WAKE, job_key(account.key, until))
    return len(there)


def move(
    account_key: str, session: Session, source: MailboxId, uids: Sequence[Uid], target: MailboxId, *, undo: bool = False
) -> dict[Uid, Uid]:
    """As `Session.move`. What leaves "Plus tard" takes its hour along, for whoever takes the move back. `undo`: what
    was put off is not any more."""
    moved = session.move(source, uids, target)
    later = session.by_role("later")
    if moved and later and later.id in {source, target}:
        mine = Snoozed.objects.filter(account_id=account_key, folder=source, uid__in=list(moved))
        if undo and later.id == source:
            mine.delete()
        else:
            _follow(mine, target, moved, since=AWAY if later.id == source else None)
    return moved


def hours(account: Account, later: MailboxId, uids: Iterable[int]) -> dict[int, datetime]:
    """When each comes back; what a mail program put there has no hour. One query."""
    found = Snoozed.objects.filter(account=account, folder=later, uid__in=list(uids))
    return {row.uid: row.until for row in found if row.uid is not None}


def folder(session: Session) -> Folder:
    """Made when somebody first puts a message off."""
    return columns.by_role(session.folders(), "later") or session.create(LATER)


def job_key(account_key: str, until: datetime) -> str:
    """All that one person put off until the same moment comes back in one job."""
    return f"{account_key} {until.timestamp():.0f}"


def _begun(account: Account, origin: MailboxId, later: Folder, until: datetime) -> Snoozed:
    with transaction.atomic():
        due.at(until, WAKE, job_key(account.key, until))
        return Snoozed.objects.create(
            account=account, folder=_id(later), origin=origin, until=until, since=later.uid_next
        )


def _follow(found: QuerySet[Snoozed], target: MailboxId, moved: Mapping[Uid, Uid], *, since: int | None) -> None:
    with transaction.atomic():
        rows, now = list(found), timezone.now()
        for row in rows:
            row.folder, row.uid, row.since = target, moved[Uid(row.uid or 1)], since
        Snoozed.objects.bulk_update(rows, ["folder", "uid", "since"], batch_size=100)
        if since is None and (late := next((row for row in rows if row.until <= now), None)):
            due.at(now, WAKE, job_key(late.account_id, now))  # its hour came while it was elsewhere


def _write(account: Account, later: MailboxId, origin: str, uids: Iterable[int], until: datetime) -> None:
    Snoozed.objects.bulk_create(
        Snoozed(account=account, folder=later, uid=uid, origin=origin, until=until) for uid in uids
    )


def _id(found: Folder) -> MailboxId:
    assert found.id is not None  # noqa: S101 - a folder that was made or that has a role can be opened
    return found.id
