"""ManageSieve (RFC 5804): the scripts that filter incoming mail, over TLS, signed in with the token.

An own client: sievelib's trusts only the system's authorities, has one fixed patience and one error for everything.
What is said to the server is a literal, never a quoted string: no name and no script can become a command.
"""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import BinaryIO, Final, Self

from vaguemestre.mailbox.endpoint import Endpoint
from vaguemestre.mailbox.errors import (
    MailboxRefusedError,
    MailboxUnavailableError,
    QuotaExceededError,
    ServerAwayError,
)
from vaguemestre.mailbox.imap.wire.connection import tls_context
from vaguemestre.mailbox.oauthbearer import bearer_message, sign_in_error
from vaguemestre.mailbox.values import InvalidReason, InvalidValueError

_LINE_LIMIT: Final = 65536
_LITERAL_LIMIT: Final = 2 * 1024 * 1024
_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)"|\(((?:[^()"]|"(?:[^"\\]|\\.)*")*)\)|([^\s"()]+)')
_LITERAL = re.compile(rb"\{(\d{1,10})\+?\}\r?\n$")
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029/]")


class ScriptName(str):
    """As RFC 5804 (1.6) allows it, and no separator of files."""

    __slots__ = ()

    def __new__(cls, value: str) -> Self:
        if not value or len(value) > 128 or len(value.encode("utf-8", "replace")) > 500 or _FORBIDDEN.search(value):
            raise InvalidValueError("script", InvalidReason.FORM)
        return super().__new__(cls, value)


class _Word(bytes):
    """What the server says outside of a string: a script may well be called OK."""


class _Code(bytes):
    """What stands in its brackets."""


@dataclass(frozen=True, slots=True)
class Script:
    """One line of LISTSCRIPTS; `name` as the server tells it, whatever another program called it."""

    name: str
    active: bool


class ScriptRefusedError(MailboxRefusedError):
    """The server does not understand the script; `text` says where."""


class ScriptServer:
    """One conversation, signed in. Made by `open_script_server`. Nothing here is tried twice."""

    def __init__(self, stream: BinaryIO, sock: socket.socket) -> None:
        self._stream = stream
        self._socket = sock

    def check(self, text: str) -> None:
        """Raises `ScriptRefusedError` with the server's own words; stores nothing."""
        self._run(b"CHECKSCRIPT", _script(text))

    def put(self, name: ScriptName, text: str) -> None:
        """Stored, replacing one of that name; an active one stays active. Raises `ScriptRefusedError`,
        `QuotaExceededError`."""
        self._run(b"PUTSCRIPT", _string(name), _script(text))

    def get(self, name: str) -> str:
        tokens = self._run(b"GETSCRIPT", _string(name))
        return tokens[0][0].decode("utf-8", "replace").replace("\r\n", "\n") if tokens and tokens[0] else ""

    def scripts(self) -> list[Script]:
        lines = self._run(b"LISTSCRIPTS")
        return [Script(line[0].decode("utf-8", "replace"), _is(line[-1], b"ACTIVE")) for line in lines if line]

    def activate(self, name: str) -> None:
        """The only one that is used from now on; with an empty name, none is."""
        self._run(b"SETACTIVE", _string(name))

    def delete(self, name: ScriptName) -> None:
        """One that is not there is no fault. An active one is refused."""
        with suppress(MailboxRefusedError):
            self._run(b"DELETESCRIPT", _string(name))

    def greet(self) -> None:
        self._answer()

    def start_tls(self) -> None:
        self._run(b"STARTTLS")

    def sign_in(self, user: str, token: str) -> None:
        self._say(b'AUTHENTICATE "OAUTHBEARER" "%s"' % bearer_message(user, token))
        line, challenge = self._line(), b""
        if line and not isinstance(line[0], _Word):  # details of the refusal; the verdict comes after an answer
            challenge = line[0]
            self._say(b'"AQ=="')
            line = self._line()
        if any(isinstance(word, _Code) and word == b"TRYLATER" for word in line):
            raise ServerAwayError(_words(line))
        if not line or not _is(line[0], b"OK"):
            raise sign_in_error(challenge, _words(line))

    def say_goodbye(self) -> None:
        with suppress(OSError):
            self._socket.sendall(b"LOGOUT\r\n")

    def _run(self, command: bytes, *arguments: bytes) -> list[list[bytes]]:
        self._say(b" ".join((command, *arguments)))
        return self._answer(command)

    def _answer(self, command: bytes = b"") -> list[list[bytes]]:
        """The lines before the verdict. A refusal is raised as what it means."""
        lines: list[list[bytes]] = []
        while True:
            line = self._line()
            verdict = line[0].upper() if line and isinstance(line[0], _Word) else b""
            if verdict == b"OK":
                return lines
            if verdict == b"BYE":
                raise MailboxUnavailableError(f"sieve: {_words(line)}")
            if verdict == b"NO":
                raise _refusal(command, line)
            lines.append(line)

    def _say(self, line: bytes) -> None:
        try:
            self._socket.sendall(line + b"\r\n")
        except OSError as error:
            raise MailboxUnavailableError(f"sieve: {error}") from error

    def _line(self) -> list[bytes]:
        """One line in pieces: strings without their quotes, literals whole, response codes, words."""
        pieces: list[bytes] = []
        try:
            while True:
                line = self._stream.readline(_LINE_LIMIT)
                if not line.endswith(b"\n"):
                    raise MailboxUnavailableError("sieve: the server hung up")
                literal = _LITERAL.search(line)
                head = line[: literal.start()] if literal else line
                pieces += [_piece(match) for match in _TOKEN.finditer(head)]
                if literal is None:
                    return pieces
                pieces.append(self._literal(int(literal[1])))
        except OSError as error:
            raise MailboxUnavailableError(f"sieve: {error}") from error

    def _literal(self, size: int) -> bytes:
        if size > _LITERAL_LIMIT:
            raise MailboxUnavailableError("sieve: an answer too large")
        data = self._stream.read(size)
        if len(data) < size:
            raise MailboxUnavailableError("sieve: the server hung up")
        return data


@contextmanager
def open_script_server(endpoint: Endpoint, user: str, token: str) -> Iterator[ScriptServer]:
    """Connected, secured and signed in. Raises `MailboxUnavailableError` or `SignInRefusedError`."""
    sock, stream = _connect(endpoint)
    try:
        server = ScriptServer(stream, sock)
        server.greet()  # the capabilities, again under TLS
        server.sign_in(user, token)
        yield server
        server.say_goodbye()
    finally:
        stream.close()
        sock.close()


def _connect(endpoint: Endpoint) -> tuple[socket.socket, BinaryIO]:
    """STARTTLS: what the server said before it is forgotten, as the RFC asks."""
    try:
        plain = socket.create_connection((endpoint.host, endpoint.port), timeout=endpoint.connect_timeout)
        plain.settimeout(endpoint.silence_timeout)
    except OSError as error:
        raise MailboxUnavailableError(f"{endpoint.host}:{endpoint.port}: {error}") from error
    try:
        with plain.makefile("rb") as stream:
            before = ScriptServer(stream, plain)
            before.greet()
            before.start_tls()
        name = endpoint.certified_as or endpoint.host
        secured = tls_context(endpoint.ca).wrap_socket(plain, server_hostname=name)
    except OSError as error:
        plain.close()
        raise MailboxUnavailableError(f"{endpoint.host}:{endpoint.port}: {error}") from error
    except BaseException:
        plain.close()
        raise
    return secured, secured.makefile("rb")


def _refusal(command: bytes, line: list[bytes]) -> MailboxRefusedError:
    code = next((piece.split(b" ")[0] for piece in line if isinstance(piece, _Code)), b"").upper()
    text = _words([piece for piece in line[1:] if not isinstance(piece, _Code)])
    if code.startswith(b"QUOTA"):
        return QuotaExceededError(text)
    if command in {b"CHECKSCRIPT", b"PUTSCRIPT"} and code != b"TRYLATER":
        return ScriptRefusedError(code.decode("ascii", "replace"), text)
    return MailboxRefusedError("UNAVAILABLE" if code == b"TRYLATER" else code.decode("ascii", "replace"), text)


def _piece(match: re.Match[bytes]) -> bytes:
    quoted, code, word = match.groups()
    if quoted is not None:
        return re.sub(rb"\\(.)", rb"\1", quoted)
    return _Code(code) if code is not None else _Word(word)


def _is(piece: bytes, word: bytes) -> bool:
    return isinstance(piece, _Word) and piece.upper() == word


def _string(value: str) -> bytes:
    data = value.encode("utf-8")
    return b"{%d+}\r\n%s" % (len(data), data)


def _script(text: str) -> bytes:
    return _string(re.sub(r"\r\n|\r|\n", "\r\n", text))


def _words(line: list[bytes]) -> str:
    return b" ".join(line).decode("utf-8", "replace").strip()[:2000]
