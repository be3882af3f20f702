"""The charter of use: versioned, accepted once a version."""

from datetime import datetime

from django.db import transaction

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.projection import announce_change
from vaguemestre.audit import journal


def is_charter_due(account: Account) -> bool:
    """A new version asks again. Mail programs wait for the first acceptance only."""
    return account.charter_version != academy().charter.version


def accept_charter(account: Account, *, now: datetime) -> None:
    version = academy().charter.version
    with transaction.atomic():
        account.charter_version, account.charter_accepted_at = version, now
        account.save(update_fields=["charter_version", "charter_accepted_at"])
        journal.record(account.key, "charter.accepted", account.key, version=version)
        announce_change([account])
