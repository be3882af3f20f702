"""From Dovecot's Lua to a browser's event stream, through the real event process."""

import http.client
import json
import time
from collections.abc import Iterator

import pytest
from django.core.signing import TimestampSigner

from vaguemestre.accounts.mail_token import EVENTS_COOKIE, EVENTS_PATH, event_ticket
from vaguemestre.engine.testing import Neighbour
from vaguemestre.testing import MailAccount, deliver, imap_connection, letter, make_mail_account, secret, wait_for_mail


class Stream:
    """A browser that listens."""

    def __init__(self, port: int, ticket: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
        self.connection.request("GET", EVENTS_PATH, headers={"Cookie": f"{EVENTS_COOKIE}={ticket}; other=1"})
        self.response = self.connection.getresponse()

    def lines(self) -> Iterator[str]:
        while line := self.response.readline():
            yield line.decode().rstrip("\n")

    def next_event(self) -> dict[str, object]:
        data = next(line for line in self.lines() if line.startswith("data: "))
        told = json.loads(data.removeprefix("data: "))
        assert isinstance(told, dict)
        return told

    def close(self) -> None:
        self.response.close()
        self.connection.close()


@pytest.fixture
def stream(mail_account: MailAccount, events_server: int) -> Iterator[Stream]:
    opened = Stream(events_server, event_ticket(mail_account.key))
    next(opened.lines())  # it listens from here on
    yield opened
    opened.close()


def test_a_new_mail_reaches_the_browser(stream: Stream, mail_account: MailAccount) -> None:
    deliver(letter(mail_account.address), mail_account.address)
    assert stream.next_event()["events"] == [{"kind": "new", "folder": "INBOX", "uid": 1}]


def test_flags_and_deletions_as_well(mail_account: MailAccount, stream: Stream) -> None:
    deliver(letter(mail_account.address), mail_account.address)
    stream.next_event()
    connection = imap_connection(mail_account)
    connection.select("INBOX")
    connection.store("1", "+FLAGS", r"(\Seen)")
    assert "flags" in json.dumps(stream.next_event())
    connection.store("1", "+FLAGS", r"(\Deleted)")
    stream.next_event()
    connection.expunge()
    assert "expunge" in json.dumps(stream.next_event())
    connection.logout()


def test_nobody_hears_of_a_colleague(stream: Stream, mail_account: MailAccount) -> None:
    colleague = make_mail_account("Karim", "Belkacem")
    deliver(letter(colleague.address), colleague.address)
    wait_for_mail(colleague)
    deliver(letter(mail_account.address), mail_account.address)
    assert stream.next_event()["events"] == [{"kind": "new", "folder": "INBOX", "uid": 1}]


def test_a_folder_with_quotes_and_accents(mail_account: MailAccount, stream: Stream) -> None:
    connection = imap_connection(mail_account)
    connection.create('"Classe &AOk- \\"6e\\""')
    connection.append('"Classe &AOk- \\"6e\\""', "", "", b"Subject: x\r\n\r\nx\r\n")
    events = stream.next_event()["events"]
    assert events == [{"kind": "append", "folder": 'Classe é "6e"', "uid": 1}]
    connection.logout()


@pytest.mark.parametrize("ticket", ["", "a0000001", "a0000001:x:y"])
def test_a_ticket_that_we_did_not_sign_opens_nothing(events_server: int, ticket: str) -> None:
    assert Stream(events_server, ticket).response.status == 403


def test_a_ticket_signed_for_something_else_opens_nothing(events_server: int) -> None:
    assert Stream(events_server, TimestampSigner(salt="another").sign("a0000001")).response.status == 403


def test_only_dovecot_may_push(events_server: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", events_server, timeout=10)
    body = json.dumps({"user": "a0000001", "total": 1, "events": []})
    connection.request("POST", "/push", body, {"X-Vaguemestre-Push": "guess"})
    assert connection.getresponse().status == 403
    word = secret("push.key")
    for sent, status in ((body, 204), ("{", 400), ("[]", 400), ("x" * 70_000, 413)):
        connection = http.client.HTTPConnection("127.0.0.1", events_server, timeout=10)
        connection.request("POST", "/push", sent, {"X-Vaguemestre-Push": word})
        assert connection.getresponse().status == status


def test_three_hundred_streams_at_once(mail_account: MailAccount, events_server: int) -> None:
    others = [Stream(events_server, event_ticket(f"a{number:07d}")) for number in range(300)]
    mine = Stream(events_server, event_ticket(mail_account.key))
    next(mine.lines())
    deliver(letter(mail_account.address), mail_account.address)
    assert mine.next_event()["total"] == 1
    for stream in [*others, mine]:
        stream.close()


def test_the_twenty_first_stream_of_one_person_ends_the_first(events_server: int) -> None:
    streams = [Stream(events_server, event_ticket("a0000001")) for _ in range(21)]
    assert list(streams[0].lines())[:1] == ["retry: 5000"]  # and it ends, instead of waiting
    for stream in streams:
        stream.close()


def test_mail_is_delivered_while_nobody_takes_the_events(
    mail_account: MailAccount, neighbours: dict[str, Neighbour]
) -> None:
    neighbours["events"].stop()
    try:
        connection = imap_connection(mail_account)
        started = time.monotonic()
        for _ in range(15):
            connection.append("INBOX", "", "", letter(mail_account.address).as_bytes())
        # Not a speed: left alone, Dovecot waits twice as long before each try, an hour and more for fifteen.
        assert time.monotonic() - started < 20
        connection.logout()
    finally:
        neighbours["events"].start()
