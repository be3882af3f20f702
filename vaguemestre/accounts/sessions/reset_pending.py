"""Accounts whose password was made void: until a new one is chosen, nothing that an attacker may hold opens them."""

from datetime import datetime

from vaguemestre.accounts.models import Account

Kind = Account.PasswordKind


def has_no_password(account: Account) -> bool:
    """No password at all: never given, void by the shutdown, or after a long absence. No key nor passkey stands for
    it."""
    return account.password_kind == Kind.NONE


def waits_for_password(account: Account, *, shut_at: datetime | None, chosen_at: datetime | None) -> bool:
    """After the last shutdown an OTP key waits until a password is chosen, with the help desk's pass or the letter's.
    Otherwise whoever has the key would choose it, as soon as that pass is given."""
    if account.password_kind == Kind.OWN:
        return False
    if has_no_password(account):
        return True
    return shut_at is not None and (chosen_at is None or chosen_at <= shut_at)
