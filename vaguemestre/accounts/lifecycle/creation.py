"""Opening accounts: every person gets an identifier and an address that nobody ever had, in bulk."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import batched

from django.db import transaction

from vaguemestre.accounts.identity import name_rules
from vaguemestre.accounts.legal_dates import midnight, today
from vaguemestre.accounts.lifecycle import closure
from vaguemestre.accounts.models import Account, LocalPart, Numbering
from vaguemestre.accounts.projection import announce_change
from vaguemestre.accounts.state_transitions import SYSTEM, move_state
from vaguemestre.audit import journal
from vaguemestre.clock import due
from vaguemestre.people.models import Person

BATCH = 2000
Kind = LocalPart.Kind


def open_accounts(persons: Sequence[Person], *, now: datetime, by: str = SYSTEM) -> list[Account]:
    """One account a person, in the same order. Somebody who comes back finds the same account again.

    Whoever has `password_kind` NONE afterwards needs a letter.
    """
    with transaction.atomic():
        numbering = take_turn()
        known = _accounts_of(persons)
        if known:
            closure.reopen_accounts(known.values(), now=now, by=by)
        newcomers = [person for person in persons if person.pk not in known]
        accounts = _name(newcomers, numbering, now)
        Account.objects.bulk_create(accounts, batch_size=BATCH)
        LocalPart.objects.bulk_create(_reservations(accounts, now), batch_size=BATCH)
        journal.record_many(by, "account.opened", [account.key for account in accounts])
        for day in {account.opens_on for account in accounts if account.state == Account.State.PENDING}:
            due.at(midnight(day), closure.OPEN, day.isoformat())
        announce_change(accounts)
    known |= {account.person.pk: account for account in accounts}
    return [known[person.pk] for person in persons]


@closure.OPEN.register
def open_due(key: str, now: datetime) -> None:
    """Midnight of a day of duty: the daemons let these people in (the portal goes by the date itself)."""
    del key  # the date that was asked for; whatever is due by now is opened
    move_state(
        Account.objects.filter(state=Account.State.PENDING, opens_on__lte=today(now)),
        Account.State.OPEN,
        "account.begun",
    )


def set_opening(account: Account, on: date, *, now: datetime, by: str = SYSTEM) -> None:
    """The date of duty has moved, for somebody who has not begun yet."""
    if account.state != Account.State.PENDING or account.opens_on == on:
        return
    with transaction.atomic():
        account.opens_on = on
        account.save(update_fields=["opens_on"])
        due.at(midnight(on), closure.OPEN, on.isoformat())
        journal.record(by, "account.opening-moved", account.key, on=on.isoformat())
        announce_change([account])
    if on <= today(now):
        open_due(on.isoformat(), now)


def rename_accounts(*accounts: Account, now: datetime, by: str = SYSTEM) -> list[Account]:
    """A new main address for the name each person has now; the old one keeps receiving. Without those whom theirs
    still fits."""
    with transaction.atomic():
        take_turn()
        renamed = [account for account in accounts if _rename(account, now)]
        journal.record_many(by, "account.renamed", [account.key for account in renamed])
        announce_change(renamed)
    return renamed


def _rename(account: Account, now: datetime) -> bool:
    chosen = _address_for(account)
    if chosen == account.local_part:
        return False
    account.local_parts.filter(kind=Kind.MAIN).update(kind=Kind.FORMER)
    values = {"local_part": chosen, "base": name_rules.base_local_part(_spoken(account.person)), "kind": Kind.MAIN}
    LocalPart.objects.update_or_create(
        undotted=name_rules.undotted(chosen), account=account, defaults=values, create_defaults=values | {"since": now}
    )
    account.local_part = chosen
    account.save(update_fields=["local_part"])
    return True


def take_turn() -> Numbering:
    """Whoever gives names waits here for the one before: two imports at once see each other's names.

    SQLite takes its turn when the transaction begins. The unique columns hold even for somebody who forgets to.
    """
    Numbering.objects.get_or_create(name="account")
    return Numbering.objects.select_for_update().get(name="account")


def _accounts_of(persons: Sequence[Person]) -> dict[int, Account]:
    found: dict[int, Account] = {}
    for batch in batched((person.pk for person in persons), BATCH, strict=False):
        found |= {a.person.pk: a for a in Account.objects.select_related("person").filter(person_id__in=batch)}
    return found


def _name(persons: Sequence[Person], numbering: Numbering, now: datetime) -> list[Account]:
    spoken = [_spoken(person) for person in persons]
    taken: set[str] = set()
    local_parts = _allot([name_rules.local_parts(name) for name in spoken], taken)
    identifiers = _allot([name_rules.identifiers(name) for name in spoken], taken)
    first = numbering.last + 1
    numbering.last += len(persons)
    numbering.save(update_fields=["last"])
    given = zip(range(first, numbering.last + 1), persons, local_parts, identifiers, strict=True)
    return [_account(*facts, now=now) for facts in given]


def _account(number: int, person: Person, local_part: str, identifier: str, *, now: datetime) -> Account:
    begun = person.duty_start <= today(now)
    return Account(
        key=f"a{number:07d}", person=person, identifier=identifier, local_part=local_part, created_at=now,
        opens_on=person.duty_start, state=Account.State.OPEN if begun else Account.State.PENDING,
    )  # fmt: skip


def _allot(candidates: Sequence[Iterator[str]], taken: set[str]) -> list[str]:
    """The first free candidate of each, in order; `taken` grows. One query a round, not one a person."""
    chosen = [""] * len(candidates)
    waiting: Collection[int] = range(len(candidates))
    while waiting:
        for place in waiting:
            chosen[place] = next(c for c in candidates[place] if name_rules.undotted(c) not in taken)
            taken.add(name_rules.undotted(chosen[place]))
        already = existing(name_rules.undotted(chosen[place]) for place in waiting)
        waiting = [place for place in waiting if name_rules.undotted(chosen[place]) in already]
    return chosen


def existing(undotted: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for batch in batched(undotted, BATCH, strict=False):
        found.update(LocalPart.objects.filter(undotted__in=batch).values_list("undotted", flat=True))
    return found


def _reservations(accounts: Iterable[Account], now: datetime) -> Iterator[LocalPart]:
    for account in accounts:
        base = name_rules.base_local_part(_spoken(account.person))
        yield _reservation(account, Kind.MAIN, account.local_part, base, now)
        yield _reservation(account, Kind.IDENTIFIER, account.identifier, "", now)


def _reservation(account: Account, kind: Kind, part: str, base: str, now: datetime) -> LocalPart:
    undotted = name_rules.undotted(part)
    return LocalPart(local_part=part, undotted=undotted, base=base, kind=kind, account_id=account.key, since=now)


def _address_for(account: Account) -> str:
    """The first form of the present name that is free, or already this person's."""
    person = account.person
    own = set(account.local_parts.exclude(kind=Kind.IDENTIFIER).values_list("undotted", flat=True))
    for candidate in name_rules.local_parts(_spoken(person)):
        form = name_rules.undotted(candidate)
        if form in own or not LocalPart.objects.filter(undotted=form).exists():
            return candidate
    raise AssertionError("the numbers never end")


def _spoken(person: Person) -> name_rules.Name:
    return name_rules.Name(person.first_name, person.family_name)
