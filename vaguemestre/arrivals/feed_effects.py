"""What happens to accounts and letters when people come, change or go."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import batched

from django.db import transaction

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.legal_dates import midnight, today
from vaguemestre.accounts.lifecycle import closure, creation
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.projection import announce_change
from vaguemestre.clock import due
from vaguemestre.letters import letter_issue
from vaguemestre.people import feed_writer
from vaguemestre.people.feed_writer import AppliedChanges
from vaguemestre.people.models import Person
from vaguemestre.people.ports import feed_followers
from vaguemestre.people.snapshot import Changes
from vaguemestre.shared_mailboxes import boxes

RUN_DAY = due.Job("arrivals.run_day")
BATCH = 2000
SYSTEM = "system"


def take_effect(changes: Changes, *, now: datetime, by: str) -> AppliedChanges:
    """People, accounts and letters in one transaction. Raises FeedOvertakenError."""
    with transaction.atomic():
        coming = boxes.coming_boxes(changes)  # as the report has listed them
        applied = feed_writer.apply_changes(changes, now=now, by=by)
        if changes or changes.fresh:
            boxes.make_boxes(coming, import_number=changes.base + 1, now=now, by=by)
            boxes.follow_names(changes.former_schools)
        _carry(applied, now=now, by=by)
        tell_followers(now)
    return applied


@RUN_DAY.register
def run_day(key: str, now: datetime) -> None:
    """A day has come that a feed announced: changes that waited for it, and accounts whose lead time begins."""
    del key  # the day that was asked for; whatever is due by now is done
    with transaction.atomic():
        applied = feed_writer.apply_waiting(today=today(now), by=SYSTEM)
        applied.joined = _without_account(now)
        _carry(applied, now=now, by=SYSTEM)
        tell_followers(now)


def lead_begins(person: Person) -> date:
    """Account and letter are made from this day on."""
    return person.duty_start - timedelta(days=academy().feed.lead_days)


def call_on(days: Iterable[date]) -> None:
    """A day that is over is called at once."""
    for day in days:
        due.at(midnight(day), RUN_DAY, day.isoformat())


def tell_followers(now: datetime) -> None:
    """Rooms above that keep something of people: their recurring job comes at once, not in its own time."""
    for job in feed_followers.all():
        due.at(now, job, "")


def _carry(applied: AppliedChanges, *, now: datetime, by: str) -> None:
    _open(applied.joined, now=now, by=by)
    creation.rename_accounts(*_accounts(applied.renamed), now=now, by=by)
    announce_change(_accounts(applied.relocated))  # what IMAP and SMTP refuse names the office
    _move_dates(applied.dated, now=now, by=by)
    _end([*applied.joined, *applied.left], now=now, by=by)
    letter_issue.follow_people()
    call_on(applied.waiting_days)


def _open(persons: list[Person], *, now: datetime, by: str) -> None:
    soon = [person for person in persons if lead_begins(person) <= today(now)]
    _write_letters(creation.open_accounts(soon, now=now, by=by), now)
    call_on({lead_begins(person) for person in persons} - {lead_begins(person) for person in soon})


def _write_letters(accounts: Iterable[Account], now: datetime) -> None:
    letter_issue.prepare_letters([a for a in accounts if a.password_kind == Account.PasswordKind.NONE], now=now)


def _move_dates(persons: list[Person], *, now: datetime, by: str) -> None:
    accounts = {account.person_id: account for account in _accounts(persons)}
    _open([person for person in persons if person.present and person.pk not in accounts], now=now, by=by)
    for person in persons:
        if account := accounts.get(person.pk):
            creation.set_opening(account, person.duty_start, now=now, by=by)
    staying = [accounts[p.pk] for p in persons if p.pk in accounts and _stays(p, accounts[p.pk], today(now))]
    closure.reopen_accounts(staying, now=now, by=by)
    _write_letters(staying, now)
    _end(persons, now=now, by=by)


def _stays(person: Person, account: Account, day: date) -> bool:
    """The end that was announced no longer holds, or had come and is now a later one."""
    if not person.present:
        return False
    if person.duty_end is None:
        return True
    return person.duty_end >= day and account.state in Account.ENDED


def _end(persons: Iterable[Person], *, now: datetime, by: str) -> None:
    """Sign-in ends with the last day of duty, today or later."""
    ends = {person.pk: person.duty_end + timedelta(days=1) for person in persons if person.duty_end}
    by_day: dict[date, list[Account]] = defaultdict(list)
    for account in _accounts_of(ends):
        by_day[ends[account.person.pk]].append(account)
    for day, accounts in by_day.items():
        closure.close_accounts(accounts, on=day, now=now, by=by)


def _without_account(now: datetime) -> list[Person]:
    latest = today(now) + timedelta(days=academy().feed.lead_days)
    return list(Person.objects.filter(present=True, account=None, duty_start__lte=latest).order_by("pk"))


def _accounts(persons: Iterable[Person]) -> list[Account]:
    return _accounts_of(person.pk for person in persons)


def _accounts_of(persons: Iterable[int]) -> list[Account]:
    found: list[Account] = []
    for batch in batched(persons, BATCH, strict=False):
        found += Account.objects.filter(person_id__in=batch).select_related("person").order_by("key")
    return found
