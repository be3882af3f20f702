"""Leaving: sign-in ends on the day, mail is received a while longer. Nothing is ever given to somebody else."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from vaguemestre.accounts.dates import midnight, today
from vaguemestre.accounts.models import Account, Session
from vaguemestre.accounts.projection import announce
from vaguemestre.accounts.states import SYSTEM, move
from vaguemestre.audit import journal
from vaguemestre.clock import due

RECEIVES_FOR = timedelta(days=90)
BATCH = 2000
State = Account.State
_LIVING = (State.PENDING, State.OPEN)


def close(accounts: Iterable[Account], *, on: date, now: datetime, by: str = SYSTEM) -> None:
    """`on` is the first day without sign-in. A day that has come takes effect before this returns."""
    accounts = [account for account in accounts if account.closes_on != on and account.state in _LIVING]
    if not accounts:
        return
    with transaction.atomic():
        for account in accounts:
            account.closes_on = on
        Account.objects.bulk_update(accounts, ["closes_on"], batch_size=BATCH)
        journal.record_many(by, "account.closing", [account.key for account in accounts], on=on.isoformat())
        if on > today(now):
            due.at(midnight(on), f"{__name__}.close_due", on.isoformat())
        else:
            close_due(on.isoformat(), now)
    for account in accounts:
        account.refresh_from_db(fields=["state", "mail_version"])


def reopen(accounts: Iterable[Account], *, now: datetime, by: str = SYSTEM) -> None:
    """Somebody comes back, or does not leave after all. After a closed time the old password is void."""
    leavers = [account for account in accounts if account.closes_on is not None]
    for account in leavers:
        if account.state not in _LIVING:
            account.password, account.password_kind = None, Account.PasswordKind.NONE
            account.opens_on = max(account.person.duty_start, today(now))
            account.state = State.PENDING if account.opens_on > today(now) else State.OPEN
        account.closes_on = None
    with transaction.atomic():
        Account.objects.bulk_update(
            leavers, ["closes_on", "opens_on", "state", "password", "password_kind"], batch_size=BATCH
        )
        for day in {account.opens_on for account in leavers if account.state == State.PENDING}:
            due.at(midnight(day), "vaguemestre.accounts.opening.open_due", day.isoformat())
        journal.record_many(by, "account.reopened", [account.key for account in leavers])
        announce(leavers)


def close_due(key: str, now: datetime) -> None:
    """Midnight of a last day: sign-in ends, and every open session with it."""
    del key  # the date that was asked for; whatever is due by now is closed
    leavers = Account.objects.filter(state__in=_LIVING, closes_on__lte=today(now))
    with transaction.atomic():
        accounts = move(leavers, State.CLOSED, "account.closed")
        Session.objects.filter(account__state=State.CLOSED).delete()
        for day in {account.closes_on for account in accounts if account.closes_on}:
            due.at(midnight(day + RECEIVES_FOR), f"{__name__}.stop_due", day.isoformat())


def stop_due(key: str, now: datetime) -> None:
    """Ninety days later: mail is refused to the sender. The mailbox itself stays."""
    del key
    move(
        Account.objects.filter(state=State.CLOSED, closes_on__lte=today(now) - RECEIVES_FOR),
        State.STOPPED,
        "account.stopped",
    )
