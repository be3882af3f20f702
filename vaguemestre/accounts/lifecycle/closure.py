"""Leaving, step by step: told before, sign-in ends, mail is received a while longer, all is deleted a year on.

Until that last step (`purge`) all of it can be taken back. Nothing is ever given to somebody else.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.legal_dates import midnight, today
from vaguemestre.accounts.mail_access import app_passwords
from vaguemestre.accounts.models import Account, Departure, Notice
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.projection import announce_change
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.state_transitions import SYSTEM, move_state, save_accounts
from vaguemestre.audit import journal
from vaguemestre.clock import due

OPEN = due.Job("accounts.opening.open")  # done by `opening`
WARN = due.Job("accounts.closing.warn")
STOP = due.Job("accounts.closing.stop")
CLOSE = due.Job("accounts.closing.close")
State = Account.State
_LIVING = (State.PENDING, State.OPEN)


class PurgedError(Exception):
    """There is nothing left to restore."""


def close_accounts(accounts: Iterable[Account], *, on: date, now: datetime, by: str = SYSTEM) -> None:
    """`on` is the first day without sign-in. A day that has come takes effect before this returns."""
    accounts = [account for account in accounts if account.closes_on != on and account.state in _LIVING]
    if not accounts:
        return
    with transaction.atomic():
        for account in accounts:
            account.closes_on = on
        save_accounts(accounts, "closes_on")
        journal.record_many(by, "account.closing", [account.key for account in accounts], on=on.isoformat())
        _plan_telling(on, now)
        if on > today(now):
            announce_change(accounts)  # the daemons go by the date
            due.at(midnight(on), CLOSE, on.isoformat())
        else:
            close_due(on.isoformat(), now)
    fresh = Account.objects.in_bulk([account.key for account in accounts])
    for account in accounts:
        account.state, account.mail_version = fresh[account.key].state, fresh[account.key].mail_version


def reopen_accounts(accounts: Iterable[Account], *, now: datetime, by: str = SYSTEM) -> None:
    """Somebody comes back, or does not leave after all. Away for long, they need a letter: the old password
    is void, those of mail programs are withdrawn, and no key opens in their stead."""
    leavers = [account for account in accounts if account.closes_on is not None]
    with transaction.atomic():
        gone = [account for account in leavers if account.state not in _LIVING]
        strangers = [account for account in gone if not _come_back(account, now)]
        app_passwords.withdraw_all(*strangers, by=by, now=now)
        for account in leavers:
            account.closes_on = None
        _write_reopened(leavers, "account.reopened", by, now)


def restore_account(account: Account, *, until: date | None, by: str, reason: str, now: datetime) -> None:
    """For the help desk, any time before the purge: as it was, with its password. `until`: it closes again that day.

    Raises PurgedError. Whoever is in the HR feed comes back by it and needs nobody.
    """
    if account.state == State.PURGED:
        raise PurgedError(account.key)
    if account.closes_on is None:
        return
    with transaction.atomic():
        account.closes_on = None
        account.state = State.PENDING if account.opens_on > today(now) else State.OPEN
        _write_reopened([account], "account.restored", by, now, reason=reason)
        if until is not None:
            close_accounts([account], on=until, now=now, by=by)


def rollback_departure(accounts: Iterable[Account], *, closes_on: date | None, now: datetime, by: str) -> None:
    """They never left: a feed was mistaken. Everything as before it, the password included."""
    accounts = list(accounts)
    for account in accounts:
        account.closes_on = None
        if account.state not in _LIVING:
            account.state = State.PENDING if account.opens_on > today(now) else State.OPEN
    with transaction.atomic():
        _write_reopened(accounts, "account.reopened", by, now)
        if closes_on is not None:
            close_accounts(accounts, on=closes_on, now=now, by=by)


def withdraw_accounts(accounts: Iterable[Account], *, now: datetime, by: str) -> None:
    """They never came: a feed was mistaken. Nothing opens, nothing is received, the letter is void. The names
    stay theirs, for the day they do come."""
    accounts = list(accounts)
    for account in accounts:
        account.state, account.closes_on = State.STOPPED, today(now)
        account.password, account.password_kind = None, Account.PasswordKind.NONE
    with transaction.atomic():
        save_accounts(accounts, "state", "closes_on", "password", "password_kind")
        sessions.end_all_sessions(accounts)
        journal.record_many(by, "account.withdrawn", [account.key for account in accounts])
        announce_change(accounts)


@WARN.register
def warn_due(key: str, now: datetime) -> None:
    """Some weeks before a last day: the person is told, and that the mailbox can be taken along."""
    del key  # the date that was asked for; whoever has not been told is told
    horizon = today(now) + timedelta(days=academy().departure.notice_days)
    leavers = Account.objects.filter(state=State.OPEN, closes_on__lte=horizon).select_related("person", "departure")
    for account in leavers:
        _tell(account, now)


@CLOSE.register
def close_due(key: str, now: datetime) -> None:
    """Midnight of a last day: sign-in ends, and every open session with it."""
    del key  # the date that was asked for; whatever is due by now is closed
    leavers = Account.objects.filter(state__in=_LIVING, closes_on__lte=today(now))
    with transaction.atomic():
        accounts = move_state(leavers, State.CLOSED, "account.closed")
        sessions.end_all_sessions(accounts)
        receives = timedelta(days=academy().departure.receives_days)
        for day in {account.closes_on for account in accounts if account.closes_on}:
            due.at(midnight(day + receives), STOP, day.isoformat())


@STOP.register
def stop_due(key: str, now: datetime) -> None:
    """Months later: mail is refused to the sender. The mailbox itself stays."""
    del key
    receives = timedelta(days=academy().departure.receives_days)
    move_state(
        Account.objects.filter(state=State.CLOSED, closes_on__lte=today(now) - receives),
        State.STOPPED,
        "account.stopped",
    )


def _plan_telling(on: date, now: datetime) -> None:
    """Before `close_due`, which ends sessions: whoever leaves at once is told as well."""
    from_day = on - timedelta(days=academy().departure.notice_days)
    if from_day > today(now):
        due.at(midnight(from_day), WARN, on.isoformat())
        _tell_it_is_later(on, now)
    else:
        warn_due(on.isoformat(), now)


def _tell_it_is_later(on: date, now: datetime) -> None:
    """A contract that was prolonged: whoever was told of its end hears that it is off."""
    told = Departure.objects.filter(account__closes_on=on, told_for__isnull=False).exclude(told_for=on)
    for departure in told.select_related("account__person"):
        departure.told_for = None
        departure.save(update_fields=["told_for"])
        notices.tell_owner(departure.account, Notice.Kind.LEAVING, now=now, change="later", on=on.isoformat())


def _tell(account: Account, now: datetime) -> None:
    """Once a date. Nobody who has never signed in: there is nothing of theirs to take along."""
    on = account.closes_on
    if on is None or account.first_signin_due:
        return
    with transaction.atomic():
        departure, _made = Departure.objects.get_or_create(account=account)
        if departure.told_for == on:
            return
        departure.told_for = on
        departure.save(update_fields=["told_for"])
        # Whoever is dropped by a feed of yesterday can no longer read a mail in the mailbox.
        notices.tell_owner(account, Notice.Kind.LEAVING, now=now, to_rescue=on <= today(now), on=on.isoformat())


def _come_back(account: Account, now: datetime) -> bool:
    """Whether with the password of before."""
    account.opens_on = max(account.person.duty_start, today(now))
    theirs = _still_theirs(account)
    if not theirs:
        account.password, account.password_kind = None, Account.PasswordKind.NONE
    account.state = State.PENDING if account.opens_on > today(now) else State.OPEN
    return theirs


def _still_theirs(account: Account) -> bool:
    """A summer between two contracts changes nothing; after a longer time away the password is not to be trusted."""
    if account.state == State.PURGED or account.closes_on is None or account.password is None:
        return False
    return account.opens_on - account.closes_on <= timedelta(days=academy().departure.same_password_days)


def _write_reopened(accounts: list[Account], act: str, by: str, now: datetime, **details: str) -> None:
    with transaction.atomic():
        save_accounts(accounts, "closes_on", "opens_on", "state", "password", "password_kind")
        for day in {account.opens_on for account in accounts if account.state == State.PENDING}:
            due.at(midnight(day), OPEN, day.isoformat())
        for departure in Departure.objects.filter(account__in=accounts, told_for__isnull=False).select_related(
            "account"
        ):
            notices.tell_owner(departure.account, Notice.Kind.LEAVING, now=now, change="off")
        Departure.objects.filter(account__in=accounts).update(told_for=None, new_address=None, agreed_at=None)
        journal.record_many(by, act, [account.key for account in accounts], **details)
        announce_change(accounts)
