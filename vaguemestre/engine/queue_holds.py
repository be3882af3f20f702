"""What was sent and has not left: held in Postfix's queue when an account is shut as stolen, until somebody decides.

Postfix never gives up a message on hold. `queuekeeper` does it; this asks."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.conf import settings

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.ports import HeldMail
from vaguemestre.audit import journal
from vaguemestre.audit.models import Entry
from vaguemestre.engine.root_socket import NoAnswerError, ask

PATIENCE_SECONDS = 150  # of the keeper's own
LOOK_SECONDS = 10


class QueueUnavailableError(LookupError):
    """The keeper or Postfix does not answer: what is held is not known, which is not the same as nothing."""


class HeldMessage(NamedTuple):
    id: str
    at: datetime
    size: int
    recipients: tuple[str, ...]  # the first ones
    reach: int  # how many in all


class QueuedRecipient(NamedTuple):
    address: str
    since: datetime
    reason: str  # Postfix's own word for the last attempt; empty: it is the first, and going on
    again_at: datetime | None


def hold_messages(account: Account, now: datetime) -> list[HeldMail]:  # noqa: ARG001 - as every holder of accounts.ports.mail_holders
    """Everything of this person's that has not left stays. Answers all that is on hold then. Raises
    QueueUnavailableError."""
    return [HeldMail(one.at, one.recipients, one.reach) for one in _messages("hold", account)]


def held_messages(account: Account) -> list[HeldMessage]:
    """The oldest first. Raises QueueUnavailableError."""
    return _messages("list", account)


def release_messages(account: Account, ids: Iterable[str]) -> list[str]:
    """These leave now. Answers which did. Raises QueueUnavailableError."""
    return _ids("release", account, ids)


def delete_messages(account: Account, ids: Iterable[str]) -> list[str]:
    """These never leave. Answers which are gone. Raises QueueUnavailableError."""
    return _ids("delete", account, ids)


def forget_account(key: str, _now: datetime) -> None:
    """What nobody decided about in a year (accounts.ports.account_purgers). Raises QueueUnavailableError."""
    if not Entry.objects.filter(subject=key, act="account.stolen").exists():
        return
    account = Account.objects.get(pk=key)
    if ids := [one.id for one in held_messages(account)]:
        journal.record("system", "held.deleted", key, held=len(ids), ids=" ".join(ids))
        delete_messages(account, ids)


def messages_underway(account: Account, message_id: str, since: datetime) -> list[QueuedRecipient]:
    """For each recipient whom this message has not reached, though it was taken. Somebody looks at it: little patience.
    Raises QueueUnavailableError."""
    if settings.DATA is None:
        return []
    said = _asked("underway", account, patience=LOOK_SECONDS, message_id=message_id, since=since.timestamp())
    return [
        QueuedRecipient(
            address, datetime.fromtimestamp(one["at"], UTC), reason,
            datetime.fromtimestamp(one["again_at"], UTC) if one["again_at"] else None,
        )
        for one in said["messages"]
        for address, reason in one["recipients"]
    ]  # fmt: skip


def _messages(act: str, account: Account) -> list[HeldMessage]:
    if settings.DATA is None:
        return []  # no mail server, no queue
    return [
        HeldMessage(
            one["id"], datetime.fromtimestamp(one["at"], UTC), one["size"], tuple(one["recipients"]), one["count"]
        )
        for one in _asked(act, account)["messages"]
    ]


def _ids(act: str, account: Account, ids: Iterable[str]) -> list[str]:
    done: Sequence[str] = _asked(act, account, ids=list(ids))["ids"]
    return list(done)


def _asked(act: str, account: Account, *, patience: float = PATIENCE_SECONDS, **more: Any) -> dict[str, Any]:
    return ask_keeper(act, patience, senders=account.addresses, **more)


def ask_keeper(act: str, patience: float, **more: Any) -> dict[str, Any]:
    """Raises QueueUnavailableError."""
    if settings.DATA is None:
        raise QueueUnavailableError("no data folder")
    try:
        said = ask(settings.DATA / "run" / "queuekeeper.sock", {"act": act, **more}, patience)
    except NoAnswerError as error:
        raise QueueUnavailableError(str(error)) from error
    if "error" in said:
        raise QueueUnavailableError("queuekeeper: Postfix does not answer")
    return said
