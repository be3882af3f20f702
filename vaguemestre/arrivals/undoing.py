"""A mistaken import taken back: people, accounts, letters, in one transaction. Whoever would lose by it stands in the
way: then nothing is done, or, when asked for, everything but those persons."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import batched

from django.db import transaction

from vaguemestre.accounts import closing, opening
from vaguemestre.accounts.dates import today
from vaguemestre.accounts.models import Account, SignIn
from vaguemestre.accounts.projection import announce
from vaguemestre.arrivals import effects
from vaguemestre.letters import issue
from vaguemestre.letters.models import Letter
from vaguemestre.people import undoing as people
from vaguemestre.people.models import Person
from vaguemestre.people.undoing import Undoing

BATCH = 900


class Reason(StrEnum):
    """Why an import cannot be taken back for somebody."""

    SIGNED_IN = "signed-in"  # came by it, and uses the account
    PURGED = "purged"  # left by it, and nothing remains to be given back
    CHANGED = "changed"  # by something else since


@dataclass(frozen=True, slots=True)
class Obstacle:
    person: Person
    line: int | None  # of the feed; None for somebody who is not on it
    reason: Reason


@dataclass(slots=True)
class Plan:
    """What an undo would do, and what stands in its way: with any obstacle nothing is done. `spared`: obstacles that
    were left out, each person as they are now."""

    people: Undoing
    accounts: dict[int, Account]  # by person
    printed: int = 0  # letters on paper that become void
    obstacles: list[Obstacle] = field(default_factory=list)
    spared: list[Obstacle] = field(default_factory=list)

    @property
    def possible(self) -> bool:
        return not self.obstacles


class InTheWay(Exception):
    """Things happened since that would be lost: `plan` says which."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("undo refused")
        self.plan = plan


def look(*, except_used: bool = False) -> Plan:
    """Reads only. `except_used`: without the persons who stand in the way. Raises NothingToUndo."""
    found = people.look()
    accounts = _accounts(found.former)
    obstacles = _obstacles(found, accounts)
    if except_used:
        spared = {obstacle.person.pk for obstacle in obstacles}
        found = found.without(spared)
        accounts = {pk: account for pk, account in accounts.items() if pk not in spared}
        plan = Plan(found, accounts, spared=obstacles)
    else:
        plan = Plan(found, accounts, obstacles=obstacles)
    plan.printed = _count_printed(_came(found, accounts), found.snapshot.applied_at)
    return plan


def undo(*, now: datetime, by: str, except_used: bool = False) -> Plan:
    """Looks again inside the transaction: what was shown may be a minute old. Raises NothingToUndo, InTheWay."""
    with transaction.atomic():
        plan = look(except_used=except_used)
        if not plan.possible:
            raise InTheWay(plan)
        people.undo(plan.people, keep=plan.accounts, now=now, by=by, spared=len({o.person.pk for o in plan.spared}))
        _put_accounts_back(plan, now, by)
        issue.follow_people()
        effects.tell_followers(now)
        effects.call_on(plan.people.waiting_days)  # their day may have come and gone meanwhile
    return plan


def _obstacles(found: Undoing, accounts: dict[int, Account]) -> list[Obstacle]:
    """By line; a person once a reason."""
    came = _came(found, accounts)
    using = _using(came, found.snapshot.applied_at)
    gone = [accounts[person.pk] for person in found.left if person.pk in accounts]
    persons = {
        Reason.SIGNED_IN: [account.person for account in came if account.key in using],
        Reason.PURGED: [account.person for account in gone if account.state == Account.State.PURGED],
        Reason.CHANGED: found.changed_since,
    }
    obstacles = [
        Obstacle(person, found.line(person), reason) for reason, several in persons.items() for person in several
    ]
    return sorted(obstacles, key=lambda obstacle: (obstacle.line or 0, obstacle.person.pk))


def _came(found: Undoing, accounts: dict[int, Account]) -> list[Account]:
    """By this import, for the first time or again."""
    return [accounts[person.pk] for person in [*found.newcomers, *found.returned] if person.pk in accounts]


def _put_accounts_back(plan: Plan, now: datetime, by: str) -> None:
    accounts = _accounts(plan.accounts)  # with their persons as they are again
    found = plan.people
    issue.revoke_all(_came(found, accounts), actor=by, now=now)
    closing.withdraw([accounts[p.pk] for p in found.newcomers if p.pk in accounts], now=now, by=by)
    for person in found.returned:
        if account := accounts.get(person.pk):
            _end_again(account, now, by)
    for person in [*found.left, *found.others]:
        if account := accounts.get(person.pk):
            _put_dates_back(account, now, by)
    for person in found.renamed:
        if account := accounts.get(person.pk):
            opening.rename(account, now=now, by=by)
    announce(accounts[person.pk] for person in found.relocated if person.pk in accounts)


def _end_again(account: Account, now: datetime, by: str) -> None:
    end = account.person.duty_end
    closing.close([account], on=end + timedelta(days=1) if end else today(now), now=now, by=by)


def _put_dates_back(account: Account, now: datetime, by: str) -> None:
    person = account.person
    if not person.present:
        return  # they had left before, and this import only corrected a line of theirs
    closes_on = person.duty_end + timedelta(days=1) if person.duty_end else None
    opening.set_opening(account, person.duty_start, now=now, by=by)
    if account.closes_on != closes_on:
        closing.take_back([account], closes_on=closes_on, now=now, by=by)


def _using(accounts: Iterable[Account], since: datetime) -> set[str]:
    """Whoever has chosen a password or signed in after the import."""
    accounts = list(accounts)
    own = [account for account in accounts if account.password_kind == Account.PasswordKind.OWN]
    found = {account.key for account in own if account.password_set_at and account.password_set_at >= since}
    for batch in batched((account.key for account in accounts), BATCH, strict=False):
        good = SignIn.objects.filter(account__in=batch, result=SignIn.Result.GOOD, at__gte=since)
        found.update(good.values_list("account_id", flat=True))
    return found


def _count_printed(accounts: Iterable[Account], since: datetime) -> int:
    return sum(
        Letter.objects.filter(account__in=batch, state=Letter.State.PRINTED, prepared_at__gte=since).count()
        for batch in batched((account.key for account in accounts), BATCH, strict=False)
    )


def _accounts(persons: Iterable[int]) -> dict[int, Account]:
    found: dict[int, Account] = {}
    for batch in batched(persons, BATCH, strict=False):
        rows = Account.objects.filter(person_id__in=batch).select_related("person")
        found |= {account.person_id: account for account in rows}
    return found
