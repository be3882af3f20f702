"""Mail that is sent on elsewhere, of those whom an agent serves. `settings.SENT_ON` knows it: the webmail's tables."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.helpdesk.access import Agent, accounts_seen_by

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Line:
    """`row`: webmail.sent_on.SentOn."""

    account: Account
    row: Any
    way: str


@dataclass(frozen=True, slots=True)
class Listed:
    """`outside`: how many of all lead out of the authority."""

    lines: list[Line]
    total: int
    outside: int


def listed(agent: Agent, *, only_outside: bool) -> Listed:
    """The newest first."""
    rows = _asked(accounts_seen_by(agent))
    outside = [row for row in rows if row.outside]
    shown = (outside if only_outside else rows)[:SHOWN]
    people = accounts_seen_by(agent).prefetch_related("person__postings__school")
    accounts = people.in_bulk({row.account_key for row in shown})
    lines = [Line(accounts[row.account_key], row, in_words(row)) for row in shown if row.account_key in accounts]
    return Listed(lines, len(rows), len(outside))


def of_person(account: Account) -> list[Line]:
    return [Line(account, row, in_words(row)) for row in _asked(Account.objects.filter(pk=account.pk))]


def in_words(row: Any) -> str:
    if row.idle:
        return _("by a filter, which does nothing while everything is redirected")
    if row.by_filter:
        return _("by a filter: some of the messages")
    return _("everything, with a copy here") if row.keeps_copy else _("everything, without a copy here")


def _asked(accounts: "QuerySet[Account]") -> list[Any]:
    return cast(Callable[["QuerySet[Account]"], list[Any]], import_string(settings.SENT_ON))(accounts)
