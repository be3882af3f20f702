"""A new password judged while it is typed, by the rules that only the server can judge.

Former passwords are compared only when all else is well, and twenty times an hour an account: each comparison is as
many Argon2 verifications as passwords are remembered. `proved` keeps a stranger at an open screen from guessing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from vaguemestre.accounts import rate_limit
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.passwords.passwords import LONGEST
from vaguemestre.accounts.passwords.policy import PolicyFailure, policy_failures

FORMER_AN_HOUR, AN_HOUR = 20, timedelta(hours=1)


@dataclass(frozen=True)
class PasswordVerdict:
    """`unknown`: not judged now, but when the form is sent. The rest is met."""

    unmet: list[PolicyFailure]
    unknown: list[PolicyFailure]

    @property
    def words(self) -> dict[str, list[str]]:
        return {"unmet": [rule.value for rule in self.unmet], "unknown": [rule.value for rule in self.unknown]}


SILENT = PasswordVerdict([], [rule for rule in PolicyFailure if rule.judged])  # to whom nothing is said


def judge_typed(account: Account, typed: str, *, proved: bool, now: datetime) -> PasswordVerdict:
    typed = typed[: LONGEST + 1]
    unmet = policy_failures(account, typed, former=False)
    if unmet or not proved or not _may_compare(account, now):
        return PasswordVerdict(unmet, [PolicyFailure.FORMER])
    return PasswordVerdict(policy_failures(account, typed), [])


def _may_compare(account: Account, now: datetime) -> bool:
    return rate_limit.take_one("former-passwords", account.key, limit=FORMER_AN_HOUR, per=AN_HOUR, now=now)
