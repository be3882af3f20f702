"""Nobody in this house asks a resolver for the way to its own ports: one that is slow held up each letter, and made the
health checks say that mailboxes are shut."""

import socket
from typing import Any

import pytest
from django.utils import timezone

from vaguemestre.accounts.mail_access.access_tokens import mail_token
from vaguemestre.engine import mail_heartbeat, projection
from vaguemestre.mailbox.smtp.submission import submit_message
from vaguemestre.testing import MailAccount, letter, wait_for_mail
from vaguemestre.web import health_checks
from vaguemestre.webmail.connection import sending_endpoint


@pytest.fixture
def no_resolver(gate_server: int, mail_account: MailAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers are no question to it."""
    by_number = socket.getaddrinfo

    def numbers_only(host: Any, port: Any, *rest: Any, **named: Any) -> Any:
        return by_number(host, port, *rest, **{**named, "flags": socket.AI_NUMERICHOST})

    def refuse(*_asked: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "no resolver")

    projection.rebuild()
    monkeypatch.setattr(socket, "getaddrinfo", numbers_only)
    monkeypatch.setattr(socket, "getfqdn", refuse)
    with pytest.raises(socket.gaierror):
        socket.create_connection(("localhost", 25))


@pytest.mark.usefixtures("no_resolver")
def test_the_health_checks_find_every_port() -> None:
    assert [check.answers for check in (health_checks.reading(), health_checks.sending())] == [True, True]
    assert mail_heartbeat.beat(timezone.now()).faults == {}


@pytest.mark.usefixtures("no_resolver")
def test_the_webmail_sends(mail_account: MailAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    key, address = mail_account.key, mail_account.address
    token = mail_token(key, now=timezone.now())
    submit_message(sending_endpoint(), key, token, address, [address], bytes(letter(address, sender=address)))
    monkeypatch.undo()  # a mail program asks
    wait_for_mail(mail_account)
