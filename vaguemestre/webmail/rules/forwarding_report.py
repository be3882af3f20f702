"""Where people's mail is sent on to at this moment, by a redirection or by a filter: for the help
desk (`accounts.ports`). What a script of another program does is not here: its text is nobody's but the person's."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.ports import ActiveForwarding
from vaguemestre.audit.models import Entry
from vaguemestre.webmail.models import Redirection
from vaguemestre.webmail.models.filter import Filter, ForwardTarget
from vaguemestre.webmail.rules.forward_targets import target_text


def active_forwardings(accounts: "QuerySet[Account]") -> list[ActiveForwarding]:
    """The newest first. Four queries, however many there are: a redirection of an account that has ended is none."""
    mine = accounts.exclude(state__in=Account.ENDED).values("pk")
    redirected = list(Redirection.objects.filter(account__in=mine, removed_at=None))
    rows = [_row(one.account_id, one.target, one.set_at, keeps_copy=one.keep_copy) for one in redirected]
    rows += _by_filters(mine, {one.account_id for one in redirected if not one.keep_copy})
    return sorted(rows, key=lambda row: (row.since is not None, row.since, row.account_key), reverse=True)


def _by_filters(accounts: "QuerySet[Account, Any]", emptied: set[str]) -> list[ActiveForwarding]:
    """One line for each target of a person, however many filters lead there."""
    working = Filter.objects.filter(account__in=accounts, rule__on=True).exclude(rule__forwards="")
    found = {(key, rule.get("forwards", "")) for key, rule in working.order_by().values_list("account_id", "rule")}
    pairs = sorted((key, target) for key, target in found if target)
    since = _begun(pairs)
    return [
        _row(key, target, since.get((key, target)), by_filter=True, keeps_copy=True, idle=key in emptied)
        for key, target in pairs
    ]


def _begun(pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], datetime]:
    """When each began, last: the journal says it; where its line is too old, the day the target confirmed."""
    if not pairs:
        return {}
    keys = {key for key, _target in pairs}
    confirmed = ForwardTarget.objects.filter(account__in=keys).values_list("account_id", "target", "confirmed_at")
    found = {(key, target): moment for key, target, moment in confirmed}
    lines = Entry.objects.filter(act="forwarding.set", subject__in=keys).order_by("at")
    told = {(key, said.get("target")): moment for key, said, moment in lines.values_list("subject", "details", "at")}
    return found | {(key, to): told[key, target_text(to)] for key, to in pairs if (key, target_text(to)) in told}


def _row(
    key: str, target: str, since: datetime | None, *, keeps_copy: bool, by_filter: bool = False, idle: bool = False
) -> ActiveForwarding:
    outside = not target.endswith(f"@{academy().domain}")
    return ActiveForwarding(since, key, target_text(target), outside, by_filter, keeps_copy, idle)
