"""The webmail's own door at Dovecot: a cheap token that opens nothing else, no question to the gate, each refusal."""

import base64
import imaplib
import smtplib
import stat
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.utils import timezone

from vaguemestre.accounts.lifecycle import closure
from vaguemestre.accounts.mail_access import door_key
from vaguemestre.accounts.mail_access.access_tokens import door_token, mail_token
from vaguemestre.accounts.models import Account
from vaguemestre.engine import projection
from vaguemestre.engine.gate import StartResponse
from vaguemestre.engine.testing import Neighbour, agree
from vaguemestre.engine.testing.sign_in import by_token
from vaguemestre.mailbox.endpoint import Endpoint
from vaguemestre.mailbox.errors import MailboxError, SignInRefusedError
from vaguemestre.mailbox.imap.wire.connection import Connection
from vaguemestre.mailbox.oauthbearer import bearer_message
from vaguemestre.mailbox.sieve import managesieve
from vaguemestre.shared_mailboxes.models import MailboxRights
from vaguemestre.shared_mailboxes.testing import make_box
from vaguemestre.testing import MailAccount, data_folder, make_mail_account, secret, tls_context

TRIES = 200


def enter(user: str, token: str) -> Connection:
    host, port = settings.MAIL["imaps"]
    door = Endpoint(host, port, socket=settings.MAIL["mailboxes"])
    connection, answer = Connection.sign_in(door, user, token, remote=None, then=[b"STATUS INBOX (MESSAGES)"])
    assert answer.statuses[0].ok
    return connection


def is_ended(connection: Connection) -> bool:
    """Dovecot has told the process by then; its end is seen here a moment later."""
    for _ in range(TRIES):
        try:
            connection.round_trip([b"NOOP"])
        except MailboxError:
            return True
    return False


def lock(account: Account) -> None:
    account.locked_at = timezone.now()
    account.save(update_fields=["locked_at"])


def close(account: Account) -> None:
    closure.close_accounts([account], on=timezone.localdate(), now=timezone.now())


def block(account: Account) -> None:
    """As a stolen account, and as the help desk does."""
    account.mail_blocked_until = timezone.now() + timedelta(days=2)
    account.save(update_fields=["mail_blocked_until"])


@pytest.fixture
def asked(neighbours: dict[str, Neighbour]) -> Iterator[list[str]]:
    """What the gate was asked."""
    told: list[str] = []

    def note(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        told.append(environ["QUERY_STRING"])
        return agree(environ, start_response)

    with neighbours["gate"].serving(note):
        yield told


def test_a_sign_in_of_the_webmail_asks_the_gate_nothing(mail_account: MailAccount, asked: list[str]) -> None:
    enter(mail_account.key, door_token(mail_account.key, now=timezone.now())).close()
    assert not asked
    by_token(mail_account, mail_token(mail_account.key, now=timezone.now())).logout()
    assert "command=allow" in asked


@pytest.mark.parametrize("shut", [lock, close, block])
def test_who_is_refused_has_no_session_and_gets_none(
    mail_account: MailAccount, shut: Callable[[Account], None]
) -> None:
    box = make_box()
    box.give(mail_account, MailboxRights.MEMBER)
    mailboxes = (mail_account.key, box.key)
    token = door_token(mail_account.key, now=timezone.now())
    sessions = [enter(mailbox, token) for mailbox in mailboxes]
    shut(mail_account.account)
    projection.project([mail_account.key])
    assert [is_ended(session) for session in sessions] == [True, True]
    for mailbox in mailboxes:
        with pytest.raises(SignInRefusedError):
            enter(mailbox, token)


def test_neither_has_who_is_no_member_any_more(mail_account: MailAccount) -> None:
    box = make_box()
    token = door_token(mail_account.key, now=timezone.now())
    with pytest.raises(SignInRefusedError):
        enter(box.key, token)
    box.give(mail_account, MailboxRights.MEMBER)
    session = enter(box.key, token)
    box.take(mail_account)
    assert is_ended(session)
    with pytest.raises(SignInRefusedError):
        enter(box.key, token)
    enter(mail_account.key, token).close()


def test_nobody_enters_another_mailbox(mail_account: MailAccount) -> None:
    with pytest.raises(SignInRefusedError):
        enter(make_mail_account("Karim", "Belkacem").key, door_token(mail_account.key, now=timezone.now()))


def test_its_token_opens_no_other_door(mail_account: MailAccount) -> None:
    token = door_token(mail_account.key, now=timezone.now())
    with pytest.raises(imaplib.IMAP4.error):
        by_token(mail_account, token)
    with smtplib.SMTP_SSL(*settings.MAIL["smtps"], context=tls_context()) as server:
        server.ehlo()
        said = base64.b64decode(bearer_message(mail_account.key, token)).decode()
        with pytest.raises(smtplib.SMTPAuthenticationError):
            server.auth("OAUTHBEARER", lambda challenge=None: said if challenge is None else "")
    host, port = settings.MAIL["sieve"]
    scripts = Endpoint(host, port, ca=settings.MAIL["ca"], certified_as=settings.MAIL["imaps"][0])
    with pytest.raises(MailboxError), managesieve.open_script_server(scripts, mail_account.key, token):
        pass


@pytest.mark.parametrize(
    "token",
    [
        lambda key: mail_token(key, now=timezone.now()),
        lambda key: door_token(key, now=timezone.now() - timedelta(minutes=2)),
        lambda key: signed(key, by=b"0" * 32),
        lambda key: signed(key, key_id="another-machine-1"),
    ],
    ids=["of the network", "old", "by another key", "of another machine"],
)  # fmt: skip
def test_the_door_takes_no_other(mail_account: MailAccount, token: Callable[[str], str]) -> None:
    with pytest.raises(SignInRefusedError):
        enter(mail_account.key, token(mail_account.key))


def signed(key: str, *, by: bytes | None = None, key_id: str | None = None) -> str:
    told = jwt.decode(door_token(key, now=timezone.now()), options={"verify_signature": False})
    secret_key = by or base64.b64decode(secret(door_key.FILE))
    return jwt.encode(told, secret_key, algorithm="HS256", headers={"kid": key_id or door_key.key_id()})


def test_the_key_is_the_web_s_and_dovecot_s(daemons: None) -> None:
    kept = data_folder() / "secrets" / door_key.FILE
    copy = data_folder() / "engine" / "dovecot" / "door-keys" / "default" / "HS256" / door_key.key_id()
    assert (kept.owner(), stat.S_IMODE(kept.stat().st_mode)) == ("vaguemestre", 0o600)
    assert (copy.owner(), copy.group(), stat.S_IMODE(copy.stat().st_mode)) == ("root", "dovecot", 0o640)
