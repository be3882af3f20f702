"""Connections kept, shared, lost and found again, over a real Dovecot behind a relay that can be cut."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings

from vaguemestre.mailbox.endpoint import Endpoint
from vaguemestre.mailbox.errors import MailboxUnavailableError, SignInRefusedError
from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.mailbox.testing.scripted_server import Relay
from vaguemestre.mailbox.testing.sessions import mail, role
from vaguemestre.mailbox.values import SEEN
from vaguemestre.testing import MailAccount


@pytest.fixture
def relay(daemons: None) -> Iterator[Relay]:
    relay = Relay(settings.MAIL["imaps"])
    yield relay
    relay.cut()


@pytest.fixture
def pool(relay: Relay, mail_account: MailAccount) -> Iterator[Pool]:
    pool = Pool(Endpoint("localhost", relay.port, settings.MAIL["ca"]), lambda _user: mail_account.token)
    yield pool
    pool.close()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_connection_is_used_again(pool: Pool, relay: Relay, mail_account: MailAccount) -> None:
    for _ in range(3):
        with pool.session(mail_account.key) as session:
            session.overview()
    assert relay.accepted == 1
    assert session.round_trips == 1


def test_another_person_never_gets_it(pool: Pool, relay: Relay, mail_account: MailAccount) -> None:
    with pool.session(mail_account.key):
        pass
    with pytest.raises(SignInRefusedError), pool.session("a9999998"):
        pass
    assert relay.accepted == 2


def test_a_dead_connection_costs_one_more_attempt(pool: Pool, relay: Relay, mail_account: MailAccount) -> None:
    with pool.session(mail_account.key) as session:
        inbox = role(session, "inbox")
        session.page(inbox)
        relay.cut_open()
        assert session.page(inbox).rows == ()  # read again on a new connection
    assert relay.accepted == 2


def test_a_connection_that_died_in_the_pool_is_noticed(pool: Pool, relay: Relay, mail_account: MailAccount) -> None:
    with pool.session(mail_account.key) as session:
        inbox = role(session, "inbox")
    relay.cut_open()
    with pool.session(mail_account.key) as session:
        session.append(inbox, mail())  # a change too: the connection was replaced before
    assert relay.accepted == 2


def test_a_change_is_never_made_twice(pool: Pool, relay: Relay, mail_account: MailAccount) -> None:
    with pool.session(mail_account.key) as session:
        inbox = role(session, "inbox")
        session.append(inbox, mail())
        relay.cut_open()
        with pytest.raises(MailboxUnavailableError):
            session.append(inbox, mail())


def test_dovecot_away_then_back(pool: Pool, relay: Relay, mail_account: MailAccount) -> None:
    with pool.session(mail_account.key) as session:
        inbox = role(session, "inbox")
        session.append(inbox, mail("gardé"))
        relay.cut()
        with pytest.raises(MailboxUnavailableError) as failure:
            session.page(inbox)
    assert not failure.value.permanent
    with pytest.raises(MailboxUnavailableError), pool.session(mail_account.key):
        pass
    relay.open()
    with pool.session(mail_account.key) as session:
        assert session.page(inbox).folder_total == 1


def test_a_few_connections_a_person(relay: Relay, mail_account: MailAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = Pool(Endpoint("localhost", relay.port, settings.MAIL["ca"]), lambda _user: mail_account.token, per_user=2)
    monkeypatch.setattr(Pool, "PATIENCE", 0.1)
    first, second, third = (pool.session(mail_account.key) for _ in range(3))
    with first, second, pytest.raises(MailboxUnavailableError, match="in use"), third:
        pass
    with pool.session(mail_account.key):
        assert relay.accepted == 2
    pool.close()


def test_few_wait_for_a_mailbox_that_hangs(relay: Relay, mail_account: MailAccount) -> None:
    pool = Pool(Endpoint("localhost", relay.port, settings.MAIL["ca"]), lambda _user: mail_account.token, per_user=1)
    pool.HANGING = 0.0
    ended = threading.Event()

    def wait() -> str:
        try:
            with pool.session(mail_account.key, patience=30):
                return "served"
        except MailboxUnavailableError:
            return "refused"
        finally:
            ended.set()

    with ThreadPoolExecutor(3) as others:
        with pool.session(mail_account.key):  # holds the only connection
            answers = [others.submit(wait) for _ in range(3)]
            assert ended.wait(10)
        assert sorted(answer.result() for answer in answers) == ["refused", "served", "served"]
    pool.close()


def test_when_all_are_in_use_the_oldest_idle_one_gives_way(relay: Relay, mail_account: MailAccount) -> None:
    pool = Pool(Endpoint("localhost", relay.port, settings.MAIL["ca"]), lambda _user: mail_account.token, total=1)
    with pool.session(mail_account.key):
        pass
    with pytest.raises(SignInRefusedError), pool.session("a9999997"):  # refused by Dovecot, but a place was made
        pass
    with pool.session(mail_account.key):
        pass
    assert relay.accepted == 3
    pool.close()


def test_many_threads(pool: Pool, mail_account: MailAccount) -> None:
    with pool.session(mail_account.key) as session:
        inbox = role(session, "inbox")

    def add(number: int) -> int:
        with pool.session(mail_account.key) as session:
            uid = session.append(inbox, mail(f"fil{number}"))
            assert uid is not None
            session.store(inbox, [uid], add=[SEEN])
            assert session.message(inbox, uid).row.subject == f"fil{number}"
            return session.page(inbox).folder_total

    with ThreadPoolExecutor(8) as threads:
        assert max(threads.map(add, range(40))) == 40
    with pool.session(mail_account.key) as session:
        assert all(row.seen for row in session.page(inbox, count=40).rows)


def test_what_lies_idle_is_closed(pool: Pool, mail_account: MailAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pool, "IDLE", 0.05)
    with pool.session(mail_account.key) as session:
        connection = session._link.connection
    until(lambda: connection.dead)
    until(lambda: pool._reaper is None)  # and nobody watches an empty pool
    with pool.session(mail_account.key) as session:
        assert session.folders()


def test_signing_out_closes_connections(pool: Pool, mail_account: MailAccount) -> None:
    with pool.session(mail_account.key) as session:
        connection = session._link.connection
    pool.forget(mail_account.key)
    assert connection.dead
