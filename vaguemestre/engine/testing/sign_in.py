"""Shared by tests: sign in."""

import imaplib
import socket
import time

from django.conf import settings
from django.utils import timezone

from vaguemestre.accounts.lifecycle import closure
from vaguemestre.accounts.mail_access.access_tokens import door_token
from vaguemestre.accounts.models import Account
from vaguemestre.testing import MailAccount, tls_context


def forms(account: MailAccount) -> list[str]:
    known = account.account
    return [
        known.identifier, known.identifier.upper(), known.local_part, known.local_part.replace(".", ""),
        known.address, known.address.upper(), known.address.replace(".", "", 1), account.key,
    ]  # fmt: skip


def by_token(account: MailAccount, token: str, mechanism: str = "OAUTHBEARER") -> imaplib.IMAP4_SSL:
    host, port = settings.MAIL["imaps"]
    connection = imaplib.IMAP4_SSL(host, port, ssl_context=tls_context())
    said = f"n,a={account.key},\x01auth=Bearer {token}\x01\x01"
    connection.authenticate(mechanism, lambda _challenge: said.encode())
    return connection


class WebDoor(imaplib.IMAP4):
    """Dovecot's socket of the webmail."""

    def _create_socket(self, timeout: float | None) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(timeout)
        connection.connect(str(settings.MAIL["mailboxes"]))
        return connection


def at_web_door(mailbox: str, token: str) -> imaplib.IMAP4:
    """As the webmail signs in. Raises imaplib's error when Dovecot refuses."""
    connection = WebDoor()
    connection.authenticate("OAUTHBEARER", lambda _challenge: f"n,a={mailbox},\x01auth=Bearer {token}\x01\x01".encode())
    return connection


def as_the_webmail(mailbox: str, reader: str) -> imaplib.IMAP4:
    return at_web_door(mailbox, door_token(reader, now=timezone.now()))


def lock(account: Account) -> None:
    account.locked_at = timezone.now()
    account.save(update_fields=["locked_at"])


def close(account: Account) -> None:
    closure.close_accounts([account], on=timezone.localdate(), now=timezone.now())


def wait_until_ended(connection: imaplib.IMAP4, seconds: float = 15) -> None:
    """Dovecot signals the process and answers; the client sees the end a moment later."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            connection.noop()
        except imaplib.IMAP4.abort:
            return
        time.sleep(0.02)
    raise AssertionError("the connection goes on")
