"""The holder's own acts: choose a PIN, prove it with the next code, put a key right again."""

import re
from datetime import datetime

from django.db import transaction

from vaguemestre.accounts.factors import factor_state
from vaguemestre.accounts.models import Account, OtpKey
from vaguemestre.accounts.otp import code_use, otp_values, pins
from vaguemestre.accounts.otp.key_records import tell_and_write

State = OtpKey.State


def begin_activation(key: OtpKey, typed: str, *, now: datetime) -> bool:
    """The code that the key shows, without PIN. Far away is near enough: another one must follow."""
    code = digits_of(typed)
    factor = otp_values.find_factor(key, code, otp_values.far_factors(key, now)) if key.opens(now) else None
    return factor is not None and code_use.spend_on_choice(key, factor, now=now)


def choose_pin(key: OtpKey, pin: str) -> None:
    """Judged before by `pins.refusal_text`. It counts once a code has proved it."""
    choosing = OtpKey.objects.filter(pk=key.pk, state__in=[State.HANDED, State.PIN_RESET])
    choosing.update(next_pin=pins.hash_pin(pin))


def prove_key(key: OtpKey, typed: str, *, now: datetime) -> bool:
    """The next code: from here on the key signs in, with its PIN."""
    code, first = digits_of(typed), key.state == State.HANDED
    factor = otp_values.find_factor(key, code, otp_values.near_factors(key, now))
    with transaction.atomic():
        if factor is None or not code_use.spend_on_proof(key, factor, now=now):
            return False
        key.refresh_from_db()
        account = holder_of(key)
        account.method = Account.Method.OTP_KEY
        account.save(update_fields=["method"])
        factor_state.refresh_method(account)
        tell_and_write(key, "activated" if first else "pin-chosen", by=account.key, now=now, to_rescue=True)
    return True


def follow_far_code(key: OtpKey, typed: str, *, now: datetime) -> bool:
    """At a sign-in: the code that follows the one seen far away, typed alone."""
    if not key.awaits(now) or key.awaited is None:
        return False
    following = range(key.awaited, key.awaited + 1 + otp_values.STEPS_ASIDE)  # a slow finger lets one step go by
    factor = otp_values.find_factor(key, digits_of(typed), following)
    with transaction.atomic():
        if factor is None or not code_use.spend_on_step(key, factor, now=now):
            return False
        tell_and_write(key, "resynchronised", by=holder_of(key).key, now=now)
    return True


def resynchronise(key: OtpKey, first: str, second: str, *, by: str, now: datetime) -> bool:
    """Two codes that follow each other, in the account or read out to the help desk."""
    factor = otp_values.find_pair_factor(key, digits_of(first), digits_of(second), otp_values.pair_factors(key, now))
    with transaction.atomic():
        if factor is None or not code_use.spend_on_step(key, factor, now=now):
            return False
        tell_and_write(key, "resynchronised", by=by, now=now)
    return True


def digits_of(typed: str) -> str:
    return re.sub(r"\s", "", typed)


def holder_of(key: OtpKey) -> Account:
    if key.account is None:
        raise ValueError("a key in use has a holder")
    return key.account
