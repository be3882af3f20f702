"""Where incoming mail also goes: a target that the person reads, where the authority allows it, never in a circle."""

from datetime import datetime

from vaguemestre.accounts.models import Account, Notice
from vaguemestre.accounts.notices import notices
from vaguemestre.audit import journal
from vaguemestre.webmail.models import Redirection
from vaguemestre.webmail.rules import sieve_sync
from vaguemestre.webmail.rules.forward_targets import parse_target, target_text


def find_redirection(account: Account) -> Redirection | None:
    return Redirection.objects.filter(account=account, removed_at=None).first()


def save_redirection(
    account: Account, target: str, *, keep_copy: bool, by: str, now: datetime, agreed: str = ""
) -> None:
    """The target was confirmed by its code. Raises `TargetRefusedError`, `ForeignScriptError` and the mailbox's
    errors."""
    target = parse_target(account, target)
    with sieve_sync.changing_settings(account, by=by, now=now, agreed=agreed):
        _close(account, by, now)
        Redirection.objects.create(account=account, target=target, keep_copy=keep_copy, set_at=now, set_by=by)
        journal.record(by, "redirection.set", account.key, target=target_text(target), keep_copy=keep_copy)
        _tell(account, "set", target, by, now)


def remove_redirection(account: Account, *, by: str, now: datetime, agreed: str = "") -> bool:
    """False when there was none. Raises `ForeignScriptError` where ours was changed, and the mailbox's errors."""
    found = find_redirection(account)
    if found is None:
        return False
    with sieve_sync.changing_settings(account, by=by, now=now, agreed=agreed or sieve_sync.WHATEVER):
        remove_rows(account, found, by=by, now=now)
    return True


def remove_rows(account: Account, found: Redirection, *, by: str, now: datetime) -> None:
    """In the tables, with its words to the person and to the journal; inside the caller's transaction."""
    close_rows(account, found, by=by, now=now)
    _tell(account, "removed", found.target, by, now)


def close_rows(account: Account, found: Redirection, *, by: str, now: datetime) -> None:
    """For whoever tells it in other words."""
    _close(account, by, now)
    journal.record(by, "redirection.removed", account.key, target=target_text(found.target))


def _close(account: Account, by: str, now: datetime) -> None:
    Redirection.objects.filter(account=account, removed_at=None).update(removed_at=now, removed_by=by)


def _tell(account: Account, change: str, target: str, by: str, now: datetime) -> None:
    notices.tell_owner(
        account, Notice.Kind.REDIRECTION, now=now, by=by, to_rescue=True, change=change, address=target_text(target)
    )
