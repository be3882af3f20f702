"""Shutting somebody out at once: every door, until somebody opens again."""

from datetime import datetime

from django.db import transaction

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.projection import announce_change
from vaguemestre.accounts.sessions import sessions
from vaguemestre.audit import journal


def lock(account: Account, *, by: str, reason: str, now: datetime) -> None:
    """Mail is still received. The caller answers only once `projection.is_confirmed(account)`."""
    with transaction.atomic():
        account.locked_at = account.locked_at or now
        account.save(update_fields=["locked_at"])
        sessions.end_sessions(account)
        journal.record(by, "account.locked", account.key, reason=reason)
        announce_change([account])


def unlock(account: Account, *, by: str, reason: str) -> None:
    with transaction.atomic():
        account.locked_at = None
        account.save(update_fields=["locked_at"])
        journal.record(by, "account.unlocked", account.key, reason=reason)
        announce_change([account])
