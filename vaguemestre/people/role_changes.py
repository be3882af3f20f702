"""Roles that a feed gives and takes, by name: what somebody may do is shown before it is so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from vaguemestre.people.facts import PostingFacts, SchoolFacts
from vaguemestre.people.functions import OFFICE_ROLES, Role, category_roles, office_role

_BY_POWER = list(reversed(Role))


class RoleState(NamedTuple):
    """What roles follow from."""

    category: str
    duty_end: date | None
    postings: tuple[PostingFacts, ...]


@dataclass(frozen=True, slots=True)
class RoleChange:
    name: str
    before: frozenset[Role]
    after: frozenset[Role]

    @property
    def of_office(self) -> bool:
        """One of those that let people act on others."""
        return bool((self.before ^ self.after) & OFFICE_ROLES)


class RoleComparison:
    """`known`: places as they are; `told`: those that a feed tells. What begins or ends on a later day counts too."""

    def __init__(self, known: Mapping[str, SchoolFacts], told: Mapping[str, SchoolFacts], today: date) -> None:
        self._before = {uai: school.kind for uai, school in known.items()}
        self._after = self._before | {uai: school.kind for uai, school in told.items()}
        self._same_kinds = self._before == self._after
        self._today = today
        self._found: list[RoleChange] = []

    def add(self, name: str, before: RoleState | None, after: RoleState | None) -> None:
        """None: not on the staff. That teachers come and go is said elsewhere."""
        if before == after and self._same_kinds:
            return
        roles_before, roles_after = self._roles(before, self._before), self._roles(after, self._after)
        changed = roles_before ^ roles_after
        if changed and not (changed == {Role.TEACHER} and None in (before, after)):
            self._found.append(RoleChange(name, roles_before, roles_after))

    def result(self) -> list[RoleChange]:
        """The most powerful role first."""
        return sorted(self._found, key=lambda change: min(map(_BY_POWER.index, change.before ^ change.after)))

    def _roles(self, standing: RoleState | None, kinds: Mapping[str, str]) -> frozenset[Role]:
        if standing is None or self._is_over(standing.duty_end):
            return frozenset()
        found = category_roles(standing.category)
        for posting in standing.postings:
            role, places = office_role(standing.category, posting.function)
            if role and kinds.get(posting.uai) in places and not self._is_over(posting.ends):
                found.add(role)
        return frozenset(found)

    def _is_over(self, last_day: date | None) -> bool:
        return last_day is not None and last_day < self._today
