"""`engine reload`: the daemons read their files again, and nobody who is connected notices."""

import imaplib
import select
import subprocess
import time

import pytest

from vaguemestre.engine import configuration
from vaguemestre.engine.doveadm import kick
from vaguemestre.instance import read_instance
from vaguemestre.testing import MailAccount, deliver, imap_connection, letter

# Dovecot's own: so long after a reload it ends the sessions of before, if it ends them.
GRACE_SECONDS = 6


@pytest.fixture
def idle(mail_account: MailAccount) -> imaplib.IMAP4_SSL:
    connection = imap_connection(mail_account)
    connection.select()
    connection.send(b"i1 IDLE\r\n")
    assert connection.readline().startswith(b"+")
    return connection


def ended(connection: imaplib.IMAP4_SSL, *, within: float) -> bool:
    deadline = time.monotonic() + within
    while select.select([connection.sock], [], [], max(0, deadline - time.monotonic()))[0]:
        line = connection.readline()
        if not line or line.startswith(b"* BYE"):
            return True
    return False


def hears_of_mail(connection: imaplib.IMAP4_SSL) -> bool:
    while line := connection.readline():
        if line == b"* 1 EXISTS\r\n":
            return True
    return False


def test_whoever_waits_for_mail_hears_of_it_over_a_reload_and_can_still_be_shut_out(
    mail_account: MailAccount, idle: imaplib.IMAP4_SSL
) -> None:
    for command in configuration.reload_commands(read_instance()):
        subprocess.run(command, check=True)
    imap_connection(mail_account).logout()
    deliver(letter(mail_account.address), mail_account.address)
    assert hears_of_mail(idle)
    assert not ended(idle, within=GRACE_SECONDS + 2)
    kick([mail_account.key])
    assert ended(idle, within=20)
