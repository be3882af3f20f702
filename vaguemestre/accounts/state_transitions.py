"""The steps of an account's life that a date brings."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.projection import announce_change
from vaguemestre.audit import journal

SYSTEM = "system"
BATCH = 2000


def save_accounts(accounts: Sequence[Account], *columns: str) -> None:
    """These columns of accounts that exist. An upsert: bulk_update writes a CASE that takes milliseconds an account."""
    Account.objects.bulk_create(
        accounts, batch_size=BATCH, update_conflicts=True, unique_fields=["key"], update_fields=columns
    )


def move_state(accounts: "QuerySet[Account]", state: Account.State, act: str) -> list[Account]:
    """All of them at once, written in the journal and told to the daemons. Running it twice moves nobody twice."""
    with transaction.atomic():
        moved = list(accounts.select_for_update())
        for account in moved:
            account.state = state
        save_accounts(moved, "state")
        journal.record_many(SYSTEM, act, [account.key for account in moved])
        announce_change(moved)
    return moved
