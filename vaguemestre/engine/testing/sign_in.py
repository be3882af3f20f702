"""Shared by tests: sign in."""

import imaplib
import time

from django.conf import settings

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


def wait_until_ended(connection: imaplib.IMAP4_SSL, seconds: float = 15) -> None:
    """Dovecot signals the process and answers; the client sees the end a moment later."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            connection.noop()
        except imaplib.IMAP4.abort:
            return
        time.sleep(0.02)
    raise AssertionError("the connection goes on")
