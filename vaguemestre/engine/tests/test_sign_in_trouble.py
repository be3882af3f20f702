"""A trouble of Dovecot's own at a sign-in is none of the person's: nobody is told that they are shut out."""

from collections.abc import Callable

import pytest
from django.conf import settings

from vaguemestre.mailbox.endpoint import Endpoint
from vaguemestre.mailbox.errors import ServerAwayError, SignInRefusedError
from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.mailbox.oauthbearer import sign_in_error
from vaguemestre.mailbox.sieve.managesieve import open_script_server
from vaguemestre.mailbox.smtp.submission import submit_message
from vaguemestre.testing import MailAccount, locked_mail_file

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


@pytest.mark.parametrize("door", [imap, scripts, submission])
def test_what_passes_is_told_from_a_refusal(mail_account: MailAccount, door: Door) -> None:
    with locked_mail_file(), pytest.raises(ServerAwayError):
        door(mail_account, mail_account.token)
    with pytest.raises(SignInRefusedError):
        door(mail_account, "not.a.token")
    door(mail_account, mail_account.token)


@pytest.mark.parametrize("challenge", [b"", b"?", b"x", b"e30=", b"\xff\xfe"])
def test_a_challenge_that_says_nothing_is_a_refusal(challenge: bytes) -> None:
    assert isinstance(sign_in_error(challenge), SignInRefusedError)
