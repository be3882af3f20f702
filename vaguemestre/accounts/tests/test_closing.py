from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from vaguemestre.accounts import closing, sessions
from vaguemestre.accounts.dates import midnight
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.opening import open_accounts
from vaguemestre.accounts.testing import make_account
from vaguemestre.audit.models import Entry
from vaguemestre.clock import due

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 8, 20, 8, tzinfo=timezone.get_default_timezone())
LAST = date(2026, 9, 1)
State = Account.State


@pytest.fixture
def account() -> Account:
    account = make_account("Paul", "Parti")
    sessions.open_session(account, shared_computer=False, address=None, agent="", now=NOW)
    return account


def test_a_leaver_by_dates(account: Account) -> None:
    closing.close([account], on=LAST, now=NOW)
    assert (account.state, account.refusal(LAST - timedelta(days=1))) == (State.OPEN, None)
    assert account.refusal(LAST) == "closed"
    due.run(midnight(LAST) - timedelta(seconds=1))
    account.refresh_from_db()
    assert account.state == State.OPEN
    due.run(midnight(LAST))
    account.refresh_from_db()
    assert (account.state, account.delivers) == (State.CLOSED, True)
    assert not account.sessions.exists()
    stops = midnight(LAST + closing.RECEIVES_FOR)
    due.run(stops - timedelta(seconds=1))
    account.refresh_from_db()
    assert account.delivers
    due.run(stops)
    account.refresh_from_db()
    assert (account.state, account.delivers) == (State.STOPPED, False)
    acts = list(Entry.objects.filter(subject=account.key).order_by("id").values_list("act", flat=True))
    assert acts == ["account.opened", "account.closing", "account.closed", "account.stopped"]


def test_a_day_that_has_come_closes_at_once(account: Account) -> None:
    closing.close([account], on=NOW.date(), now=NOW)
    assert account.state == State.CLOSED
    assert not account.sessions.exists()


def test_a_long_past_day_closes_and_then_stops(account: Account) -> None:
    closing.close([account], on=date(2026, 1, 5), now=NOW)
    due.run(NOW)
    account.refresh_from_db()
    assert account.state == State.STOPPED


def test_asking_twice_writes_once(account: Account) -> None:
    closing.close([account], on=LAST, now=NOW)
    closing.close([account], on=LAST, now=NOW)
    assert Entry.objects.filter(act="account.closing").count() == 1


def test_who_does_not_leave_after_all(account: Account) -> None:
    closing.close([account], on=LAST, now=NOW)
    closing.reopen([account], now=NOW)
    due.run(midnight(LAST))
    account.refresh_from_db()
    assert (account.state, account.closes_on, account.first_signin_due) == (State.OPEN, None, False)


def test_a_leaver_who_comes_back_has_the_same_names_and_no_password(account: Account) -> None:
    closing.close([account], on=NOW.date(), now=NOW)
    person = account.person
    person.duty_start = date(2026, 11, 2)
    person.save()
    (again,) = open_accounts([person], now=NOW)
    assert (again.key, again.identifier, again.address) == (account.key, account.identifier, account.address)
    assert (again.state, again.opens_on, again.password) == (State.PENDING, date(2026, 11, 2), None)
    due.run(midnight(date(2026, 11, 2)))
    again.refresh_from_db()
    assert again.state == State.OPEN


def test_a_date_that_moves_later(account: Account) -> None:
    closing.close([account], on=LAST, now=NOW)
    closing.close([account], on=LAST + timedelta(days=30), now=NOW)
    due.run(midnight(LAST))
    account.refresh_from_db()
    assert account.state == State.OPEN
