"""The picture that a sign-in asks for after some failures."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from vaguemestre.accounts import captcha
from vaguemestre.accounts.attempts.client_address import client_address
from vaguemestre.accounts.captcha.challenge import DIGITS_FIELD
from vaguemestre.accounts.signin.attempt import SigninOutcome, attempt_signin


def try_captcha(request: HttpRequest, name: str, secret: str, *, now: datetime) -> SigninOutcome:
    """What was read in the picture is spent only when the attempt needs it."""
    return attempt_signin(
        name, secret, remote=client_address(request), now=now, human=lambda: captcha.solve(request.POST, now=now)
    )


def captcha_context(request: HttpRequest, outcome: SigninOutcome, *, now: datetime) -> dict[str, Any]:
    """What the form of the next try shows: a new picture, and whether the last one was misread."""
    if not outcome.picture:
        return {}
    return {
        "challenge": captcha.new_challenge(now=now),
        "captcha_wrong": outcome.robot and DIGITS_FIELD in request.POST,
    }
