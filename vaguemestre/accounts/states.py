"""The steps of an account's life that a date brings."""

from django.db import transaction
from django.db.models import QuerySet

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.projection import announce
from vaguemestre.audit import journal

SYSTEM = "system"


def move(accounts: "QuerySet[Account]", state: Account.State, act: str) -> list[Account]:
    """All of them at once, written in the journal and told to the daemons. Running it twice moves nobody twice."""
    with transaction.atomic():
        moved = list(accounts.select_for_update())
        for account in moved:
            account.state = state
        Account.objects.bulk_update(moved, ["state"], batch_size=2000)
        journal.record_many(SYSTEM, act, [account.key for account in moved])
        announce(moved)
    return moved
