"""A code works once. Every use is one conditional update of `counter`, so that of two at the same moment one loses."""

from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from vaguemestre.accounts.models import OtpKey
from vaguemestre.accounts.otp import otp_values

NEXT_CODE_WITHIN = timedelta(minutes=10)
State = OtpKey.State
_NOTHING_AWAITED = {"awaited": None, "awaited_until": None}


def spend_code(key: OtpKey, factor: int, *, now: datetime) -> bool:
    """A good sign-in."""
    return _spend(key, factor, now, _active(), pin_failures=0, last_used_at=now, **_NOTHING_AWAITED)


def spend_on_wrong_pin(key: OtpKey, factor: int, *, now: datetime) -> bool:
    """Whoever typed it has the key in hand, and not its PIN: three in a row block it (`pin_lockout`)."""
    return _spend(key, factor, now, _active(), pin_failures=F("pin_failures") + 1)


def spend_on_choice(key: OtpKey, factor: int, *, now: datetime) -> bool:
    """The code without PIN that begins the choice of one; another code must follow within ten minutes."""
    until = now + NEXT_CODE_WITHIN
    return _spend(key, factor, now, _choosing(), next_pin=None, awaited=factor + 1, awaited_until=until)


def spend_on_proof(key: OtpKey, factor: int, *, now: datetime) -> bool:
    """The code that proves a PIN just chosen: the key is active from now on."""
    chosen = _choosing().filter(next_pin__isnull=False, awaited_until__gt=now)
    return _spend(
        key, factor, now, chosen, state=State.ACTIVE, pin=F("next_pin"), next_pin=None, pin_failures=0,
        opens_until=None, activated_at=now, last_used_at=now, **_NOTHING_AWAITED,
    )  # fmt: skip


def spend_on_step(key: OtpKey, factor: int, *, now: datetime) -> bool:
    """The code that follows one seen far away, or the second of a pair: counter and clock are right again."""
    return _spend(key, factor, now, _active(), last_used_at=now, **_NOTHING_AWAITED)


def await_next(key: OtpKey, factor: int, *, now: datetime) -> bool:
    """A code seen far away, behind a right PIN. It opens nothing and is not used up: only its successor counts."""
    waiting = OtpKey.objects.filter(pk=key.pk, state=State.ACTIVE, counter__lte=factor)
    return waiting.update(awaited=factor + 1, awaited_until=now + NEXT_CODE_WITHIN) == 1


def _active() -> "QuerySet[OtpKey]":
    return OtpKey.objects.filter(state=State.ACTIVE)


def _choosing() -> "QuerySet[OtpKey]":
    return OtpKey.objects.filter(state__in=[State.HANDED, State.PIN_RESET])


def _spend(key: OtpKey, factor: int, now: datetime, among: "QuerySet[OtpKey]", **facts: object) -> bool:
    """Still this holder's, and no code from here on was used."""
    unused = among.filter(pk=key.pk, account=key.account_id, counter__lte=factor)
    return unused.update(counter=factor + 1, drift=otp_values.drift_at(key, factor, now), **facts) == 1
