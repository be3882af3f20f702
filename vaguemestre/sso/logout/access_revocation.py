"""Whoever is in an application leaves it when their right to it ends, and the application is told so at once.

`end_revoked` is called by the acts that may end a right: a delegation taken back, an audience edited, an application
closed or open to two factors only from now on.
`end_revoked_due` looks at everybody: after an HR feed (`people.ports`), at midnight, when posts and duties end by their
date, and each hour. Only visits that are open are looked at, however many people a feed has changed.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import batched
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from vaguemestre.accounts.legal_dates import midnight, today
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.sessions import sessions
from vaguemestre.audit import journal
from vaguemestre.clock import due
from vaguemestre.sso import audience
from vaguemestre.sso.logout import logout_notifications
from vaguemestre.sso.models import Application, ApplicationSession, Delegation

KEEP_UP = due.Job("sso.rights.keep_up", every=3600)
DELEGATION_OVER = due.Job("sso.delegation.end")
BATCH = 2000
AT_LEAST = timedelta(hours=1)


class RevocationRow(NamedTuple):
    """A visit that is open, by keys."""

    visit: int
    account: str
    application: int
    protocol: str
    session: str


def end_revoked(visits: "QuerySet[ApplicationSession]", *, now: datetime) -> int:
    """Ends those whose person may no longer be there. How many."""
    there = (
        visits.filter(ended_at=None).order_by("pk").values_list("pk", "account", "application", "protocol", "session")
    )
    rows = [RevocationRow(*one) for one in there]
    return sum(_end_lost(batch, now) for batch in batched(rows, BATCH, strict=False))


@KEEP_UP.register
def end_revoked_due(_key: str, now: datetime) -> datetime:
    """By the clock: again in an hour, or at midnight when that is sooner."""
    end_revoked(ApplicationSession.objects.all(), now=now)
    return min(now + AT_LEAST, midnight(today(now) + timedelta(days=1)))


def plan_delegation_end(delegation: Delegation) -> None:
    """Its end is looked after to the second."""
    due.at(delegation.ends, DELEGATION_OVER, str(delegation.pk))


def delegation_withdrawn(delegation: Delegation, now: datetime) -> None:
    due.drop(DELEGATION_OVER, str(delegation.pk))
    _look_at(delegation, now)


@DELEGATION_OVER.register
def delegation_over(key: str, now: datetime) -> None:
    if delegation := Delegation.objects.filter(pk=key).first():
        _look_at(delegation, now)


def _look_at(delegation: Delegation, now: datetime) -> None:
    """Another delegation, or their own function, may still open it."""
    end_revoked(
        ApplicationSession.objects.filter(account=delegation.receiver_id, application=delegation.application_id),
        now=now,
    )


def _end_lost(rows: Collection[RevocationRow], now: datetime) -> int:
    applications = Application.objects.prefetch_related("audiences").in_bulk({row.application for row in rows})
    standing = _standing(rows, applications, now)
    lost = [row for row in rows if row.visit not in standing]
    with transaction.atomic():
        logout_notifications.end_application_sessions(
            ApplicationSession.objects.filter(pk__in=[row.visit for row in lost]), now=now
        )
        for application in {row.application for row in lost}:
            accounts = {row.account for row in lost if row.application == application}
            journal.record_many(
                "system", "sso.right-ended", sorted(accounts), application=applications[application].slug
            )
    return len(lost)


def _standing(rows: Collection[RevocationRow], applications: dict[int, Application], now: datetime) -> set[int]:
    """The visits that continue. Three queries for all of them, one more where an application asks for two factors, and
    three when somebody is there by a delegation."""
    taken = [row for row in rows if _takes(applications[row.application], row)]
    guarded = {row.session for row in taken if applications[row.application].needs_key}
    weak = sessions.weak_sessions(guarded) if guarded else frozenset()
    taken = [row for row in taken if row.session not in weak or not applications[row.application].needs_key]
    people = Account.objects.select_related("person").prefetch_related("person__postings")
    accounts = people.only("person__category", "person__department").in_bulk({row.account for row in taken})
    by_post = {
        row.visit
        for row in taken
        if audience.opens_to(accounts[row.account].person, applications[row.application], now)
    }
    lent = audience.lent_to_any({row.account for row in taken if row.visit not in by_post}, now)
    return by_post | {row.visit for row in taken if (row.account, row.application) in lent}


def _takes(application: Application, row: RevocationRow) -> bool:
    """It is still registered, and speaks as it did when it was opened."""
    return application.active and application.protocol == row.protocol
