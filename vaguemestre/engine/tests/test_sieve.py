"""ManageSieve over loopback with the webmail's token, and what filters do."""

import base64
import contextlib
import socket
import ssl
import time
from collections.abc import Iterator

import pytest
from django.conf import settings

from vaguemestre.testing import MailAccount, deliver, letter, make_mail_account, tls_context, wait_for_mail


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


def test_a_script_is_checked_stored_and_used(mail_account: MailAccount) -> None:
    with managesieve(mail_account) as session:
        broken = b'fileinto "x"'
        assert session.say(b'PUTSCRIPT "essai" {%d+}\r\n' % len(broken) + broken).startswith(b"NO")
    put(mail_account, 'require ["fileinto", "mailbox"]; fileinto :create "Classe/Sixième";')
    deliver(letter(mail_account.address), mail_account.address)
    wait_for_mail(mail_account, folder='"Classe/Sixi&AOg-me"')


def test_a_redirect_reaches_a_colleague(mail_account: MailAccount) -> None:
    colleague = make_mail_account("Karim", "Belkacem")
    put(mail_account, f'require "copy"; redirect :copy "{colleague.address}";')
    deliver(letter(mail_account.address), mail_account.address)
    wait_for_mail(mail_account)
    wait_for_mail(colleague)


def test_a_circle_of_redirects_ends(mail_account: MailAccount) -> None:
    colleague = make_mail_account("Karim", "Belkacem")
    put(mail_account, f'require "copy"; redirect :copy "{colleague.address}";')
    put(colleague, f'require "copy"; redirect :copy "{mail_account.address}";')
    deliver(letter(mail_account.address), mail_account.address)
    wait_for_mail(colleague)
    time.sleep(1)  # a circle would have filled both boxes by then
    for account in (mail_account, colleague):
        assert len(wait_for_mail(account)) <= 2  # the letter, and one copy that came back


def test_an_absence_reply_goes_to_whoever_wrote(mail_account: MailAccount) -> None:
    colleague = make_mail_account("Karim", "Belkacem")
    put(mail_account, 'require "vacation"; vacation :subject "Absente" "De retour lundi.";')
    from vaguemestre.testing import submission

    with submission(colleague) as connection:
        message = letter(mail_account.address, sender=colleague.address)
        connection.sendmail(colleague.address, [mail_account.address], message.as_bytes())
    [reply] = wait_for_mail(colleague)
    assert b"De retour lundi." in reply
    assert b"Auto-Submitted: auto-replied" in reply


@pytest.mark.parametrize("marked", [True, False])
def test_what_rspamd_marked_goes_to_junk(mail_account: MailAccount, marked: bool) -> None:
    """The mark as Rspamd leaves it, past Postfix's door: through LMTP itself."""
    from vaguemestre.testing import deliver_locally

    message = letter(mail_account.address, **({"X_Spam": "Yes"} if marked else {}))
    deliver_locally(message, mail_account.address)
    wait_for_mail(mail_account, folder="Junk" if marked else "INBOX")
