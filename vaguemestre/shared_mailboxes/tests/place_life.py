"""What happens to the people of a small place and to its boxes, done as the product does it and expected as
`expected_rights` says."""

from contextlib import nullcontext, suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import TestCase

from vaguemestre.accounts.charter import acceptance
from vaguemestre.accounts.compromise import account_shutdown
from vaguemestre.accounts.legal_dates import midnight, today
from vaguemestre.accounts.lifecycle import closure, lock, purge
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.passwords import passwords
from vaguemestre.arrivals import feed_effects, rollback
from vaguemestre.clock import due
from vaguemestre.clock.models import Due
from vaguemestre.people import testing
from vaguemestre.people.import_rollback import NothingToUndoError
from vaguemestre.people.models import School, Snapshot
from vaguemestre.people.snapshot import compare
from vaguemestre.shared_mailboxes import access, members, posts
from vaguemestre.shared_mailboxes.models import MailboxRights, Membership, SharedMailbox
from vaguemestre.shared_mailboxes.service_mailboxes import Owners, close_service, make_service, reopen_service
from vaguemestre.shared_mailboxes.testing import NOW
from vaguemestre.shared_mailboxes.tests.expected_rights import BOXES, PLACES, SHUT, Expected, Line, Pair, over

JOBS = (posts.KEEP_UP, feed_effects.RUN_DAY, closure.OPEN, closure.CLOSE, closure.STOP)

type Opened = dict[Pair, tuple[str, date | None]]


class Clock:
    now = NOW


class PlaceLife:
    """Acts that do not apply at that moment are no acts. The checks: `test_any_sequence`."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder, self.clock = folder, clock
        self.expected = Expected()
        self.before_import: Opened | None = None  # until anything but its undo follows
        self.purged = ""

    @property
    def today(self) -> date:
        return today(self.clock.now)

    def act(self, name: str, *arguments: Any) -> None:
        self.clock.now += timedelta(minutes=1)
        self.purged = ""
        with TestCase.captureOnCommitCallbacks(execute=True):
            getattr(self, name)(*arguments)

    def settle(self) -> None:
        """The clock does what is due, the posts are followed."""
        due.at(self.clock.now, posts.KEEP_UP, "")
        done = 1
        while done:
            with TestCase.captureOnCommitCallbacks(execute=True):
                Due.objects.exclude(job__in=[job.name for job in JOBS]).delete()  # mail to people, other rooms
                done = due.run(self.clock.now)
        assert not Due.objects.exclude(error=None).exists()
        self.expected.follow(self.today, self.states())

    # What happens.

    def feed(self, changes: dict[int, Line | None]) -> None:
        staff = dict(self.expected.staff)
        for person, line in changes.items():
            staff.pop(person, None)
            staff |= {person: self.dated(line)} if line else {}
        self.take_feed(staff)

    def swap(self, one: int, other: int) -> None:
        staff = self.expected.staff
        if {one, other} <= staff.keys():
            self.take_feed(staff | {one: staff[other], other: staff[one]})

    def undo(self, except_used: bool) -> None:
        if Snapshot.objects.count() == 1:
            return  # it made the boxes, and Dovecot would be asked what is in them
        with suppress(NothingToUndoError, rollback.ObstacleError):
            plan = rollback.rollback(now=self.clock.now, by="operator:test", except_used=except_used)
            spared = {int(one.person.hr_key.removeprefix("RH")) for one in plan.spared if one.person.hr_key}
            self.before_import = None if spared else self.before_import
            self.expected.undo_import(spared)

    def wait(self, days: int) -> None:
        self.clock.now = midnight(self.today + timedelta(days=days))

    def add(self, box: str, person: int, right: str, days: int | None, owner: int) -> None:
        here = self.box(box)
        if not here or not self.owns(box, owner):
            return
        theirs = {place for place, _function in self.expected.posts_of(owner, self.today)}
        places = {BOXES[box]} if box in BOXES else theirs
        found = self.expected.rights.get((box, person))
        allowed = (
            any(place in places for place, _function in self.expected.posts_of(person, self.today))
            and self.expected.on_duty(person, self.today, self.states()) and self.account(person).state == "open"
            and (found is None or (not found.by_hand and found.last is not None))
        )  # fmt: skip
        last = self.day(days)
        try:
            members.add_member(
                here.account, self.key(person), MailboxRights(right), last,
                by=self.account(owner), now=self.clock.now,
            )  # fmt: skip
        except members.MemberRefusedError:
            assert not allowed
        else:
            assert allowed
            self.expected.give((box, person), right, last, self.today)

    def remove(self, box: str, person: int, owner: int) -> None:
        here = self.box(box)
        found = self.expected.rights.get((box, person))
        if here and found and self.owns(box, owner):
            period = Membership.objects.get(box=here, member=self.key(person), ended_at=None)
            by_post = not found.by_hand and found.last is None
            with pytest.raises(members.MemberRefusedError) if by_post else nullcontext():
                found_there = access.membership_in(here.account, period.pk, self.today)
                members.remove_member(found_there, by=self.account(owner), now=self.clock.now)
            if not by_post:
                self.expected.touch((box, person), None)

    def change(self, box: str, person: int, right: str, days: int | None, owner: int) -> None:
        self.remove(box, person, owner)
        self.add(box, person, right, days, owner)

    def let_in(self, box: str, person: int, right: str, days: int | None) -> None:
        """By an administrator, from anywhere."""
        if (here := self.box(box)) and self.expected.on_duty(person, self.today, self.states()):
            last = self.day(days)
            members.let_in(
                here, self.account(person), MailboxRights(right), last, by="administrator", now=self.clock.now
            )
            self.expected.give((box, person), right, last, self.today)

    def service(self, box: str, people: list[int], function: str, place: str | None) -> None:
        people = [person for person in people if self.key(person)]
        if not people and not function:
            return
        owners = Owners(list(map(self.account, people)), function, School.objects.get(pk=place) if place else None)
        make_service(box, box.title(), owners, now=self.clock.now, by="administrator")
        self.expected.closed.discard(box)
        for person in people:
            found = self.expected.rights.get((box, person))
            if found is None or (found.right, found.last) != ("owner", None):
                self.expected.give((box, person), "owner", None, self.today)
        self.expected.rules |= {(box, place, function)} if function else set()

    def close(self, box: str) -> None:
        if here := self.box(box):
            close_service(here, now=self.clock.now, by="administrator")
            self.expected.closed.add(box)

    def reopen(self, box: str) -> None:
        if here := SharedMailbox.objects.filter(account__local_part=box).select_related("account").first():
            reopen_service(here, now=self.clock.now, by="administrator")
            self.expected.closed.discard(box)

    def help_desk(self, act: str, person: int) -> None:
        if not self.key(person):
            return
        account, now = self.account(person), self.clock.now
        if act == "lock":
            lock.lock(account, by="agent", reason="", now=now)
        elif act == "unlock":
            lock.unlock(account, by="agent", reason="")
        elif act == "stolen":
            account_shutdown.shut_account_down(account, by="agent", office="DSDEN", reason="", now=now)
        elif act == "unblock":
            account_shutdown.unblock_mailbox(account, by="agent", reason="", now=now)
        elif act == "restore" and account.state != "purged":
            closure.restore_account(account, until=self.day(40), by="agent", reason="", now=now)
        elif act == "sign in" and account.state == "open":
            passwords.set_password(account, "les tilleuls sentent en juin", now=now)
            acceptance.accept_charter(account, now=now)
        elif act == "purge" and purge.purge_account(account.key, now=now):
            self.purged = account.key
            self.expected.rights = {pair: one for pair, one in self.expected.rights.items() if pair[1] != person}

    # What it takes.

    def dated(self, line: Line) -> Line:
        return Line(tuple(one._replace(ends=self.day(one.ends)) for one in line.posts), self.day(line.duty_end))

    def day(self, days: int | None) -> date | None:
        return None if days is None else self.today + timedelta(days=days)

    def take_feed(self, staff: dict[int, Line]) -> None:
        staff = {person: line for person, line in staff.items() if not over(line.duty_end, self.today)}
        lines = [testing.row(person, **columns(line)) for person, line in sorted(staff.items())]
        feed = testing.feed(self.folder, lines, dated=self.today)
        assert not feed.refused, feed.refused
        number, before = Snapshot.objects.count(), self.current()
        feed_effects.take_effect(compare(feed, self.today), now=self.clock.now, by="operator:test")
        if Snapshot.objects.count() > number:
            self.expected.take_import(staff, self.today)
            self.before_import = before

    def owns(self, box: str, person: int) -> bool:
        found = self.expected.rights.get((box, person))
        return found is not None and found.right == "owner" and not self.is_shut(self.account(person))

    def key(self, person: int) -> str:
        return Account.objects.filter(person__hr_key=f"RH{person}").values_list("key", flat=True).first() or ""

    def account(self, person: int) -> Account:
        return Account.objects.select_related("person").get(person__hr_key=f"RH{person}")

    def accounts(self) -> dict[int, Account]:
        found = Account.objects.select_related("person")
        return {int(one.person.hr_key.removeprefix("RH")): one for one in found if one.person.hr_key}

    def states(self) -> dict[int, str]:
        return {person: one.state for person, one in self.accounts().items()}

    def box(self, name: str) -> SharedMailbox | None:
        there = SharedMailbox.objects.filter(account__local_part=name, account__state="open")
        return there.select_related("account").first()

    def is_shut(self, one: Account) -> bool:
        return bool(
            one.locked_at or one.state in SHUT or (one.closes_on and one.closes_on <= self.today)
            or (one.mail_blocked_until and one.mail_blocked_until > self.clock.now)
            or one.password_kind != "own" or not one.charter_version
        )  # fmt: skip

    def current(self) -> Opened:
        parts = dict(Account.every.values_list("key", "local_part"))
        people = {one.key: person for person, one in self.accounts().items()}
        rows = Membership.objects.filter(ended_at=None).values_list("box", "member", "right", "ends")
        return {(parts[box], people[member]): (right, ends) for box, member, right, ends in rows}


def columns(line: Line) -> dict[str, str]:
    found = {"duty_end": line.duty_end.isoformat()} if line.duty_end else {}
    for rank, one in enumerate(line.posts, 1):
        told = PLACES[one.place] | {"posting1_function": one.function, "posting1_share": "50"}
        told |= {"posting1_ends": one.ends.isoformat()} if one.ends else {}
        found |= {name.replace("posting1", f"posting{rank}"): value for name, value in told.items()}
    return found
