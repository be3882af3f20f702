"""Whom an agent of the help desk serves: from a request to an agent, and from an agent and a key to an account.

Who is an agent: the function of a current posting in the HR feed (`people.functions`), or the lists of `[help_desk]` in
academy.toml (`agents`). An HR officer is none. A role ends with the duty, whoever gave it.
"""

from dataclasses import dataclass
from enum import IntEnum

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account, ResetRequest
from vaguemestre.accounts.ports import screen_preferences
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.roles.role_lookup import fetch_postings, places_named, roles_of
from vaguemestre.people.functions import DSDEN, Function, Role, current_postings, in_post, roles

RECTORAT = "rectorat"


class Rank(IntEnum):
    """Nobody acts on somebody of their own rank or above, but an administrator on another administrator."""

    STAFF = 0
    DSDEN = 1
    RECTORAT = 2
    ADMINISTRATOR = 3


@dataclass(frozen=True)
class Agent:
    """`departments` is None for those who serve everybody."""

    account: Account
    rank: Rank
    departments: frozenset[str] | None

    @property
    def key(self) -> str:
        return self.account.key

    @property
    def office(self) -> str:
        return _("Help desk, %(office)s") % {"office": office_name(self.departments)}

    @property
    def places(self) -> str:
        return ", ".join(d.name for d in academy().departments if d.code in (self.departments or ()))

    @property
    def uses_keys(self) -> bool:
        """Whether one key alone does an act, as this person has chosen for all screens. One query."""
        return screen_preferences.one()(self.account).uses_keys

    @property
    def open_requests(self) -> int:
        """How many people wait for this agent's office. One query, each time it is asked."""
        waiting = ResetRequest.objects.filter(state=ResetRequest.State.OPEN)
        return (waiting if self.departments is None else waiting.filter(department__in=self.departments)).count()

    @property
    def serves_everybody(self) -> bool:
        return self.departments is None


class AgentRequest(StaffRequest):
    agent: Agent


def agent_of(request: StaffRequest) -> Agent:
    """Raises Http404 for whoever is not an agent: the console does not exist for them."""
    agent = agent_named(request.account)
    if agent is None:
        raise Http404
    return agent


def agent_named(account: Account) -> Agent | None:
    today = timezone.localdate()
    if not in_post(account.person, today=today):
        return None
    fetch_postings(account)
    if Role.ADMINISTRATOR in roles_of(account, today):
        return Agent(account, Rank.ADMINISTRATOR, None)
    departments = _departments_by_function(account) if Role.HELP_DESK in roles(account.person, today=today) else set()
    departments |= places_named(account.identifier)
    if RECTORAT in departments:
        return Agent(account, Rank.RECTORAT, None)
    return Agent(account, Rank.DSDEN, frozenset(departments)) if departments else None


def accounts_seen_by(agent: Agent) -> QuerySet[Account]:
    accounts = Account.objects.select_related("person")
    return accounts if agent.departments is None else accounts.filter(person__department__in=agent.departments)


def account_for(agent: Agent, key: str) -> Account:
    """To look at. Raises Http404 for "not yours" and "does not exist" alike."""
    account = accounts_seen_by(agent).prefetch_related("person__postings__school").filter(pk=key).first()
    if account is None:
        raise Http404
    return account


def account_to_act_on(agent: Agent, key: str) -> Account:
    """To change. Http404 also for oneself and for those whom this agent may not touch."""
    account = account_for(agent, key)
    if out_of_reach_text(agent, account):
        raise Http404
    return account


def out_of_reach_text(agent: Agent, account: Account) -> str | None:
    """Why this agent may look but not act, in words."""
    if account.key == agent.key:
        return _("This is your own account: a colleague acts on it, never you.")
    theirs = agent_named(account)
    rank = theirs.rank if theirs else Rank.STAFF
    if rank is Rank.STAFF or rank < agent.rank or agent.rank is Rank.ADMINISTRATOR:
        return None
    if rank is Rank.DSDEN:
        return _("This person is an agent of the help desk: the rectorate acts on this account.")
    return _("This person serves the whole authority: an administrator acts on this account.")


def office_name(departments: frozenset[str] | None) -> str:
    """DSDEN de la Somme; the rectorat for those who serve everybody."""
    found = [d.office.name for d in academy().departments if departments and d.code in departments]
    return ", ".join(found) or _("rectorate")


def _departments_by_function(account: Account) -> set[str]:
    desks = [
        posting.school
        for posting in current_postings(account.person, today=timezone.localdate())
        if posting.function == Function.HELP_DESK
    ]
    return {desk.department if desk.kind == DSDEN else RECTORAT for desk in desks}
