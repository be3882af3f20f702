"""Passwords of mail programs, and what is told to those who may not pass, by the real Dovecot and Postfix."""

import base64
import imaplib
import smtplib
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from vaguemestre.accounts.factors import factor_state, totp
from vaguemestre.accounts.mail_access import app_passwords
from vaguemestre.accounts.models import Account, AppPassword, SignIn
from vaguemestre.engine import projection
from vaguemestre.engine.testing.gate import log_of
from vaguemestre.engine.testing.sign_in import by_token, wait_until_ended
from vaguemestre.testing import (
    MailAccount,
    deliver,
    imap_connection,
    letter,
    make_mail_account,
    submission,
    tls_context,
    wait_for_mail,
)

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
Scope = AppPassword.Scope


def made(account: MailAccount, scope: str = Scope.BOTH, name: str = "Thunderbird") -> tuple[AppPassword, str]:
    password, clear = app_passwords.make_app_password(account.account, name, scope, timezone.now())
    projection.project([account.key])
    return password, clear


def withdraw(account: MailAccount, password: AppPassword) -> None:
    assert app_passwords.withdraw_app_password(password, timezone.now())
    projection.project([account.key])


def give_a_second_factor(account: MailAccount) -> None:
    totp.enrol_with(account.account, SECRET, timezone.now())
    projection.project([account.key])


def change(account: MailAccount, **facts: object) -> None:
    Account.objects.filter(pk=account.key).update(**facts)
    projection.project([account.key])


def test_it_opens_both_doors_beside_the_persons_own(mail_account: MailAccount) -> None:
    _password, clear = made(mail_account)
    for secret in (clear, mail_account.password):
        imap_connection(mail_account, password=secret).logout()
        submission(mail_account, password=secret).quit()


@pytest.mark.parametrize("written", [
    lambda clear: clear.upper(), lambda clear: clear.replace("-", ""), lambda clear: clear.replace("-", " "),
], ids=["capitals", "without dashes", "spaces"])  # fmt: skip
def test_it_is_taken_however_it_was_copied(mail_account: MailAccount, written) -> None:  # type: ignore[no-untyped-def]  # one of the lambdas above
    _password, clear = made(mail_account)
    imap_connection(mail_account, password=written(clear)).logout()


def test_many_are_told_apart(mail_account: MailAccount) -> None:
    clears = [made(mail_account, name=f"Programme {number}")[1] for number in range(12)]
    for clear in clears:
        imap_connection(mail_account, password=clear).logout()


def test_it_opens_nobody_elses_mailbox(mail_account: MailAccount) -> None:
    _password, clear = made(mail_account)
    colleague = make_mail_account("Karim", "Belkacem")
    with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        imap_connection(colleague, password=clear)


def test_the_hash_itself_opens_nothing(mail_account: MailAccount) -> None:
    password, _clear = made(mail_account)
    with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        imap_connection(mail_account, password=password.hash)


def test_each_scope_has_its_door_and_the_other_says_why(mail_account: MailAccount) -> None:
    _reading, reads = made(mail_account, Scope.IMAP)
    _sending, sends = made(mail_account, Scope.SMTP)
    imap_connection(mail_account, password=reads).logout()
    submission(mail_account, password=sends).quit()
    with pytest.raises(smtplib.SMTPAuthenticationError, match="ne sert pas a cela"):
        submission(mail_account, password=reads)
    with pytest.raises(imaplib.IMAP4.error, match="ne sert pas a cela"):
        imap_connection(mail_account, password=sends)


def test_a_withdrawn_one_is_told_so_and_its_connections_end(mail_account: MailAccount) -> None:
    password, clear = made(mail_account)
    connection = imap_connection(mail_account, password=clear)
    withdraw(mail_account, password)
    wait_until_ended(connection)
    with pytest.raises(imaplib.IMAP4.error, match="a ete retire"):
        imap_connection(mail_account, password=clear)
    with pytest.raises(smtplib.SMTPAuthenticationError, match="a ete retire"):
        submission(mail_account, password=clear)
    imap_connection(mail_account).logout()


def test_a_withdrawn_one_learns_nothing_of_the_account(mail_account: MailAccount) -> None:
    password, clear = made(mail_account)
    withdraw(mail_account, password)
    change(mail_account, locked_at=timezone.now())
    with pytest.raises(imaplib.IMAP4.error, match="a ete retire"):
        imap_connection(mail_account, password=clear)


def test_the_bare_password_of_a_second_factors_holder_opens_no_program(mail_account: MailAccount) -> None:
    connection = imap_connection(mail_account)
    give_a_second_factor(mail_account)
    wait_until_ended(connection)
    with pytest.raises(imaplib.IMAP4.error, match="mot de passe d'application"):
        imap_connection(mail_account)
    with pytest.raises(smtplib.SMTPAuthenticationError, match="mot de passe d'application"):
        submission(mail_account)
    with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        imap_connection(mail_account, password="not this one")
    _password, clear = made(mail_account)
    imap_connection(mail_account, password=clear).logout()
    submission(mail_account, password=clear).quit()
    by_token(mail_account, mail_account.token).logout()


def test_an_otp_keys_holder_is_one_too(mail_account: MailAccount) -> None:
    mail_account.account.method = Account.Method.OTP_KEY
    mail_account.account.save(update_fields=["method"])
    factor_state.refresh_method(mail_account.account)
    projection.project([mail_account.key])
    with pytest.raises(imaplib.IMAP4.error, match="mot de passe d'application"):
        imap_connection(mail_account)


def test_a_blocked_mailbox_is_shut_on_both_for_its_time(mail_account: MailAccount) -> None:
    _password, clear = made(mail_account)
    change(mail_account, mail_blocked_until=timezone.now() + timedelta(hours=48))
    for secret in (clear, mail_account.password):
        with pytest.raises(imaplib.IMAP4.error, match="Boite fermee"):
            imap_connection(mail_account, password=secret)
        with pytest.raises(smtplib.SMTPAuthenticationError, match="Boite fermee"):
            submission(mail_account, password=secret)
    with pytest.raises(imaplib.IMAP4.error):
        by_token(mail_account, mail_account.token)
    deliver(letter(mail_account.address), mail_account.address)  # mail is received all the same
    change(mail_account, mail_blocked_until=timezone.now() - timedelta(seconds=1))
    wait_for_mail(mail_account)


def test_a_frozen_account_reads_and_sends_nothing(mail_account: MailAccount) -> None:
    _password, clear = made(mail_account)
    change(mail_account, frozen_at=timezone.now())
    for secret in (clear, mail_account.password):
        imap_connection(mail_account, password=secret).logout()
        with pytest.raises(smtplib.SMTPAuthenticationError, match="Envoi suspendu"):
            submission(mail_account, password=secret)


def test_whoever_is_connected_when_it_is_frozen_sends_nothing_more(mail_account: MailAccount) -> None:
    with submission(mail_account) as connection:
        message = letter("ailleurs@librairie.example", sender=mail_account.address)
        connection.send_message(message, mail_account.address)
        change(mail_account, frozen_at=timezone.now())
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            connection.send_message(message, mail_account.address)
    code, text = refused.value.recipients["ailleurs@librairie.example"]
    assert code == 450  # the program keeps it
    assert b"Envoi suspendu" in text


def test_the_webmails_token_sends_nothing_either(mail_account: MailAccount) -> None:
    change(mail_account, frozen_at=timezone.now())
    host, port = settings.MAIL["smtps"]
    with smtplib.SMTP_SSL(host, port, context=tls_context()) as connection:
        connection.ehlo()
        said = f"n,a={mail_account.key},\x01auth=Bearer {mail_account.token}\x01\x01"
        connection.docmd("AUTH", "OAUTHBEARER " + base64.b64encode(said.encode()).decode())
        code, text = connection.docmd("AQ==")  # RFC 7628: the client says that it has read the reason
    assert (code, b"Envoi suspendu" in text) == (535, True)
    by_token(mail_account, mail_account.token).logout()


@pytest.mark.django_db(transaction=True)
def test_the_gate_learns_which_one_it_was(gate_server: int) -> None:
    person = make_mail_account()
    password, clear = made(person, name="Thunderbird, bureau")
    imap_connection(person, password=clear).logout()
    submission(person, password=clear).quit()
    assert log_of(person, 2) == [("imap", "good"), ("smtp", "good")]
    assert set(SignIn.objects.values_list("agent", flat=True)) == {"Thunderbird, bureau"}
    password.refresh_from_db()
    assert (password.last_used_address, password.last_used_for) == ("127.0.0.1", "imap")  # once a minute


@pytest.mark.django_db(transaction=True)
def test_forgotten_programs_shut_nobody_out(gate_server: int) -> None:
    """Two withdrawn ones by turns and a bare password: each is another secret, and none is a guess."""
    person = make_mail_account()
    first, one = made(person, name="Ancien portable")
    second, other = made(person, name="Ancien poste")
    withdraw(person, first)
    withdraw(person, second)
    for _hour in range(4):
        for clear in (one, other):
            with pytest.raises(imaplib.IMAP4.error, match="a ete retire"):
                imap_connection(person, password=clear)
    assert log_of(person, 2) == [("imap", "app-password"), ("imap", "app-password")]
    imap_connection(person).logout()


def test_real_programs_read_and_send_with_it(mail_account: MailAccount, tmp_path: Path) -> None:
    give_a_second_factor(mail_account)
    _password, clear = made(mail_account)
    deliver(letter(mail_account.address, subject="Conseil"), mail_account.address)
    host, port = settings.MAIL["imaps"]
    _run("mbsync", "-c", str(_mbsync(tmp_path, mail_account, clear, host, port)), "-a")
    assert any("Subject: Conseil" in mail.read_text() for mail in tmp_path.glob("mail/**/new/*"))
    host, port = settings.MAIL["smtps"]
    _run(
        "swaks", "--server", host, "--port", str(port), "--tls-on-connect", "--auth", "PLAIN",
        "--auth-user", mail_account.address, "--auth-password", clear, "--from", mail_account.address,
        "--to", mail_account.address, "--silent", "2",
    )  # fmt: skip
    wait_for_mail(mail_account_with(mail_account, clear), 2)


def mail_account_with(account: MailAccount, clear: str) -> MailAccount:
    return MailAccount(account.account, clear)


def _mbsync(folder: Path, account: MailAccount, clear: str, host: str, port: int) -> Path:
    (folder / "mail").mkdir()
    file = folder / "mbsyncrc"
    file.write_text(
        f"IMAPAccount a\nHost {host}\nPort {port}\nUser {account.address}\nPass {clear}\nTLSType IMAPS\n"
        f"CertificateFile {settings.MAIL['ca']}\n\nIMAPStore far\nAccount a\n\nMaildirStore near\nPath {folder}/mail/\n"
        f"Inbox {folder}/mail/INBOX\nSubFolders Verbatim\n\nChannel c\n"
        "SyncState *\nFar :far:\nNear :near:\nPatterns INBOX\nCreate Near\n"
    )
    return file


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.database  # each case is looked up there
@pytest.mark.parametrize(
    "secret", [b"caf\xe9 noir", "é’« œ »".encode(), b"%{password} ' OR 1=1 --", b"x" * 900, b"aaaa\xff" * 5],
    ids=["Latin-1", "UTF-8", "quotes", "long", "not text"],
)  # fmt: skip
def test_any_bytes_are_a_wrong_password_and_no_fault(mail_account: MailAccount, secret: bytes) -> None:
    host, port = settings.MAIL["imaps"]
    connection = imaplib.IMAP4_SSL(host, port, ssl_context=tls_context())
    said = b"\0" + mail_account.address.encode() + b"\0" + secret
    with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        connection.authenticate("PLAIN", lambda _challenge: said)
