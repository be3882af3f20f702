"""The values of the RFCs, and where a typed code is looked for."""

from datetime import UTC, date, datetime

import pytest

from vaguemestre.accounts.models import OtpKey
from vaguemestre.accounts.otp import otp_values, pins
from vaguemestre.accounts.otp.testing import SECRET
from vaguemestre.accounts.secret_sealing import Purpose, seal

# RFC 4226, appendix D.
COUNTED = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
# RFC 6238, appendix B: the seed is as long as the digest.
TIMED = [
    (59, "sha1", 20, "94287082"),
    (59, "sha256", 32, "46119246"),
    (59, "sha512", 64, "90693936"),
    (1111111109, "sha1", 20, "07081804"),
    (1111111111, "sha256", 32, "67062674"),
    (1234567890, "sha512", 64, "93441116"),
    (2000000000, "sha1", 20, "69279037"),
    (20000000000, "sha256", 32, "77737706"),
    (20000000000, "sha512", 64, "47863826"),
]


def key(kind: OtpKey.Kind = OtpKey.Kind.HOTP, **facts: object) -> OtpKey:
    return OtpKey(**({"serial": "04417", "kind": kind, "secret": seal(SECRET, Purpose.FACTOR)} | facts))


@pytest.mark.parametrize(("counter", "code"), list(enumerate(COUNTED)))
def test_event_based_values(counter: int, code: str) -> None:
    assert otp_values.code_at(key(), counter) == code


@pytest.mark.parametrize(("seconds", "algorithm", "length", "code"), TIMED)
def test_time_based_values(seconds: int, algorithm: str, length: int, code: str) -> None:
    seed = (SECRET * 4)[:length]
    timed = key(OtpKey.Kind.TOTP, algorithm=algorithm, digits=8, secret=seal(seed, Purpose.FACTOR))
    now = datetime.fromtimestamp(seconds, tz=UTC)
    assert otp_values.code_at(timed, otp_values.step_of(timed, now)) == code


def test_a_counter_is_only_looked_for_ahead() -> None:
    pressed = key(counter=3)
    now = datetime(2026, 11, 24, tzinfo=UTC)
    assert otp_values.find_factor(pressed, COUNTED[2], otp_values.far_factors(pressed, now)) is None
    assert otp_values.find_factor(pressed, COUNTED[3], otp_values.near_factors(pressed, now)) == 3
    assert otp_values.near_factors(pressed, now) == range(3, 3 + otp_values.LOOK_AHEAD)


def test_a_clock_is_looked_for_around_where_it_was_last() -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    late = key(OtpKey.Kind.TOTP, drift=-7)
    here = otp_values.step_of(late, now)
    assert otp_values.near_factors(late, now) == range(here - 8, here - 5)
    late.counter = here - 6
    assert otp_values.near_factors(late, now) == range(here - 6, here - 5)


@pytest.mark.parametrize(
    "pin",
    [
        "123", "123456789", "12a4", "0000", "1234", "4321", "7890", "2468", "1212", "123123", "2580", "1203", "0312",
        "1984", "120384", "12031984", "19840312", "0441",
    ],
)  # fmt: skip
def test_a_pin_that_is_guessed_is_refused(pin: str) -> None:
    assert pins.refusal_text(pin, key=key(), born=date(1984, 3, 12))


@pytest.mark.parametrize("pin", ["7305", "90216", "41873", "85029174"])
def test_others_are_good(pin: str) -> None:
    assert pins.refusal_text(pin, key=key(), born=date(1984, 3, 12)) is None
