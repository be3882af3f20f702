"""A mistaken import taken back: people, accounts, letters, in one transaction. Whoever would lose by it stands in the
way: then nothing is done, or, when asked for, everything but those persons."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import batched

from django.db import transaction
from django.utils.translation import gettext as _

from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.lifecycle import closure, creation
from vaguemestre.accounts.lifecycle.shared_accounts import withdraw_shared_accounts
from vaguemestre.accounts.models import Account, SignIn
from vaguemestre.accounts.projection import announce_change
from vaguemestre.arrivals import feed_effects
from vaguemestre.engine.mailboxes import is_empty
from vaguemestre.letters import letter_issue
from vaguemestre.letters.models import Letter
from vaguemestre.people import import_rollback
from vaguemestre.people.import_rollback import ImportRollback
from vaguemestre.people.models import Person, Snapshot
from vaguemestre.shared_mailboxes.boxes import boxes_of_import

BATCH = 900


class Reason(StrEnum):
    """Why an import cannot be taken back for somebody."""

    SIGNED_IN = "signed-in"  # came by it, and uses the account
    PURGED = "purged"  # left by it, and nothing remains to be given back
    CHANGED = "changed"  # by something else since


def obstacle_text(reason: Reason) -> str:
    return {
        Reason.SIGNED_IN: _("came by this import, and has signed in since"),
        Reason.PURGED: _("left by this import, and the mailbox is deleted"),
        Reason.CHANGED: _("changed since by something else"),
    }[reason]


@dataclass(frozen=True, slots=True)
class Obstacle:
    person: Person
    line: int | None  # of the feed; None for somebody who is not on it
    reason: Reason


@dataclass(slots=True)
class RollbackPlan:
    """What an undo would do, and what stands in its way: with any obstacle nothing is done. `spared`: obstacles that
    were left out, each person as they are now."""

    people: ImportRollback
    accounts: dict[int, Account]  # by person
    printed: int = 0  # letters on paper that become void
    boxes: int = 0  # shared mailboxes that the import made
    obstacles: list[Obstacle] = field(default_factory=list)
    spared: list[Obstacle] = field(default_factory=list)

    @property
    def possible(self) -> bool:
        return not self.obstacles


class ObstacleError(Exception):
    """Things happened since that would be lost: `plan` says which."""

    def __init__(self, plan: RollbackPlan) -> None:
        super().__init__("undo refused")
        self.plan = plan


def plan_rollback(*, except_used: bool = False) -> RollbackPlan:
    """Reads only. `except_used`: without the persons who stand in the way. Raises NothingToUndoError."""
    found = import_rollback.plan_rollback()
    accounts = _accounts(found.former)
    obstacles = _obstacles(found, accounts)
    if except_used:
        spared = {obstacle.person.pk for obstacle in obstacles}
        found = found.without(spared)
        accounts = {pk: account for pk, account in accounts.items() if pk not in spared}
        plan = RollbackPlan(found, accounts, spared=obstacles)
    else:
        plan = RollbackPlan(found, accounts, obstacles=obstacles)
    plan.printed = _count_printed(_came(found, accounts), found.snapshot.applied_at)
    plan.boxes = len(boxes_of_import(found.snapshot.number))
    return plan


def rollback(*, now: datetime, by: str, except_used: bool = False) -> RollbackPlan:
    """Looks again inside the transaction: what was shown may be a minute old. Raises NothingToUndoError,
    ObstacleError."""
    unused = _unused_boxes()  # asked of the mail server, hence before the transaction
    with transaction.atomic():
        plan = plan_rollback(except_used=except_used)
        if not plan.possible:
            raise ObstacleError(plan)
        import_rollback.rollback_import(
            plan.people, keep=plan.accounts, now=now, by=by, spared=len({o.person.pk for o in plan.spared})
        )
        _put_accounts_back(plan, now, by)
        withdraw_shared_accounts(unused.get(plan.people.snapshot.number, []), now=now, by=by)
        letter_issue.follow_people()
        feed_effects.tell_followers(now)
        feed_effects.call_on(plan.people.waiting_days)  # their day may have come and gone meanwhile
    return plan


def _unused_boxes() -> dict[int, list[Account]]:
    """Shared mailboxes of the last import that nothing has reached. One of which nothing is known is kept."""
    last = Snapshot.objects.order_by("-number").first()
    made = boxes_of_import(last.number) if last else []
    unused = [box.account for box in made if is_empty(box.account_id)]
    return {last.number: unused} if last else {}


def _obstacles(found: ImportRollback, accounts: dict[int, Account]) -> list[Obstacle]:
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


def _came(found: ImportRollback, accounts: dict[int, Account]) -> list[Account]:
    """By this import, for the first time or again."""
    return [accounts[person.pk] for person in [*found.newcomers, *found.returned] if person.pk in accounts]


def _put_accounts_back(plan: RollbackPlan, now: datetime, by: str) -> None:
    accounts = _accounts(plan.accounts)  # with their persons as they are again
    found = plan.people
    letter_issue.revoke_all(_came(found, accounts), actor=by, now=now)
    closure.withdraw_accounts([accounts[p.pk] for p in found.newcomers if p.pk in accounts], now=now, by=by)
    _end_again([accounts[p.pk] for p in found.returned if p.pk in accounts], now, by)
    _put_dates_back([accounts[p.pk] for p in [*found.left, *found.others] if p.pk in accounts], now, by)
    creation.rename_accounts(*(accounts[p.pk] for p in found.renamed if p.pk in accounts), now=now, by=by)
    announce_change(accounts[person.pk] for person in found.relocated if person.pk in accounts)


def _end_again(accounts: Iterable[Account], now: datetime, by: str) -> None:
    for day, returned in _by_first_day_out(accounts).items():
        closure.close_accounts(returned, on=day or today(now), now=now, by=by)


def _put_dates_back(accounts: Iterable[Account], now: datetime, by: str) -> None:
    # Without those who had left before, when this import only corrected a line of theirs.
    there = [account for account in accounts if account.person.present]
    for account in there:
        creation.set_opening(account, account.person.duty_start, now=now, by=by)
    for day, theirs in _by_first_day_out(there).items():
        closure.rollback_departure([a for a in theirs if a.closes_on != day], closes_on=day, now=now, by=by)


def _by_first_day_out(accounts: Iterable[Account]) -> dict[date | None, list[Account]]:
    """By the day after the last one of duty, which is not always known."""
    found: dict[date | None, list[Account]] = defaultdict(list)
    for account in accounts:
        end = account.person.duty_end
        found[end + timedelta(days=1) if end else None].append(account)
    return found


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
        found |= {account.person.pk: account for account in rows}
    return found
