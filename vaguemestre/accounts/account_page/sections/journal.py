"""What others did to this account: the journal's lines, by which office, and when. Agents' names stay in the house."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.notices.journal_text import act_text, details_text
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.audit.models import Entry
from vaguemestre.people.functions import DSDEN, RECTORAT

SHOWN_FOR = timedelta(days=365)
MOST = 50


@dataclass(frozen=True)
class JournalLine:
    at: datetime
    sentence: str
    office: str
    told: str


def context(request: StaffRequest, now: datetime) -> dict[str, object]:
    key = request.account.key
    mine = Entry.objects.filter(subject=key, at__gt=now - SHOWN_FOR).exclude(actor__in=[key, "system"])
    entries = list(mine.order_by("-at", "-id")[:MOST])
    offices = _offices(entry.actor for entry in entries)
    operators = _("the operators of the service")
    return {
        "lines": [
            JournalLine(entry.at, act_text(entry.act), offices.get(entry.actor, operators), details_text(entry.details))
            for entry in entries
        ]
    }


def _offices(keys: Iterable[str]) -> dict[str, str]:
    """Where each of them works: the DSDEN, the rectorat, a school."""
    agents = Account.objects.filter(pk__in=set(keys)).select_related("person")
    return {agent.key: _office(agent) for agent in agents.prefetch_related("person__postings__school")}


def _office(agent: Account) -> str:
    posting = agent.person.main_posting
    if posting is None or posting.school.kind == RECTORAT:
        return academy().rectorat.name
    department = academy().department(posting.school.department)
    if posting.school.kind == DSDEN and department:
        return department.office.name
    return posting.school.name
