"""Mail that is sent on elsewhere, of those whom an agent serves. The webmail's tables know it (`accounts.ports`)."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.ports import ActiveForwarding, forwarding_list
from vaguemestre.accounts.roles.agent_scope import Agent, accounts_seen_by

SHOWN = 200


@dataclass(frozen=True, slots=True)
class ForwardingLine:
    account: Account
    row: ActiveForwarding
    way: str


@dataclass(frozen=True, slots=True)
class ForwardingList:
    """`outside`: how many of all lead out of the authority."""

    lines: list[ForwardingLine]
    total: int
    outside: int


def list_forwardings(agent: Agent, *, only_outside: bool) -> ForwardingList:
    """The newest first."""
    rows = forwarding_list.one()(accounts_seen_by(agent))
    outside = [row for row in rows if row.outside]
    shown = (outside if only_outside else rows)[:SHOWN]
    people = accounts_seen_by(agent).prefetch_related("person__postings__school")
    accounts = people.in_bulk({row.account_key for row in shown})
    lines = [
        ForwardingLine(accounts[row.account_key], row, forwarding_text(row))
        for row in shown
        if row.account_key in accounts
    ]
    return ForwardingList(lines, len(rows), len(outside))


def forwardings_of(account: Account) -> list[ForwardingLine]:
    return [
        ForwardingLine(account, row, forwarding_text(row))
        for row in forwarding_list.one()(Account.objects.filter(pk=account.pk))
    ]


def forwarding_text(row: ActiveForwarding) -> str:
    if row.idle:
        return _("by a filter, which does nothing while everything is redirected")
    if row.by_filter:
        return _("by a filter: some of the messages")
    return _("everything, with a copy here") if row.keeps_copy else _("everything, without a copy here")
