"""Whatever a server does, the caller gets a typed error within its patience, never a hang or a bare exception."""

import contextlib
import re
import ssl
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings, strategies as st

from vaguemestre.mailbox.endpoint import Endpoint
from vaguemestre.mailbox.errors import MailboxError, MailboxRefusedError, MailboxUnavailableError, SignInRefusedError
from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.mailbox.imap.query.search_query import Query, Term
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.imap.wire.connection import Connection
from vaguemestre.mailbox.testing.scripted_server import CAPABILITY, Authority, scripted, signed_in
from vaguemestre.mailbox.values import FolderName, MailboxId, PartPath, Uid


def sign_in(endpoint: Endpoint) -> Connection:
    return Connection.sign_in(endpoint, "a0000001", "token", remote=None)[0]


def after_sign_in(said: bytes) -> Callable[[ssl.SSLSocket], None]:
    def act(connection: ssl.SSLSocket) -> None:
        signed_in(connection)
        connection.recv(65536)
        connection.sendall(said)

    return act


@pytest.mark.parametrize(
    "said",
    [
        b"", b"\x16\x03\x01", b"* BYE not today\r\n", b"220 mail ESMTP\r\n", b"* OK\r\n* BYE go away\r\n",
        b"+ what\r\n", b"x" * 3000, b"* OK ready\r\nv9 OK done\r\n",
    ],
)  # fmt: skip
def test_greetings_that_are_none(authority: Authority, said: bytes) -> None:
    with (
        scripted(authority, lambda connection: connection.sendall(said)) as endpoint,
        pytest.raises(MailboxUnavailableError),
    ):
        sign_in(endpoint)


def test_a_silent_server(authority: Authority) -> None:
    with scripted(authority, lambda _connection: time.sleep(5), silence=0.2) as endpoint:
        started = time.monotonic()
        with pytest.raises(MailboxUnavailableError):
            sign_in(endpoint)
    assert time.monotonic() - started < 4  # it would be five if it waited for the server


def test_a_server_that_trickles_for_ever(authority: Authority) -> None:
    def act(connection: ssl.SSLSocket) -> None:
        signed_in(connection)
        while True:
            connection.sendall(b"* OK still here\r\n")
            time.sleep(0.02)

    with scripted(authority, act, command=0.5) as endpoint:
        connection = sign_in(endpoint)
        with pytest.raises(MailboxUnavailableError, match="no answer"):
            connection.round_trip([b"NOOP"])


def test_a_server_that_never_ends_its_line(authority: Authority) -> None:
    def act(connection: ssl.SSLSocket) -> None:
        signed_in(connection)
        while True:
            connection.sendall(b"x" * 1_000_000)

    with scripted(authority, act, command=60) as endpoint:
        connection = sign_in(endpoint)
        with pytest.raises(MailboxUnavailableError, match="more than"):
            connection.round_trip([b"NOOP"])
        assert connection.dead


def test_a_server_that_answers_without_end(authority: Authority) -> None:
    def act(connection: ssl.SSLSocket) -> None:
        signed_in(connection)
        while True:
            connection.sendall((b"* 1 FETCH (X {60000}\r\n" + b"y" * 60000 + b")\r\n") * 10)

    with scripted(authority, act, command=60) as endpoint:
        connection = sign_in(endpoint)
        with pytest.raises(MailboxUnavailableError, match="more than"):
            connection.round_trip([b"NOOP"])


@pytest.mark.parametrize(
    "said",
    [
        b"v99 OK who asked\r\n", b"+ go on\r\n", b"* 1 FETCH (UID 1", b"* 1 FETCH (UID {99999999999999}\r\n",
        b"garbage\r\n",
        b"\0\0\0\0\r\n", b"* BYE idle too long\r\n", b"* 1 FETCH ((((\r\n", b"OK\r\n",
    ],
)  # fmt: skip
def test_answers_that_are_none(authority: Authority, said: bytes) -> None:
    with scripted(authority, after_sign_in(said)) as endpoint:
        connection = sign_in(endpoint)
        with pytest.raises(MailboxUnavailableError):
            connection.round_trip([b"NOOP"])
        assert connection.dead
        with pytest.raises(MailboxUnavailableError):
            connection.round_trip([b"NOOP"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.binary(max_size=200))
def test_any_bytes_at_all(authority: Authority, said: bytes) -> None:
    with scripted(authority, after_sign_in(said), silence=0.3) as endpoint:
        connection = sign_in(endpoint)
        with pytest.raises(MailboxUnavailableError):
            connection.round_trip([b"NOOP"])


def test_a_search_that_a_page_can_do_without(authority: Authority) -> None:
    """The rest of the page has the usual patience, and another connection."""

    def act(connection: ssl.SSLSocket) -> None:
        signed_in(connection)
        while asked := connection.recv(65536):
            if b"SORT" in asked:
                time.sleep(5)
            for line in asked.splitlines():
                connection.sendall(line.partition(b" ")[0] + b" OK done\r\n")

    with scripted(authority, act, silence=20) as endpoint:
        started, pool = time.monotonic(), Pool(endpoint, lambda _user: "token")
        with pool.session("a0000001") as session:
            with pytest.raises(MailboxUnavailableError, match="no answer"):
                session.search(Query((Term("essai"),)), patience=0.2)
            assert session.folders() == []
            assert session._link.connection.endpoint == endpoint
        pool.close()
    assert time.monotonic() - started < 4


def test_a_session_with_less_patience_than_others(authority: Authority) -> None:
    def act(connection: ssl.SSLSocket) -> None:
        signed_in(connection)
        while asked := connection.recv(65536):
            for line in asked.splitlines():
                connection.sendall(line.partition(b" ")[0] + b" OK done\r\n")

    with scripted(authority, act, silence=20) as endpoint:
        pool = Pool(endpoint, lambda _user: "token", per_user=1)
        with pool.session("a0000001", patience=3) as session:
            first = session._link.connection
            assert first.endpoint == endpoint.within(3)
            assert (first.endpoint.silence_timeout, first.endpoint.connect_timeout) == (3, endpoint.connect_timeout)
            with pytest.raises(MailboxUnavailableError, match="in use"), pool.session("a0000001", patience=0):
                pass
        with pool.session("a0000001") as session:
            assert session._link.connection is first
            assert first.endpoint == endpoint
        pool.close()


@pytest.mark.parametrize(("failures", "found"), [(1, True), (2, False)])
def test_an_index_that_is_just_being_made_is_asked_again(authority: Authority, failures: int, found: bool) -> None:
    """Dovecot's own word, heard where two processes met in a new folder. Once more, and it is a refusal."""

    def act(connection: ssl.SSLSocket) -> None:
        signed_in(connection)
        left = failures
        while asked := connection.recv(65536):
            for line in asked.splitlines():
                tag, _, command = line.partition(b" ")
                if not re.fullmatch(rb"v[0-9]+", tag):  # the words looked for travel by themselves
                    continue
                refused = command.startswith(b"UID SORT") and left > 0
                left -= refused
                verdict = b" NO [SERVERBUG] Internal error occurred.\r\n" if refused else b" OK done\r\n"
                connection.sendall(tag + verdict)

    with scripted(authority, act) as endpoint:
        pool = Pool(endpoint, lambda _user: "token")
        with (
            pool.session("a0000001") as session,
            contextlib.nullcontext() if found else pytest.raises(MailboxRefusedError),
        ):
            assert session.search(Query((Term("mot"),)))[0].total == 0
        pool.close()


def test_answers_in_another_order(authority: Authority) -> None:
    def act(connection: ssl.SSLSocket) -> None:
        signed_in(connection)
        tags = [line.split()[0] for line in connection.recv(65536).splitlines()]
        connection.sendall(b"* 3 EXISTS\r\n")
        connection.sendall(b"".join(tag + b" OK [X %s]\r\n" % tag for tag in reversed(tags)))
        connection.recv(1)

    with scripted(authority, act) as endpoint:
        answer = sign_in(endpoint).round_trip([b"NOOP", b"CHECK", b"NOOP"])
    assert [status.arguments for status in answer.statuses] == [status.tag for status in answer.statuses]
    assert answer.named("EXISTS")[0].number == 3


def test_a_refused_token(authority: Authority) -> None:
    def act(connection: ssl.SSLSocket) -> None:
        connection.sendall(b"* OK ready\r\n")
        connection.recv(65536)
        connection.sendall(b"+ eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=\r\n")
        connection.recv(65536)

    with scripted(authority, act) as endpoint, pytest.raises(SignInRefusedError):
        sign_in(endpoint)


def test_a_blocked_account_hears_why(authority: Authority) -> None:
    def act(connection: ssl.SSLSocket) -> None:
        connection.sendall(b"* OK ready\r\n")
        tag = connection.recv(65536).split()[0]
        connection.sendall(tag + b" NO [ALERT] Compte suspendu\r\n")
        connection.recv(65536)

    with scripted(authority, act) as endpoint, pytest.raises(SignInRefusedError) as refusal:
        sign_in(endpoint)
    assert (refusal.value.code, refusal.value.text) == ("ALERT", "Compte suspendu")


def test_a_server_that_cannot_do_enough(authority: Authority) -> None:
    def act(connection: ssl.SSLSocket) -> None:
        connection.sendall(b"* OK ready\r\n")
        tag = connection.recv(65536).split()[0]
        connection.sendall(tag + b" OK [CAPABILITY %s] in\r\n" % CAPABILITY.replace("MOVE", "").encode())
        connection.recv(65536)

    with scripted(authority, act) as endpoint, pytest.raises(MailboxUnavailableError, match="MOVE") as refusal:
        sign_in(endpoint)
    assert refusal.value.permanent


def test_a_certificate_of_another_authority(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = Authority.made_in(tmp_path_factory.mktemp("other"))
    with scripted(other, signed_in) as endpoint:
        distrusting = Endpoint(endpoint.host, endpoint.port, authority.certificate)
        with pytest.raises(MailboxUnavailableError, match="certificate"):
            sign_in(distrusting)


def test_nobody_listens(authority: Authority) -> None:
    pool = Pool(Endpoint("127.0.0.1", 1, authority.certificate), lambda _user: "token")
    with pytest.raises(MailboxUnavailableError), pool.session("a0000001"):
        pass


IDENTITY = "28010a226fb1056bfb38000083ecc375"
LISTED = (
    b'* LIST () "/" INBOX\r\n'
    b"* STATUS INBOX (MESSAGES 3 UNSEEN 1 UIDNEXT 9 UIDVALIDITY 7 X-GUID %s)\r\n" % IDENTITY.encode()
)
OPENED = b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 9] x\r\n"
_words = st.sampled_from(
    [
        b"NIL",
        b"0",
        b"7",
        b"4294967296",
        b'"x"',
        b"()",
        b"(NIL)",
        b'(("a" NIL "b" "c"))',
        b'"=?utf-8?b?w6k=?="',
        b"(\\Seen)",
    ]
)
_names = st.sampled_from(
    [b"UID", b"FLAGS", b"ENVELOPE", b"BODYSTRUCTURE", b"INTERNALDATE", b"RFC822.SIZE", b"PREVIEW", b"BODY[1]",
     b"BODY[]", b"BODY[HEADER]<0>"]
)  # fmt: skip
_items = st.lists(st.tuples(_names, _words), max_size=8).map(lambda pairs: b" ".join(a + b" " + b for a, b in pairs))
_lines = st.one_of(
    st.tuples(st.integers(0, 5), _items).map(lambda made: b"* %d FETCH (UID %d %s)\r\n" % (made[0], made[0], made[1])),
    st.sampled_from(
        [b'* ESEARCH (TAG "v") UID ALL 1:3,x\r\n', b"* ESEARCH UID COUNT\r\n", b"* ESEARCH ALL 1:4294967295\r\n",
         b"* 2 EXPUNGE\r\n", b"* QUOTA x (STORAGE a b)\r\n", b"* QUOTA\r\n", b"* STATUS\r\n", b"* LIST\r\n",
         b"* FETCH\r\n",
         b"* OK [COPYUID 1 2 x] m\r\n", b"* OK [APPENDUID x y] m\r\n", b"* 0 EXISTS\r\n", b"* 1 FETCH ()\r\n", LISTED,
         OPENED]
    ),
)  # fmt: skip


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    noise=st.lists(_lines, max_size=10).map(b"".join),
    codes=st.sampled_from([b"OK", b"NO [X] no", b"BAD", b"OK [COPYUID 1 1:3 9]"]),
)
@example(noise=b"* 1 FETCH (UID 1 ENVELOPE NIL INTERNALDATE 4294967296)\r\n", codes=b"OK")
@example(noise=b"* 1 FETCH (UID 1 ENVELOPE NIL BODYSTRUCTURE NIL BODY[]<0> (x))\r\n", codes=b"OK")
@example(
    noise=b'* 1 FETCH (UID 1 ENVELOPE NIL BODYSTRUCTURE ("text" "plain") RFC822.SIZE 9 BODY[]<0> (x))\r\n', codes=b"OK"
)
def test_a_session_with_a_server_that_says_anything(authority: Authority, noise: bytes, codes: bytes) -> None:
    """Well-formed lines, senseless content: every act ends in a result or in a typed error."""

    def act(connection: ssl.SSLSocket) -> None:
        signed_in(connection, LISTED)
        while data := connection.recv(65536):
            for line in data.splitlines():
                tag, _, command = line.partition(b" ")
                connection.sendall(OPENED if command.startswith(b"SELECT") else noise)
                connection.sendall(tag + (b" OK x\r\n" if command.startswith(b"SELECT") else b" " + codes + b" x\r\n"))

    folder, uid = MailboxId(IDENTITY), Uid(2)
    acts: list[Callable[[Session], object]] = [
        lambda session: session.overview(folder),
        lambda session: session.page(folder, before=Uid(2)),
        lambda session: session.page(folder, only="unseen"),
        lambda session: session.open(folder, uid),
        lambda session: session.body(folder, uid, PartPath("1")),
        lambda session: list(session.source(folder, uid)),
        lambda session: session.move(folder, [uid], folder),
        lambda session: session.find(folder, "<x@y>"),
        lambda session: session.append(folder, b"x"),
        lambda session: session.create(FolderName("x")),
        lambda session: session.empty(folder),
    ]
    with scripted(authority, act) as endpoint:
        pool = Pool(endpoint, lambda _user: "token")
        for one in acts:
            with contextlib.suppress(MailboxError), pool.session("a0000001") as session:
                one(session)
        pool.close()
