"""What a key shows: the values of RFC 4226 and RFC 6238, and where among them a typed code stands.

A moving factor is a counter (HOTP) or a step of time (TOTP). Nothing here writes; `code_use` does.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from pyotp import HOTP

from vaguemestre.accounts.models import OtpKey
from vaguemestre.accounts.secret_sealing import Purpose, seal, unseal

LOOK_AHEAD = 10  # presses that led to no sign-in (RFC 4226, 7.4)
FAR_AHEAD = 200  # beyond the look-ahead: believed only with the code that follows
STEPS_ASIDE = 1  # RFC 6238, 5.2: one step for the network and slow fingers
FAR_ASIDE = 20  # 10 minutes of a clock that was left in a drawer
MOST_RECKONED = FAR_AHEAD  # for one text typed at the sign-in: far is wider than near, whatever the key
VERY_FAR_AHEAD, VERY_FAR_ASIDE = 1000, 240  # of a pair, which chance does not make: a year in a pocket, two hours

ALGORITHMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha512": hashlib.sha512}


def code_at(key: OtpKey, factor: int) -> str:
    return _generator(key).at(factor)


def step_of(key: OtpKey, now: datetime) -> int:
    """By our clock, not the key's."""
    return int(now.timestamp()) // key.period


def near_factors(key: OtpKey, now: datetime) -> range:
    """Where the next good code is expected. Never what was used already."""
    if key.kind == OtpKey.Kind.HOTP:
        return range(key.counter, key.counter + LOOK_AHEAD)
    return _around(key, now, STEPS_ASIDE)


def far_factors(key: OtpKey, now: datetime) -> range:
    """Where a key that was played with, or whose clock runs badly, may be. A code from here proves nothing alone."""
    if key.kind == OtpKey.Kind.HOTP:
        return range(key.counter, key.counter + FAR_AHEAD)
    return _around(key, now, FAR_ASIDE)


def pair_factors(key: OtpKey, now: datetime) -> range:
    """For a pair of codes only."""
    if key.kind == OtpKey.Kind.HOTP:
        return range(key.counter, key.counter + VERY_FAR_AHEAD)
    return _around(key, now, VERY_FAR_ASIDE)


def find_factor(key: OtpKey, code: str, factors: Iterable[int]) -> int | None:
    """The first of these moving factors that shows this code."""
    return _first(_generator(key), code, factors)


def find_pair_factor(key: OtpKey, first: str, second: str, factors: Iterable[int]) -> int | None:
    """Of two codes that follow each other, the place of the second."""
    shown = _generator(key)
    return next((one + 1 for one in factors if shown.at(one) == first and shown.at(one + 1) == second), None)


def reckon_for_nobody(times: int) -> None:
    """The work of `find_factor` on so many moving factors, of a key that does not exist."""
    if times:
        _first(_generator(_nobodys_key()), "nobody", range(times))


def drift_at(key: OtpKey, factor: int, now: datetime) -> int:
    """By how many steps this key's clock is ahead; nothing for a counter."""
    return factor - step_of(key, now) if key.kind == OtpKey.Kind.TOTP else 0


def _around(key: OtpKey, now: datetime, aside: int) -> range:
    here = step_of(key, now) + key.drift
    return range(max(key.counter, here - aside), here + aside + 1)


def _first(shown: HOTP, code: str, factors: Iterable[int]) -> int | None:
    return next((factor for factor in factors if hmac.compare_digest(shown.at(factor), code)), None)


@lru_cache(maxsize=1)
def _nobodys_key() -> OtpKey:
    """Its seed is opened each time, as that of a key is; and is no row of zeros, which are reckoned with sooner."""
    return OtpKey(secret=seal(hashlib.sha1(b"nobody", usedforsecurity=False).digest(), Purpose.FACTOR))


def _generator(key: OtpKey) -> HOTP:
    secret = base64.b32encode(unseal(key.secret, Purpose.FACTOR)).decode()
    return HOTP(secret, digits=key.digits, digest=ALGORITHMS[key.algorithm])
