"""Reading the journal, within what an agent serves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from vaguemestre.accounts.identity.access import account_named
from vaguemestre.accounts.legal_dates import midnight
from vaguemestre.accounts.notices.journal_text import act_text, details_text
from vaguemestre.accounts.roles.agent_scope import Agent, accounts_seen_by
from vaguemestre.audit.models import Entry
from vaguemestre.helpdesk.account.account_history import HR
from vaguemestre.helpdesk.journal_actors import actor_names

PAGE = 50


@dataclass(frozen=True)
class Filters:
    person: str = ""
    agent: str = ""
    act: str = ""
    first: date | None = None
    last: date | None = None
    before: int | None = None  # number of the line after which the page begins


@dataclass(frozen=True)
class JournalLine:
    entry: Entry
    sentence: str
    actor: str
    subject: str
    told: str


def journal_lines(agent: Agent, filters: Filters) -> tuple[list[JournalLine], int | None]:
    """A page, latest first, and the number that the next one begins with."""
    entries = list(_filtered(_readable(agent), filters).order_by("-pk")[: PAGE + 1])
    names = actor_names({entry.actor for entry in entries} | {entry.subject for entry in entries})
    page = [_line(entry, names) for entry in entries[:PAGE]]
    return page, entries[PAGE - 1].pk if len(entries) > PAGE else None


def act_choices(entries: Sequence[str]) -> list[tuple[str, str]]:
    return sorted(((act, act_text(act)) for act in entries), key=lambda pair: pair[1])


def _readable(agent: Agent) -> QuerySet[Entry]:
    """An agent of a department: what concerns its people, but for what is the HR office's, and what they did
    themselves."""
    if agent.serves_everybody:
        return Entry.objects.all()
    mine = accounts_seen_by(agent).values("pk")
    return Entry.objects.filter(Q(subject__in=mine) & ~Q(act__startswith=HR) | Q(actor=agent.key))


def _filtered(entries: QuerySet[Entry], filters: Filters) -> QuerySet[Entry]:
    """A name that is nobody's finds nothing."""
    if filters.person:
        account = account_named(filters.person)
        entries = entries.filter(subject__in=[account.key, account.person.key] if account else [])
    if filters.agent:
        account = account_named(filters.agent)
        entries = entries.filter(actor=account.key if account else "")
    if filters.act:
        entries = entries.filter(act=filters.act)
    if filters.first:
        entries = entries.filter(at__gte=midnight(filters.first))
    if filters.last:
        entries = entries.filter(at__lt=midnight(filters.last + timedelta(days=1)))
    return entries.filter(pk__lt=filters.before) if filters.before else entries


def _line(entry: Entry, names: dict[str, str]) -> JournalLine:
    return JournalLine(
        entry, act_text(entry.act), names[entry.actor], names[entry.subject], details_text(entry.details)
    )
