"""Port 25, as those meet it who send what nobody wants: nothing is taken that would come back to a forged sender."""

import smtplib
from collections.abc import Iterator

import pytest

from vaguemestre.academy.facts import academy
from vaguemestre.instance import read_instance
from vaguemestre.testing import MailAccount

A_MINUTE = 600  # messages of one client (postfix/master.cf)


@pytest.fixture
def stranger(daemons: None) -> Iterator[smtplib.SMTP]:
    with connected() as connection:
        yield connection


def connected(source: str = "127.0.0.66") -> smtplib.SMTP:
    """From an address of loopback: Postfix counts by the true one, whatever XCLIENT pretends."""
    port = read_instance().ports.smtp
    connection = smtplib.SMTP("127.0.0.1", port, "stranger.example", timeout=60, source_address=(source, 0))
    connection.ehlo()
    return connection


def rcpt(connection: smtplib.SMTP, recipient: str) -> int:
    connection.docmd("MAIL", "FROM:<forged@librairie.example>")
    code, _text = connection.docmd("RCPT", f"TO:<{recipient}>")
    connection.docmd("RSET")
    return code


@pytest.mark.parametrize(
    "recipient",
    [
        "x@[127.0.0.1]", "postmaster@[127.0.0.1]", "x@[127.0.0.2]", "x@[192.0.2.9]", "x@[IPv6:::1]",
        "x@[IPv6:2001:db8::1]", "x@localhost", "x@127.0.0.1", "x@messagerie.{0}", "x@sub.{0}", "x",
        "x@{0}", "x%ailleurs.example@{0}",
        "x%[127.0.0.1]@{0}", "ailleurs.example!x@{0}", "@{0}:x@ailleurs.example", "@{0}:x@[127.0.0.1]",
        '"x@ailleurs.example"@{0}', '"x@[127.0.0.1]"@{0}',
    ],
)  # fmt: skip
def test_what_is_no_mailbox_of_ours_is_refused_at_rcpt(stranger: smtplib.SMTP, recipient: str) -> None:
    assert 500 <= rcpt(stranger, recipient.format(academy().domain)) < 600


def test_an_accented_sender_is_told_before_its_message_travels(stranger: smtplib.SMTP) -> None:
    assert "smtputf8" not in stranger.esmtp_features
    assert stranger.docmd("MAIL", "FROM:<helene@librairie.example> SMTPUTF8")[0] == 555


def test_one_client_s_flood_is_put_off_and_nobody_else_s_mail(mail_account: MailAccount) -> None:
    for _ in range(0, A_MINUTE, 50):  # with 100 RSET in one connection Postfix cuts it off
        with connected("127.0.0.67") as flood:
            assert mails(flood, 50) == {250}
    with connected("127.0.0.67") as flood, connected("127.0.0.68") as neighbour:
        assert mails(flood, 1) == {450}
        assert rcpt(neighbour, mail_account.address) == 250


def mails(connection: smtplib.SMTP, count: int) -> set[int]:
    """MAIL and RSET so many times, sent together. The answers to MAIL."""
    connection.send("MAIL FROM:<forged@librairie.example>\r\nRSET\r\n" * count)
    codes = [connection.getreply()[0] for _ in range(2 * count)]
    return set(codes[::2])
