"""Accounts that nobody signs in to: shared mailboxes. Their names stand in the one table of local parts, for ever."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from vaguemestre.accounts.identity import name_rules
from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.lifecycle import creation
from vaguemestre.accounts.models import Account, LocalPart, Numbering
from vaguemestre.accounts.projection import announce_change
from vaguemestre.accounts.state_transitions import SYSTEM, save_accounts
from vaguemestre.audit import journal

State = Account.State


@dataclass(frozen=True, slots=True)
class SharedName:
    local_part: str  # in lower case
    name: str  # as people read it


def open_shared_accounts(names: Sequence[SharedName], *, now: datetime, by: str = SYSTEM) -> list[Account | None]:
    """In the same order; None where the local part is somebody's already, or was."""
    with transaction.atomic():
        creation.take_turn()
        taken = creation.existing(name_rules.undotted(one.local_part) for one in names)
        free = [one for one in names if name_rules.undotted(one.local_part) not in taken]
        accounts = _numbered(free, now)
        Account.every.bulk_create(accounts, batch_size=creation.BATCH)
        LocalPart.objects.bulk_create((_reservation(account, now) for account in accounts), batch_size=creation.BATCH)
        journal.record_many(by, "box.opened", [account.key for account in accounts])
        announce_change(accounts)
    made = {account.local_part: account for account in accounts}
    return [made.get(one.local_part) for one in names]


def withdraw_shared_accounts(
    accounts: Sequence[Account], *, now: datetime, by: str, act: str = "box.withdrawn"
) -> None:
    """Nothing is received any more: a feed was mistaken, or a service has ended. What is there stays, and so do the
    names."""
    for account in accounts:
        account.state, account.closes_on = State.STOPPED, today(now)
    _save(accounts, act, by)


def reopen_shared_accounts(accounts: Sequence[Account], *, by: str) -> None:
    for account in accounts:
        account.state, account.closes_on = State.OPEN, None
    _save(accounts, "box.reopened", by)


def _save(accounts: Sequence[Account], act: str, by: str) -> None:
    with transaction.atomic():
        save_accounts(accounts, "state", "closes_on")
        journal.record_many(by, act, [account.key for account in accounts])
        announce_change(accounts)


def _numbered(names: Sequence[SharedName], now: datetime) -> list[Account]:
    numbering, _made = Numbering.objects.get_or_create(name="box")
    first = numbering.last + 1
    numbering.last += len(names)
    numbering.save(update_fields=["last"])
    return [
        Account(
            key=f"b{number:07d}", kind=Account.Kind.SHARED, identifier=one.local_part, local_part=one.local_part,
            shared_name=one.name, state=State.OPEN, opens_on=today(now), created_at=now,
        )
        for number, one in enumerate(names, first)
    ]  # fmt: skip


def _reservation(account: Account, now: datetime) -> LocalPart:
    return LocalPart(
        local_part=account.local_part, undotted=name_rules.undotted(account.local_part),
        kind=LocalPart.Kind.FUNCTIONAL, account_id=account.key, since=now,
    )  # fmt: skip
