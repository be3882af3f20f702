"""One text message handed to the authority's gateway: the fields of a form, over HTTPS, to one address."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from django.conf import settings

LONGEST_ANSWER = 4000
# Not now, but perhaps later; all other refusals (a wrong secret, a number it does not serve) stay what they are.
_LATER = {408, 425, 429}


class GatewayError(Exception):
    """The message was not taken. The words are ours: an answer may repeat the number, or the text."""

    def __init__(self, words: str, *, permanent: bool) -> None:
        super().__init__(words)
        self.permanent = permanent


def hand_over(number: str, text: str) -> None:
    """`number` in the international form. A redirection is not followed: it would carry the secret elsewhere."""
    gateway = cast(dict[str, Any], settings.SMS)
    parts = urlsplit(gateway["url"])
    connection = _connection(gateway, parts.scheme, parts.hostname or "", parts.port)
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8", "Connection": "close"}
    try:
        connection.connect()
        with _hung_up_after(gateway["timeout"], connection.sock):
            connection.request("POST", parts.path or "/", urlencode(_form(gateway, number, text)), headers)
            answer = connection.getresponse()
            said = answer.read(LONGEST_ANSWER).decode(errors="replace")
    except (HTTPException, OSError) as error:
        raise GatewayError(type(error).__name__, permanent=False) from None
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        raise GatewayError(str(answer.status), permanent=400 <= answer.status < 500 and answer.status not in _LATER)
    if gateway["accepted"] not in said:
        raise GatewayError("its answer says no", permanent=False)


@contextmanager
def _hung_up_after(seconds: float, line: socket.socket) -> Iterator[None]:
    """The timeout of a connection counts from byte to byte: an answer that drips would hold the clock for hours."""
    clock = Timer(seconds, _hang_up, [line])
    clock.start()
    try:
        yield
    finally:
        clock.cancel()


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):
        socket.socket.shutdown(line, socket.SHUT_RDWR)  # of the line under TLS, which another thread is reading


def _connection(gateway: dict[str, Any], scheme: str, host: str, port: int | None) -> HTTPConnection:
    if scheme == "http":
        return HTTPConnection(host, port, timeout=gateway["timeout"])
    trusted = ssl.create_default_context(cafile=gateway["ca"])
    return HTTPSConnection(host, port, timeout=gateway["timeout"], context=trusted)


def _form(gateway: dict[str, Any], number: str, text: str) -> dict[str, str]:
    form = {**gateway["fields"]}
    if gateway["secret_field"]:
        form[gateway["secret_field"]] = gateway["secret"].read_text().strip()
    dialled = gateway["number_begins"] + number.removeprefix("+")
    return {**form, gateway["number_field"]: dialled, gateway["text_field"]: text}
