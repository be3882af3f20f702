"""Whole lives, told by dated feeds alone, the clock called at each date."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from vaguemestre.accounts.legal_dates import midnight, today
from vaguemestre.accounts.lifecycle import purge, transfer
from vaguemestre.accounts.models import Account, LocalPart, Notice
from vaguemestre.accounts.ports import account_purgers, purge_holders
from vaguemestre.accounts.testing import give_password
from vaguemestre.arrivals import feed_effects
from vaguemestre.audit.models import Entry
from vaguemestre.clock import due
from vaguemestre.engine import leaver_replies
from vaguemestre.letters.models import Letter
from vaguemestre.people import testing
from vaguemestre.people.snapshot import compare
from vaguemestre.people.testing import REMPARTS, row

pytestmark = pytest.mark.django_db
START = datetime(2026, 8, 20, 10, tzinfo=UTC)
State = Account.State
type Row = dict[str, str]
type Feed = Callable[..., None]


@pytest.fixture
def feed(tmp_path: Path) -> Feed:
    """A feed of that day; somebody else always stays, so that no feed is empty."""

    def take(day: date, *rows: Row) -> None:
        now = midnight(day) + timedelta(hours=6)
        read = testing.feed(tmp_path, [row(1), *rows], dated=day)
        feed_effects.take_effect(compare(read, today(now)), now=now, by="operator:test")

    return take


@pytest.fixture(autouse=True)
def no_daemons(rewired: ExitStack) -> None:
    rewired.enter_context(account_purgers.replaced())
    rewired.enter_context(purge_holders.replaced())


def at(day: date, number: int = 2) -> Account:
    """Midnight has come, with all that the clock owes."""
    due.run(midnight(day) + timedelta(seconds=1))
    purge.purge_due("", midnight(day))
    return Account.objects.select_related("person").get(person__hr_key=f"RH{number}")


def use(account: Account) -> None:
    give_password(account, "Trois merles, 7 fois!")


def test_a_whole_career(feed: Feed) -> None:
    """Joins, moves, marries, leaves, is refused, is deleted, and comes back to the same name."""
    feed(date(2026, 8, 20), row(2, duty_start="2026-09-01"))
    joiner = at(date(2026, 8, 31))
    assert (joiner.state, joiner.refusal(date(2026, 8, 31))) == (State.PENDING, "pending")
    use(at(date(2026, 9, 1)))
    feed(date(2027, 9, 1), row(2, duty_start="2026-09-01", **REMPARTS))
    feed(date(2028, 1, 10), row(2, duty_start="2026-09-01", usual_name="Delannoy", **REMPARTS))
    married = at(date(2028, 1, 11))
    assert (married.local_part, married.state) == ("anne.delannoy", State.OPEN)
    feed(date(2028, 3, 1), row(2, duty_start="2026-09-01", usual_name="Delannoy", duty_end="2028-08-31", **REMPARTS))
    assert not Notice.objects.filter(account=at(date(2028, 8, 1)), kind="leaving").exists()
    assert Notice.objects.filter(account=at(date(2028, 8, 2)), kind="leaving").count() == 1
    assert at(date(2028, 8, 31)).state == State.OPEN
    gone = at(date(2028, 9, 1))
    assert (gone.state, gone.delivers, gone.portal_refusal(date(2028, 9, 30))) == (State.CLOSED, True, None)
    assert gone.portal_refusal(date(2028, 10, 1)) == "closed"
    feed(date(2028, 9, 15))
    assert at(date(2028, 11, 29)).delivers
    assert not at(date(2028, 11, 30)).delivers
    assert at(date(2029, 8, 31)).state == State.STOPPED
    purged = at(date(2029, 9, 1))
    assert (purged.state, purged.password) == (State.PURGED, None)
    assert {part.local_part for part in purged.local_parts.all()} == {"anne.martinc", "anne.delannoy", "amartinc"}
    feed(date(2030, 9, 1), row(2, duty_start="2030-09-01", usual_name="Delannoy", **REMPARTS))
    back = at(date(2030, 9, 2))
    assert (back.key, back.local_part, back.state, back.closes_on) == (gone.key, "anne.delannoy", State.OPEN, None)
    assert Letter.objects.filter(account=back, state=Letter.State.PREPARED).count() == 1
    acts = Entry.objects.filter(subject=back.key, act__startswith="account.").order_by("id")
    assert [entry.act.removeprefix("account.") for entry in acts] == [
        "opened", "begun", "renamed", "closing", "closed", "stopped", "purged", "reopened",
    ]  # fmt: skip


def test_a_substitute_and_contracts_in_a_row(feed: Feed) -> None:
    """A week between the first two, a summer before the third: one account, one password, one letter."""
    contracts = [("2026-09-01", "2026-12-18"), ("2027-01-04", "2027-07-02"), ("2027-08-31", "2027-12-17")]
    for number, (start, end) in enumerate(contracts):
        first, last = date.fromisoformat(start), date.fromisoformat(end)
        feed(first, row(2, duty_start=start, duty_end=end))
        account = at(first + timedelta(days=1))
        assert (account.state, account.closes_on) == (State.OPEN, last + timedelta(days=1))
        if number == 0:
            use(account)
        assert not account.first_signin_due
        assert at(last).state == State.OPEN
        assert at(last + timedelta(days=1)).state == State.CLOSED
    assert Letter.objects.filter(account__person__hr_key="RH2").count() == 1


def test_a_contract_prolonged_before_its_end_changes_nothing(feed: Feed) -> None:
    feed(date(2026, 9, 1), row(2, duty_start="2026-09-01", duty_end="2026-12-18"))
    use(at(date(2026, 9, 2)))
    at(date(2026, 11, 19))
    feed(date(2026, 12, 10), row(2, duty_start="2026-09-01", duty_end="2027-07-02"))
    account = at(date(2026, 12, 20))
    assert (account.state, account.closes_on) == (State.OPEN, date(2027, 7, 3))
    told = [notice.details for notice in account.notices.filter(kind="leaving").order_by("id")]
    assert told == [{"on": "2026-12-19"}, {"change": "later", "on": "2027-07-03"}]


def test_back_after_long_is_the_same_account_by_a_new_letter(feed: Feed) -> None:
    feed(date(2026, 9, 1), row(2))
    use(at(date(2026, 9, 2)))
    feed(date(2026, 10, 1))
    Letter.objects.update(state=Letter.State.PRINTED)
    feed(date(2027, 3, 1), row(2, duty_start="2027-03-01"))
    back = at(date(2027, 3, 2))
    assert (back.local_part, back.state, back.password) == ("anne.martinc", State.OPEN, None)
    assert Letter.objects.filter(account=back, state=Letter.State.PREPARED).count() == 1


def test_transfer_to_another_academie(feed: Feed) -> None:
    """A leaver, whose reply gives the next address when they agree; it is forgotten with the rest."""
    feed(date(2026, 9, 1), row(2, duty_end="2026-11-30"))
    account = at(date(2026, 11, 10))
    assert transfer.is_transfer_allowed("a.martin@ac-lille.fr")
    assert not transfer.is_transfer_allowed("a.martin@gmail.com")
    assert not transfer.is_transfer_allowed("a.martin@ac-amiens.fr")
    assert not transfer.is_transfer_allowed("a.martin@evil-ac-lille.fr.example")
    transfer.agree_transfer(account, "a.martin@ac-lille.fr", now=START)
    account = at(date(2026, 12, 1))
    assert "a.martin@ac-lille.fr" in leaver_replies.script(account, transfer.new_address_of(account))
    transfer.withdraw_transfer(account)
    assert "ac-lille" not in leaver_replies.script(account, transfer.new_address_of(account))
    transfer.agree_transfer(account, "a.martin@ac-lille.fr", now=START)
    at(date(2027, 3, 1))
    assert transfer.new_address_of(at(date(2027, 12, 1))) is None


def test_names_are_never_given_again(feed: Feed) -> None:
    feed(date(2026, 9, 1), row(2, first_name="Jean", last_name="Unique"))
    use(at(date(2026, 9, 2)))
    feed(date(2026, 9, 20))
    for day in (date(2026, 12, 20), date(2027, 9, 21)):
        at(day)
    feed(date(2027, 10, 1), row(12, first_name="Jean", last_name="Unique", duty_start="2027-10-01"))
    assert at(date(2027, 10, 2), 12).local_part == "jean.unique2"
    assert LocalPart.objects.get(local_part="jean.unique").account == at(date(2027, 10, 2))
