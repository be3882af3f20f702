"""Where the mail of a box is sent on to somebody, it ends with their right there, by a redirection as by a filter
(`shared_mailboxes.ports.right_followers`). Our tables first; the script at Dovecot follows as soon as they are
committed, by the clock where Dovecot is away."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.state_transitions import SYSTEM
from vaguemestre.audit import journal
from vaguemestre.audit.models import Entry
from vaguemestre.clock import due
from vaguemestre.mailbox.errors import MailboxError
from vaguemestre.shared_mailboxes.ports import LostRight
from vaguemestre.webmail.models import Redirection
from vaguemestre.webmail.models.filter import Filter, ForwardTarget
from vaguemestre.webmail.rules import redirection, sieve_sync
from vaguemestre.webmail.rules.filters import rule as filter_rule, store
from vaguemestre.webmail.rules.forward_targets import colleague_at, target_text

logger = logging.getLogger(__name__)


def end_forwardings(lost: Sequence[LostRight], now: datetime) -> Mapping[LostRight, Mapping[str, int]]:
    boxes = {one.box.key for one in lost}
    redirected = {one.account_id: one for one in Redirection.objects.filter(account__in=boxes, removed_at=None)}
    forwarding = Filter.objects.filter(account__in=boxes).exclude(rule__forwards="")
    filtered = set(forwarding.values_list("account", flat=True))
    ended = {}
    for one in lost:
        found = redirected.get(one.box.key)
        count = int(found is not None and _end_redirection(one, found, now))
        if one.box.key in filtered:
            count += _end_filters(one, now)
        if count:
            ended[one] = {"forwardings": count}
            _write_script_soon(one.box, now)
    return ended


def _end_redirection(lost: LostRight, found: Redirection, now: datetime) -> bool:
    if not _is_theirs(lost, found.target, [found.set_by]):
        return False
    redirection.close_rows(lost.box, found, by=SYSTEM, now=now)
    return True


def _end_filters(lost: LostRight, now: datetime) -> int:
    """A filter continues with what else it does; one that does nothing else is switched off: the owners look at it."""
    targets = set()
    for kept in store.load_filters(lost.box.key):
        target = kept.rule.forwards
        if target and _is_theirs(lost, target, _set_by(lost.box, target)):
            rest = replace(kept.rule, forwards="")
            left = rest if rest.does_something else replace(kept.rule, on=False)
            Filter.objects.filter(pk=kept.id).update(rule=filter_rule.rule_data(left), changed_at=now)
            targets.add(target)
    ForwardTarget.objects.filter(account=lost.box, target__in=targets).delete()
    for target in targets:
        journal.record(SYSTEM, "forwarding.removed", lost.box.key, target=target_text(target))
    return len(targets)


def _is_theirs(lost: LostRight, target: str, set_by: Iterable[str]) -> bool:
    """Their own address here, or one outside that they chose: nobody else knows whose it is."""
    colleague = colleague_at(target)
    return colleague == lost.member if colleague else lost.member.key in set_by


def _set_by(box: Account, target: str) -> set[str]:
    lines = Entry.objects.filter(act="forwarding.set", subject=box.key, details__target=target_text(target))
    return set(lines.values_list("actor", flat=True))


def _write_script_soon(box: Account, now: datetime) -> None:
    sieve_sync.apply_soon(box, now)
    transaction.on_commit(lambda: _write_script(box.key, now))


def _write_script(key: str, now: datetime) -> None:
    try:
        sieve_sync.apply_later(key, now)
    except MailboxError as error:
        logger.warning("the filters of %s are not written yet: %s", key, error)
        return
    due.drop(sieve_sync.APPLY, key)
