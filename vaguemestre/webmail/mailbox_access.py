"""Whose mail a request is about, and who reads it. Today everybody reads their own mailbox and no other.

The rule for all views of this room and for what they call:
- `request.mailbox`, the access: opens the mailbox, and its `key` keeps, caches and signs what one reader sees of it.
- `request.mailbox.mailbox`: the account whose mail it is, with its drafts, labels, rules, queue, signatures, addresses.
- `request.account`, the `reader` of the access: the person. Preferences, contacts, standing, search history;
  who did it, in the journal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Concatenate, Self, cast

from django.http import HttpResponseBase

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import View, signed_in

type MailboxView[**P] = Callable[Concatenate[MailboxRequest, P], HttpResponseBase]


class MailboxRights(StrEnum):
    OWNER = "owner"  # members, settings, redirection too
    MEMBER = "member"  # reads, files, answers
    READER = "reader"  # reads


@dataclass(frozen=True, slots=True)
class MailboxAccess:
    mailbox: Account
    reader: Account
    rights: MailboxRights

    @classmethod
    def own(cls, account: Account) -> Self:
        return cls(account, account, MailboxRights.OWNER)

    @property
    def key(self) -> str:
        """Names the pair. Of one's own mailbox the account's key, by which everything has been kept and signed."""
        own = self.mailbox.key == self.reader.key
        return self.mailbox.key if own else f"{self.mailbox.key}_{self.reader.key}"


class MailboxRequest(StaffRequest):
    """What a view behind `with_mailbox` receives."""

    mailbox: MailboxAccess


def with_mailbox[**P](view: MailboxView[P]) -> View[P]:
    """`signed_in` for the views of this room: the request also says whose mail it is about."""

    @wraps(view)
    def opened(request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        mail = cast(MailboxRequest, request)
        mail.mailbox = MailboxAccess.own(request.account)
        return view(mail, *args, **kwargs)

    return signed_in(opened)
