"""What this room asks of rooms above, and what rooms beside one another ask of each other through it (`web.ports`)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple, Protocol

from django.db.models import QuerySet

from vaguemestre.accounts.models import Account
from vaguemestre.web.ports import Port


class PurgeStage(IntEnum):
    """The order of purgers: what works for the account or waits on its way goes before its mailbox, rows go last."""

    ORDERS = 0
    QUEUE = 1
    MAILBOX = 2
    DRAFTS = 3
    ROWS = 4


class HeldMail(NamedTuple):
    """A message that had been sent and did not leave."""

    at: datetime
    recipients: tuple[str, ...]  # the first ones
    reach: int  # how many in all


class ActiveForwarding(NamedTuple):
    """`target` as it may be shown. `since`: None when nothing tells it any more. `idle`: a filter that does nothing
    while all the mail is redirected without a copy."""

    since: datetime | None
    account_key: str
    target: str
    outside: bool
    by_filter: bool
    keeps_copy: bool
    idle: bool = False


class SentMail(Protocol):
    @property
    def at(self) -> datetime: ...
    @property
    def recipients(self) -> Sequence[str]: ...


class ScreenPreferences(Protocol):
    """Theme, size of letters, keys that somebody chose, for templates of all rooms."""

    @property
    def uses_keys(self) -> bool: ...


class ReportFollower(Protocol):
    def __call__(
        self, account: Account, *, message_id: str, sender: str, subject: str, received_at: datetime, now: datetime
    ) -> None: ...


type PurgeHolder = Callable[[str, datetime], bool]  # (account key, now)
type AccountPurger = Callable[[str, datetime], None]  # (account key, now)
type SessionFollower = Callable[[list[str]], int]  # (hashes of tokens) -> how many places are being told
type AccountFollower = Callable[[list[str]], None]  # (account keys)
type MailMemory = Callable[[str], None]  # (account key)
type MailHolder = Callable[[Account, datetime], list[HeldMail]]
type RulesRollback = Callable[[str, datetime, str, datetime], list[str]]  # (account key, since, by, now) -> sentences
type SentList = Callable[[str, datetime], Sequence[SentMail]]  # (account key, since); raises LookupError
type WaitingList = Callable[[str], list[tuple[datetime, Path]]]  # (account key) -> when written, and where it is
type ForwardingList = Callable[["QuerySet[Account]"], list[ActiveForwarding]]
type SignatureImport = Callable[[Account, str, str, str, datetime], str]  # (account, name, text, html, now) -> a word
type AbsenceList = Callable[[Sequence[str], datetime], dict[str, str]]  # (account keys, now) -> key to a sentence

# Who may still need what a purge deletes, and who deletes what of it, inside the purge's transaction.
purge_holders = Port[PurgeHolder]("accounts.purge_holders")
account_purgers = Port[AccountPurger]("accounts.account_purgers")
# Who follows sessions that end. Called in the transaction of the act; they tell after it.
session_followers = Port[SessionFollower]("accounts.session_followers")
# The daemons' file; then who else is told. What these miss, their own recurring job makes good.
account_projector = Port[AccountFollower]("accounts.account_projector")
account_followers = Port[AccountFollower]("accounts.account_followers")
# Who keeps words of a mailbox beside it, and forgets them when somebody else takes mail out of it.
mail_memories = Port[MailMemory]("accounts.mail_memories")
# For the shutdown: what was sent and has not left, held; an attacker's changes to the filtering undone; what left.
mail_holders = Port[MailHolder]("accounts.mail_holders")
rules_rollback = Port[RulesRollback]("accounts.rules_rollback")
sent_list = Port[SentList]("accounts.sent_list")
# Between rooms beside one another, which both know this one.
report_followers = Port[ReportFollower]("accounts.report_followers")  # who hears of a message that somebody reports
waiting_list = Port[WaitingList]("accounts.waiting_list")  # mail that waits for its hour, for the copy of a mailbox
forwarding_list = Port[ForwardingList]("accounts.forwarding_list")  # what is in force, for the help desk
signature_import = Port[SignatureImport]("accounts.signature_import")  # of another webmail
settings_entries = Port[Callable[[], Sequence[object]]]("accounts.settings_entries")  # the mail's settings
screen_preferences = Port[Callable[[Account], ScreenPreferences]]("accounts.screen_preferences")
heard_boxes = Port[Callable[[Account], Sequence[str]]]("accounts.heard_boxes")  # keys that their pages hear of too
absence_list = Port[AbsenceList]("accounts.absence_list")  # for whoever says whom to write to
