"""A message handed to Postfix: over TLS, signed in with the token, for all its recipients or for none."""

import re
import smtplib
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from vaguemestre.mailbox.endpoint import Endpoint
from vaguemestre.mailbox.errors import (
    DeliveryRefusedError,
    MailboxError,
    MailboxUnavailableError,
    ServerAwayError,
)
from vaguemestre.mailbox.imap.wire.connection import tls_context
from vaguemestre.mailbox.mime.header_fields import wire_address
from vaguemestre.mailbox.oauthbearer import bearer_message, sign_in_error
from vaguemestre.mailbox.values import InvalidReason, InvalidValueError

_PIECE = 65536
# Postfix slows down after ten refusals, and hangs up after twenty.
_REFUSALS_SHOWN = 9
_QUEUED_AS = re.compile(rb"queued as ([0-9A-Za-z]+)")


def submit_message(
    endpoint: Endpoint, user: str, token: str, sender: str, recipients: Sequence[str], source: Path | bytes
) -> str:
    """Once the server has taken charge: how its log calls the message. Raises `DeliveryRefusedError`,
    `SignInRefusedError`, `ServerAwayError`, or another `MailboxUnavailableError`: after the latter it is not known
    whether the message left."""
    if not recipients:
        raise InvalidValueError("recipients", InvalidReason.EMPTY)
    sender, *recipients = map(wire_address, (sender, *recipients))
    with _opened(source) as (message, size), _signed_in(endpoint, user, token) as connection:
        try:
            return connection.hand_over(sender, recipients, message, size)
        except (smtplib.SMTPException, OSError) as error:  # what the server answers is judged below, as codes
            raise MailboxUnavailableError(f"submission: {error}") from error


def submit_locally(endpoint: Endpoint, sender: str, recipients: Sequence[str], source: Path | bytes) -> str:
    """The same at the door on loopback, which asks nobody for a password. `sender` may be empty: no return path."""
    recipients = [wire_address(address) for address in recipients]
    with _opened(source) as (message, size):
        with _before_the_message(endpoint):
            connection = Handover(endpoint.host, endpoint.port, timeout=endpoint.silence_timeout)
        try:
            with connection:
                connection.ehlo_or_helo_if_needed()
                return connection.hand_over(sender and wire_address(sender), recipients, message, size)
        except (smtplib.SMTPException, OSError) as error:
            raise MailboxUnavailableError(f"{endpoint.host}:{endpoint.port}: {error}") from error


class Handover(smtplib.SMTP):
    """From MAIL to the final dot. It gives its name itself: `smtplib` would ask the resolver for one."""

    def __init__(self, host: str = "", port: int = 0, timeout: float = 30.0) -> None:
        super().__init__(host, port, local_hostname="localhost", timeout=timeout)

    def hand_over(self, sender: str, recipients: Sequence[str], message: BinaryIO, size: int) -> str:
        """The queue id, where the server says it."""
        options = [f"SIZE={size}"] if self.has_extn("size") else []
        code, text = self.mail(sender, options)
        if code != 250:
            raise _trouble_before_message(code, text)
        self._announce(recipients)
        code, text = self.docmd("DATA")
        if code != 354:
            raise _trouble(code, text)
        for piece in _stuffed(message):
            self.send(piece)
        code, text = self.getreply()
        if code != 250:
            raise _trouble(code, text)
        told = _QUEUED_AS.search(text)
        return told[1].decode("ascii") if told else ""

    def _announce(self, recipients: Sequence[str]) -> None:
        refused: dict[str, tuple[int, str]] = {}
        for address in recipients:
            try:
                code, text = self.rcpt(address)
            except smtplib.SMTPServerDisconnected:
                if refused:
                    break
                raise
            if code not in (250, 251):
                refused[address] = (code, _words(text))
            if len(refused) >= _REFUSALS_SHOWN:
                break
        if refused:
            code, words = max(refused.values())
            raise DeliveryRefusedError(code >= 500, code, words, refused)


class Submission(Handover):
    def sign_in(self, user: str, token: str) -> None:
        self.ehlo_or_helo_if_needed()
        code, text = self.docmd("AUTH", f"OAUTHBEARER {bearer_message(user, token).decode('ascii')}")
        challenge = text if code == 334 else b""
        if code == 334:
            # The refusal's details; an empty answer is asked for before the verdict.
            code, text = self.docmd("AQ==")
        if code != 235:
            raise sign_in_error(challenge, _words(text)) if code >= 500 else _trouble_before_message(code, text)


@contextmanager
def _opened(source: Path | bytes) -> Iterator[tuple[BinaryIO, int]]:
    if isinstance(source, bytes):
        yield BytesIO(source), len(source)
        return
    with source.open("rb") as file:
        yield file, source.stat().st_size


@contextmanager
def _before_the_message(endpoint: Endpoint) -> Iterator[None]:
    try:
        yield
    except (smtplib.SMTPException, OSError) as error:  # what the server answers is judged below, as codes
        raise ServerAwayError(f"{endpoint.host}:{endpoint.port}: {error}") from error


@contextmanager
def _signed_in(endpoint: Endpoint, user: str, token: str) -> Iterator[Submission]:
    with _before_the_message(endpoint):
        connection = _greeted(endpoint)
    try:
        with _before_the_message(endpoint):
            connection.sign_in(user, token)
        yield connection
    finally:
        with suppress(smtplib.SMTPException, OSError):
            connection.docmd("QUIT")
        connection.close()


def _greeted(endpoint: Endpoint) -> Submission:
    """`smtplib` would look for the name that it connects to in the certificate."""
    plain = socket.create_connection((endpoint.host, endpoint.port), endpoint.connect_timeout)
    connection = Submission()
    name = endpoint.certified_as or endpoint.host
    connection.sock = tls_context(endpoint.ca).wrap_socket(plain, server_hostname=name)
    code, text = connection.getreply()
    if code != 220:
        connection.close()
        raise smtplib.SMTPConnectError(code, text)
    connection.sock.settimeout(endpoint.command_timeout)
    return connection


def _stuffed(message: BinaryIO) -> Iterator[bytes]:
    """CRLF line ends, leading dots doubled, and the final dot; piece by piece."""
    end = b"\r\n"
    rest = b""
    while piece := message.read(_PIECE):
        lines = (rest + piece).split(b"\n")
        rest = lines.pop()
        if lines:
            yield b"".join(_line(line) for line in lines)
            end = b""
        if len(rest) > _PIECE:
            raise DeliveryRefusedError(True, 554, "line too long")
    if rest:
        yield _line(rest)
        end = b""
    yield end + b".\r\n"


def _line(line: bytes) -> bytes:
    return (b"." if line.startswith(b".") else b"") + line.rstrip(b"\r") + b"\r\n"


def _trouble_before_message(code: int, text: bytes | str) -> MailboxError:
    """For now, it is the server's own."""
    return _trouble(code, text) if code >= 500 else ServerAwayError(f"submission: {code} {_words(text)}")


def _trouble(code: int, text: bytes | str) -> DeliveryRefusedError | MailboxUnavailableError:
    """421: the server is away, not the message wrong."""
    if code in (-1, 421) or code < 400:
        return MailboxUnavailableError(f"submission: {code} {_words(text)}")
    return DeliveryRefusedError(code >= 500, code, _words(text))


def _words(text: bytes | str) -> str:
    return " ".join((text if isinstance(text, str) else text.decode("utf-8", "replace")).split())[:500]
