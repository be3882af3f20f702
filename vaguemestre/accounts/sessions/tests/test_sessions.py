from datetime import datetime, timedelta

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account, Session
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.sessions.sessions import End, SessionVisit
from vaguemestre.accounts.testing import make_account, sign_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 15, 8, tzinfo=timezone.get_default_timezone())
IDLE = timedelta(minutes=academy().sessions.idle_minutes)
SHARED_IDLE = timedelta(minutes=academy().sessions.shared_computer_idle_minutes)
DAY = timedelta(hours=academy().sessions.absolute_hours)
SECOND = timedelta(seconds=1)


@pytest.fixture
def account() -> Account:
    return make_account()


def opened(account: Account, *, shared_computer: bool = False) -> str:
    token = sessions.open_session(account, shared_computer=shared_computer, address="192.0.2.1", agent="F", now=NOW)
    assert token
    return token


def visit(token: str, now: datetime, **headers: str) -> SessionVisit:
    request = RequestFactory().get("/", headers=headers)
    request.COOKIES[sessions.COOKIE] = token
    return sessions.visit_session(request, now=now)


def test_the_token_is_stored_hashed(account: Account) -> None:
    token = opened(account)
    assert len(token) >= 43
    assert token not in Session.objects.get().token_hash


def test_a_made_up_token_opens_nothing(account: Account) -> None:
    opened(account)
    assert visit("made up", NOW) == SessionVisit(ended=End.OVER)
    assert visit(Session.objects.get().token_hash, NOW) == SessionVisit(ended=End.OVER)
    assert visit("", NOW) == SessionVisit()


def test_idleness_ends_it(account: Account) -> None:
    token = opened(account)
    assert visit(token, NOW + IDLE - SECOND).session
    assert visit(token, NOW + 2 * IDLE - 2 * SECOND).session
    ended = visit(token, NOW + 3 * IDLE)
    assert (ended.session, ended.ended, ended.idle_limit) == (None, End.IDLE, IDLE)


def test_a_shared_computer_is_idle_sooner(account: Account) -> None:
    token = opened(account, shared_computer=True)
    assert visit(token, NOW + SHARED_IDLE).ended == End.IDLE


def test_a_working_day_ends_it_however_busy(account: Account) -> None:
    token, now = opened(account), NOW
    while now < NOW + DAY:
        assert visit(token, now).session
        now += IDLE / 2
    assert visit(token, NOW + DAY).ended == End.OVER


def test_what_the_browser_asks_by_itself_keeps_nothing_alive(account: Account) -> None:
    token = opened(account)
    for minute in range(int(IDLE.total_seconds() // 60)):
        assert visit(token, NOW + timedelta(minutes=minute), **{sessions.BACKGROUND: "1"}).session
    assert visit(token, NOW + IDLE, **{sessions.BACKGROUND: "1"}).ended == End.IDLE


def test_one_query_and_one_write_a_minute(account: Account, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    token = opened(account)
    with django_assert_num_queries(1):
        session = visit(token, NOW + timedelta(seconds=59)).session
        assert session
        assert session.account.person.first_name
    with django_assert_num_queries(2):
        visit(token, NOW + timedelta(seconds=60))
    with django_assert_num_queries(1):
        visit(token, NOW + timedelta(seconds=110))


def test_a_change_of_network_changes_nothing(account: Account) -> None:
    client = Client()
    sign_in(client, account)
    for address in ("192.0.2.1", "203.0.113.9", "2001:db8::1"):
        assert client.get("/portail/", headers={"X-Forwarded-For": address}).status_code == 200


def test_a_lock_or_the_end_of_duty_ends_it_at_once(account: Account) -> None:
    token = opened(account)
    Account.objects.update(locked_at=NOW)
    assert visit(token, NOW).ended == End.OVER
    Account.objects.update(locked_at=None, closes_on=NOW.date() - timedelta(days=400))
    assert visit(token, NOW).ended == End.OVER


def test_the_page_says_once_why_it_ended(account: Account) -> None:
    client = Client()
    sign_in(client, account, now=timezone.now() - IDLE)
    page = client.get("/portail/", follow=True).content.decode()
    assert "Votre session s’est fermée après une heure sans activité." in page
    assert "Ce que vous écriviez est gardé." in page
    assert "Votre session" not in client.get("/session/").content.decode()


def test_the_page_says_that_it_ended_elsewhere(account: Account) -> None:
    client = Client()
    sign_in(client, account)
    sessions.end_sessions(account)
    assert "Votre session est terminée." in client.get("/portail/", follow=True).content.decode()


def test_a_page_of_a_signed_in_person_is_kept_by_no_browser(account: Account) -> None:
    client = Client()
    sign_in(client, account)
    assert client.get("/portail/").headers["Cache-Control"] == "no-store"
