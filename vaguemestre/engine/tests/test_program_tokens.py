"""Tokens of programs that were let in on the portal, at the real Dovecot and Postfix: the inbox is read, a message
leaves, and everything that is not exactly this is refused."""

import base64
import imaplib
import json
import smtplib
import socket
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import jwt
import pytest
from django.conf import settings
from django.utils import timezone

from vaguemestre.accounts.factors import totp
from vaguemestre.accounts.mail_access import app_passwords, portal_clients
from vaguemestre.accounts.mail_access.access_tokens import program_token
from vaguemestre.accounts.models import Account, AppPassword, Notice, SignIn
from vaguemestre.engine import projection
from vaguemestre.engine.testing.gate import log_of
from vaguemestre.engine.testing.sign_in import forms, wait_until_ended
from vaguemestre.testing import (
    MailAccount,
    deliver,
    imap_connection,
    letter,
    make_mail_account,
    secret,
    tls_context,
    wait_for_mail,
)

MECHANISMS = ["OAUTHBEARER", "XOAUTH2"]


def let_in(account: MailAccount, name: str = "Thunderbird") -> AppPassword:
    program = portal_clients.admit_program(account.account, name, now=timezone.now())
    projection.project([account.key])
    return program


def token_of(program: AppPassword, **changed: object) -> str:
    """As the provider gives it; `changed` needs the key of the house."""
    token = program_token(program, "0b3c7a52-6a0e-4d6f-9f7e-6c1c5ad7b1f0", "thunderbird", now=timezone.now())
    if not changed:
        return token
    told = jwt.decode(token, options={"verify_signature": False}) | changed
    return jwt.encode(told, secret("mail-token.1.pem"), algorithm="ES256", headers={"kid": "1"})


def said(name: str, token: str, mechanism: str = "OAUTHBEARER") -> bytes:
    start = f"n,a={name}," if mechanism == "OAUTHBEARER" else f"user={name}"
    return f"{start}\x01auth=Bearer {token}\x01\x01".encode()


class Refused(Exception):
    """What the server said of it, and the RFC 7628 answer."""

    def __init__(self, text: str, told: dict[str, str]) -> None:
        super().__init__(text)
        self.told = told


def read(name: str, token: str, mechanism: str = "OAUTHBEARER") -> imaplib.IMAP4_SSL:
    host, port = settings.MAIL["imaps"]
    connection = imaplib.IMAP4_SSL(host, port, ssl_context=tls_context())
    asked: list[bytes] = []

    def answer(challenge: bytes) -> bytes:
        asked.append(challenge)
        return said(name, token, mechanism) if len(asked) == 1 else b"\x01"

    try:
        connection.authenticate(mechanism, answer)
    except imaplib.IMAP4.error as error:
        raise Refused(str(error), json.loads(asked[1]) if len(asked) > 1 else {}) from error
    return connection


def send(name: str, token: str, mechanism: str = "OAUTHBEARER") -> smtplib.SMTP_SSL:
    host, port = settings.MAIL["smtps"]
    connection = smtplib.SMTP_SSL(host, port, context=tls_context())
    connection.ehlo()
    code, told = connection.docmd("AUTH", f"{mechanism} {base64.b64encode(said(name, token, mechanism)).decode()}")
    if code == 334:
        code, told = connection.docmd("AQ==")
    if code != 235:
        connection.close()
        raise Refused(told.decode(), {})
    return connection


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_it_reads_and_sends_under_every_form_of_the_name(mail_account: MailAccount, mechanism: str) -> None:
    token = token_of(let_in(mail_account))
    for name in forms(mail_account):
        connection = read(name, token, mechanism)
        assert connection.select("INBOX")[0] == "OK"
        connection.logout()
    with send(mail_account.address, token, mechanism) as posting:
        posting.send_message(letter(mail_account.address, sender=mail_account.address), mail_account.address)
    wait_for_mail(mail_account)


def test_filters_are_changed_with_it(mail_account: MailAccount) -> None:
    host, port = settings.MAIL["sieve"]
    with socket.create_connection((host, port), timeout=10) as plain:
        _until(plain.recv, b"OK ")
        plain.sendall(b"STARTTLS\r\n")
        _until(plain.recv, b"OK ")
        with tls_context().wrap_socket(plain, server_hostname=host) as connection:
            _until(connection.recv, b"OK ")
            word = base64.b64encode(said(mail_account.address, token_of(let_in(mail_account))))
            connection.sendall(b'AUTHENTICATE "OAUTHBEARER" "' + word + b'"\r\n')
            assert _until(connection.recv, b"\r\n").startswith(b"OK")


def _until(receive: Callable[[int], bytes], mark: bytes) -> bytes:
    got = b""
    while mark not in got:
        more = receive(4096)
        assert more, got
        got += more
    return got


def test_curl_reads_the_inbox_and_sends(mail_account: MailAccount, tmp_path: Path) -> None:
    token = token_of(let_in(mail_account))
    deliver(letter(mail_account.address, subject="Conseil de classe"), mail_account.address)
    wait_for_mail(mail_account)
    imap, smtp = settings.MAIL["imaps"], settings.MAIL["smtps"]
    found = curl(mail_account, token, f"imaps://{imap[0]}:{imap[1]}/INBOX;MAILINDEX=1;SECTION=HEADER")
    assert "Conseil de classe" in found
    (tmp_path / "letter").write_bytes(letter(mail_account.address, sender=mail_account.address).as_bytes())
    curl(
        mail_account, token, f"smtps://{smtp[0]}:{smtp[1]}", "--mail-from", mail_account.address,
        "--mail-rcpt", mail_account.address, "--upload-file", str(tmp_path / "letter"),
    )  # fmt: skip
    wait_for_mail(mail_account, 2)


def curl(account: MailAccount, token: str, address: str, *options: str) -> str:
    command = [
        "curl",
        "--silent",
        "--show-error",
        "--cacert",
        str(settings.MAIL["ca"]),
        "--user",
        f"{account.address}:",
    ]
    command += ["--oauth2-bearer", token, *options, address]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


OF_NO_USE: dict[str, dict[str, object]] = {
    "audience": {"aud": "another"}, "issuer": {"iss": "https://elsewhere.example"}, "scope": {"scope": "openid"},
    "expired": {"exp": timezone.now() - timedelta(seconds=5)}, "another program": {"app": "999999999"},
    "no program": {"app": "x"}, "as the webmail": {"app": "webmail"},
}  # fmt: skip


@pytest.mark.parametrize("case", OF_NO_USE)
def test_another_claim_is_refused_at_both_doors(mail_account: MailAccount, case: str) -> None:
    token = token_of(let_in(mail_account), **OF_NO_USE[case])
    with pytest.raises(Refused) as refused:
        read(mail_account.address, token)
    assert refused.value.told["openid-configuration"] == f"{settings.ORIGIN}/.well-known/openid-configuration"
    assert refused.value.told["status"] in {"invalid_token", "insufficient_scope"}
    with pytest.raises(Refused):
        send(mail_account.address, token)


def test_a_colleagues_name_is_refused(mail_account: MailAccount) -> None:
    token, colleague = token_of(let_in(mail_account)), make_mail_account("Karim", "Belkacem")
    for name in (*forms(colleague), "nobody", "token", "token@token", "' OR 1=1 --", ""):
        with pytest.raises((Refused, imaplib.IMAP4.abort)):
            read(name, token)
        with pytest.raises((Refused, smtplib.SMTPException)):
            send(name, token)


def test_the_key_of_the_webmails_token_belongs_to_its_own_name(mail_account: MailAccount) -> None:
    colleague = make_mail_account("Karim", "Belkacem")
    with pytest.raises(Refused):
        read(colleague.key, mail_account.token)
    with pytest.raises(Refused):
        send(colleague.key, mail_account.token)
    read(mail_account.key, mail_account.token).logout()


def test_neither_unsigned_nor_signed_with_what_everybody_may_read(mail_account: MailAccount) -> None:
    told = jwt.decode(token_of(let_in(mail_account)), options={"verify_signature": False})
    unsigned = jwt.encode(told, "", algorithm="none", headers={"kid": "1"})
    public = base64.urlsafe_b64encode(secret("mail-token.1.pub.pem").encode())
    head, body, _none = jwt.encode(told, "x" * 32, algorithm="HS256", headers={"kid": "1"}).split(".")
    confused = _hs256(f"{head}.{body}", secret("mail-token.1.pub.pem").encode())
    for token in (unsigned, confused, public.decode(), "x", "opaque-token-of-another-application"):
        with pytest.raises(Refused):
            read(mail_account.address, token)


def _hs256(signed: str, key: bytes) -> str:
    import hashlib
    import hmac

    mark = hmac.new(key, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"


def test_a_token_is_no_password_and_its_row_has_none(mail_account: MailAccount) -> None:
    program = let_in(mail_account)
    for password in (token_of(program), program.hash, str(program.pk)):
        with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
            imap_connection(mail_account, password=password)


def test_withdrawn_it_is_told_so_and_its_connections_end(mail_account: MailAccount) -> None:
    program = let_in(mail_account)
    token = token_of(program)
    connection = read(mail_account.address, token)
    app_passwords.withdraw_app_password(program, timezone.now())
    projection.project([mail_account.key])
    wait_until_ended(connection)
    with pytest.raises(Refused, match="n'a plus acces"):
        read(mail_account.address, token)
    with pytest.raises(Refused, match="n'a plus acces"):
        send(mail_account.address, token)
    imap_connection(mail_account).logout()


def test_the_account_s_own_refusals_hold_for_it(mail_account: MailAccount) -> None:
    token = token_of(let_in(mail_account))
    change(mail_account, frozen_at=timezone.now())
    read(mail_account.address, token).logout()
    with pytest.raises(Refused, match="Envoi suspendu"):
        send(mail_account.address, token)
    change(mail_account, frozen_at=None, locked_at=timezone.now())
    for door in (read, send):
        with pytest.raises(Refused, match="Compte bloque"):
            door(mail_account.address, token)


def test_a_second_factors_holder_needs_nothing_more(mail_account: MailAccount) -> None:
    totp.enrol_with(mail_account.account, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", timezone.now())
    token = token_of(let_in(mail_account))
    read(mail_account.address, token).logout()
    send(mail_account.address, token).close()


@pytest.mark.django_db(transaction=True)
def test_the_gate_writes_it_down_by_its_name(gate_server: int) -> None:
    person = make_mail_account()
    program = let_in(person, "Thunderbird, bureau")
    read(person.address, token_of(program)).logout()
    send(person.address, token_of(program)).close()
    assert log_of(person, 2) == [("imap", "good"), ("smtp", "good")]
    assert set(SignIn.objects.values_list("agent", flat=True)) == {"Thunderbird, bureau"}
    program.refresh_from_db()
    assert (program.last_used_address, program.last_used_for) == ("127.0.0.1", "imap")
    assert Notice.objects.filter(account=person.account, details__change="portal-program").count() == 1
    app_passwords.withdraw_app_password(program, timezone.now())
    projection.project([person.key])
    with pytest.raises(Refused):
        read(person.address, token_of(program))
    assert log_of(person, 3)[2] == ("imap", "app-password")
    read(person.key, person.token).logout()  # the webmail's is no sign-in of the person
    assert SignIn.objects.count() == 3


def change(account: MailAccount, **facts: object) -> None:
    Account.objects.filter(pk=account.key).update(**facts)
    projection.project([account.key])
