"""A form posted to an application. Its address was written down by an administrator, and is judged all the same:
TLS, no way back into this machine; a demo speaks to nobody but this machine.
"""

import http.client
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from threading import Timer
from urllib.parse import urlencode, urlsplit

from django.conf import settings

SECONDS = 5  # for everything, from the name to the last byte
TO_CONNECT = 2
LONGEST_ANSWER = 65536


class UndeliveredError(Exception):
    """Not told. `away`: nobody answered there, so that nothing else is tried for a moment. Our own words only."""

    def __init__(self, words: str, *, away: bool) -> None:
        super().__init__(words)
        self.away = away


def post_form(url: str, form: dict[str, str], *, redirected: bool = False) -> None:
    """Raises UndeliveredError. A redirection is not followed; with `redirected` it counts as heard (CAS clients answer
    so)."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.username is not None or parts.fragment:
        raise UndeliveredError("address", away=True)
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    status = _status(parts.hostname, parts.port or 443, path, form)
    if not (200 <= status < 300 or (redirected and 300 <= status < 400)):
        raise UndeliveredError(f"status {status}", away=status in {502, 503, 504})


def is_reachable(address: str, host: str) -> bool:
    """`address` is what the name stands for. Our own site is an application too, wherever it listens."""
    there = ip_address(address.partition("%")[0])
    if settings.APPLICATIONS["inside_only"]:
        return there.is_loopback
    if host == urlsplit(settings.ORIGIN).hostname:
        return True
    return not (there.is_loopback or there.is_link_local or there.is_multicast or there.is_unspecified)


def _status(host: str, port: int, path: str, form: dict[str, str]) -> int:
    connection = http.client.HTTPSConnection(host, port, timeout=TO_CONNECT)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Connection": "close"}
    try:
        line = _connected(host, port)
        with _hung_up_after(SECONDS, line):
            connection.sock = trusted_authorities().wrap_socket(line, server_hostname=host)
            connection.request("POST", path, urlencode(form), headers)
            answer = connection.getresponse()
            answer.read(LONGEST_ANSWER)
            return answer.status
    except ssl.SSLCertVerificationError as error:
        raise UndeliveredError(f"certificate: {error.verify_message}", away=True) from error
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        raise UndeliveredError(type(error).__name__, away=True) from error
    finally:
        connection.close()


def _connected(host: str, port: int) -> socket.socket:
    """To an address that was judged: asked twice, a name may lie. Tried one after the other, as a browser does."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not all(is_reachable(address, host) for address in addresses):
        raise UndeliveredError("address inside", away=True)
    for address in addresses[:-1]:
        with suppress(OSError):
            return socket.create_connection((address, port), TO_CONNECT)
    return socket.create_connection((addresses[-1], port), TO_CONNECT)


@contextmanager
def _hung_up_after(seconds: float, line: socket.socket) -> Iterator[None]:
    """The timeout of a connection counts from byte to byte: an answer that drips would hold the lane for hours."""
    # A number of its own: TLS takes the socket's away, and closed, it would be somebody else's.
    twin = line.dup()
    clock = Timer(seconds, _hang_up, [twin])
    clock.daemon = True
    clock.start()
    try:
        yield
    finally:
        clock.cancel()
        twin.close()


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def trusted_authorities() -> ssl.SSLContext:
    """The authorities of the system, and the one that signed our own site: read again when its file has changed."""
    own = settings.APPLICATIONS["ca"]
    return _trusted_authorities(own, own.stat().st_mtime_ns) if own and own.is_file() else _trusted_authorities(None, 0)


@lru_cache(maxsize=1)
def _trusted_authorities(own: Path | None, _changed: int) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if own is not None:
        context.load_verify_locations(own)
    return context
