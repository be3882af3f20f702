import base64
import imaplib
import re
import smtplib
from datetime import timedelta

import jwt
import pytest
from django.conf import settings
from django.utils import timezone

from vaguemestre.accounts.mail_access.access_tokens import mail_token
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.passwords import passwords
from vaguemestre.engine import projection
from vaguemestre.engine.testing.sign_in import as_the_webmail, by_token, close, forms, lock, wait_until_ended
from vaguemestre.people.models import Person
from vaguemestre.testing import MailAccount, imap_connection, make_account, make_person, secret, submission, tls_context


def forged(account: MailAccount, **claims: object) -> str:
    """The product's own token with other claims, signed by the right key."""
    key = secret("mail-token.1.pem")
    told = jwt.decode(account.token, options={"verify_signature": False}) | claims
    return jwt.encode(told, key, algorithm="ES256", headers={"kid": "1"})


def test_every_form_of_the_name_opens_the_same_mailbox(mail_account: MailAccount) -> None:
    for name in forms(mail_account):
        connection = imap_connection(mail_account, name=name)
        assert connection.select("INBOX")[0] == "OK"
        connection.logout()
        submission(mail_account, name=name).quit()


def test_the_folders_of_every_mail_program_are_there_and_subscribed(mail_account: MailAccount) -> None:
    connection = imap_connection(mail_account)
    subscribed = b"".join(line for line in connection.lsub()[1] if isinstance(line, bytes))
    for folder in (b"Drafts", b"Sent", b"Archive", b"Junk", b"Trash"):
        assert folder in subscribed
    connection.logout()


def test_another_domain_is_another_name(mail_account: MailAccount) -> None:
    with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        imap_connection(mail_account, name=f"{mail_account.account.identifier}@ac-lille.fr")


def test_a_wrong_password_is_refused_on_both(mail_account: MailAccount) -> None:
    with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        imap_connection(mail_account, password="not this one")
    with pytest.raises(smtplib.SMTPAuthenticationError):
        submission(mail_account, password="not this one")


@pytest.mark.parametrize("mechanism", ["OAUTHBEARER", "XOAUTH2"])
def test_the_webmail_signs_in_by_token(mail_account: MailAccount, mechanism: str) -> None:
    host, port = settings.MAIL["imaps"]
    connection = imaplib.IMAP4_SSL(host, port, ssl_context=tls_context())
    said = {
        "OAUTHBEARER": f"n,a={mail_account.key},\x01auth=Bearer {mail_account.token}\x01\x01",
        "XOAUTH2": f"user={mail_account.key}\x01auth=Bearer {mail_account.token}\x01\x01",
    }[mechanism]
    connection.authenticate(mechanism, lambda _challenge: said.encode())
    assert connection.select("INBOX")[0] == "OK"
    connection.logout()


def test_submission_takes_the_token_as_well(mail_account: MailAccount) -> None:
    host, port = settings.MAIL["smtps"]
    with smtplib.SMTP_SSL(host, port, context=tls_context()) as connection:
        connection.ehlo()
        said = f"n,a={mail_account.key},\x01auth=Bearer {mail_account.token}\x01\x01"
        code, answer = connection.docmd("AUTH", "OAUTHBEARER " + base64.b64encode(said.encode()).decode())
        assert code == 235, answer


@pytest.mark.parametrize(
    "claims", [
        {"aud": "another"}, {"iss": "https://elsewhere.example"}, {"scope": "calendar"}, {"sub": "a0000000"},
        {"exp": timezone.now() - timedelta(seconds=5)},
    ], ids=["audience", "issuer", "scope", "somebody else", "expired"],
)  # fmt: skip
def test_a_token_that_is_not_for_this_is_refused(mail_account: MailAccount, claims: dict[str, object]) -> None:
    with pytest.raises(imaplib.IMAP4.error):
        by_token(mail_account, forged(mail_account, **claims))


def test_a_token_of_another_key_is_refused(mail_account: MailAccount) -> None:
    told = jwt.decode(mail_account.token, options={"verify_signature": False})
    from cryptography.hazmat.primitives.asymmetric import ec

    stranger = jwt.encode(told, ec.generate_private_key(ec.SECP256R1()), algorithm="ES256", headers={"kid": "1"})
    with pytest.raises(imaplib.IMAP4.error):
        by_token(mail_account, stranger)


def postpone(account: Account) -> None:
    account.opens_on = timezone.localdate() + timedelta(days=30)
    account.save(update_fields=["opens_on"])


def give_a_letter(account: Account) -> None:
    passwords.set_provisional(account, passwords.hasher().hash(account_password), now=timezone.now())


def forget_the_charter(account: Account) -> None:
    """A password of their own, and a path left before its second step."""
    account.charter_version = ""
    account.save(update_fields=["charter_version"])


account_password = "les tilleuls sentent en juin"
SHUT = [
    (lock, "Compte bloque"), (close, "Compte ferme"), (postpone, "pas encore ouvert"),
    (give_a_letter, "Passez d.abord par le portail"), (forget_the_charter, "le votre, puis la charte"),
]  # fmt: skip


@pytest.mark.parametrize(("shut", "words"), SHUT, ids=["locked", "closed", "pending", "first sign-in", "charter"])
def test_a_shut_account_is_told_why_on_imap_and_smtp(mail_account: MailAccount, shut, words: str) -> None:  # type: ignore[no-untyped-def]  # one of the acts above
    shut(mail_account.account)
    projection.project([mail_account.key])
    with pytest.raises(imaplib.IMAP4.error, match=words):
        imap_connection(mail_account)
    with pytest.raises(smtplib.SMTPAuthenticationError, match=words):
        submission(mail_account)
    with pytest.raises(imaplib.IMAP4.error):
        by_token(mail_account, mail_account.token)
    with pytest.raises(imaplib.IMAP4.error):
        as_the_webmail(mail_account.key, mail_account.key)


OFFICES = [
    ("02", "DSDEN de l'Aisne, 03 23 26 22 00"), ("80", "DSDEN de la Somme, 03 22 71 25 00"),
    ("62", "Rectorat de l'academie d'Amiens, 03 22 82 38 23"),
]  # fmt: skip


@pytest.mark.parametrize(("department", "office"), OFFICES, ids=["Aisne", "Somme", "none of ours"])
def test_a_refusal_names_the_office_of_ones_own_department(
    mail_account: MailAccount, department: str, office: str
) -> None:
    Person.objects.filter(account=mail_account.account).update(department=department)
    lock(mail_account.account)
    projection.project([mail_account.key])
    words = re.escape(f"Compte bloque. Assistance : {office}.")
    with pytest.raises(imaplib.IMAP4.error, match=words):
        imap_connection(mail_account)
    with pytest.raises(smtplib.SMTPAuthenticationError, match=words):
        submission(mail_account)


def test_whoever_was_signed_in_is_told_of_the_same_office(mail_account: MailAccount) -> None:
    Person.objects.filter(account=mail_account.account).update(department="60")
    Account.objects.filter(pk=mail_account.key).update(frozen_at=timezone.now())
    with submission(mail_account) as connection:
        projection.project([mail_account.key])
        code, words = connection.mail(mail_account.address)
        assert code == 250  # asked about at the first recipient
        code, words = connection.rcpt("anne@librairie.example")
    assert code == 450
    assert b"DSDEN de l'Oise, 03 44 06 45 00" in words


def test_a_temporary_password_is_not_spoken_of_as_a_letter(mail_account: MailAccount) -> None:
    temporary = passwords.hasher().hash(account_password)
    passwords.set_provisional(mail_account.account, temporary, now=timezone.now())
    projection.project([mail_account.key])
    with pytest.raises(imaplib.IMAP4.error, match="avec le mot de passe recu") as refused:
        imap_connection(mail_account)
    assert "lettre" not in str(refused.value)


def test_a_new_version_of_the_charter_leaves_mail_programs_alone(mail_account: MailAccount) -> None:
    mail_account.account.charter_version = "2001-09"
    mail_account.account.save(update_fields=["charter_version"])
    projection.project([mail_account.key])
    assert imap_connection(mail_account).noop()[0] == "OK"


def test_a_wrong_password_never_learns_that_the_account_is_locked(mail_account: MailAccount) -> None:
    lock(mail_account.account)
    projection.project([mail_account.key])
    with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        imap_connection(mail_account, password="not this one")


def test_an_account_without_any_password_opens_nothing(db: None, daemons: None) -> None:
    account = make_account(make_person(), password=None)
    projection.project([account.key])
    for attempt in ("x", "None"):
        with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
            imap_connection(MailAccount(account), password=attempt)


def test_the_text_is_in_the_language_of_the_person(mail_account: MailAccount) -> None:
    mail_account.account.language = "en"
    mail_account.account.save(update_fields=["language"])
    lock(mail_account.account)
    projection.project([mail_account.key])
    with pytest.raises(imaplib.IMAP4.error, match="This account is locked"):
        imap_connection(mail_account)


def test_locking_ends_the_open_connection(mail_account: MailAccount) -> None:
    connection = imap_connection(mail_account)
    lock(mail_account.account)
    projection.project([mail_account.key])
    wait_until_ended(connection)


def test_a_new_password_replaces_the_old_one_at_once(mail_account: MailAccount) -> None:
    connection = imap_connection(mail_account)
    passwords.set_password(mail_account.account, "un autre, plus long encore", now=timezone.now())
    projection.project([mail_account.key])
    wait_until_ended(connection)
    with pytest.raises(imaplib.IMAP4.error):
        imap_connection(mail_account)
    imap_connection(mail_account, password="un autre, plus long encore").logout()


def test_there_is_no_plain_text_door(mail_account: MailAccount) -> None:
    host, port = settings.MAIL["imaps"]
    with pytest.raises((ConnectionError, imaplib.IMAP4.abort, OSError)):
        imaplib.IMAP4(host, port, timeout=1)


def test_a_token_expires_within_minutes(mail_account: MailAccount) -> None:
    late = mail_token(mail_account.key, now=timezone.now() - timedelta(minutes=3))
    with pytest.raises(imaplib.IMAP4.error):
        by_token(mail_account, late)
