"""Where a code goes that the caller reads back: the rescue contact's address, or its phone if a text reaches it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.rescue import contact as rescue_contact


class Kind(StrEnum):
    MAIL = "mail"
    TEXT = "sms"


@dataclass(frozen=True)
class CodeDestination:
    """`too_young`: whoever takes an account begins by changing its contact; one of the last days proves nothing."""

    kind: Kind
    target: str
    since: datetime
    too_young: bool

    @property
    def masked(self) -> str:
        return (
            rescue_contact.mask_email(self.target) if self.kind == Kind.MAIL else rescue_contact.mask_phone(self.target)
        )


def code_destinations(account: Account, now: datetime) -> list[CodeDestination]:
    """Those that are confirmed, the address first."""
    contact = rescue_contact.contact_of(account)
    email, phone = rescue_contact.confirmed_email(account), rescue_contact.confirmed_phone(account)
    known = [(Kind.MAIL, email, contact.confirmed_at), (Kind.TEXT, phone, contact.phone_confirmed_at)]
    return [
        CodeDestination(kind, to, since, _too_young(account, since, now)) for kind, to, since in known if to and since
    ]


def usable_destinations(account: Account, now: datetime) -> list[CodeDestination]:
    return [way for way in code_destinations(account, now) if not way.too_young]


def _too_young(account: Account, since: datetime, now: datetime) -> bool:
    """Of the last days, or of the days before the account was declared stolen, however long ago that is."""
    shutdown = account.drills.order_by("-pk").first()
    suspect = shutdown is not None and shutdown.since <= since < shutdown.started_at
    return suspect or since > now - timedelta(days=academy().help_desk.undo_days)
