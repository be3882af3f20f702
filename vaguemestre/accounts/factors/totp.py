"""Codes of an application on the phone (RFC 6238): six digits, thirty seconds, never twice."""

from datetime import datetime, timedelta

import pyotp
from django.db import transaction
from django.db.models import QuerySet

from vaguemestre.accounts.factors import factor_state
from vaguemestre.accounts.models import Account, Totp
from vaguemestre.accounts.secret_sealing import Purpose, seal, unseal
from vaguemestre.accounts.state_transitions import SYSTEM

DIGITS, STEP_SECONDS = 6, 30
FURTHEST_DRIFT = 2
SHOWN_FOR = timedelta(minutes=15)


@transaction.atomic
def begin_totp(account: Account, now: datetime, *, shown_in: str) -> str:
    """A secret to be shown until its first code comes; asked for again meanwhile, it is the same one: in this session
    (`sessions.session_mark`) and for a quarter of an hour. One that somebody else may have seen is shown to nobody."""
    waiting = _shown(account, now, shown_in).first()
    if waiting is None:
        forget_unproved(account)
        waiting = _keep(account, pyotp.random_base32(), now, shown_in)
    return _secret(waiting)


def otpauth_url(account: Account, secret: str, issuer: str) -> str:
    return pyotp.TOTP(secret).provisioning_uri(name=account.address, issuer_name=issuer)


@transaction.atomic
def confirm_totp(account: Account, typed: str, now: datetime, *, shown_in: str) -> bool:
    """The first code proves that the phone has the secret; the former phone is worth nothing from here."""
    waiting = _shown(account, now, shown_in).select_for_update().first()
    if waiting is None or not _spend(waiting, typed, now):
        return False
    account.totps.filter(confirmed_at__isnull=False).delete()
    Totp.objects.filter(pk=waiting.pk).update(confirmed_at=now)
    factor_state.note_change(account, "telephone-added", now)
    return True


def forget_unproved(account: Account) -> None:
    account.totps.filter(confirmed_at=None).delete()


def check_totp(account: Account, typed: str, now: datetime) -> bool:
    telephone = account.totps.filter(confirmed_at__isnull=False).first()
    return telephone is not None and _spend(telephone, typed, now)


@transaction.atomic
def withdraw_totp(account: Account, now: datetime) -> bool:
    """False when there was none. Whether it may be withdrawn is asked before (`factor_state.is_last_required`)."""
    gone, _rows = account.totps.filter(confirmed_at__isnull=False).delete()
    if gone:
        factor_state.note_change(account, "telephone-withdrawn", now)
    return bool(gone)


@transaction.atomic
def enrol_with(account: Account, secret: str, now: datetime) -> None:
    """A phone whose secret is known beforehand: demonstrations and tests."""
    account.totps.all().delete()
    telephone = _keep(account, secret, now)
    Totp.objects.filter(pk=telephone.pk).update(confirmed_at=now)
    factor_state.note_change(account, "telephone-added", now, by=SYSTEM)


def present_code(account: Account, now: datetime) -> str | None:
    """What the phone shows now. For demonstrations and tests only; spends nothing."""
    telephone = account.totps.filter(confirmed_at__isnull=False).first()
    return pyotp.TOTP(_secret(telephone)).at(now) if telephone else None


def _shown(account: Account, now: datetime, shown_in: str) -> "QuerySet[Totp]":
    return account.totps.filter(confirmed_at=None, shown_in=shown_in, made_at__gt=now - SHOWN_FOR)


def _keep(account: Account, secret: str, now: datetime, shown_in: str = "") -> Totp:
    sealed = seal(secret.encode(), Purpose.FACTOR)
    return Totp.objects.create(account=account, sealed_secret=sealed, made_at=now, shown_in=shown_in)


def _secret(telephone: Totp) -> str:
    return unseal(telephone.sealed_secret, Purpose.FACTOR).decode()


def _spend(telephone: Totp, typed: str, now: datetime) -> bool:
    """One conditional UPDATE: of two sign-ins with the same code, one comes too late."""
    step = _step_of(telephone, "".join(typed.split()), now)
    if step is None:
        return False
    drift = max(-FURTHEST_DRIFT, min(FURTHEST_DRIFT, step - _present(now)))
    unspent = Totp.objects.filter(pk=telephone.pk, last_step__lt=step)
    return unspent.update(last_step=step, drift=drift) == 1


def _step_of(telephone: Totp, typed: str, now: datetime) -> int | None:
    """One step either side of the present and of the clock's last error. The present always counts: a code typed slowly
    must not move the window away from it."""
    drift, generator = telephone.drift, pyotp.TOTP(_secret(telephone))
    for error in range(min(0, drift) - 1, max(0, drift) + 2):
        step = _present(now) + error
        if step > telephone.last_step and pyotp.utils.strings_equal(generator.generate_otp(step), typed):
            return step
    return None


def _present(now: datetime) -> int:
    return int(now.timestamp()) // STEP_SECONDS
