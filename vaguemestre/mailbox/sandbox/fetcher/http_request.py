"""One request to a stranger's web server, in limited time, of limited size, to an address that was checked."""

import io
import re
import socket
import ssl
import time
from collections.abc import Buffer
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from vaguemestre.mailbox.errors import FetchError
from vaguemestre.mailbox.mime import file_signatures
from vaguemestre.mailbox.sandbox.fetcher import image_types
from vaguemestre.mailbox.sandbox.fetcher.address_guard import Guard

ADDRESS_LIMIT = 2000
IMAGE_LIMIT = 8 * 1024 * 1024
ANSWER_LIMIT = 64 * 1024
SECONDS = 8.0  # for all of it: name, connection, redirects, content
REDIRECTS = 3
_MOVED = frozenset({301, 302, 303, 307, 308})
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?|[0-9a-f:.]{2,45}")
_PATH_SIGNS = "/%:=&?~#+!$,;'@()*[]|"
_PIECE = 65536


@dataclass(frozen=True, slots=True)
class Image:
    type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart and written again: what goes over the wire is only what was understood."""

    tls: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == (443 if self.tls else 80) else f"{name}:{self.port}"


def fetch_image(url: str, guard: Guard, *, seconds: float = SECONDS) -> Image:
    """Redirects are followed, each judged like the first. Raises `FetchError`."""
    deadline = time.monotonic() + seconds
    for _ in range(REDIRECTS + 1):
        status, location, content = _ask(parse_target(url), b"GET", b"", guard, IMAGE_LIMIT, deadline)
        if status in _MOVED and location:
            url = urljoin(url, location)
            continue
        if status != 200:
            raise FetchError("status")
        if not (kind := image_types.image_type(content)):
            raise FetchError("kind")
        if file_signatures.has_too_many_points(content):
            raise FetchError("points")
        return Image(kind, content)
    raise FetchError("redirects")


def post_form(url: str, form: bytes, guard: Guard, *, seconds: float = SECONDS) -> int:
    """A form sent, as RFC 8058 wants it: no cookie, and where it leads to is not followed. The status. Raises
    `FetchError`."""
    return _ask(parse_target(url), b"POST", form, guard, ANSWER_LIMIT, time.monotonic() + seconds)[0]


def fetch_status(url: str, guard: Guard, *, ca: Path | None = None, seconds: float = SECONDS) -> int:
    """Whether anybody is there: the status of the head alone, at that very address. What it leads to is not followed,
    nothing is read. `ca`: whose certificates are believed besides, for servers of this machine. Raises `FetchError`.
    """
    return _ask(parse_target(url), b"HEAD", b"", guard, 0, time.monotonic() + seconds, ca)[0]


def parse_target(url: str) -> Target:
    """Raises `FetchError` for what is not a plain web address."""
    if len(url) > ADDRESS_LIMIT or not url.isprintable():
        raise FetchError("address")
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
        if not host.isascii():
            host = host.encode("idna").decode("ascii").lower()
    except ValueError as error:  # UnicodeError is one
        raise FetchError("address") from error
    if parts.scheme not in {"http", "https"} or parts.username is not None or not _HOST.fullmatch(host):
        raise FetchError("address")
    path = quote(parts.path or "/", safe=_PATH_SIGNS) + (
        f"?{quote(parts.query, safe=_PATH_SIGNS)}" if parts.query else ""
    )
    tls = parts.scheme == "https"
    return Target(tls, host, port or (443 if tls else 80), path)


def _ask(
    to: Target, method: bytes, form: bytes, guard: Guard, limit: int, deadline: float, ca: Path | None = None
) -> tuple[int, str, bytes]:
    """Status, where it sends one to, content of a good answer."""
    try:
        with closing(_connected(to, guard, deadline, ca)) as connection:
            connection.settimeout(_left(deadline))
            connection.sendall(_request(to, method, form))
            # The library only needs something that it can read from; this one watches the clock.
            stream: Any = _Timed(connection, deadline)
            with closing(HTTPResponse(stream, method=method.decode())) as answer:
                answer.begin()
                content = _content(answer, limit) if answer.status == 200 else b""
                return answer.status, answer.getheader("Location") or "", content
    except TimeoutError as error:
        raise FetchError("time") from error
    except ssl.SSLCertVerificationError as error:
        raise FetchError("certificate") from error
    except (OSError, HTTPException, ValueError) as error:
        raise FetchError("away") from error


def _connected(to: Target, guard: Guard, deadline: float, ca: Path | None) -> socket.socket:
    trouble: OSError = OSError("no address")
    for address in guard.addresses(to.host, to.port, seconds=_left(deadline)):
        # A socket of its own kind, given the address as judged: no name is looked up a second time.
        plain = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
        try:
            plain.settimeout(_left(deadline))
            plain.connect((address, to.port))
            return _tls(ca).wrap_socket(plain, server_hostname=to.host) if to.tls else plain
        except OSError as error:
            plain.close()
            trouble = error
    raise trouble


@lru_cache(maxsize=2)
def _tls(ca: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca:
        context.load_verify_locations(ca)
    return context


def _request(to: Target, method: bytes, form: bytes) -> bytes:
    """Nothing that tells one reader from another."""
    lines = [
        b"%s %s HTTP/1.1" % (method, to.path.encode("ascii")),
        b"Host: %s" % to.authority.encode("ascii"),
        b"User-Agent: Mozilla/5.0 (compatible; MailImageProxy)",
        b"Accept: image/avif,image/webp,image/png,image/jpeg,image/gif" if method == b"GET" else b"Accept: */*",
        b"Accept-Encoding: identity",
        b"Connection: close",
    ]
    if method == b"POST":
        lines += [b"Content-Type: application/x-www-form-urlencoded", b"Content-Length: %d" % len(form)]
    return b"\r\n".join([*lines, b"", form])


def _content(answer: HTTPResponse, limit: int) -> bytes:
    content = bytearray()
    while piece := answer.read(_PIECE):
        content += piece
        if len(content) > limit:
            raise FetchError("size")
    return bytes(content)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Timed(io.RawIOBase):
    """What the other side sends, read no longer than until the deadline: a drop a second is as late as silence."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        self._connection.settimeout(_left(self._deadline))
        return self._connection.recv_into(buffer)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)
