"""A trouble of Dovecot's own at a sign-in is none of the person's: nobody is told that they are shut out."""

import base64
import smtplib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from vaguemestre.accounts.mail_access.access_tokens import door_token, mail_token
from vaguemestre.accounts.models import Account
from vaguemestre.engine.testing.sign_in import at_web_door
from vaguemestre.mailbox.endpoint import Endpoint
from vaguemestre.mailbox.errors import ServerAwayError, SignInRefusedError
from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.mailbox.oauthbearer import sign_in_error
from vaguemestre.mailbox.sieve.managesieve import open_script_server
from vaguemestre.mailbox.smtp.submission import submit_message
from vaguemestre.testing import PASSWORD, MailAccount, locked_mail_file, tls_context

type Door = Callable[[MailAccount, str], None]


def _endpoint(name: str) -> Endpoint:
    host, port = settings.MAIL[name]
    return Endpoint(host, port, ca=settings.MAIL["ca"], certified_as="localhost")


def imap(account: MailAccount, token: str) -> None:
    pool = Pool(_endpoint("imaps"), lambda _user: token)
    try:
        with pool.session(account.key) as session:
            session.folders()
    finally:
        pool.close()


def scripts(account: MailAccount, token: str) -> None:
    with open_script_server(_endpoint("sieve"), account.key, token) as server:
        server.scripts()


def submission(account: MailAccount, token: str) -> None:
    submit_message(_endpoint("smtps"), account.key, token, account.address, [account.address], b"Subject: x\r\n\r\nx")


@pytest.mark.parametrize("door", [imap, scripts])
def test_what_passes_is_told_from_a_refusal(mail_account: MailAccount, door: Door) -> None:
    with locked_mail_file(), pytest.raises(ServerAwayError):
        door(mail_account, mail_account.token)
    with pytest.raises(SignInRefusedError):
        door(mail_account, "not.a.token")
    door(mail_account, mail_account.token)


def test_whoever_sends_is_asked_to_come_back(mail_account: MailAccount) -> None:
    """RFC 4954: after 454 a program keeps the password, after 535 it asks for another. Whatever was typed."""
    nobody = replace(mail_account, account=Account(local_part="nobody.here"))
    tried = [(mail_account, PASSWORD), (mail_account, "not this one"), (nobody, PASSWORD)]
    with locked_mail_file(), ThreadPoolExecutor() as programs:  # ten seconds each
        answers = [programs.submit(_answer, *one) for one in tried]
        with pytest.raises(ServerAwayError):
            submission(mail_account, mail_account.token)
        assert [answer.result() for answer in answers] == [454, 454, 454]
    assert [_answer(*one) for one in tried] == [235, 535, 535]
    with pytest.raises(SignInRefusedError):
        submission(mail_account, "not.a.token")
    submission(mail_account, mail_account.token)


@pytest.mark.parametrize("door", [imap, scripts, submission])
def test_a_token_of_before_the_clock_was_set_back_opens_every_door(mail_account: MailAccount, door: Door) -> None:
    """A time of issue in it would be refused until that time, as if the mailbox was shut."""
    ahead = timezone.now() + timedelta(hours=1)
    door(mail_account, mail_token(mail_account.key, now=ahead))
    at_web_door(mail_account.key, door_token(mail_account.key, now=ahead)).logout()


def _answer(account: MailAccount, password: str) -> int:
    host, port = settings.MAIL["smtps"]
    with smtplib.SMTP_SSL(host, port, context=tls_context()) as connection:
        connection.ehlo()
        said = base64.b64encode(f"\0{account.address}\0{password}".encode()).decode()
        return connection.docmd("AUTH", f"PLAIN {said}")[0]


@pytest.mark.parametrize("challenge", [b"", b"?", b"x", b"e30=", b"\xff\xfe"])
def test_a_challenge_that_says_nothing_is_a_refusal(challenge: bytes) -> None:
    assert isinstance(sign_in_error(challenge), SignInRefusedError)
