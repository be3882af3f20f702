"""How many people a question finds, in groups; elsewhere than at home, none that singles somebody out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from vaguemestre.accounts import rate_limit
from vaguemestre.accounts.models import Account
from vaguemestre.audit import journal
from vaguemestre.lists.members import people_by_lines, people_found
from vaguemestre.lists.perimeter import Perimeter, perimeter_of
from vaguemestre.lists.question import Question
from vaguemestre.people.categories import CATEGORIES, Family
from vaguemestre.people.models import Person

FEWEST = 5  # outside one's own place, a smaller number is not shown
MOST_AN_HOUR = 60  # questions of one person
TEACHERS = "teachers"  # all categories that teach, as one group
_ACTIVE = Q(account__state=Account.State.OPEN, account__password_kind=Account.PasswordKind.OWN) & ~Q(
    account__charter_version=""
)


class _Group(NamedTuple):
    name: str
    n: int
    inactive: int  # without a mailbox in use


class TooManyQuestionsError(Exception):
    """The limit of one account: many questions whose answers differ by one person name that person."""


@dataclass(frozen=True, slots=True)
class Preview:
    """`total`: None for fewer than `FEWEST`, none included. `groups`: by category's code or `TEACHERS`, the largest
    first; `others`: in groups too small to be named. `inactive`: without a mailbox in use; None where that would show a
    small number. `added`, `removed`: how many names were given, whoever they are. At home they are in `total`."""

    total: int | None
    groups: tuple[tuple[str, int], ...] = ()
    others: int = 0
    inactive: int | None = 0
    added: int = 0
    removed: int = 0


def preview_question(account: Account, question: Question, *, now: datetime, about: Collection[str] = ()) -> Preview:
    """One question of an account, in the journal; within a limit, but for those who
    ask about their own place alone. `about`: keys of
    the people looked for in the list. Raises TooManyQuestionsError."""
    today = timezone.localdate(now)
    perimeter = perimeter_of(account, today)
    if not perimeter.is_home and not _take_one(account, now):
        raise TooManyQuestionsError
    with transaction.atomic():
        details = {"question": question.as_text()} | ({"about": " ".join(about)} if about else {})
        journal.record(account.key, "staff-list.asked", account.key, **details)
        return preview(question, perimeter, today)


def _take_one(account: Account, now: datetime) -> bool:
    return rate_limit.take_one("lists.question", account.key, limit=MOST_AN_HOUR, per=timedelta(hours=1), now=now)


def preview(question: Question, perimeter: Perimeter, today: date) -> Preview:
    """One query."""
    if is_at_home(question, perimeter):
        home = Perimeter(places=perimeter.places)
        return _at_home(_counts(people_found(question, home, today)))
    return _elsewhere(_counts(people_by_lines(question, perimeter, today)), question)


def is_in_use(account: Account) -> bool:
    """As `_ACTIVE`, of one that is read already."""
    own = account.password_kind == Account.PasswordKind.OWN
    return account.state == Account.State.OPEN and own and bool(account.charter_version)


def is_at_home(question: Question, perimeter: Perimeter) -> bool:
    """Where counts and names are shown as they are."""
    return perimeter.is_home or (bool(question.places) and question.places <= perimeter.places)


def _counts(people: QuerySet[Person]) -> list[_Group]:
    """The largest first."""
    counted = people.values("category").annotate(
        n=Count("pk", distinct=True), active=Count("pk", filter=_ACTIVE, distinct=True)
    )
    groups: dict[str, _Group] = {}
    for category, n, active in counted.values_list("category", "n", "active"):
        name = TEACHERS if CATEGORIES[category].family is Family.TEACHING else category
        before = groups.get(name, _Group(name, 0, 0))
        groups[name] = _Group(name, before.n + n, before.inactive + n - active)
    return sorted(groups.values(), key=lambda one: (-one.n, one.name))


def _at_home(groups: list[_Group]) -> Preview:
    return Preview(
        total=sum(one.n for one in groups), groups=tuple((one.name, one.n) for one in groups),
        inactive=sum(one.inactive for one in groups),
    )  # fmt: skip


def _elsewhere(groups: list[_Group], question: Question) -> Preview:
    """Small groups are one, and as long as that is small as well the next one joins it: what is missing in a sum
    would reveal it."""
    total, inactive = sum(one.n for one in groups), sum(one.inactive for one in groups)
    if total < FEWEST:
        return Preview(total=None, inactive=None, added=len(question.added), removed=len(question.removed))
    shown, others = list(groups), 0
    while shown and (shown[-1].n < FEWEST or 0 < others < FEWEST):
        others += shown.pop().n
    return Preview(
        total=total, groups=tuple((one.name, one.n) for one in shown), others=others,
        inactive=inactive if _says_nothing_of_few(inactive, total) else None,
        added=len(question.added), removed=len(question.removed),
    )  # fmt: skip


def _says_nothing_of_few(part: int, total: int) -> bool:
    """Neither the part nor the rest is small."""
    return all(n == 0 or n >= FEWEST for n in (part, total - part))
