"""The page "Today": findings that need work, findings to know, facts in order, and who is here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import F, Q
from django.utils import timezone

from vaguemestre.accounts.models import Session
from vaguemestre.accounts.notices.journal_text import act_text
from vaguemestre.accounts.roles.role_lookup import administrators
from vaguemestre.audit.models import Entry
from vaguemestre.engine.doveadm_protocol import DoveadmUnavailableError
from vaguemestre.engine.mail_gauges import count_imap_sessions
from vaguemestre.helpdesk.journal_actors import actor_names
from vaguemestre.web.findings import Fact, Finding, Severity, all_facts, all_findings

PRESENT = timedelta(minutes=15)
ACTS, ENTRIES = 5, 200  # acts that are shown, out of the last entries: those of one batch are one act


@dataclass(frozen=True, slots=True)
class RecentAct:
    sentence: str
    actor: str
    at: datetime  # of the last one
    count: int


@dataclass(frozen=True, slots=True)
class ServiceDay:
    to_do: list[Finding]
    to_know: list[Finding]
    in_order: list[Fact]
    browsers: int  # sessions used lately
    imap_sessions: int | None  # None where it is not known
    acts: list[RecentAct]

    @property
    def alarms(self) -> int:
        return sum(finding.severity == Severity.ALARM for finding in self.to_do)


def service_day(now: datetime) -> ServiceDay:
    """Asks every program: some tenths of a second."""
    found = all_findings(now)
    return ServiceDay(
        to_do=[finding for finding in found if finding.severity != Severity.NOTE],
        to_know=[finding for finding in found if finding.severity == Severity.NOTE],
        in_order=all_facts(now),
        browsers=Session.objects.filter(last_used_at__gte=now - PRESENT, expires_at__gt=now).count(),
        imap_sessions=_imap_sessions(),
        acts=_recent_acts(now),
    )


def _imap_sessions() -> int | None:
    try:
        return count_imap_sessions()
    except DoveadmUnavailableError:
        return None


def _recent_acts(now: datetime) -> list[RecentAct]:
    """By administrators and at the machine, on something other than their own account."""
    keys = [account.key for account in administrators(timezone.localdate(now))]
    entries = list(
        Entry.objects.filter(Q(actor__in=keys) | Q(actor__startswith="operator:"))
        .exclude(subject=F("actor"))
        .order_by("-pk")[:ENTRIES]
    )
    batches = [list(batch) for _key, batch in groupby(entries, lambda entry: (entry.act, entry.actor))][:ACTS]
    names = actor_names({batch[0].actor for batch in batches})
    return [RecentAct(act_text(batch[0].act), names[batch[0].actor], batch[0].at, len(batch)) for batch in batches]
