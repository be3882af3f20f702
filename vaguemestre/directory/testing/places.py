"""Shared by tests: places."""

from collections.abc import Callable
from dataclasses import dataclass

from vaguemestre.accounts.models import Account
from vaguemestre.people.models import School

type Hire = Callable[..., Account]


@dataclass(frozen=True)
class Places:
    """The teacher's collège, another place of the same department, and one of another."""

    college: School
    school: School
    elsewhere: School
