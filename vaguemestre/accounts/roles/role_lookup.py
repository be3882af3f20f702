"""The roles of an account: by the HR feed, or by the authority's own lists. Whom an agent serves: `agent_scope`."""

from collections.abc import Collection
from datetime import date

from django.db.models import Prefetch, Q, prefetch_related_objects
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.people.functions import (
    OFFICE_CATEGORIES,
    OFFICE_ROLES,
    Function,
    Role,
    category_roles,
    in_post,
    roles,
)
from vaguemestre.people.models import Posting


def roles_of(account: Account, today: date) -> frozenset[Role]:
    """Reads the person's postings: prefetch them. A role ends with the duty, whoever gave it."""
    given = roles(account.person, today=today)
    return given | _named(account.identifier) if in_post(account.person, today=today) else given


def office_roles_of(account: Account, today: date) -> frozenset[Role]:
    """Those that let people act on others. No query for whoever can have none, one for the others, once."""
    if account.person.category not in OFFICE_CATEGORIES and not _named(account.identifier):
        return frozenset()
    fetch_postings(account)
    return roles_of(account, today) & OFFICE_ROLES


def fetch_postings(account: Account) -> None:
    """With their schools, in one query."""
    prefetch_related_objects([account.person], Prefetch("postings", Posting.objects.select_related("school")))


def is_agent(account: Account, today: date) -> bool:
    return bool(office_roles_of(account, today) & {Role.HELP_DESK, Role.ADMINISTRATOR})


def is_administrator(request: StaffRequest) -> bool:
    return Role.ADMINISTRATOR in office_roles_of(request.account, timezone.localdate())


def heads_a_place(account: Account) -> bool:
    """As the category says: no query. Which places: `people.functions.current_postings`."""
    return Role.SCHOOL_HEAD in category_roles(account.person.category)


def administrators(today: date) -> list[Account]:
    """Whose account is open, by identifier."""
    named = Q(person__postings__function=Function.ADMINISTRATOR) | Q(identifier__in=academy().help_desk.administrators)
    found = Account.objects.filter(named, state=Account.State.OPEN, locked_at=None).distinct().order_by("identifier")
    persons = found.select_related("person").prefetch_related("person__postings__school")
    return [account for account in persons if Role.ADMINISTRATOR in roles_of(account, today)]


def holders_query(names: Collection[str]) -> Q:
    """Among whom the holders of these roles are, for a query of accounts: `roles_of` judges each of those found."""
    given, found = academy().help_desk, Q(pk__in=())
    if Role.ADMINISTRATOR in names:
        found |= Q(person__postings__function=Function.ADMINISTRATOR) | Q(identifier__in=given.administrators)
    if Role.HELP_DESK in names:
        agents = [agent for some in given.agents.values() for agent in some]
        found |= Q(person__postings__function=Function.HELP_DESK) | Q(identifier__in=agents)
    others = set(names) - {Role.ADMINISTRATOR, Role.HELP_DESK}
    return ~Q(pk__in=()) if others else found


def places_named(identifier: str) -> set[str]:
    """Which desks the authority's list gives to this agent: codes of departments, or "rectorat"."""
    return {place for place, agents in academy().help_desk.agents.items() if identifier in agents}


def _named(identifier: str) -> set[Role]:
    given, found = academy().help_desk, set()
    if identifier in given.administrators:
        found.add(Role.ADMINISTRATOR)
    if places_named(identifier):
        found.add(Role.HELP_DESK)
    return found
