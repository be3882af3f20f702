"""Who handles files: the HR officers in post (function GEST of the HR feed), and of whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet, prefetch_related_objects

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.people.categories import CATEGORIES
from vaguemestre.people.functions import DSDEN, Function, Role, current_postings, in_post, roles
from vaguemestre.people.models import Person


@dataclass(frozen=True)
class HrOfficer:
    """`departments` is None for the rectorat's, who serve the whole académie. `desks`: the offices as the feed calls
    them, which `Person.officer` names."""

    account: Account
    departments: frozenset[str] | None
    desks: frozenset[str]

    def serves(self, person: Person) -> bool:
        """Never their own file."""
        if person.pk == self.account.person_id:
            return False
        return self.departments is None or person.department in self.departments

    def served(self, path: str) -> Q:
        """The same as a condition; `path` leads to the account: "account__"."""
        others = ~Q(**{f"{path}person": self.account.person_id})
        if self.departments is None:
            return others
        return others & Q(**{f"{path}person__department__in": self.departments})

    @property
    def places(self) -> list[tuple[str, str]]:
        known = academy().departments
        return [(d.code, d.name) for d in known if self.departments is None or d.code in self.departments]


def officer_of(account: Account, today: date) -> HrOfficer | None:
    """None for whoever is no HR officer today. Two queries, for those whose category may be one."""
    if not _may_be_one(account.person, today):
        return None
    return _officer(account, today)


def officers_of(person: Person, today: date) -> list[HrOfficer]:
    """Whoever may handle this person's file, those of the desk that the feed names first. Three queries at most."""
    serving = [officer for officer in officers_in_charge(today) if officer.serves(person)]
    return sorted(serving, key=lambda officer: (person.officer not in officer.desks, officer.account.identifier))


def officers_in_charge(today: date) -> list[HrOfficer]:
    """All of them. Three queries at most."""
    return [officer for account in _candidates() if (officer := officer_of(account, today))]


def officers_of_the_desk(person: Person, officers: Iterable[HrOfficer]) -> list[HrOfficer]:
    return [officer for officer in officers if person.officer and person.officer in officer.desks]


def _may_be_one(person: Person, today: date) -> bool:
    return CATEGORIES[person.category].code in {"ADMR", "ADMD"} and in_post(person, today=today)


def _candidates() -> QuerySet[Account]:
    posted = Account.objects.filter(person__postings__function=Function.HR_OFFICER, state=Account.State.OPEN)
    return (
        posted.filter(locked_at=None).select_related("person").prefetch_related("person__postings__school").distinct()
    )


def _officer(account: Account, today: date) -> HrOfficer | None:
    prefetch_related_objects([account.person], "postings__school")  # once, for the role and for the places
    if Role.HR_OFFICER not in roles(account.person, today=today):
        return None
    posts = [p for p in current_postings(account.person, today=today) if p.function == Function.HR_OFFICER]
    everybody = any(post.school.kind != DSDEN for post in posts)
    departments = None if everybody else frozenset(post.school.department for post in posts)
    return HrOfficer(account, departments, frozenset(post.discipline for post in posts if post.discipline))
