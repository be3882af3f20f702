"""The last step of a closed account: mailbox and personal data deleted, key and names kept for ever.

What other rooms hold of the account goes with it: they provide for it (`ports`), since this one may not know them.
The journal stays, and the person's file, which is the HR system's.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from vaguemestre.academy.facts import academy
from vaguemestre.accounts import models as tables
from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.otp import key_lifecycle
from vaguemestre.accounts.ports import account_purgers, purge_holders
from vaguemestre.accounts.projection import announce_change
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.state_transitions import SYSTEM
from vaguemestre.audit import journal
from vaguemestre.clock import due

AT_ONCE = 20  # a mailbox takes about a second; the clock has other things to do
State = Account.State
_PERSONAL: tuple[Any, ...] = (
    tables.AppPassword,
    tables.Code,
    tables.Departure,
    tables.AccountShutdown,
    tables.FormerPassword,
    tables.PendingSignIn,
    tables.KeptForm,
    tables.KnownDevice,
    tables.Notice,
    tables.OtpRequest,
    tables.OtpHolding,
    tables.Passkey,
    tables.PasskeyHolder,
    tables.RecoveryCode,
    tables.RescueContact,
    tables.ResetLink,
    tables.ResetRequest,
    tables.ResetText,
    tables.SignIn,
    tables.TextFactor,
    tables.Totp,
)


@due.recurring("accounts.purge", every=3600)
def purge_due(_key: str, now: datetime) -> None:
    """The clock's call. Goes by the dates, so that none is forgotten when a setting or a version changes.

    A daemon that is away stops it here; what was done is done, the rest follows at the next call.
    """
    ended = today(now) - timedelta(days=academy().departure.purge_days)
    waiting = Account.objects.filter(state=State.STOPPED, closes_on__lte=ended).order_by("closes_on", "key")
    keys = [key for key in waiting.values_list("key", flat=True) if not is_held(key, now)]
    for key in keys[:AT_ONCE]:
        purge_account(key, now=now)


def is_held(key: str, now: datetime) -> bool:
    """Somebody still needs what would be deleted: an export that was asked for and is not finished."""
    return any(holds(key, now) for holds in purge_holders.all())


def purge_account(key: str, *, now: datetime) -> bool:
    """False when it was restored meanwhile. The deletions bear being done twice."""
    with transaction.atomic():
        account = Account.objects.select_for_update().filter(pk=key, state=State.STOPPED).first()
        if account is None:
            return False
        _forget(account)
        for forget in account_purgers.all():
            forget(key, now)
        journal.record(SYSTEM, "account.purged", key)
        announce_change([account])
    return True


def _forget(account: Account) -> None:
    for table in _PERSONAL:
        table.objects.filter(account=account).delete()
    sessions.end_all_sessions([account])
    key_lifecycle.forget_keys(account)
    account.state = State.PURGED
    account.password, account.password_kind = None, Account.PasswordKind.NONE
    account.password_set_at = account.provisional_expires_at = None
    account.method, account.second_factor = Account.Method.PASSWORD, False
    account.charter_version, account.charter_accepted_at, account.welcomed_at = "", None, None
    account.frozen_at = account.mail_blocked_until = None
    account.save()
