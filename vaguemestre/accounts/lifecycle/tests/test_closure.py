from contextlib import ExitStack
from datetime import date, datetime, timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from vaguemestre.accounts import models as tables
from vaguemestre.accounts.legal_dates import midnight
from vaguemestre.accounts.lifecycle import closure, purge
from vaguemestre.accounts.lifecycle.creation import open_accounts
from vaguemestre.accounts.mail_access import app_passwords
from vaguemestre.accounts.models import Account, KeptForm, Notice, OtpKey, OtpRequest, SignIn
from vaguemestre.accounts.otp import key_lifecycle, requests
from vaguemestre.accounts.otp.testing import hold, make_key
from vaguemestre.accounts.ports import account_purgers, purge_holders
from vaguemestre.accounts.sessions import sessions
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
    closure.close_accounts([account], on=LAST, now=NOW)
    assert (account.state, account.refusal(LAST - timedelta(days=1))) == (State.OPEN, None)
    assert account.refusal(LAST) == "closed"
    due.run(midnight(LAST) - timedelta(seconds=1))
    account.refresh_from_db()
    assert account.state == State.OPEN
    due.run(midnight(LAST))
    account.refresh_from_db()
    assert (account.state, account.delivers) == (State.CLOSED, True)
    assert not account.sessions.exists()
    stops = midnight(LAST + timedelta(days=90))
    due.run(stops - timedelta(seconds=1))
    account.refresh_from_db()
    assert account.delivers
    due.run(stops)
    account.refresh_from_db()
    assert (account.state, account.delivers) == (State.STOPPED, False)
    acts = list(Entry.objects.filter(subject=account.key).order_by("id").values_list("act", flat=True))
    assert acts == ["account.opened", "account.closing", "account.closed", "account.stopped"]


def test_a_day_that_has_come_closes_at_once(account: Account) -> None:
    closure.close_accounts([account], on=NOW.date(), now=NOW)
    assert account.state == State.CLOSED
    assert not account.sessions.exists()


def test_a_long_past_day_closes_and_then_stops(account: Account) -> None:
    closure.close_accounts([account], on=date(2026, 1, 5), now=NOW)
    due.run(NOW)
    account.refresh_from_db()
    assert account.state == State.STOPPED


def test_asking_twice_writes_once(account: Account) -> None:
    closure.close_accounts([account], on=LAST, now=NOW)
    closure.close_accounts([account], on=LAST, now=NOW)
    assert Entry.objects.filter(act="account.closing").count() == 1


def test_who_does_not_leave_after_all(account: Account) -> None:
    closure.close_accounts([account], on=LAST, now=NOW)
    closure.reopen_accounts([account], now=NOW)
    due.run(midnight(LAST))
    account.refresh_from_db()
    assert (account.state, account.closes_on, account.first_signin_due) == (State.OPEN, None, False)


def test_a_leaver_who_comes_back_has_the_same_names_and_no_password(account: Account) -> None:
    closure.close_accounts([account], on=NOW.date(), now=NOW)
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
    closure.close_accounts([account], on=LAST, now=NOW)
    closure.close_accounts([account], on=LAST + timedelta(days=30), now=NOW)
    due.run(midnight(LAST))
    account.refresh_from_db()
    assert account.state == State.OPEN


def walk(account: Account, day: date) -> Account:
    """The clock at midnight of that day, and the jobs that come back every hour."""
    due.run(midnight(day))
    purge.purge_due("", midnight(day))
    account.refresh_from_db()
    return account


def test_told_before_and_once(account: Account) -> None:
    last = date(2026, 11, 1)
    closure.close_accounts([account], on=last, now=NOW)
    assert not account.notices.exists()
    walk(account, last - timedelta(days=31))
    assert not account.notices.exists()
    walk(account, last - timedelta(days=30))
    walk(account, last)
    (told,) = account.notices.all()
    assert (told.kind, told.details["on"]) == (Notice.Kind.LEAVING, "2026-11-01")


def test_another_date_is_told_again_and_an_end_that_is_off_is_not(account: Account) -> None:
    closure.close_accounts([account], on=LAST, now=NOW)
    closure.reopen_accounts([account], now=NOW)
    walk(account, LAST)
    told = [notice.details for notice in account.notices.order_by("id")]
    assert told == [{"on": "2026-09-01"}, {"change": "off"}]
    closure.close_accounts([account], on=LAST + timedelta(days=20), now=midnight(LAST))
    assert account.notices.count() == 3


def test_dropped_without_warning_is_told_at_once(account: Account) -> None:
    closure.close_accounts([account], on=NOW.date(), now=NOW)
    assert account.notices.count() == 1


def test_who_never_signed_in_is_told_nothing() -> None:
    newcomer = make_account("Nina", "Nouvelle", password=None)
    closure.close_accounts([newcomer], on=NOW.date(), now=NOW)
    assert not newcomer.notices.exists()


def test_a_leaver_enters_the_portal_for_a_month_and_nothing_else(account: Account) -> None:
    closure.close_accounts([account], on=LAST, now=NOW)
    walk(account, LAST)
    for day, refused in ((LAST, None), (LAST + timedelta(days=29), None), (LAST + timedelta(days=30), "closed")):
        assert account.portal_refusal(day) == refused
        assert account.refusal(day) == "closed"
        assert account.mail_refusal(midnight(day)) == "closed"


def test_a_year_later_only_key_and_names_are_left(account: Account, no_daemons: list[str]) -> None:
    closure.close_accounts([account], on=LAST, now=NOW)
    SignIn.objects.create(at=NOW, account=account, channel="web", result="good", network="192.0.2.0/24")
    for days in (0, 90, 364):
        walk(account, LAST + timedelta(days=days))
    assert (account.state, no_daemons) == (State.STOPPED, [])
    walk(account, LAST + timedelta(days=365))
    assert (account.state, account.password, no_daemons) == (State.PURGED, None, [account.key])
    assert not account.notices.exists()
    assert not account.sign_ins.exists()
    assert not account.former_passwords.exists()
    assert account.local_parts.count() == 2
    assert Entry.objects.filter(act="account.purged", subject=account.key).count() == 1
    walk(account, LAST + timedelta(days=366))
    assert no_daemons == [account.key]
    newcomer = make_account("Paul", "Parti")
    assert (newcomer.local_part, newcomer.identifier) == ("paul.parti2", "pparti2")


def test_a_purge_waits_for_whoever_needs_it(account: Account, no_daemons: list[str], rewired: ExitStack) -> None:
    rewired.enter_context(purge_holders.replaced(somebody_needs_it))
    closure.close_accounts([account], on=LAST, now=NOW)
    walk(account, LAST)
    walk(account, LAST + timedelta(days=400))
    assert walk(account, LAST + timedelta(days=401)).state == State.STOPPED
    rewired.enter_context(purge_holders.replaced())
    assert walk(account, LAST + timedelta(days=402)).state == State.PURGED


def test_a_mailbox_that_cannot_be_deleted_purges_nobody(account: Account, rewired: ExitStack) -> None:
    rewired.enter_context(account_purgers.replaced(away))
    rewired.enter_context(purge_holders.replaced())
    closure.close_accounts([account], on=LAST, now=NOW)
    walk(account, LAST)
    due.run(midnight(LAST + timedelta(days=400)))
    with pytest.raises(ConnectionError):
        purge.purge_due("", midnight(LAST + timedelta(days=400)))
    account.refresh_from_db()
    assert (account.state, account.password is None) == (State.STOPPED, False)


@pytest.mark.parametrize("days", [1, 89, 100, 364])
def test_everything_is_restored_until_the_purge(account: Account, days: int) -> None:
    closure.close_accounts([account], on=LAST, now=NOW)
    for day in (LAST, LAST + timedelta(days=min(days, 90)), LAST + timedelta(days=days)):
        walk(account, day)
    now, password = midnight(LAST + timedelta(days=days)), account.password
    until = now.date() + timedelta(days=8)
    closure.restore_account(account, until=until, by="a0000009", reason="Oubli", now=now)
    account.refresh_from_db()
    assert (account.state, account.delivers, account.password) == (State.OPEN, True, password)
    assert walk(account, until + timedelta(days=1)).state == State.CLOSED
    assert Entry.objects.get(act="account.restored").details == {"reason": "Oubli"}


def test_nothing_is_left_to_restore_after_it(account: Account, no_daemons: list[str]) -> None:
    Account.objects.filter(pk=account.pk).update(state=State.PURGED, closes_on=LAST)
    account.refresh_from_db()
    with pytest.raises(closure.PurgedError):
        closure.restore_account(account, until=None, by="a0000009", reason="", now=NOW)


@pytest.mark.parametrize(("away", "kept"), [(1, True), (60, True), (65, True), (66, False), (200, False)])
def test_a_gap_between_two_contracts(account: Account, away: int, kept: bool) -> None:
    """A summer: the account is as it was left. Longer: a letter."""
    password = account.password
    closure.close_accounts([account], on=LAST, now=NOW)
    for days in {0, min(away, 90), away}:
        walk(account, LAST + timedelta(days=days))
    closure.reopen_accounts([account], now=midnight(LAST + timedelta(days=away)))
    account.refresh_from_db()
    assert (account.state, account.closes_on) == (State.OPEN, None)
    assert account.password == (password if kept else None)
    assert account.password_kind == (Account.PasswordKind.OWN if kept else Account.PasswordKind.NONE)


def test_several_contracts_in_a_row(account: Account) -> None:
    start = LAST
    for _contract in range(4):
        closure.close_accounts([account], on=start, now=midnight(start) - timedelta(days=40))
        assert walk(account, start).state == State.CLOSED
        closure.reopen_accounts([account], now=midnight(start + timedelta(days=3)))
        account.refresh_from_db()
        assert (account.state, account.first_signin_due) == (State.OPEN, False)
        start += timedelta(days=60)
    assert account.notices.filter(details__has_key="on").count() == 4


def somebody_needs_it(_key: str, _now: datetime) -> bool:
    return True


def away(_key: str, _now: datetime) -> None:
    raise ConnectionError("Dovecot")


_deleted: list[str] = []


def delete_nothing(key: str, _now: datetime) -> None:
    _deleted.append(key)


@pytest.fixture
def no_daemons(rewired: ExitStack) -> list[str]:
    """Whose mailbox would have been deleted."""
    rewired.enter_context(account_purgers.replaced(delete_nothing))
    rewired.enter_context(purge_holders.replaced())
    _deleted.clear()
    return _deleted


@pytest.mark.parametrize(("away", "left"), [(64, 1), (400, 0)])
def test_back_after_long_no_program_comes_in(account: Account, away: int, left: int) -> None:
    app_passwords.make_app_password(account, "Thunderbird", "both", NOW)
    closure.close_accounts([account], on=LAST, now=NOW)
    due.run(midnight(LAST))
    account.refresh_from_db()
    closure.reopen_accounts([account], now=midnight(LAST + timedelta(days=away)))
    assert app_passwords.living_app_passwords(account).count() == left


def test_nothing_of_otp_keys_is_left_after_the_purge(account: Account, no_daemons: list[str]) -> None:
    fob, colleague = hold(account, now=NOW), hold(make_account("Karim", "Belkacem"), now=NOW)
    requests.ask_for_key(
        account, carrier=OtpKey.Carrier.FOB, motive=OtpRequest.Motive.RENEWAL, reason="usée", now=NOW, today=NOW.date()
    )
    key_lifecycle.set_aside(make_key(), account, slip="B2026-80-002", by="system", now=NOW)
    KeptForm.objects.create(key="0" * 32, account=account, sealed="x", expires_at=NOW)
    closure.close_accounts([account], on=LAST, now=NOW)
    for days in (0, 90, 365):
        walk(account, LAST + timedelta(days=days))
    assert (account.state, account.method) == (State.PURGED, Account.Method.PASSWORD)
    fob.key.refresh_from_db()
    assert (fob.key.state, fob.key.account, fob.key.secret, fob.key.pin) == (OtpKey.State.RETIRED, None, "", None)
    assert OtpKey.objects.filter(state=OtpKey.State.STOCK).count() == 1  # what waited at the desk
    for kept in (account.otp_keys, account.otp_holdings, account.otp_requests, account.kept_forms):
        assert not kept.exists()
    colleague.key.refresh_from_db()
    assert colleague.key.secret


def test_the_purge_forgets_every_table_of_this_room(account: Account, no_daemons: list[str]) -> None:
    """A table that is added one day is either in the list, or named here with the reason why it stays."""
    stays = {tables.LocalPart, tables.ProjectionRequest}  # names are kept for ever; the outbox empties itself
    listed = {
        *purge._PERSONAL,
        tables.OtpKey,
        tables.Session,
    }  # sessions by `sessions.end_all_sessions`, which tells others
    ours = {model for model in apps.get_app_config("accounts").get_models() if hasattr(model, "account")}
    assert ours - stays == listed
