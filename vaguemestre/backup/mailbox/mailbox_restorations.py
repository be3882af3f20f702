"""Messages come back from a backup into a living mailbox: an agent or an operator asks, root's hand does it
(`mailbox_restorer`), the journal and the person are told.

Nothing here waits for it: each look asks how far it is. It may be asked twice and after a crash, since only what the
mailbox no longer holds is brought back.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from vaguemestre.accounts.models import Account, Notice
from vaguemestre.accounts.notices import notices
from vaguemestre.audit import journal
from vaguemestre.backup.models import MailboxRestoration
from vaguemestre.clock import due
from vaguemestre.engine.root_socket import NoAnswerError, ask

GO_ON = due.Job("backup.restorations.go_on")
AGAIN = timedelta(seconds=5)
CHOICE = timedelta(minutes=30)  # as long as the restorer keeps the copy
PATIENCE = timedelta(minutes=10)  # for a restorer that does not answer
LONGEST = timedelta(hours=4)
KEPT = timedelta(days=365)
LOOK_SECONDS = 5.0
State = MailboxRestoration.State


class RestorationRefusedError(Exception):
    """`word`: of `mailbox_sentences`."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


@dataclass(frozen=True)
class KnownRun:
    """A complete backup."""

    name: str
    at: datetime


@dataclass(frozen=True)
class FoundFolder:
    """Of a mailbox as the backup has it: how many messages, and how many of them the mailbox no longer holds."""

    guid: str
    name: str
    messages: int
    missing: int
    octets: int  # of the missing ones


def is_configured() -> bool:
    return settings.BACKUP is not None and settings.DATA is not None


def is_possible(account: Account) -> bool:
    return is_configured() and account.state == Account.State.OPEN


def known_runs(account: Account) -> list[KnownRun] | None:
    """The newest first, from the first that can hold this mailbox. None: they are still being read. Raises
    RestorationRefusedError."""
    said = _asked(act="runs")
    if "runs" not in said:
        return None
    runs = [KnownRun(one["run"], datetime.fromtimestamp(one["at"], UTC)) for one in said["runs"]]
    return [run for run in runs if run.at >= account.created_at]


def open_restoration(account: Account) -> MailboxRestoration | None:
    return MailboxRestoration.objects.filter(account=account, state__in=MailboxRestoration.OPEN).first()


def last_restoration(account: Account, since: datetime) -> MailboxRestoration | None:
    """What a page of this person tells: the last one, not long ago, but one that an agent wanted to end."""
    told = MailboxRestoration.objects.filter(account=account, since__gte=since)
    told = told.exclude(state=State.DROPPED, failure="")
    return told.order_by("-ordered_at").first()


def begin(
    account: Account, run: KnownRun, *, by: str, office: str, reason: str, now: datetime, message_id: str = ""
) -> MailboxRestoration:
    """Looks what of the mailbox is missing; one's own former look ends, and one that was left alone. Raises
    RestorationRefusedError."""
    if account.state != Account.State.OPEN:
        raise RestorationRefusedError("not-open")
    if (former := open_restoration(account)) and former.state != State.RESTORING:
        if former.ordered_by != by and now - former.since <= CHOICE:
            raise RestorationRefusedError("another-agent")
        give_up(former, by=by, now=now)
    elif former is None:
        _wipe(account.key)  # what a former one left, had it been stopped before it could
    try:
        with transaction.atomic():
            restoration = MailboxRestoration.objects.create(
                key=secrets.token_hex(16), account=account, ordered_by=by, office=office, reason=reason,
                ordered_at=now, since=now, run=run.name, run_at=run.at, message_id=message_id,
            )  # fmt: skip
            journal.record(by, "restoration.looked", account.key, reason=reason, backup=_day(restoration))
            _tell_of_look(restoration, now)
            due.at(now, GO_ON, restoration.key)
    except IntegrityError as error:
        raise RestorationRefusedError("already-running") from error
    return restoration


def choose(restoration: MailboxRestoration, guid: str, *, by: str, office: str, now: datetime) -> None:
    """One folder, or with "" all that is missing. Raises RestorationRefusedError."""
    if guid and guid not in {folder.guid for folder in found_folders(restoration)}:
        raise RestorationRefusedError("no-folder")
    if restoration.room is not None and missing_octets(restoration, guid) > restoration.room:
        raise RestorationRefusedError("room")
    chosen = {"chosen": [guid] if guid else [], "ordered_by": by, "office": office}
    with transaction.atomic():
        if not _move(restoration, State.FOUND, State.RESTORING, now, **chosen):
            raise RestorationRefusedError("too-late")
        due.at(now, GO_ON, restoration.key)


def give_up(restoration: MailboxRestoration, *, by: str, now: datetime, why: str = "") -> bool:
    """Before anything is brought back. `why`: where nobody wanted it, a word of `mailbox_sentences`. False: it was too
    late, or ended."""
    states = (State.LOOKING, State.FOUND)
    with transaction.atomic():
        moved = any(_move(restoration, state, State.DROPPED, now, failure=why) for state in states)
        if moved:
            journal.record(by, "restoration.dropped", restoration.account_id, backup=_day(restoration))
    if moved:
        _wipe(restoration.account_id)
    return moved


def advance(restoration: MailboxRestoration, now: datetime) -> None:
    """One look at how far it is; `restoration` is as it stands afterwards."""
    if restoration.state in MailboxRestoration.OPEN and restoration.account.state != Account.State.OPEN:
        if not give_up(restoration, by="system", now=now, why="not-open"):
            _fail(restoration, "not-open", now)
    elif restoration.state in MailboxRestoration.AT_WORK:
        try:
            _look(restoration, now)
        except RestorationRefusedError as refused:
            waited = now - restoration.since
            if refused.word != "away" or waited > PATIENCE:
                _fail(restoration, refused.word, now)
            return
        if restoration.state in MailboxRestoration.AT_WORK and now - restoration.since > LONGEST:
            _fail(restoration, "slow", now)
    elif restoration.state == State.FOUND and now - restoration.since > CHOICE:
        give_up(restoration, by="system", now=now, why="expired")


@GO_ON.register
def go_on(key: str, now: datetime) -> None:
    restoration = MailboxRestoration.objects.select_related("account").filter(pk=key).first()
    if restoration is None:
        return
    advance(restoration, now)
    if restoration.state in MailboxRestoration.OPEN:
        due.at(now + (CHOICE if restoration.state == State.FOUND else AGAIN), GO_ON, key)


@due.recurring("backup.restorations.forget", every=86_400)
def forget(_key: str, now: datetime) -> None:
    MailboxRestoration.objects.filter(since__lt=now - KEPT).exclude(state__in=MailboxRestoration.OPEN).delete()


def forget_account(key: str, _now: datetime) -> None:
    """Before its mailbox is deleted (accounts.ports.account_purgers)."""
    for restoration in MailboxRestoration.objects.filter(account=key):
        if restoration.state in MailboxRestoration.OPEN:
            _wipe(restoration.account_id)
        restoration.delete()


def found_folders(restoration: MailboxRestoration) -> list[FoundFolder]:
    return [FoundFolder(**folder) for folder in restoration.folders]


def missing_octets(restoration: MailboxRestoration, guid: str = "") -> int:
    return sum(folder.octets for folder in found_folders(restoration) if guid in ("", folder.guid))


def place_name(restoration: MailboxRestoration) -> str:
    """As the restorer names it."""
    return f"Restauration {_day(restoration)}"


def _tell_of_look(restoration: MailboxRestoration, now: datetime) -> None:
    """Once a call, of however many days."""
    account, by, change = restoration.account, restoration.ordered_by, "backup-looked"
    lately = account.notices.filter(kind=Notice.Kind.HELP_DESK, at__gt=now - CHOICE)
    if not lately.filter(details__change=change, details__by=by).exists():
        notices.tell_owner(account, Notice.Kind.HELP_DESK, now=now, by=by, change=change, office=restoration.office)


def _look(restoration: MailboxRestoration, now: datetime) -> None:
    asked: dict[str, Any] = {"key": restoration.account_id, "run": restoration.run}
    if restoration.message_id:
        asked["message_id"] = restoration.message_id
    if restoration.state == State.LOOKING:
        said = _asked(act="look", **asked)
        if "folders" in said:
            _move(restoration, State.LOOKING, State.FOUND, now, folders=said["folders"], room=said["room"])
        return
    said = _asked(act="restore", folders=restoration.chosen, **asked)
    if "messages" in said:
        _finish(restoration, said, now)


def _finish(restoration: MailboxRestoration, said: dict[str, Any], now: datetime) -> None:
    account, count = restoration.account, said["messages"]
    with transaction.atomic():
        ended = {"messages": count, "place": said["place"], "folders": []}
        if not _move(restoration, State.RESTORING, State.DONE, now, **ended):
            return
        day = _day(restoration)
        details = {"reason": restoration.reason, "held": count, "backup": day}
        journal.record(restoration.ordered_by, "restoration.done", account.key, **details)
        notices.tell_owner(
            account, Notice.Kind.HELP_DESK, now=now, by=restoration.ordered_by, change="messages-restored",
            office=restoration.office, count=count, place=said["place"], day=day,
        )  # fmt: skip
    _wipe(account.key)


def _fail(restoration: MailboxRestoration, word: str, now: datetime) -> None:
    with transaction.atomic():
        if not any(_move(restoration, state, State.FAILED, now, failure=word) for state in MailboxRestoration.AT_WORK):
            return  # somebody else ended it, and a new one may be at work
        day = _day(restoration)
        journal.record(restoration.ordered_by, "restoration.failed", restoration.account_id, why=word, backup=day)
    _wipe(restoration.account_id)


def _move(restoration: MailboxRestoration, start: str, end: str, now: datetime, **more: Any) -> bool:
    """Once, whoever looks at the same moment: the page and the clock do."""
    if end in (State.FAILED, State.DROPPED):
        more["folders"] = []
    moved = MailboxRestoration.objects.filter(pk=restoration.pk, state=start).update(state=end, since=now, **more)
    restoration.refresh_from_db()
    return moved == 1


def _wipe(key: str) -> None:
    """Where nobody answers, the copy goes by itself: after half an hour, or at the restorer's next start."""
    try:
        _asked(act="wipe", key=key)
    except RestorationRefusedError:
        return


def _day(restoration: MailboxRestoration) -> str:
    return timezone.localtime(restoration.run_at).date().isoformat()


def _asked(**question: Any) -> dict[str, Any]:
    if settings.DATA is None or not is_configured():
        raise RestorationRefusedError("not-configured")
    try:
        said = ask(settings.DATA / "run" / "restorer.sock", question, LOOK_SECONDS)
    except NoAnswerError as error:
        raise RestorationRefusedError("away") from error
    if "error" in said:
        raise RestorationRefusedError(str(said["error"]))
    return said
