"""Tickets of the event stream: short, renewed by the open page, never keeping a session alive."""

from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.models import Account, Session
from vaguemestre.accounts.sessions import page_owner, sessions, stream_tickets
from vaguemestre.accounts.sessions.stream_tickets import LIFE, Ticket
from vaguemestre.accounts.testing import make_account, sign_in

NOW = datetime(2026, 9, 15, 8, tzinfo=UTC)
URL = "/session/ecoute/"


@pytest.fixture
def account(db: None, client: Client) -> Account:
    account = make_account()
    sign_in(client, account)
    return account


def renew(client: Client, account: Account) -> HttpResponse:
    """As `event-stream.ts` asks."""
    return client.get(URL, headers={"X-Background-Refresh": "1", "X-Whose": page_owner.owner_mark(account)})  # type: ignore[return-value]  # the test client's


def test_a_ticket_lives_five_minutes() -> None:
    ticket = Ticket("a0000001", "0" * 16, NOW)
    signed = stream_tickets.sign_ticket(ticket)
    assert stream_tickets.read_ticket(signed, now=NOW + LIFE - timedelta(seconds=1)) == ticket
    assert stream_tickets.read_ticket(signed, now=NOW + LIFE) is None
    assert stream_tickets.read_ticket(signed.replace("a0000001", "a0000002"), now=NOW) is None


def test_it_travels_in_a_cookie_of_the_stream_alone() -> None:
    response = HttpResponse()
    stream_tickets.set_ticket(response, Ticket("a0000001", "0" * 16, NOW))
    cookie = response.cookies[stream_tickets.COOKIE]
    assert cookie["path"] == stream_tickets.PATH
    assert cookie["httponly"]
    assert cookie["secure"]
    assert cookie["samesite"] == "Strict"
    assert not cookie["max-age"]
    stream_tickets.forget_ticket(response)
    assert response.cookies[stream_tickets.COOKIE].value == ""


def test_an_open_page_is_given_another_which_names_its_session(client: Client, account: Account) -> None:
    response = renew(client, account)
    assert response.status_code == 204
    ticket = stream_tickets.read_ticket(response.cookies[stream_tickets.COOKIE].value, now=timezone.now())
    session = Session.objects.get()
    assert ticket
    assert (ticket.key, ticket.mark) == (account.key, sessions.session_mark(session))
    assert session.token_hash not in response.cookies[stream_tickets.COOKIE].value


def test_it_keeps_no_session_alive(client: Client, account: Account) -> None:
    before = timezone.now() - timedelta(minutes=10)
    Session.objects.update(last_used_at=before)
    assert renew(client, account).status_code == 204
    assert Session.objects.get().last_used_at == before
    Session.objects.update(last_used_at=timezone.now() - timedelta(days=1))
    assert renew(client, account).status_code == 401


def test_whoever_has_steps_of_the_first_sign_in_left_is_given_one_too(client: Client, account: Account) -> None:
    """Their page closes with its session as every other does."""
    Account.objects.filter(pk=account.pk).update(password_kind=Account.PasswordKind.PROVISIONAL)
    assert client.get("/portail/").status_code == 302
    assert renew(client, account).status_code == 204


def test_nobody_elses_page_and_no_ended_session_is_given_one(client: Client, account: Account) -> None:
    assert renew(client, make_account("Karim", "Belkacem")).status_code == 401
    Session.objects.all().delete()
    response = renew(client, account)
    assert response.status_code == 401
    assert stream_tickets.COOKIE not in response.cookies


def test_by_hand_there_is_nothing_to_see(client: Client, account: Account) -> None:
    response = client.get(URL)
    assert response.status_code == 400
    assert stream_tickets.COOKIE not in response.cookies
