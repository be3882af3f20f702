"""From Dovecot's Lua to a browser's event stream, through the real event process."""

import asyncio
import http.client
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from django.core.signing import Signer
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from vaguemestre.accounts.compromise import account_shutdown
from vaguemestre.accounts.models import Session
from vaguemestre.accounts.passwords import passwords
from vaguemestre.accounts.ports import rules_rollback, sent_list
from vaguemestre.accounts.sessions import sessions, stream_tickets
from vaguemestre.accounts.sessions.stream_tickets import COOKIE, LIFE, PATH, Ticket
from vaguemestre.accounts.testing import sign_in
from vaguemestre.engine.testing import Neighbour
from vaguemestre.events import NOTHING_NAMED, Streams
from vaguemestre.testing import MailAccount, deliver, imap_connection, letter, make_mail_account, secret, wait_for_mail


def event_ticket(key: str, mark: str = "0" * 16, *, age: timedelta = timedelta(0)) -> str:
    return stream_tickets.sign_ticket(Ticket(key, mark, timezone.now() - age))


class Stream:
    """A browser that listens."""

    def __init__(self, port: int, ticket: str, *, query: str = "", **headers: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
        cookie = {"Cookie": f"{COOKIE}={ticket}; other=1"}
        self.connection.request("GET", PATH + query, headers=cookie | headers)
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
    assert stream.next_event()["events"] == [{"kind": "folders", "folder": 'Classe é "6e"', "uid": 0}]
    connection.append('"Classe &AOk- \\"6e\\""', "", "", b"Subject: x\r\n\r\nx\r\n")
    events = stream.next_event()["events"]
    assert events == [{"kind": "append", "folder": 'Classe é "6e"', "uid": 1}]
    connection.logout()


def test_folders_made_renamed_shown_and_deleted(mail_account: MailAccount, stream: Stream) -> None:
    connection = imap_connection(mail_account)
    acts: list[Callable[[], Any]] = [
        lambda: connection.create("Un"), lambda: connection.subscribe("Un"), lambda: connection.rename("Un", "Deux"),
        lambda: connection.unsubscribe("Un"), lambda: connection.delete("Deux"),
    ]  # fmt: skip
    for act in acts:
        assert act()[0] == "OK"
        assert "folders" in json.dumps(stream.next_event())
    connection.logout()


@pytest.mark.parametrize("ticket", ["", "a0000001", "a0000001.0.1:y"])
def test_a_ticket_that_we_did_not_sign_opens_nothing(events_server: int, ticket: str) -> None:
    assert Stream(events_server, ticket).response.status == 403


def test_a_ticket_signed_for_something_else_opens_nothing(events_server: int) -> None:
    assert Stream(events_server, Signer(salt="another").sign("a0000001.0.99999999999999999")).response.status == 403


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
    assert next(streams[0].lines()).startswith("retry: ")
    said = [line for line in streams[0].lines() if line]  # and it ends, instead of waiting
    assert said == ["retry: 120000"]  # else it would push out the second, which pushes out the third…
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


def test_whom_a_slow_process_was_not_told_of_is_noted(
    mail_account: MailAccount, neighbours: dict[str, Neighbour], settings: Settings
) -> None:
    noted = settings.DATA / "run" / "unheard"
    colleague = make_mail_account("Karim", "Belkacem")
    notes = [noted / mail_account.key, noted / colleague.key]

    def slow(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        time.sleep(1)
        start_response("204 No Content", [])
        return []

    with neighbours["events"].serving(slow):
        deliver(letter(mail_account.address), mail_account.address)
        connection = imap_connection(colleague)
        for _ in range(2):  # the second is not even tried
            connection.append("INBOX", "", "", letter(colleague.address).as_bytes())
        connection.logout()
        deadline = time.monotonic() + 10
        while not all(note.exists() for note in notes) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert all(note.exists() for note in notes)


def test_who_was_not_told_in_time_is_told_a_moment_later(
    mail_account: MailAccount, stream: Stream, settings: Settings
) -> None:
    note = settings.DATA / "run" / "unheard" / mail_account.key
    note.touch()
    assert stream.next_event() == NOTHING_NAMED
    assert not note.exists()


@pytest.mark.parametrize("said", ["query", "header"])
def test_a_process_that_has_just_started_says_that_something_may_have_come(events_server: int, said: str) -> None:
    """While it was away Dovecot told nobody."""
    now = str(int(time.time() * 1000))
    ticket = event_ticket("a0000001")
    headers = {"Last-Event-ID": now} if said == "header" else {}
    stream = Stream(events_server, ticket, query=f"?depuis={now}" if said == "query" else "", **headers)
    assert stream.next_event() == NOTHING_NAMED
    stream.close()


def test_what_came_between_the_page_and_its_stream_is_told_at_once(
    mail_account: MailAccount, events_server: int
) -> None:
    drawn = int(time.time() * 1000)
    deliver(letter(mail_account.address), mail_account.address)
    wait_for_mail(mail_account)
    stream = Stream(events_server, event_ticket(mail_account.key), query=f"?depuis={drawn}")
    assert stream.next_event() == NOTHING_NAMED
    deliver(letter(mail_account.address), mail_account.address)
    assert stream.next_event()["total"] == 1
    stream.close()


def test_who_listened_before_it_knew_is_told_once_it_knows() -> None:
    """A push that failed keeps Dovecot silent for some seconds after the process is back."""

    async def story() -> list[int]:
        streams = Streams(knows_from=2000)
        with (
            streams.listening(ticket("a1"), 1000) as early,
            streams.listening(ticket("a2"), 3000) as late,
            streams.listening(ticket("a3"), None) as silent,
        ):
            early.get_nowait()
            await streams.tell_everybody()
            return [early.qsize(), late.qsize(), silent.qsize()]

    assert asyncio.run(story()) == [1, 0, 0]


@pytest.mark.parametrize(("since", "told"), [(None, 0), (0, 1), (10**16, 0)])
def test_told_only_what_came_later(since: int | None, told: int) -> None:
    async def story() -> int:
        streams = Streams()
        streams.changed("a1", {"total": 1, "events": []})
        streams.changed("a2", {"total": 1, "events": []})
        with streams.listening(ticket("a1"), since) as inbox:
            return inbox.qsize()

    assert asyncio.run(story()) == told


def test_the_number_of_the_last_event_is_where_one_goes_on() -> None:
    async def story() -> int:
        streams = Streams()
        with streams.listening(ticket("a1"), 0) as inbox:
            streams.changed("a1", {"total": 1, "events": []})
            number = (inbox.get_nowait() or b"").split(b"\n")[0].removeprefix(b"id: ")
        with streams.listening(ticket("a1"), int(number)) as inbox:
            return inbox.qsize()

    assert asyncio.run(story()) == 0


@pytest.mark.parametrize("word", ["x", "-1", "1e9", "9" * 400, "", "1&depuis=2", "%00"])
def test_a_mark_that_is_none_is_not_one(events_server: int, word: str) -> None:
    stream = Stream(events_server, event_ticket("a0000001"), query=f"?depuis={word}")
    assert stream.response.status == 200
    stream.close()


def ticket(key: str, *boxes: str) -> Ticket:
    return Ticket(key, "0" * 16, timezone.now(), boxes)


def names(inbox: "asyncio.Queue[bytes | None]") -> list[bytes]:
    return [(inbox.get_nowait() or b"").split(b"\n")[1] for _each in range(inbox.qsize())]


def test_a_member_hears_of_the_shared_mailbox_and_its_page_hears_of_its_mail() -> None:
    async def story() -> list[list[bytes]]:
        streams, his = Streams(), ticket("a1", "b1", "b2")
        heard = []
        for box in ("", "b1", "b3"):  # of the last he is no member
            with streams.listening(his, box=box) as inbox, streams.listening(ticket("a2")) as stranger:
                for key in ("b1", "b2", "b3", "a1"):
                    streams.changed(key, {"total": 1, "events": ["x"]})
                assert stranger.empty()
                heard.append(names(inbox))
        return heard

    number, mail = b"event: box", b"event: mail"
    assert asyncio.run(story()) == [[number, number, mail], [mail, number, mail], [number, number, mail]]


def test_of_a_mailbox_that_is_not_shown_nothing_but_that_a_number_changed() -> None:
    async def story() -> bytes:
        streams = Streams()
        with streams.listening(ticket("a1", "b1")) as inbox:
            streams.changed("b1", {"total": 1, "events": ["INBOX"]})
            return inbox.get_nowait() or b""

    assert b"INBOX" not in asyncio.run(story())


def test_who_answers_is_for_the_pages_that_show_the_mailbox() -> None:
    async def story() -> list[list[bytes]]:
        streams, heard = Streams(), []
        for box, key in (("b1", "b1"), ("", "b1"), ("b3", "b3"), ("b1", "b2")):  # of b3 he is no member
            with streams.listening(ticket("a1", "b1", "b2"), box=box) as inbox:
                streams.answering(key)
                heard.append(names(inbox))
        return heard

    assert asyncio.run(story()) == [[b"event: answering"], [], [], []]


def test_the_web_says_who_answers_and_nobody_else_does(events_server: int) -> None:
    stream = Stream(events_server, stream_tickets.sign_ticket(ticket("a0000001", "b0000001")), query="?boite=b0000001")
    for word, status in (("guess", 403), (secret("push.key"), 204)):
        connection = http.client.HTTPConnection("127.0.0.1", events_server, timeout=10)
        connection.request("POST", "/answering", json.dumps({"user": "b0000001"}), {"X-Vaguemestre-Push": word})
        assert connection.getresponse().status == status
    assert "event: answering" in stream.lines()
    stream.close()


def test_what_a_shared_mailbox_was_told_before_one_listened_is_not_missed() -> None:
    async def story() -> list[list[bytes]]:
        streams = Streams()
        streams.changed("b1", {"total": 1, "events": []})
        with (
            streams.listening(ticket("a1", "b1"), 1) as beside,
            streams.listening(ticket("a1", "b1"), 1, "b1") as open_,
        ):
            return [names(beside), names(open_)]

    assert asyncio.run(story()) == [[b"event: box"], [b"event: mail"]]


def test_a_ticket_of_five_minutes_ago_opens_nothing(events_server: int) -> None:
    assert Stream(events_server, event_ticket("a0000001", age=LIFE)).response.status == 403


def test_the_page_is_told_to_renew_and_the_stream_ends_with_its_ticket(events_server: int) -> None:
    stream = Stream(events_server, event_ticket("a0000001", age=LIFE - timedelta(seconds=2)))
    retry, number, *words = [line for line in stream.lines() if line]
    assert retry.startswith("retry: ")
    assert number.startswith("id: ")
    assert words == ["event: renew", "data: 1"]


@pytest.fixture
def pages(
    transactional_db: None, events_server: int, mail_account: MailAccount
) -> Iterator[list[tuple[Client, Stream]]]:
    """Two browsers of one person, which listen with the tickets that the web gave them; the last is a colleague's."""
    opened = []
    colleague = make_mail_account("Karim", "Belkacem")
    for account in (mail_account.account, mail_account.account, colleague.account):
        client = Client()
        sign_in(client, account)
        client.get("/session/ecoute/", headers={"X-Background-Refresh": "1"})
        opened.append((client, listen(events_server, client)))
    yield opened
    for _client, stream in opened:
        stream.close()


def listen(port: int, client: Client) -> Stream:
    return Stream(port, client.cookies[COOKIE].value)


def over(stream: Stream) -> bool:
    """It ends, instead of waiting for the next heartbeat."""
    return ":" not in list(stream.lines())


def sessions_of(account: MailAccount) -> list[Session]:
    return list(account.account.sessions.order_by("created_at"))


def test_a_session_that_is_closed_hears_nothing_more_and_the_others_do(
    pages: list[tuple[Client, Stream]], mail_account: MailAccount, events_server: int
) -> None:
    (first, its_stream), (_second, other), (_third, colleagues) = pages
    sessions.close_session(sessions_of(mail_account)[0], by="system")
    assert over(its_stream)
    assert listen(events_server, first).response.status == 403  # its ticket, still young, is worth nothing
    deliver(letter(mail_account.address), mail_account.address)
    assert other.next_event()["total"] == 1
    assert first.get("/session/ecoute/", headers={"X-Background-Refresh": "1"}).status_code == 302
    del colleagues


def test_a_new_password_ends_every_stream_but_this_one(
    pages: list[tuple[Client, Stream]], mail_account: MailAccount, events_server: int
) -> None:
    (first, its_stream), (_second, other), (third, _stream) = pages
    keep = sessions_of(mail_account)[1]
    passwords.set_password(mail_account.account, "Sept loutres, 4 rivières !", now=timezone.now(), keep=keep)
    assert over(its_stream)
    assert listen(events_server, first).response.status == 403
    deliver(letter(mail_account.address), mail_account.address)
    assert other.next_event()["total"] == 1
    assert listen(events_server, third).response.status == 200
    sign_in(first, mail_account.account)
    first.get("/session/ecoute/", headers={"X-Background-Refresh": "1"})
    assert listen(events_server, first).response.status == 200  # whoever signs in again listens again


def test_the_shutdown_ends_all_of_them(
    pages: list[tuple[Client, Stream]], mail_account: MailAccount, events_server: int, rewired: ExitStack
) -> None:
    rewired.enter_context(rules_rollback.replaced(nothing_found))
    rewired.enter_context(sent_list.replaced(nothing_found))
    account_shutdown.shut_account_down(mail_account.account, by="system", office="", reason="essai", now=timezone.now())
    for client, stream in pages[:2]:
        assert over(stream)
        assert listen(events_server, client).response.status == 403


def nothing_found(*_anything: object) -> list[Any]:
    return []


def test_only_the_web_may_end_streams(events_server: int) -> None:
    stream = Stream(events_server, event_ticket("a0000001"))
    body = json.dumps({"users": ["a0000001"], "only": "", "but": ""})
    for word, sent, status in (("guess", body, 403), (secret("push.key"), "{}", 400), (secret("push.key"), body, 204)):
        connection = http.client.HTTPConnection("127.0.0.1", events_server, timeout=10)
        connection.request("POST", "/end", sent, {"X-Vaguemestre-Push": word})
        assert connection.getresponse().status == status
    lines = list(stream.lines())
    assert "event: ended" in lines  # the page asks at once
    assert ":" not in lines


@pytest.mark.django_db(transaction=True)
def test_sessions_end_also_while_the_process_is_away(
    mail_account: MailAccount, neighbours: dict[str, Neighbour]
) -> None:
    sign_in(Client(), mail_account.account)
    neighbours["events"].stop()
    try:
        assert sessions.end_sessions(mail_account.account) == 1
    finally:
        neighbours["events"].start()
