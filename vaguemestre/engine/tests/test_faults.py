"""Daemons that die in the middle of the day. The supervisor of the run starts them again, as it does in production."""

import contextlib
import imaplib
import os
import signal
import socket
import time
from collections.abc import Callable

from vaguemestre.instance import read_instance
from vaguemestre.testing import MailAccount, data_folder, deliver, imap_connection, letter, submission, wait_for_mail


def eventually(act: Callable[[], object], seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            act()
        except (OSError, imaplib.IMAP4.error):  # smtplib's errors are OSErrors
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def kill(pid_file: str) -> None:
    os.kill(int((data_folder() / pid_file).read_text().split()[0]), signal.SIGKILL)


def test_mail_that_comes_while_dovecot_is_dead_is_delivered_later(mail_account: MailAccount) -> None:
    deliver(letter(mail_account.address, subject="avant"), mail_account.address)
    wait_for_mail(mail_account)
    kill("run/dovecot/master.pid")
    deliver(letter(mail_account.address, subject="pendant"), mail_account.address)
    eventually(lambda: imap_connection(mail_account).logout())
    assert len(wait_for_mail(mail_account, 2, seconds=40)) == 2


def test_postfix_that_dies_comes_back_with_its_queue(mail_account: MailAccount) -> None:
    kill("queue/pid/master.pid")
    eventually(lambda: submission(mail_account).quit())
    eventually(lambda: deliver(letter(mail_account.address), mail_account.address))
    wait_for_mail(mail_account)


def test_nonsense_on_the_sender_check_hurts_nobody(mail_account: MailAccount) -> None:
    path = str(data_folder() / "run" / "sendercheck.sock")
    for nonsense in (b"GET / HTTP/1.1\r\n\r\n", b"\0\0\0\0", b"\0\0\0\x05Oab", b"\0\0\0\x02L\0", b"\xff" * 4096):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(path)
            with contextlib.suppress(OSError):
                connection.sendall(nonsense)
                connection.shutdown(socket.SHUT_WR)
                connection.recv(100)
    message = letter(mail_account.address, sender=mail_account.address)
    with submission(mail_account) as connection:
        connection.sendmail(mail_account.address, [mail_account.address], message.as_bytes())
    wait_for_mail(mail_account)


def test_nothing_listens_beyond_the_doors(mail_account: MailAccount) -> None:
    """ManageSieve, reinjection and the sink are on loopback; the tests themselves bind nothing wider."""
    ports = read_instance().ports
    for port in (ports.sieve, ports.reinject, ports.sink):
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.2", port), timeout=2):
            raise AssertionError(f"{port} listens on another address as well")
