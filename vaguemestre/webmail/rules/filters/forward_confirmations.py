"""Mail that filters send on: under the policy of redirections, to addresses that confirmed by a code."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from vaguemestre.accounts.models import Account, Notice
from vaguemestre.accounts.notices import notices
from vaguemestre.audit import journal
from vaguemestre.webmail.models.filter import ForwardTarget
from vaguemestre.webmail.rules import forward_targets
from vaguemestre.webmail.rules.filters import store
from vaguemestre.webmail.rules.filters.rule import Rule

MOST = 3  # Dovecot sends one message on to four at most (`sieve_max_redirects`), the redirection is one of them


class UnconfirmedTargetError(Exception):
    """Nobody has typed the code that was sent there."""


class TooManyTargetsError(Exception):
    """More than the server would send a message on to."""


def is_confirmed(account: Account, target: str) -> bool:
    return ForwardTarget.objects.filter(account=account, target=target).exists()


def confirm(account: Account, target: str, *, now: datetime) -> None:
    """Its code was right."""
    ForwardTarget.objects.get_or_create(account=account, target=target, defaults={"confirmed_at": now})


def forget_since(account: Account, since: datetime) -> None:
    """What an attacker had confirmed must be confirmed again, by whoever wants it."""
    ForwardTarget.objects.filter(account=account, confirmed_at__gte=since).delete()


def check_targets(account: Account, rule: Rule) -> None:
    """Before a filter is put to work. Raises `TargetRefusedError`, `UnconfirmedTargetError`, `TooManyTargetsError`."""
    if not (rule.forwards and rule.on):
        return
    target = forward_targets.parse_target(account, rule.forwards)
    if not is_confirmed(account, target):
        raise UnconfirmedTargetError
    if len({*_at_work(account), target}) > MOST:
        raise TooManyTargetsError


@contextmanager
def forwarding_notices(account: Account, *, by: str, now: datetime) -> Iterator[list[str]]:
    """What begins or ends inside is said to the person and to the journal, as for a redirection. The list is, in the
    end, of the addresses that get nothing any more."""
    before, ended = _at_work(account), list[str]()
    yield ended
    after = _at_work(account)
    for target in sorted(after - before):
        _say(account, "set", target, by, now)
    for target in sorted(before - after):
        _say(account, "removed", target, by, now)
        ended.append(target)


def _at_work(account: Account) -> set[str]:
    return {rule.forwards for rule in store.active_rules(account.key) if rule.forwards}


def _say(account: Account, change: str, target: str, by: str, now: datetime) -> None:
    shown = forward_targets.target_text(target)
    journal.record(by, f"forwarding.{change}", account.key, target=shown)
    notices.tell_owner(
        account, Notice.Kind.REDIRECTION, now=now, by=by, to_rescue=True, change=f"filter-{change}", address=shown
    )
