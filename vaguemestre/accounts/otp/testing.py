"""For tests of every room: a fob that is pressed, and an account that holds one."""

from dataclasses import dataclass
from datetime import datetime
from itertools import count

from django.utils import timezone

from vaguemestre.accounts.models import Account, OtpKey
from vaguemestre.accounts.otp import activation, key_lifecycle, otp_values, verification
from vaguemestre.accounts.otp.holder import holder_named
from vaguemestre.accounts.otp.verification import OtpVerdict
from vaguemestre.accounts.secret_sealing import Purpose, seal

SECRET = b"12345678901234567890"  # of the appendices of RFC 4226 and RFC 6238
PIN = "7305"
_serials = count(10_000)


def judge_code(account: Account, typed: str, now: datetime) -> OtpVerdict:
    return verification.judge_code(holder_named(account.identifier), typed, now)


@dataclass
class Fob:
    """What its holder has in hand: it knows nothing of the server."""

    key: OtpKey
    pressed: int = 0

    def press(self, times: int = 1) -> str:
        self.pressed += times
        return otp_values.code_at(self.key, self.pressed - 1)

    def show(self, now: datetime, *, ahead: int = 0) -> str:
        """The code of this moment; `ahead` steps when its clock is wrong."""
        return otp_values.code_at(self.key, otp_values.step_of(self.key, now) + ahead)


def make_key(kind: OtpKey.Kind = OtpKey.Kind.HOTP, *, department: str = "80", **facts: object) -> OtpKey:
    """In stock."""
    defaults: dict[str, object] = {
        "serial": str(next(_serials)),
        "secret": seal(SECRET, Purpose.FACTOR),
        "imported_at": timezone.now(),
    }
    return OtpKey.objects.create(kind=kind, department=department, **(defaults | facts))


def hand(account: Account, key: OtpKey, *, by: Account | None = None, now: datetime | None = None) -> Fob:
    """Set aside and handed over, not yet activated."""
    now = now or timezone.now()
    key_lifecycle.set_aside(key, account, slip="B2026-80-001", by="system", now=now)
    key_lifecycle.hand_over(key, by=by or account, now=now)
    return Fob(key)


def hold(account: Account, kind: OtpKey.Kind = OtpKey.Kind.HOTP, *, now: datetime | None = None) -> Fob:
    """Active, with `PIN`."""
    now = now or timezone.now()
    fob = hand(account, make_key(kind), now=now)
    if kind == OtpKey.Kind.HOTP:
        first, second = fob.press(), fob.press()
    else:
        first, second = fob.show(now, ahead=-3), fob.show(now, ahead=-2)
    assert activation.begin_activation(fob.key, first, now=now)
    fob.key.refresh_from_db()
    activation.choose_pin(fob.key, PIN)
    assert activation.prove_key(fob.key, second, now=now)
    account.refresh_from_db()
    fob.key.refresh_from_db()
    return fob
