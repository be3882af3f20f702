"""Accounts of every kind that a refusal must not tell apart."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from vaguemestre.accounts.models import Account, OtpKey
from vaguemestre.accounts.otp import key_lifecycle
from vaguemestre.accounts.otp.testing import hand, hold, make_key
from vaguemestre.accounts.passwords import passwords
from vaguemestre.accounts.passwords.temporary_password import give_temporary
from vaguemestre.accounts.projection import announce_change


def _write(account: Account, **facts: object) -> None:
    Account.objects.filter(pk=account.pk).update(**facts)
    account.refresh_from_db()
    announce_change([account])


def _hold(account: Account) -> OtpKey:
    """By presses, or by a clock."""
    return hold(account, OtpKey.Kind.TOTP if int(account.key[1:]) % 2 else OtpKey.Kind.HOTP).key


def _block_key(account: Account) -> None:
    OtpKey.objects.filter(pk=_hold(account).pk).update(state=OtpKey.State.BLOCKED)


def _hold_and_pass(account: Account) -> None:
    _hold(account)
    give_temporary(account, by="test", now=timezone.now())


def _letter(account: Account) -> None:
    passwords.set_provisional(account, passwords.nobodys_hash(), now=timezone.now())


def _hold_and_letter(account: Account) -> None:
    _hold(account)
    _letter(account)


# What makes each of an account that has a password of its own.
CHANGES: dict[str, Callable[[Account], object]] = {
    "password": lambda _account: None,
    "no password yet": lambda one: _write(one, password=None, password_kind="none", charter_version=""),
    "password of the letter": _letter,
    "temporary password": lambda one: give_temporary(one, by="test", now=timezone.now()),
    "duty not begun": lambda one: _write(one, opens_on=timezone.localdate() + timedelta(days=30), state="pending"),
    "closed": lambda one: _write(one, closes_on=timezone.localdate() - timedelta(days=400), state="closed"),
    "locked": lambda one: _write(one, locked_at=timezone.now()),
    "mailbox shut": lambda one: _write(one, mail_blocked_until=timezone.now() + timedelta(days=9)),
    "second factor": lambda one: _write(one, second_factor=True),
    "OTP key": _hold,
    "OTP key, not activated": lambda one: hand(one, make_key()),
    "OTP key, blocked": _block_key,
    "OTP key, PIN reset": lambda one: key_lifecycle.reset_pin(_hold(one), by="test", now=timezone.now()),
    "OTP key, lost": lambda one: key_lifecycle.declare_lost(_hold(one), by="test", now=timezone.now()),
    "OTP key, temporary password": _hold_and_pass,
    "OTP key, password of the letter": _hold_and_letter,
}


def names_by_kind(make: Callable[[], Account], *, nobody: str) -> dict[str, str]:
    """What is typed for one of each, and for nobody."""
    names = {"nobody": nobody}
    for kind, change in CHANGES.items():
        account = make()
        change(account)
        names[kind] = account.identifier
    return names
