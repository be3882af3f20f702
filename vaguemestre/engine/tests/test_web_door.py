"""The webmail's own door at Dovecot: a cheap token that opens nothing else, no question to the gate, each refusal."""

import base64
import grp
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

from vaguemestre.accounts.compromise.account_shutdown import shut_account_down
from vaguemestre.accounts.mail_access import portal_clients, socket_key
from vaguemestre.accounts.mail_access.access_tokens import door_token, program_token
from vaguemestre.accounts.models import Account
from vaguemestre.engine import projection
from vaguemestre.engine.gate import StartResponse
from vaguemestre.engine.testing import Neighbour, agree
from vaguemestre.engine.testing.sign_in import (
    WebDoor,
    as_the_webmail,
    at_web_door,
    by_token,
    close,
    lock,
    wait_until_ended,
)
from vaguemestre.mailbox.endpoint import Endpoint
from vaguemestre.mailbox.errors import MailboxError
from vaguemestre.mailbox.oauthbearer import bearer_message
from vaguemestre.mailbox.sieve import managesieve
from vaguemestre.shared_mailboxes.models import MailboxRights
from vaguemestre.shared_mailboxes.testing import make_box
from vaguemestre.testing import PASSWORD, MailAccount, data_folder, make_mail_account, secret, tls_context


def block(account: Account) -> None:
    account.mail_blocked_until = timezone.now() + timedelta(days=2)
    account.save(update_fields=["mail_blocked_until"])


def declare_stolen(account: Account) -> None:
    shut_account_down(account, by="a0000001", office="", reason="volé", now=timezone.now())


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
    as_the_webmail(mail_account.key, mail_account.key).logout()
    assert not asked
    by_token(mail_account, mail_account.token).logout()
    assert "command=allow" in asked


@pytest.mark.parametrize("shut", [lock, close, block, declare_stolen])
def test_who_is_refused_has_no_session_and_gets_none(
    mail_account: MailAccount, shut: Callable[[Account], None]
) -> None:
    """Not even with a token that was signed before."""
    box = make_box()
    box.give(mail_account, MailboxRights.MEMBER)
    mailboxes = (mail_account.key, box.key)
    token = door_token(mail_account.key, now=timezone.now())
    sessions = [at_web_door(mailbox, token) for mailbox in mailboxes]
    shut(mail_account.account)
    projection.project([mail_account.key])
    for session in sessions:
        wait_until_ended(session)
    for mailbox in mailboxes:
        with pytest.raises(imaplib.IMAP4.error):
            at_web_door(mailbox, token)


def test_nobody_enters_another_mailbox(mail_account: MailAccount) -> None:
    colleague = make_mail_account("Karim", "Belkacem")
    for mailbox in (colleague.key, make_box().key, "", "' OR 1=1 --"):
        with pytest.raises(imaplib.IMAP4.error):
            as_the_webmail(mailbox, mail_account.key)


def test_its_token_opens_no_other_door(mail_account: MailAccount) -> None:
    token = door_token(mail_account.key, now=timezone.now())
    for mechanism in ("OAUTHBEARER", "XOAUTH2"):
        with pytest.raises(imaplib.IMAP4.error):
            by_token(mail_account, token, mechanism)
    with smtplib.SMTP_SSL(*settings.MAIL["smtps"], context=tls_context()) as server:
        server.ehlo()
        said = base64.b64decode(bearer_message(mail_account.key, token)).decode()
        with pytest.raises(smtplib.SMTPAuthenticationError):
            server.auth("OAUTHBEARER", lambda challenge=None: said if challenge is None else "")
    host, port = settings.MAIL["sieve"]
    scripts = Endpoint(host, port, ca=settings.MAIL["ca"], certified_as=settings.MAIL["imaps"][0])
    with pytest.raises(MailboxError), managesieve.open_script_server(scripts, mail_account.key, token):
        pass


def test_no_password_is_tried_there(mail_account: MailAccount, asked: list[str]) -> None:
    """The gate, which counts tries, would not hear of them."""
    door = WebDoor()
    assert [word for word in door.capabilities if word.startswith("AUTH=")] == ["AUTH=OAUTHBEARER"]
    with pytest.raises(imaplib.IMAP4.error):
        door.login(mail_account.address, PASSWORD)


def of_a_program(account: MailAccount) -> str:
    program = portal_clients.admit_program(account.account, "Thunderbird", now=timezone.now())
    projection.project([account.key])
    return program_token(program, "0b3c7a52-6a0e-4d6f-9f7e-6c1c5ad7b1f0", "thunderbird", now=timezone.now())


def signed(
    account: MailAccount, *, by: bytes | None = None, key_id: str | None = None, algorithm: str = "HS256"
) -> str:
    told = jwt.decode(door_token(account.key, now=timezone.now()), options={"verify_signature": False})
    key = by or base64.b64decode(secret(socket_key.FILE))
    return jwt.encode(told, key, algorithm, headers={"kid": key_id or socket_key.key_id()})


@pytest.mark.parametrize(
    "token",
    [
        lambda account: account.token,
        lambda account: signed(account, by=secret("mail-token.1.pem").encode(), algorithm="ES256"),
        of_a_program,
        lambda account: door_token(account.key, now=timezone.now() - timedelta(minutes=2)),
        lambda account: signed(account, by=b"0" * 32),
        lambda account: signed(account, key_id="another-machine-1"),
    ],
    ids=["of the network", "of the network, by its name", "a program's", "old", "by another key", "elsewhere"],
)  # fmt: skip
def test_the_door_takes_no_other(mail_account: MailAccount, token: Callable[[MailAccount], str]) -> None:
    at_web_door(mail_account.key, signed(mail_account)).logout()
    with pytest.raises(imaplib.IMAP4.error):
        at_web_door(mail_account.key, token(mail_account))


def test_the_key_is_the_web_s_and_dovecot_s(daemons: None) -> None:
    kept = data_folder() / "secrets" / socket_key.FILE
    copy = data_folder() / "engine" / "dovecot" / "door-keys" / "default" / "HS256" / socket_key.key_id()
    assert (kept.owner(), stat.S_IMODE(kept.stat().st_mode)) == ("vaguemestre", 0o600)
    assert (copy.owner(), copy.group(), stat.S_IMODE(copy.stat().st_mode)) == ("root", "dovecot", 0o640)
    assert not {"vaguemestre", "vaguemestre-files", "postfix", "vmail"} & {*grp.getgrnam("dovecot").gr_mem}


def test_a_machine_may_have_a_long_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dovecot would look for another file, and no mailbox open."""
    monkeypatch.setattr("platform.node", lambda: "mail.ac-amiens.fr")
    assert "." not in socket_key.key_id()
