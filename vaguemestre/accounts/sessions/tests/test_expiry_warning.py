"""Before a session ends for want of use its page says so, in time, and one answer continues (RGAA 13.1)."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account, Session
from vaguemestre.accounts.sessions import expiry_warning, page_owner
from vaguemestre.accounts.sessions.sessions import BACKGROUND, WRITE_EVERY
from vaguemestre.accounts.testing import make_account, sign_in

NOW = datetime(2026, 9, 15, 8, tzinfo=UTC)
URL = "/session/delai/"
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
MINUTE = timedelta(minutes=1)
IDLE = academy().sessions.idle_minutes * MINUTE
DIALOG = 'role="alertdialog"'


@pytest.fixture
def account(db: None) -> Account:
    return make_account()


def ask(client: Client, account: Account, query: str = "") -> tuple[int, str]:
    """As the open page does by itself."""
    headers = {**HTMX, BACKGROUND: "1", "X-Whose": page_owner.owner_mark(account)}
    answer = client.get(URL + query, headers=headers)
    return answer.status_code, answer.content.decode()


def unused_for(minutes: int) -> None:
    Session.objects.update(last_used_at=timezone.now() - minutes * MINUTE)


def asks_in(html: str) -> int:
    found = re.search(r'id="delai" data-behaviour="session-expiry" data-asks="(\d+)"', html)
    assert found
    return int(found[1])


@pytest.mark.parametrize("limit", [1, 2, 6, 15, 60])
def test_there_are_always_two_minutes_where_the_limit_is_more_than_four(limit: int) -> None:
    left = expiry_warning.time_left_until(NOW, NOW + timedelta(hours=10), limit=limit * MINUTE, now=NOW)
    told_at = NOW + timedelta(seconds=left.asks_in)
    assert NOW < told_at < left.ends_at
    assert left.ends_at - told_at >= min(2 * MINUTE, limit * MINUTE / 2)
    assert expiry_warning.time_left_until(NOW, NOW + timedelta(hours=10), limit=limit * MINUTE, now=told_at).is_soon


def test_every_page_asks_before_it_may_be_too_late(client: Client, account: Account) -> None:
    sign_in(client, account)
    html = client.get("/portail/").content.decode()
    assert DIALOG not in html
    assert asks_in(html) == (IDLE - WRITE_EVERY - expiry_warning.SOON).total_seconds()
    sign_in(client, account, shared_computer=True)
    shared = academy().sessions.shared_computer_idle_minutes * MINUTE
    assert (
        asks_in(client.get("/portail/").content.decode())
        == (shared - WRITE_EVERY - expiry_warning.SOON).total_seconds()
    )
    assert "delai" not in Client().get("/session/").content.decode()


def test_used_in_another_tab_the_session_goes_on_and_nothing_is_said(client: Client, account: Account) -> None:
    sign_in(client, account)
    unused_for(20)
    status, html = ask(client, account)
    assert (status, DIALOG in html) == (200, False)
    assert abs(asks_in(html) - 37 * 60) < 5
    assert ask(client, account, "?dit=1") == (status, html)  # what was said is taken back


def test_near_the_end_it_is_said_once(client: Client, account: Account) -> None:
    sign_in(client, account)
    unused_for(58)
    before = Session.objects.get().last_used_at
    status, html = ask(client, account)
    assert (status, DIALOG in html) == (200, True)
    assert "Rester connecté" in html
    assert f'hx-get="{URL}?dit=1"' in html
    assert ask(client, account, "?dit=1") == (204, "")
    assert Session.objects.get().last_used_at == before  # asking is no use


def test_whoever_answers_stays(account: Account) -> None:
    client = Client(enforce_csrf_checks=True)
    sign_in(client, account)
    unused_for(58)
    word = re.search(r'csrfmiddlewaretoken" value="([^"]+)', ask(client, account)[1])
    assert word
    data = {"csrfmiddlewaretoken": word[1]}
    answer = client.post(URL, data, headers={**HTMX, "X-Whose": page_owner.owner_mark(account)})
    assert answer.status_code == 200
    assert DIALOG not in answer.content.decode()
    assert timezone.now() - Session.objects.get().last_used_at < MINUTE


def test_the_end_of_a_long_day_cannot_be_put_off_and_says_so(client: Client, account: Account) -> None:
    sign_in(client, account)
    Session.objects.update(expires_at=timezone.now() + 2 * MINUTE)
    html = ask(client, account)[1]
    assert DIALOG in html
    assert "Rester connecté" not in html
    assert "Continuer jusque-là" in html
    page = client.get("/portail/").content.decode()
    assert DIALOG not in page  # said once, not on each page that is opened meanwhile
    assert asks_in(page) <= 120


def test_once_it_has_ended_the_page_asks_to_sign_in_again(client: Client, account: Account) -> None:
    sign_in(client, account)
    unused_for(61)
    headers = {**HTMX, BACKGROUND: "1", "X-Whose": page_owner.owner_mark(account)}
    answer = client.get(URL, headers=headers)
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (401, "session-ended")
    assert ask(client, make_account("Karim", "Belkacem"))[0] == 401


def test_by_hand_there_is_nothing_to_see(client: Client, account: Account) -> None:
    sign_in(client, account)
    for answer in (client.get(URL), client.post(URL)):
        assert (answer.status_code, answer.headers["Location"]) == (302, "/portail/")


def test_without_a_script_the_way_in_tells_it(client: Client, db: None) -> None:
    page = client.get("/session/").content.decode()
    assert "<noscript>" in page
    assert "après 60 minutes sans activité (15 sur un ordinateur partagé)" in page
