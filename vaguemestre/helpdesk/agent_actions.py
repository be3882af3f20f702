"""What an agent does for somebody: each act with its journal line and its notice in one transaction.

Whether this agent may, and whether the caller is who they say, was asked before (`access`, `caller_identification`).
"""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from vaguemestre.accounts.attempts import release
from vaguemestre.accounts.lifecycle import closure, lock as account_lock
from vaguemestre.accounts.models import Account, Notice
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.passwords import temporary_password
from vaguemestre.accounts.roles.agent_scope import Agent
from vaguemestre.audit import journal
from vaguemestre.helpdesk import lost_password_queue
from vaguemestre.letters import letter_issue
from vaguemestre.letters.models import Letter
from vaguemestre.people import numen


def unlock_account(agent: Agent, account: Account, *, reason: str, now: datetime) -> bool:
    """The lock and the counters of failed sign-ins alike. False when neither stood in the way: nothing is written."""
    with transaction.atomic():
        was_locked = account.locked_at is not None
        if was_locked:
            account_lock.unlock(account, by=agent.key, reason=reason)
        emptied = release.release_attempts(account, by=agent.key, now=now)
        if was_locked:
            _tell(agent, account, "unlocked", now)
    return was_locked or emptied > 0


def lock_account(agent: Agent, account: Account, *, reason: str, now: datetime) -> None:
    with transaction.atomic():
        account_lock.lock(account, by=agent.key, reason=reason, now=now)
        _tell(agent, account, "locked", now)


def give_pass(agent: Agent, account: Account, *, now: datetime) -> str:
    """To be read aloud once. A letter under way would tell a password that is void: it is taken back."""
    with transaction.atomic():
        letter_issue.revoke_letters(account, actor=agent.key, now=now)
        raw = temporary_password.give_temporary(account, by=agent.key, now=now)
        lost_password_queue.answer_open_requests(agent, account, note=_("temporary password given"), now=now)
        _tell(agent, account, "temporary-pass", now, to_rescue=True)  # the mailbox has just been shut
    return raw


def new_letter(agent: Agent, account: Account, *, replace_own: bool, now: datetime) -> Letter:
    """Raises `letter_issue.OwnPasswordError`."""
    with transaction.atomic():
        letter = letter_issue.reissue(account, actor=agent.key, now=now, replace_own=replace_own)
        lost_password_queue.answer_open_requests(agent, account, note=_("new letter"), now=now)
        _tell(agent, account, "letter", now, to_rescue=True)
    return letter


def restore_account(agent: Agent, account: Account, *, until: date, reason: str, now: datetime) -> None:
    """Raises `closure.PurgedError`."""
    with transaction.atomic():
        closure.restore_account(account, until=until, by=agent.key, reason=reason, now=now)
        _tell(agent, account, "restored", now)


def reveal_numen(agent: Agent, account: Account, *, reason: str, now: datetime) -> str | None:
    """In clear, for half a minute on one screen; None when HR has not told it."""
    with transaction.atomic():
        clear = numen.clear_numen(account.person)
        if clear is not None:
            journal.record(agent.key, "numen.revealed", account.key, reason=reason)
            _tell(agent, account, "numen-revealed", now)
    return clear


def _tell(agent: Agent, account: Account, change: str, now: datetime, *, to_rescue: bool = False) -> None:
    notices.tell_owner(
        account, Notice.Kind.HELP_DESK, now=now, by=agent.key, to_rescue=to_rescue, change=change, office=agent.office
    )
