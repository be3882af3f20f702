"""Who may write as whom. Everybody here is signed in."""

import smtplib

import pytest
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.engine import projection
from vaguemestre.testing import MailAccount, letter, make_mail_account, submission, wait_for_mail


def send(account: MailAccount, *, envelope: str, header: str, **headers: str) -> None:
    message = letter(account.address, sender=header, **headers)
    with submission(account) as connection:
        connection.sendmail(envelope, [account.address], message.as_bytes())


@pytest.fixture
def colleague(mail_account: MailAccount) -> MailAccount:
    return make_mail_account("Nadia", "Benhamou")


def test_any_address_of_ones_own(mail_account: MailAccount) -> None:
    own = mail_account.account.addresses
    for number, address in enumerate(own):
        send(mail_account, envelope=address, header=f"Mathilde <{own[-1 - number]}>")
    send(mail_account, envelope=own[0].replace("@", "+classe@"), header=own[0].replace("@", "+classe@"))
    wait_for_mail(mail_account, len(own) + 1)


@pytest.mark.parametrize("envelope", ["colleague", "outside", "unknown", "empty"])
def test_the_envelope_must_be_ones_own(mail_account: MailAccount, colleague: MailAccount, envelope: str) -> None:
    sender = {
        "colleague": colleague.address, "outside": "ministre@education.example", "empty": "",
        "unknown": f"personne.inconnue@{academy().domain}",
    }[envelope]  # fmt: skip
    with pytest.raises(smtplib.SMTPRecipientsRefused) as error:
        send(mail_account, envelope=sender, header=mail_account.address)
    [(code, _text)] = error.value.recipients.values()
    assert code in {550, 553}


@pytest.mark.parametrize(
    "header", [
        "{colleague}", "La directrice <{colleague}>", "{own}, {colleague}", "ministre@education.example",
        '"{own}" <{colleague}>', "<{own}> <{colleague}>", "pas une adresse", "groupe: {own}, {colleague};",
        "{own}\r\nFrom: {colleague}",
    ],
)  # fmt: skip
def test_the_from_line_must_be_ones_own(mail_account: MailAccount, colleague: MailAccount, header: str) -> None:
    line = header.format(own=mail_account.address, colleague=colleague.address)
    data = f"From: {line}\r\nTo: {mail_account.address}\r\nSubject: Essai\r\n\r\nBonjour\r\n"
    with submission(mail_account) as connection, pytest.raises(smtplib.SMTPDataError) as error:
        connection.sendmail(mail_account.address, [mail_account.address], data)
    assert error.value.smtp_code == 550


def test_a_long_name_is_folded_before_its_address(mail_account: MailAccount, colleague: MailAccount) -> None:
    def data(address: str) -> str:
        name = "Mathilde Lefevre, professeure certifiee de lettres modernes au college des Tilleuls"
        line = f'From: "{name}"\r\n\t<{address}>'
        return f"{line}\r\nTo: {mail_account.address}\r\nSubject: Essai\r\n\r\nBonjour\r\n"

    with submission(mail_account) as connection:
        connection.sendmail(mail_account.address, [mail_account.address], data(mail_account.address))
        with pytest.raises(smtplib.SMTPDataError):
            connection.sendmail(mail_account.address, [mail_account.address], data(colleague.address))
    wait_for_mail(mail_account)


def test_the_sender_line_as_well(mail_account: MailAccount, colleague: MailAccount) -> None:
    with pytest.raises(smtplib.SMTPDataError):
        send(mail_account, envelope=mail_account.address, header=mail_account.address, Sender=colleague.address)


def test_a_message_without_from_gets_the_address_of_its_sender(mail_account: MailAccount) -> None:
    with submission(mail_account) as connection:
        connection.sendmail(mail_account.address, [mail_account.address], "Subject: Essai\r\n\r\nBonjour\r\n")
    [received] = wait_for_mail(mail_account)
    assert f"From: {mail_account.address}".encode() in received
    assert b"Message-Id:" in received


def test_two_messages_in_one_conversation_are_judged_each(mail_account: MailAccount, colleague: MailAccount) -> None:
    good = letter(mail_account.address, sender=mail_account.address).as_bytes()
    bad = letter(mail_account.address, sender=colleague.address).as_bytes()
    with submission(mail_account) as connection:
        connection.sendmail(mail_account.address, [mail_account.address], good)
        with pytest.raises(smtplib.SMTPDataError):
            connection.sendmail(mail_account.address, [mail_account.address], bad)
        connection.sendmail(mail_account.address, [mail_account.address], good)
    wait_for_mail(mail_account, 2)


def test_a_connection_that_was_open_sends_nothing_after_the_lock(mail_account: MailAccount) -> None:
    """SMTP has no kick: the next MAIL FROM finds that the address has no owner any more."""
    connection = submission(mail_account)
    mail_account.account.locked_at = timezone.now()
    mail_account.account.save(update_fields=["locked_at"])
    projection.project([mail_account.key])
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        connection.sendmail(
            mail_account.address, [mail_account.address], letter("x", sender=mail_account.address).as_bytes()
        )
