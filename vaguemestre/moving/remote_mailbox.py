"""Somebody's mailbox elsewhere, looked at before anything is brought: does it open, which folders has it, how much?

Every byte from there is a stranger's. The name is resolved once, its addresses judged, and those are spoken to.
"""

import re
import socket
import ssl
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vaguemestre.mailbox import modified_utf7
from vaguemestre.mailbox.errors import FetchError, MailboxError
from vaguemestre.mailbox.imap.body_structure import string_octets, value_at
from vaguemestre.mailbox.imap.wire.faults import ProtocolError
from vaguemestre.mailbox.imap.wire.parser import Continuation, Data, Response, Status, Value, parse_response
from vaguemestre.mailbox.imap.wire.reader import Limits, LineReader
from vaguemestre.mailbox.sandbox.fetcher.address_guard import Guard

PORTS = (143, 993)
SECONDS = 20.0  # for all of a trial
FOLDERS = 500
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+")
_PLAIN = re.compile(r'[^"\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufffd]{1,200}')  # what mbsync's file holds without a doubt
_ROLES = {
    "\\SENT": "sent", "\\DRAFTS": "drafts", "\\ARCHIVE": "archive", "\\TRASH": "trash", "\\JUNK": "junk",
    "\\ALL": "all", "\\FLAGGED": "all", "\\IMPORTANT": "all",
}  # fmt: skip
_NAMES = {
    "sent": "sent", "sent items": "sent", "sent messages": "sent", "éléments envoyés": "sent", "envoyés": "sent",
    "drafts": "drafts", "brouillons": "drafts", "trash": "trash", "corbeille": "trash", "deleted items": "trash",
    "éléments supprimés": "trash", "junk": "junk", "spam": "junk", "indésirables": "junk",
    "courrier indésirable": "junk", "archive": "archive", "archives": "archive",
}  # fmt: skip


class RemoteMailboxError(Exception):
    """`reason` is a word of `progress_text.server_refused_text`. Never says what was typed."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Server:
    """`ca`: an authority beside the system's own, for tests."""

    host: str
    port: int
    guard: Guard
    ca: Path | None = None

    @property
    def starttls(self) -> bool:
        return self.port == PORTS[0]

    def address(self) -> str:
        """Raises RemoteMailboxError."""
        try:
            return self.guard.addresses(self.host, self.port, seconds=5)[0]
        except FetchError as error:
            raise RemoteMailboxError("time" if error.reason == "time" else error.reason) from error


@dataclass(frozen=True, slots=True)
class RemoteFolder:
    """`name`: "/" between levels. `role`: of ours, or "all" for what only shows other folders. `next`: the number that
    the next message there gets, as long as `validity` stays; 0 where the server does not say."""

    name: str
    role: str
    total: int
    validity: int = 0
    next: int = 0


def host_of(text: str) -> str:
    """Raises RemoteMailboxError."""
    try:
        host = text.strip().rstrip(".").lower().encode("idna").decode("ascii")
    except UnicodeError as error:
        raise RemoteMailboxError("name") from error
    if not _HOST.fullmatch(host):
        raise RemoteMailboxError("name")
    return host


def list_remote_folders(server: Server, user: str, password: str) -> list[RemoteFolder]:
    """Raises RemoteMailboxError."""
    try:
        with socket.create_connection((server.address(), server.port), timeout=5) as plain:
            conversation = _Conversation(plain, server)
            try:
                return conversation.folders(user, password)
            finally:
                conversation.close()
    except TimeoutError as error:
        raise RemoteMailboxError("time") from error
    except ssl.SSLError as error:
        raise RemoteMailboxError("tls") from error
    except (ProtocolError, MailboxError, UnicodeError, ValueError) as error:
        raise RemoteMailboxError("broken") from error
    except OSError as error:
        raise RemoteMailboxError("away") from error


class _Conversation:
    def __init__(self, plain: socket.socket, server: Server) -> None:
        self._socket, self._server = plain, server
        self._reader = LineReader(Limits(held=4 * 1024 * 1024, literal=1024 * 1024))
        self._ready: deque[Response] = deque()
        self._deadline = time.monotonic() + SECONDS
        self._tags = 0

    def folders(self, user: str, password: str) -> list[RemoteFolder]:
        if self._server.starttls:
            self._greeted()
            self._run([b"STARTTLS"])
            if self._ready or self._reader._buffer:
                raise ProtocolError("words before the encryption began")
            self._encrypt()
        else:
            self._encrypt()
            self._greeted()
        self._sign_in(user.encode(), password.encode())
        listed = [data.values for data in self._run([b'LIST "" "*"']) if data.name == "LIST" and len(data.values) >= 3]
        found = [folder for folder in map(self._folder, listed[: FOLDERS * 2]) if folder is not None]
        self._run([b"LOGOUT"], last=True)
        return sorted(found[:FOLDERS], key=lambda one: (one.role != "inbox", one.name.casefold()))

    def close(self) -> None:
        self._socket.close()

    def _folder(self, values: list[Value]) -> RemoteFolder | None:
        flags = (
            {string_octets(flag).decode("ascii", "replace").upper() for flag in values[0]}
            if isinstance(values[0], list)
            else set()
        )
        wire, separator = string_octets(values[2]), string_octets(values[1])
        if flags & {"\\NOSELECT", "\\NONEXISTENT"}:
            return None
        if separator and separator != b"/" and b"/" in wire:
            return None
        name = modified_utf7.decode_name(wire.replace(separator, b"/") if separator else wire)
        if not _PLAIN.fullmatch(name) or ".." in name.split("/"):
            return None
        told = self._counts(wire)
        return RemoteFolder(
            name, _role(wire, flags, name), told.get("MESSAGES", 0), told.get("UIDVALIDITY", 0), told.get("UIDNEXT", 0)
        )

    def _counts(self, wire: bytes) -> dict[str, int]:
        place = wire.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
        try:
            answers = self._run([b'STATUS "%s" (MESSAGES UIDNEXT UIDVALIDITY)' % place])
        except RemoteMailboxError:
            return {}
        pairs = next((value_at(data.values, 1) for data in answers if data.name == "STATUS"), None)
        words = [string_octets(word) for word in pairs] if isinstance(pairs, list) else []
        return {
            name.decode("ascii", "replace").upper(): int(count)
            for name, count in zip(words[::2], words[1::2], strict=False)
            if count.isdigit() and len(count) < 11
        }

    def _encrypt(self) -> None:
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self._server.ca is not None:
            context.load_verify_locations(self._server.ca)
        self._socket.settimeout(self._patience())
        self._socket = context.wrap_socket(self._socket, server_hostname=self._server.host)

    def _greeted(self) -> None:
        greeting = self._next()
        if not isinstance(greeting, Status) or greeting.kind != "OK":
            raise ProtocolError("no greeting")

    def _sign_in(self, user: bytes, password: bytes) -> None:
        try:
            self._run([b"LOGIN {%d}" % len(user), user + b" {%d}" % len(password), password])
        except RemoteMailboxError as error:
            raise RemoteMailboxError("login") from error

    def _run(self, lines: Sequence[bytes], *, last: bool = False) -> list[Data]:
        """One command; each line after the first waits for the server's word. Raises RemoteMailboxError when
        refused."""
        self._tags += 1
        tag, waiting = f"a{self._tags}", iter(lines)
        self._send(tag.encode() + b" " + next(waiting))
        found: list[Data] = []
        for response in self._responses():
            if isinstance(response, Continuation):
                if (line := next(waiting, None)) is None:
                    raise ProtocolError("asks for more")
                self._send(line)
            elif isinstance(response, Data):
                found.append(response)
            elif response.kind == "BYE" and last:
                break
            elif response.tag == tag:
                if not response.ok:
                    raise RemoteMailboxError("refused")
                break
        return found

    def _responses(self) -> Iterator[Response]:
        while True:
            yield self._next()

    def _send(self, line: bytes) -> None:
        self._socket.settimeout(self._patience())
        self._socket.sendall(line + b"\r\n")

    def _next(self) -> Response:
        while not self._ready:
            self._socket.settimeout(self._patience())
            chunk = self._socket.recv(65536)
            if not chunk:
                raise OSError("hung up")
            self._ready.extend(parse_response(segments) for segments in self._reader.feed(chunk))
        return self._ready.popleft()

    def _patience(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return min(left, 10.0)


def _role(wire: bytes, flags: set[str], label: str) -> str:
    if wire.upper() == b"INBOX":
        return "inbox"
    named = next((role for flag, role in _ROLES.items() if flag in flags), "")
    return named or _NAMES.get(label.rpartition("/")[2].casefold() if label.count("/") <= 1 else "", "")
