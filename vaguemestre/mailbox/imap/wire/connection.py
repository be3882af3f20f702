"""One signed-in connection. `exchange` writes several commands at once and waits for all their answers."""

import re
import select
import socket
import ssl
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import IO, Self

from vaguemestre.mailbox.endpoint import Endpoint
from vaguemestre.mailbox.errors import MailboxUnavailableError, NoAnswerError, ServerAwayError, SignInRefusedError
from vaguemestre.mailbox.imap.wire.commands import quote_string
from vaguemestre.mailbox.imap.wire.faults import ConnectionLostError, ProtocolError
from vaguemestre.mailbox.imap.wire.parser import Continuation, Data, Response, Status, parse_response
from vaguemestre.mailbox.imap.wire.reader import Limits, LineReader, Segment
from vaguemestre.mailbox.oauthbearer import bearer_message, sign_in_error

# What the client is built on; a server without one of them is a wrong server, and says so at sign-in.
REQUIRED = frozenset({"LITERAL+", "MULTIAPPEND", "UIDPLUS", "MOVE", "ESEARCH", "LIST-STATUS", "SPECIAL-USE", "PREVIEW"})
_CHUNK = 65536
_SESSION = re.compile(r"\(([A-Za-z0-9+/]{8,64})\)")  # `login_greeting` in dovecot.conf
_EXCHANGE_LIMIT = 64 * 1024 * 1024


@dataclass(slots=True)
class Answer:
    """All that came until the last tagged reply: `statuses` in the order of the commands, the rest as it came.

    `fingerprint`: equal for two answers of which every untagged line is the same; empty where one lies in a file."""

    statuses: list[Status]
    data: list[Data] = field(default_factory=list)
    notes: list[Status] = field(default_factory=list)
    fingerprint: bytes = b""

    def named(self, name: str) -> list[Data]:
        return [data for data in self.data if data.name == name]

    def note(self, code: str) -> str | None:
        """Arguments of the last response code of that name, tagged or not."""
        found = [status.arguments for status in (*self.notes, *self.statuses) if status.code == code]
        return found[-1] if found else None


class Connection:
    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.round_trips = 0
        self.idle_since = 0.0
        self.dead = False
        self.session_name = ""  # what the server's log calls this connection, where its greeting says so
        self.folder_open = False  # since some session of this connection
        self._reader = LineReader(Limits(folder=endpoint.spool))
        self._ready: deque[tuple[Response, list[Segment]]] = deque()
        self._segments: list[Segment] = []  # of the response that was taken last
        self._tags = 0
        self._deadline = 0.0
        self._held = 0  # bytes of this exchange that are in memory
        self._socket = _connect(endpoint)

    @classmethod
    def sign_in(
        cls, endpoint: Endpoint, user: str, token: str, *, remote: str | None, then: Sequence[bytes] = ()
    ) -> tuple[Self, Answer]:
        """Open, sign in and run the first commands in one write; the answer holds only theirs."""
        connection = cls(endpoint)
        try:
            return connection, connection._greet(user, token, remote, then)
        except BaseException:
            connection.close()
            raise

    def round_trip(self, commands: Sequence[bytes]) -> Answer:
        return self.begin(commands)()

    def begin(self, commands: Sequence[bytes]) -> Callable[[], Answer]:
        """Write them; what is returned waits for the answers, and must be called before anything else is written."""
        tags = [self._tag() for _ in commands]
        self._start()
        self._send(b"".join(b"%s %s\r\n" % (tag.encode(), line) for tag, line in zip(tags, commands, strict=True)))
        return lambda: self._answers(tags)

    def append(self, command: bytes, message: IO[bytes], size: int) -> Answer:
        """A command that ends in a message. The server is asked first: what it refuses is not sent in vain."""
        tag = self._tag()
        self._start()
        if refused := self._asked(tag, b"%s %s {%d}" % (tag.encode(), command, size)):
            return refused
        while piece := message.read(_CHUNK):
            self._send(piece)
            self._deadline = time.monotonic() + self.endpoint.command_timeout
        self._send(b"\r\n")
        return self._answers([tag])

    def append_all(self, command: bytes, messages: Sequence[tuple[bytes, bytes]]) -> Answer:
        """One command with several messages, each after its marks (RFC 3502). Asked before each: a server that refuses
        one takes what comes after for commands, and those would be a stranger's words."""
        tag = self._tag()
        self._start()
        line = b"%s %s" % (tag.encode(), command)
        for marks, raw in messages:
            if refused := self._asked(tag, b"%s %s {%d}" % (line, marks, len(raw))):
                return refused
            self._send(raw)
            self._deadline, line = time.monotonic() + self.endpoint.command_timeout, b""
        self._send(b"\r\n")
        return self._answers([tag])

    def is_quiet(self) -> bool:
        """False when something waits to be read: on an idle connection, that is its end."""
        try:
            readable, _, _ = select.select([self._socket], [], [], 0)
        except (OSError, ValueError):
            return False
        held = self._socket.pending() if isinstance(self._socket, ssl.SSLSocket) else 0
        return not self.dead and not readable and not held

    def close(self) -> None:
        self.dead = True
        self._socket.close()

    def _greet(self, user: str, token: str, remote: str | None, then: Sequence[bytes]) -> Answer:
        self._start()
        greeting = self._next()
        if not isinstance(greeting, Status) or greeting.kind != "OK":
            raise MailboxUnavailableError(f"greeting: {getattr(greeting, 'text', greeting)}")
        told = _SESSION.search(greeting.text)
        self.session_name = told[1] if told else ""
        identify = (
            [b'ID ("name" "vaguemestre" "x-originating-ip" %s)' % quote_string(remote.encode())] if remote else []
        )
        authenticate = b"AUTHENTICATE OAUTHBEARER " + bearer_message(user, token)
        answer = self._sign_in([*identify, authenticate, *then], len(identify))
        missing = REQUIRED - set((answer.note("CAPABILITY") or "").upper().split())
        if missing:
            raise MailboxUnavailableError(f"server without {', '.join(sorted(missing))}", permanent=True)
        del answer.statuses[: len(identify) + 1]
        return answer

    def _sign_in(self, commands: Sequence[bytes], place: int) -> Answer:
        """A refused OAUTHBEARER asks for one more (empty) line before its NO; the rest was then sent in vain."""
        tags = [self._tag() for _ in commands]
        self._start()
        self._send(b"".join(b"%s %s\r\n" % (tag.encode(), line) for tag, line in zip(tags, commands, strict=True)))
        answer, awaited = Answer([]), set(tags)
        while awaited:
            response = self._next()
            if isinstance(response, Continuation):
                raise sign_in_error(response.text)
            awaited.discard(self._sort(response, answer))
            status = answer.statuses[-1] if answer.statuses else None
            if status is not None and status.tag == tags[place] and not status.ok:
                if status.code in SignInRefusedError.TRANSIENT:
                    raise ServerAwayError(status.text)
                raise SignInRefusedError(status.code or "AUTHENTICATIONFAILED", status.text)
        answer.statuses.sort(key=lambda status: tags.index(status.tag))
        return answer

    def _asked(self, tag: str, line: bytes) -> Answer | None:
        """A line that ends in the size of a message. None: the server wants it; else what it says instead."""
        self._send(line + b"\r\n")
        answer = Answer([])
        while not isinstance(response := self._next(), Continuation):
            if self._sort(response, answer) == tag:
                return answer
        self.round_trips += 1
        return None

    def _answers(self, tags: Sequence[str]) -> Answer:
        """Tagged replies come in any order: a server may end a later command first."""
        answer, awaited, said = Answer([]), set(tags), blake2b(digest_size=16)
        whole = True
        while awaited:
            response = self._next()
            if isinstance(response, Continuation):
                raise self._broken("unexpected continuation")
            tag = self._sort(response, answer)
            if tag == "*":
                whole = whole and _told(said, self._segments)
            elif tag not in awaited:
                raise self._broken(f"answer to an unknown command {tag[:20]}")
            awaited.discard(tag)
        answer.statuses.sort(key=lambda status: tags.index(status.tag))
        answer.fingerprint = said.digest() if whole else b""
        return answer

    def _sort(self, response: Response, answer: Answer) -> str:
        """Put a response where it belongs; its tag, or "*"."""
        if isinstance(response, Data):
            answer.data.append(response)
            return "*"
        if isinstance(response, Continuation):
            raise self._broken("unexpected continuation")
        if response.kind == "BYE":
            self.close()
            raise ConnectionLostError(f"server says goodbye: {response.text}")
        (answer.notes if response.tag == "*" else answer.statuses).append(response)
        return response.tag

    def _tag(self) -> str:
        self._tags += 1
        return f"v{self._tags}"

    def _start(self) -> None:
        if self.dead:
            raise ConnectionLostError("connection closed")
        self.round_trips += 1
        self._held = 0
        self._deadline = time.monotonic() + self.endpoint.command_timeout

    def _send(self, data: bytes) -> None:
        try:
            self._socket.settimeout(self.endpoint.silence_timeout)
            self._socket.sendall(data)
        except (OSError, ValueError) as error:
            self.close()
            raise ConnectionLostError(f"sending: {error}") from error

    def _next(self) -> Response:
        while not self._ready:
            chunk = self._receive()
            try:
                for segments in self._reader.feed(chunk):
                    self._hold(segments)
                    self._ready.append((parse_response(segments), segments))
            except MailboxUnavailableError:
                self.close()
                raise
        response, self._segments = self._ready.popleft()
        return response

    def _hold(self, segments: list[Segment]) -> None:
        self._held += sum(len(segment) for segment in segments if isinstance(segment, bytes))
        if self._held > _EXCHANGE_LIMIT:
            raise ProtocolError(f"answer of more than {_EXCHANGE_LIMIT} octets")

    def _receive(self) -> bytes:
        remaining = self._deadline - time.monotonic()
        try:
            if remaining <= 0:
                raise TimeoutError("took too long")
            self._socket.settimeout(min(remaining, self.endpoint.silence_timeout))
            chunk = self._socket.recv(_CHUNK)
        except TimeoutError as error:
            # Not `ConnectionLostError`: a server that does not answer would not answer a second time either.
            self.close()
            raise NoAnswerError(f"no answer: {error}") from error
        except (OSError, ValueError) as error:
            self.close()
            raise ConnectionLostError(f"receiving: {error}") from error
        if not chunk:
            self.close()
            raise ConnectionLostError("connection closed by the server")
        return chunk

    def _broken(self, what: str) -> ProtocolError:
        self.close()
        return ProtocolError(what)


def _told(said: blake2b, segments: list[Segment]) -> bool:
    """False for what lies in a file."""
    for segment in segments:
        if not isinstance(segment, bytes):
            return False
        said.update(segment)
    return True


def _connect(endpoint: Endpoint) -> socket.socket:
    if endpoint.socket is not None:
        return _connect_here(endpoint.socket, endpoint.connect_timeout)
    plain: socket.socket | None = None
    try:
        plain = socket.create_connection((endpoint.host, endpoint.port), endpoint.connect_timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return tls_context(endpoint.ca).wrap_socket(plain, server_hostname=endpoint.host)
    except OSError as error:
        if plain is not None:
            plain.close()
        raise MailboxUnavailableError(f"{endpoint.host}:{endpoint.port}: {error}") from error


def _connect_here(path: Path, timeout: float) -> socket.socket:
    local = socket.socket(socket.AF_UNIX)
    try:
        local.settimeout(timeout)
        local.connect(str(path))
    except OSError as error:
        local.close()
        raise MailboxUnavailableError(f"{path.name}: {error}") from error
    return local


def tls_context(ca: Path | None) -> ssl.SSLContext:
    """Made once, and again when the file is another: certificates are renewed under a running service."""
    return _tls_context(ca, ca.stat().st_mtime_ns if ca else 0)


@lru_cache(maxsize=8)
def _tls_context(ca: Path | None, _changed: int) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
