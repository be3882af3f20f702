"""Sending through the real Postfix, and through servers that refuse or break."""

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from vaguemestre.mailbox.endpoint import Endpoint
from vaguemestre.mailbox.errors import (
    DeliveryRefusedError,
    MailboxError,
    MailboxUnavailableError,
    ServerAwayError,
    SignInRefusedError,
)
from vaguemestre.mailbox.smtp.submission import submit_message
from vaguemestre.mailbox.testing.scripted_server import Authority, scripted
from vaguemestre.mailbox.values import InvalidValueError
from vaguemestre.testing import MailAccount, make_mail_account, wait_for_mail


@pytest.fixture
def smtps(daemons: None) -> Endpoint:
    host, port = settings.MAIL["smtps"]
    return Endpoint(host, port, ca=settings.MAIL["ca"])


@pytest.fixture
def colleague(mail_account: MailAccount) -> MailAccount:
    return make_mail_account("Karim", "Belkacem")


def letter(sender: str, text: str = "Bonjour.\r\n") -> bytes:
    return f"From: <{sender}>\r\nTo: <x@ac-amiens.fr>\r\nSubject: Essai\r\n\r\n{text}".encode()


def send(
    smtps: Endpoint, account: MailAccount, *recipients: str, raw: bytes | Path | None = None, sender: str = ""
) -> None:
    sender = sender or account.address
    submit_message(smtps, account.key, account.token, sender, recipients, letter(sender) if raw is None else raw)


def test_sent_and_received_as_written(smtps: Endpoint, mail_account: MailAccount, colleague: MailAccount) -> None:
    text = ".\r\n..points\r\n.\r\nfin sans saut"
    send(smtps, mail_account, colleague.address, raw=letter(mail_account.address, text))
    [raw] = wait_for_mail(colleague)
    assert raw.endswith(b"\r\n\r\n" + text.encode() + b"\r\n")


def test_twenty_megabytes_from_a_file(
    smtps: Endpoint, mail_account: MailAccount, colleague: MailAccount, tmp_path: Path
) -> None:
    path = tmp_path / "message"
    path.write_bytes(letter(mail_account.address, ("x" * 74 + "\r\n") * (20 * 1024 * 1024 // 76)))
    send(smtps, mail_account, colleague.address, raw=path)
    [raw] = wait_for_mail(colleague, seconds=30)
    assert raw.endswith(path.read_bytes()[-200:])
    assert len(raw) > path.stat().st_size


def test_over_the_limit(smtps: Endpoint, mail_account: MailAccount, tmp_path: Path) -> None:
    path = tmp_path / "message"
    path.write_bytes(letter(mail_account.address, ("x" * 74 + "\r\n") * (27 * 1024 * 1024 // 76)))
    with pytest.raises(DeliveryRefusedError) as refusal:
        send(smtps, mail_account, mail_account.address, raw=path)
    assert (refusal.value.code, refusal.value.permanent, refusal.value.recipients) == (552, True, {})


def test_one_unknown_recipient_and_nobody_gets_it(
    smtps: Endpoint, mail_account: MailAccount, colleague: MailAccount
) -> None:
    with pytest.raises(DeliveryRefusedError) as refusal:
        send(smtps, mail_account, colleague.address, "personne.inconnue@ac-amiens.fr")
    [(address, (code, text))] = refusal.value.recipients.items()
    assert (address, code, refusal.value.permanent) == ("personne.inconnue@ac-amiens.fr", 550, True)
    assert text
    send(smtps, mail_account, colleague.address)
    assert len(wait_for_mail(colleague)) == 1


def test_many_unknown_recipients(smtps: Endpoint, mail_account: MailAccount) -> None:
    with pytest.raises(DeliveryRefusedError) as refusal:
        send(smtps, mail_account, *(f"inconnu{number}@ac-amiens.fr" for number in range(60)))
    assert 0 < len(refusal.value.recipients) <= 60


def test_somebody_elses_address(smtps: Endpoint, mail_account: MailAccount, colleague: MailAccount) -> None:
    with pytest.raises(DeliveryRefusedError) as refusal:
        send(smtps, mail_account, mail_account.address, sender=colleague.address)
    assert refusal.value.permanent


def test_a_refused_token(smtps: Endpoint, mail_account: MailAccount) -> None:
    with pytest.raises(SignInRefusedError):
        submit_message(smtps, mail_account.key, "not.a.token", mail_account.address, [mail_account.address], b"x")


@pytest.mark.parametrize("recipients", [[], ["a b@x.fr"], ["x@y.fr>\r\nDATA"], ["x"], ["é@x.fr"]])
def test_addresses_are_checked_before_anything_is_sent(recipients: list[str]) -> None:
    with pytest.raises(InvalidValueError):
        submit_message(Endpoint("127.0.0.1", 1), "a0000001", "token", "a@x.fr", recipients, b"x")


def test_postfix_away(authority: Authority) -> None:
    with pytest.raises(ServerAwayError):
        submit_message(Endpoint("127.0.0.1", 1, authority.certificate), "a0000001", "token", "a@x.fr", ["b@x.fr"], b"x")


def playing(*answers: bytes) -> Callable[[ssl.SSLSocket], None]:
    """One answer a line of the client, whatever it says; then the end."""

    def act(connection: ssl.SSLSocket) -> None:
        connection.sendall(b"220 mail.example ESMTP\r\n")
        for answer in answers:
            connection.recv(65536)
            connection.sendall(answer)

    return act


GREETED = (b"250-mail.example\r\n250 SIZE 1000\r\n", b"235 in\r\n")


@pytest.mark.parametrize(
    "answers",
    [
        (), (b"garbage\r\n",), (b"250 mail\r\n",), (b"250 mail\r\n", b"421 busy\r\n"), GREETED,
        (*GREETED, b"421 later\r\n"), (*GREETED, b"250 ok\r\n"),
        (*GREETED, b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"),
        (*GREETED, b"\0" * 20), (*GREETED, b"x" * 20_000),
    ],
)  # fmt: skip
def test_servers_that_break(authority: Authority, answers: tuple[bytes, ...]) -> None:
    with scripted(authority, playing(*answers)) as endpoint, pytest.raises(MailboxUnavailableError):
        submit_message(endpoint, "a0000001", "token", "a@x.fr", ["b@x.fr"], b"Subject: x\r\n\r\nx")


@pytest.mark.parametrize(
    "answers",
    [(), (b"250 mail\r\n",), (b"250 mail\r\n", b"454 4.7.0 later\r\n"), (*GREETED, b"451 4.7.1 no filter\r\n")],
)
def test_it_takes_nothing_from_anybody(authority: Authority, answers: tuple[bytes, ...]) -> None:
    """Nothing was said of the message yet."""
    with scripted(authority, playing(*answers)) as endpoint, pytest.raises(ServerAwayError):
        submit_message(endpoint, "a0000001", "token", "a@x.fr", ["b@x.fr"], b"Subject: x\r\n\r\nx")


@pytest.mark.parametrize("answers", [(), (b"451 later\r\n",)])
def test_what_is_said_of_one_message_is_not_about_all(authority: Authority, answers: tuple[bytes, ...]) -> None:
    """Nor is a connection that ends on its way."""
    spoken = (*GREETED, b"250 ok\r\n", *answers)
    with scripted(authority, playing(*spoken)) as endpoint, pytest.raises(MailboxError) as trouble:
        submit_message(endpoint, "a0000001", "token", "a@x.fr", ["b@x.fr"], b"Subject: x\r\n\r\nx")
    assert not isinstance(trouble.value, ServerAwayError)


@pytest.mark.parametrize(("answer", "permanent"), [(b"451 try again\r\n", False), (b"554 spam\r\n", True)])
def test_refused_after_the_message(authority: Authority, answer: bytes, permanent: bool) -> None:
    answers = (*GREETED, b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", answer)
    with scripted(authority, playing(*answers)) as endpoint, pytest.raises(DeliveryRefusedError) as refusal:
        submit_message(endpoint, "a0000001", "token", "a@x.fr", ["b@x.fr"], b"Subject: x\r\n\r\nx\r\n")
    assert refusal.value.permanent is permanent
