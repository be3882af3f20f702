"""What is known of an account before anything is said of it, and what may be suggested."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from vaguemestre.accounts.models import Account, OtpKey


@dataclass(frozen=True)
class Failures:
    """The same refusal on the same channel, several times since the last good sign-in."""

    channel: str
    result: str
    times: int
    last: datetime


@dataclass(frozen=True)
class Paper:
    """The last letter. `printed_at` is None while it waits."""

    number: str
    printed_at: datetime | None


@dataclass(frozen=True)
class Facts:
    account: Account
    failures: Sequence[Failures] = field(default_factory=tuple)
    last_good: datetime | None = None
    locked_by: str = ""
    lock_reason: str = ""
    letter: Paper | None = None
    factor_missing: bool = False  # the role asks for one
    waits_until: datetime | None = None  # too many tries
    key: OtpKey | None = None  # the OTP key in use
    lost_key: OtpKey | None = None  # the one whose loss keeps its holder out
    key_to_fetch: OtpKey | None = None  # set aside for a holder who has lost one
    was_shut_down: bool = False  # declared stolen, and no password given since

    @property
    def by_key(self) -> bool:
        """An OTP key is the way in, not the password."""
        return self.account.method == Account.Method.OTP_KEY


class Act(StrEnum):
    NOTHING = "nothing"
    UNLOCK = "unlock"
    TEMPORARY = "temporary"
    NEW_PIN = "new-pin"
    PUT_RIGHT = "put-right"
    ACTIVATE = "activate"
    REPLACE = "replace"


@dataclass(frozen=True)
class Suggestion:
    act: Act
    title: str
    text: str
    serial: str = ""  # of the key that it is about
