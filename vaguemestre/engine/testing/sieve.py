"""Shared by tests: sieve."""

import base64
import contextlib
import socket
import ssl
from collections.abc import Iterator

from django.conf import settings

from vaguemestre.testing import MailAccount, tls_context


class ManageSieve:
    """Just enough of RFC 5804."""

    def __init__(self) -> None:
        host, port = settings.MAIL["sieve"]
        self.socket: socket.socket = socket.create_connection((host, port), timeout=10)
        self.stream = self.socket.makefile("rb")
        self.answer()

    def answer(self) -> bytes:
        lines = b""
        while line := self.stream.readline():
            lines += line
            if line.startswith((b"OK", b"NO", b"BYE")):
                break
        return lines

    def say(self, line: bytes) -> bytes:
        self.socket.sendall(line + b"\r\n")
        return self.answer()

    def secure(self, context: ssl.SSLContext) -> None:
        assert b"OK" in self.say(b"STARTTLS")
        self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        self.stream = self.socket.makefile("rb")
        self.answer()

    def sign_in(self, account: MailAccount) -> bytes:
        said = f"n,a={account.key},\x01auth=Bearer {account.token}\x01\x01"
        return self.say(b'AUTHENTICATE "OAUTHBEARER" "' + base64.b64encode(said.encode()) + b'"')


@contextlib.contextmanager
def managesieve(account: MailAccount) -> Iterator[ManageSieve]:
    session = ManageSieve()
    session.secure(tls_context())
    assert session.sign_in(account).startswith(b"OK")
    yield session
    session.say(b"LOGOUT")
    session.socket.close()


def put(account: MailAccount, script: str) -> None:
    with managesieve(account) as session:
        data = script.encode()
        put = session.say(b'PUTSCRIPT "essai" {%d+}\r\n' % len(data) + data)
        assert put.startswith(b"OK"), put
        assert session.say(b'SETACTIVE "essai"').startswith(b"OK")
