"""PIN and six digits in one field: what they are worth. One Argon2 verification, whatever was typed and held; and for
what has the form of a code as many codes reckoned, whoever holds a key and whoever does not."""

import re
from datetime import datetime
from enum import Enum

from vaguemestre.accounts.models import Account, OtpKey
from vaguemestre.accounts.otp import code_use, otp_values, pin_lockout, pins
from vaguemestre.accounts.otp.holder import NamedAccount

# Whatever the number of digits of a key: six or eight, alone or behind a PIN.
_CODE_OR_PIN_AND_CODE = re.compile(rf"[0-9]{{6,{8 + pins.LONGEST}}}")


class OtpVerdict(Enum):
    GOOD = "good"
    WRONG = "wrong"
    ENROL = "enrol"  # a code without PIN of a key that waits for one
    NEXT_CODE = "next-code"  # right PIN, code from far away: the one that follows decides
    PASSWORD = "password"  # noqa: S105 - a verdict: nothing was verified here: the password decides


def judge_code(named: NamedAccount, typed: str, now: datetime) -> OtpVerdict:
    """For an account whose method is OTP_KEY. A right code is spent, in parallel too, even behind a wrong PIN."""
    pin, code = _parts(typed, named.key)
    if not code and (named.waits_for_password or _password_decides(named)):
        return OtpVerdict.PASSWORD
    verdict = _by_code(named.key, pin, code, typed, now)
    return OtpVerdict.WRONG if named.waits_for_password else verdict  # only now: the same time is taken


def _by_code(key: OtpKey | None, pin: str, code: str, typed: str, now: datetime) -> OtpVerdict:
    if key is None or not pin:
        pins.spend_the_time_of_one(typed)
        return _without_pin(key, code, typed, now)
    right = pins.check_pin(key, pin)
    if key.state == OtpKey.State.ACTIVE:
        return _with_pin(key, code, typed, right, now)
    spend_the_time_of_codes(typed)
    return OtpVerdict.WRONG


def spend_the_time_of_codes(typed: str, *, reckoned: int = 0) -> None:
    """A millisecond beside the tens of Argon2; but it would tell the holders of a key. No password has this form."""
    if _CODE_OR_PIN_AND_CODE.fullmatch(re.sub(r"\s", "", typed)):
        otp_values.reckon_for_nobody(otp_values.MOST_RECKONED - reckoned)


def _parts(typed: str, key: OtpKey | None) -> tuple[str, str]:
    """PIN and code; two empty strings for what is no code at all. The spaces that people type are forgiven."""
    signs, digits = re.sub(r"\s", "", typed), key.digits if key else 6
    if re.fullmatch(rf"[0-9]{{{digits},{digits + pins.LONGEST}}}", signs):
        return signs[:-digits], signs[-digits:]
    return "", ""


def _password_decides(named: NamedAccount) -> bool:
    """The help desk's temporary pass; and a first key that was handed over but never activated."""
    if named.account and named.account.password_kind == Account.PasswordKind.TEMPORARY:
        return True
    return named.key is not None and named.key.state == OtpKey.State.HANDED and not named.had_one_before


def _without_pin(key: OtpKey | None, code: str, typed: str, now: datetime) -> OtpVerdict:
    """The first code of a key that waits for its PIN: far away is near enough here, the next one must follow."""
    if key is None or not code or not key.opens(now):
        spend_the_time_of_codes(typed)
        return OtpVerdict.WRONG
    looked_at = otp_values.far_factors(key, now)
    factor = otp_values.find_factor(key, code, looked_at)
    if factor is not None and code_use.spend_on_choice(key, factor, now=now):
        return OtpVerdict.ENROL
    spend_the_time_of_codes(typed, reckoned=len(looked_at))
    return OtpVerdict.WRONG


def _with_pin(key: OtpKey, code: str, typed: str, right: bool, now: datetime) -> OtpVerdict:
    """Looked for far away whatever the PIN: otherwise the time taken would tell a right PIN before a wrong code."""
    near, far = otp_values.near_factors(key, now), otp_values.far_factors(key, now)
    factor = otp_values.find_factor(key, code, [*near, *(one for one in far if one not in near)])
    if factor is not None and factor in near:
        return _near(key, factor, right, now)
    spend_the_time_of_codes(typed, reckoned=len(far))
    if right and factor is not None and code_use.await_next(key, factor, now=now):
        return OtpVerdict.NEXT_CODE
    return OtpVerdict.WRONG


def _near(key: OtpKey, factor: int, right: bool, now: datetime) -> OtpVerdict:
    if right:
        return OtpVerdict.GOOD if code_use.spend_code(key, factor, now=now) else OtpVerdict.WRONG
    if code_use.spend_on_wrong_pin(key, factor, now=now):
        pin_lockout.after_wrong_pin(key, now=now)
    return OtpVerdict.WRONG
