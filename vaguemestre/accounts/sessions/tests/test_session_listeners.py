"""Wherever sessions end, whoever follows them hears of it: named by their hashes, in the act's own transaction."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.compromise import account_shutdown, factor_loss
from vaguemestre.accounts.lifecycle import closure, lock, purge, retention
from vaguemestre.accounts.lost_password import reset_links
from vaguemestre.accounts.models import Account, Session
from vaguemestre.accounts.otp import key_lifecycle
from vaguemestre.accounts.otp.testing import hold
from vaguemestre.accounts.password_change import change
from vaguemestre.accounts.passwords import passwords, temporary_password
from vaguemestre.accounts.ports import account_purgers, mail_holders, rules_rollback, sent_list, session_followers
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.sessions.sign_out import ENDED
from vaguemestre.accounts.testing import PASSWORD, make_account, sign_in

pytestmark = pytest.mark.django_db
NEW = "Sept loutres, 4 rivières !"
IDLE = timedelta(minutes=academy().sessions.idle_minutes)
SIGN_OUT = "/session/fin/"
HEARD: list[str] = []


def hear(hashes: list[str]) -> int:
    HEARD.extend(hashes)
    return len(hashes)


def fail(_hashes: list[str]) -> int:
    Session.objects.extra(where=["no such column"]).exists()
    return 1


def nothing_found(*_anything: object) -> list[Any]:
    return []


@pytest.fixture(autouse=True)
def followed(rewired: ExitStack) -> None:
    HEARD.clear()
    rewired.enter_context(session_followers.replaced(hear))
    rewired.enter_context(rules_rollback.replaced(nothing_found))
    rewired.enter_context(sent_list.replaced(nothing_found))
    rewired.enter_context(mail_holders.replaced())
    rewired.enter_context(account_purgers.replaced())


def another(account: Account) -> Session:
    sign_in(Client(), account)
    return Session.objects.exclude(pk__in=HEARD).order_by("-created_at").first() or pytest.fail("no session")


def _lost_key(account: Account, _mine: Session) -> None:
    key_lifecycle.declare_lost(hold(account).key, by="agent", now=timezone.now())


def _purged(account: Account, _mine: Session) -> None:
    Account.objects.filter(pk=account.pk).update(state=Account.State.STOPPED)
    purge.purge_account(account.key, now=timezone.now())


ACTS: dict[str, Callable[[Account, Session], object]] = {
    "closed from the list": lambda account, mine: sessions.close_session(mine, by=account.key),
    "all others closed": lambda account, _mine: sessions.close_other_sessions(account, but=another(account)),
    "password changed": lambda account, _mine: change.change_password(
        account, NEW, now=timezone.now(), keep=another(account), with_programs=False
    ),
    "password lost": lambda account, _mine: reset_links.use_link(
        reset_links.read_link(reset_links.make_link(account, now=timezone.now()), now=timezone.now())
        or pytest.fail("no link"),
        NEW,
        with_programs=False,
        now=timezone.now(),
    ),
    "a letter's password": lambda account, _mine: passwords.set_provisional(account, "x", now=timezone.now()),
    "a temporary password": lambda account, _mine: temporary_password.give_temporary(
        account, by="agent", now=timezone.now()
    ),
    "locked": lambda account, _mine: lock.lock(account, by="agent", reason="x", now=timezone.now()),
    "factors withdrawn": lambda account, _mine: factor_loss.withdraw_all(account, by="agent", now=timezone.now()),
    "key lost": _lost_key,
    "stolen": lambda account, _mine: account_shutdown.shut_account_down(
        account, by="agent", office="DSDEN", reason="x", now=timezone.now()
    ),
    "closed": lambda account, _mine: closure.close_accounts([account], on=timezone.localdate(), now=timezone.now()),
    "withdrawn": lambda account, _mine: closure.withdraw_accounts([account], now=timezone.now(), by="feed"),
    "purged": _purged,
    "forgotten": lambda _account, _mine: retention.sweep("", timezone.now() + timedelta(days=3)),
}


@pytest.mark.parametrize("act", ACTS)
def test_every_act_that_ends_sessions_tells(act: str) -> None:
    account, stranger = make_account(), make_account("Karim", "Autre")
    mine, theirs = another(account), another(stranger)
    ACTS[act](account, mine)
    assert mine.pk in HEARD
    assert not Session.objects.filter(pk__in=HEARD).exists()
    assert theirs.pk not in HEARD or act == "forgotten"


def test_signing_out_tells_and_leaves_a_mark_that_opens_nothing(client: Client) -> None:
    account = make_account()
    token = sign_in(client, account)
    session = Session.objects.get()
    answer = client.post(SIGN_OUT)
    assert [session.pk] == HEARD
    assert answer.cookies[ENDED].value
    assert token not in answer.cookies[ENDED].value
    client.cookies[sessions.COOKIE] = answer.cookies[ENDED].value
    assert client.get("/portail/").status_code == 302


def test_signing_out_of_a_session_that_was_idle_too(client: Client) -> None:
    account = make_account()
    sign_in(client, account, now=timezone.now() - 2 * IDLE)
    session = Session.objects.get()
    client.post(SIGN_OUT)
    assert [session.pk] == HEARD


def test_without_applications_there_is_no_mark(client: Client, rewired: ExitStack) -> None:
    rewired.enter_context(session_followers.replaced())
    sign_in(client, make_account())
    assert not client.post(SIGN_OUT).cookies[ENDED].value


def test_coming_back_after_idleness_ends_what_was_left_open(client: Client) -> None:
    account = make_account()
    sign_in(client, account, now=timezone.now() - 2 * IDLE)
    session = Session.objects.get()
    client.get("/portail/")
    assert HEARD == []
    client.get("/session/")
    assert [session.pk] == HEARD


def test_whoever_signs_in_leaves_the_session_that_was_there(client: Client) -> None:
    account = make_account()
    sign_in(client, account, now=timezone.now() - 2 * IDLE)
    session = Session.objects.get()
    client.post("/session/", {"identifiant": account.identifier, "secret": PASSWORD})
    assert [session.pk] == HEARD


def test_an_act_that_is_undone_tells_nobody() -> None:
    account = make_account()
    mine = another(account)
    with transaction.atomic():
        sessions.end_session(mine)
        transaction.set_rollback(True)
    assert Session.objects.filter(pk=mine.pk).exists()


def test_a_follower_that_fails_keeps_no_session_open(rewired: ExitStack) -> None:
    rewired.enter_context(session_followers.replaced(fail, hear))
    mine = another(make_account())
    sessions.end_session(mine)
    assert [mine.pk] == HEARD
    assert not Session.objects.exists()
    with pytest.raises(DatabaseError), transaction.atomic():
        fail([])


def test_rows_of_sessions_go_in_one_place_only() -> None:
    """A deletion elsewhere would leave applications open that nobody tells."""
    house = Path(sessions.__file__).parents[2]
    deletes = re.compile(r"(\bSession\.objects|\.sessions\b)[^\n]*\.delete\(|tables\.Session\b")
    found = [str(file) for file in house.rglob("*.py") if "/tests/" not in str(file)
             and deletes.search(file.read_text(encoding="utf-8"))]  # fmt: skip
    assert found == []
