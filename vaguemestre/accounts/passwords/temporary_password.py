"""The help desk's temporary pass: read aloud over the phone, good for one sign-in and half an hour."""

from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.passwords import passwords
from vaguemestre.accounts.projection import announce_change
from vaguemestre.accounts.sessions import sessions
from vaguemestre.audit import journal

LASTS = timedelta(minutes=30)


def give_temporary(account: Account, *, by: str, now: datetime) -> str:
    """Replaces whatever password there was, and every session ends. Answers the pass, which exists nowhere else."""
    raw = passwords.generate_provisional()
    encoded = passwords.hasher().hash(raw)
    with transaction.atomic():
        account.password, account.password_kind = encoded, Account.PasswordKind.TEMPORARY
        account.password_set_at, account.provisional_expires_at = now, now + LASTS
        account.save(update_fields=["password", "password_kind", "password_set_at", "provisional_expires_at"])
        sessions.end_sessions(account)
        journal.record(by, "password.temporary", account.key)
        announce_change([account])
    return raw
