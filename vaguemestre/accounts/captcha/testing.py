"""What a person who reads the picture would type."""

import re
from datetime import datetime

from vaguemestre.accounts.captcha import challenge


def read_from(page: str, *, now: datetime) -> dict[str, str]:
    """The fields of the right answer to the captcha that this page offers."""
    found = re.search(rf'name="{challenge.TOKEN_FIELD}" value="([^"]+)"', page)
    assert found, "no captcha on this page"
    return right_answer(found[1], now=now)


def right_answer(token: str, *, now: datetime) -> dict[str, str]:
    offered = challenge.read_challenge(token, now=now)
    assert offered, "not a living captcha"
    return {challenge.TOKEN_FIELD: token, challenge.DIGITS_FIELD: offered.digits}


def wrong_answer(token: str, *, now: datetime) -> dict[str, str]:
    right = right_answer(token, now=now)
    digits = right[challenge.DIGITS_FIELD]
    return right | {challenge.DIGITS_FIELD: digits[:-1] + ("2" if digits[-1] != "2" else "3")}
