"""Messages that a stolen account had sent and that were held before they left: an agent lets them go or deletes them.

The journal is written first: a deletion that nobody can read about must not be possible. What the mail server then does
not do is written too."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from vaguemestre.accounts.models import Account, Notice, ShutdownStep
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.roles.agent_scope import Agent
from vaguemestre.audit import journal
from vaguemestre.engine import queue_holds


def was_ever_held(account: Account) -> bool:
    """Something was held of this account once; whether it still is, only the mail server knows."""
    return ShutdownStep.objects.filter(drill__account=account, act=ShutdownStep.Act.FREEZE, count__gt=0).exists()


def release_messages(agent: Agent, account: Account, ids: Sequence[str], *, reason: str, now: datetime) -> int:
    """Answers how many leave. Raises QueueUnavailableError."""
    return _decided(agent, account, ids, "released", queue_holds.release_messages, reason, now)


def delete_messages(agent: Agent, account: Account, ids: Sequence[str], *, reason: str, now: datetime) -> int:
    """Answers how many are gone. Raises QueueUnavailableError."""
    return _decided(agent, account, ids, "deleted", queue_holds.delete_messages, reason, now)


def _decided(
    agent: Agent, account: Account, ids: Sequence[str], what: str,
    act: Callable[[Account, Sequence[str]], list[str]], reason: str, now: datetime,
) -> int:  # fmt: skip
    journal.record(agent.key, f"held.{what}", account.key, reason=reason, held=len(ids), ids=" ".join(ids))
    done: list[str] = []
    try:
        done = act(account, ids)
    finally:
        with transaction.atomic():
            if missed := [number for number in ids if number not in done]:
                journal.record(agent.key, "held.not-done", account.key, held=len(missed), ids=" ".join(missed))
            if done:
                notices.tell_owner(
                    account, Notice.Kind.HELP_DESK, now=now, by=agent.key,
                    change=f"held-{what}", office=agent.office, count=len(done),
                )  # fmt: skip
    return len(done)
