"""The policy of MTA-STS, read as another server would: at the address that the DNS gives, by TLS, no redirect."""

import socket
import ssl
from collections.abc import Sequence
from http.client import HTTPException, HTTPResponse

from vaguemestre.engine import mta_sts

SECONDS = 5.0
LONGEST = 64 * 1024  # RFC 8461, 3.3


class PolicyError(Exception):
    """Nobody answers there, or not as it must be; the message is for the operator."""


def fetched(addresses: Sequence[str], *, port: int = 443, trust: ssl.SSLContext | None = None) -> str:
    """Raises PolicyError."""
    trust = trust or ssl.create_default_context()
    try:
        with (
            socket.create_connection((addresses[0], port), timeout=SECONDS) as plain,
            trust.wrap_socket(plain, server_hostname=mta_sts.host()) as connection,
        ):
            asked = f"GET {mta_sts.PATH} HTTP/1.1\r\nHost: {mta_sts.host()}\r\nConnection: close\r\n\r\n"
            connection.sendall(asked.encode())
            with HTTPResponse(connection) as answer:
                answer.begin()
                said, kind = answer.read(LONGEST).decode("utf-8", "replace"), answer.headers.get_content_type()
    except (OSError, HTTPException) as error:
        raise PolicyError(str(error)) from error
    if answer.status != 200 or kind != "text/plain":
        raise PolicyError(f"{answer.status} {kind}")
    return said


def says_the_same(said: str, wanted: str) -> bool:
    """In whatever order, and with whatever else; the lines may end in either way."""
    return set(wanted.split("\r\n")) <= {line.strip() for line in [*said.splitlines(), ""]}
