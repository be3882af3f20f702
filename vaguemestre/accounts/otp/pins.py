"""The PIN before the six digits: what is too easy, and its hash, of the form of passwords."""

import re
from datetime import date
from itertools import pairwise

from argon2.exceptions import InvalidHashError, VerificationError
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import OtpKey
from vaguemestre.accounts.passwords import passwords

SHORTEST, LONGEST = 4, 8
FORM = re.compile(rf"[0-9]{{{SHORTEST},{LONGEST}}}")
# Lines of the keypad and their like: what studies of stolen PINs find next after rows and repetitions.
KEYPAD = {"2580", "0852", "1470", "0741", "3690", "0963", "1397", "1793", "7913", "1379", "7139", "1593", "3571"}


def refusal_text(pin: str, *, key: OtpKey, born: date) -> str | None:
    """Why this PIN cannot be chosen, in a sentence that says what to do."""
    if not FORM.fullmatch(pin):
        return _("A PIN has 4 to 8 digits.")
    if len(set(pin)) == 1 or _repeats(pin):
        return _("This PIN repeats itself. Choose digits that do not follow a pattern.")
    if pin in KEYPAD or _in_a_row(pin):
        return _("These digits follow one another. Choose others.")
    if pin in _dates(born):
        return _("This is your date of birth. Choose digits that nobody knows of you.")
    if pin in key.serial:
        return _("These digits are written on the key. Choose others.")
    return None


def hash_pin(pin: str) -> str:
    return passwords.hasher().hash(pin)


def check_pin(key: OtpKey, pin: str) -> bool:
    """Exactly one verification, also for a key without PIN."""
    if key.pin is None:
        spend_the_time_of_one(pin)
        return False
    try:
        return passwords.hasher().verify(key.pin, pin)
    except (VerificationError, InvalidHashError):
        return False


def spend_the_time_of_one(typed: str) -> None:
    """So that the time taken says nothing of what was wrong."""
    passwords.verify_password(None, typed)


def _repeats(pin: str) -> bool:
    """1212, 123123, 12341234."""
    half, odd = divmod(len(pin), 2)
    return not odd and (pin[:half] == pin[half:] or pin == pin[:2] * half)


def _in_a_row(pin: str) -> bool:
    """1234, 8765, 7890, 2468."""
    steps = {(int(right) - int(left)) % 10 for left, right in pairwise(pin)}
    return len(steps) == 1


def _dates(born: date) -> set[str]:
    day, month, year, short = f"{born:%d}", f"{born:%m}", f"{born:%Y}", f"{born:%y}"
    orders = [
        (day, month), (month, day), (year,), (month, year), (year, month), (month, short), (short, month),
        (day, month, short), (day, month, year), (month, day, short), (month, day, year), (short, month, day),
        (year, month, day),
    ]  # fmt: skip
    return {"".join(parts) for parts in orders}
