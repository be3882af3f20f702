"""Five digits to read or to hear, made here. `offer` one to a page, ask whether the answer is right with `solved`."""

from vaguemestre.accounts.captcha.challenge import Challenge, new_challenge, solve

__all__ = ["Challenge", "new_challenge", "solve"]
