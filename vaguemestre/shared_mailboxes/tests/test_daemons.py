"""What Dovecot and Postfix let the members of a box do, whatever the web says."""

import imaplib
import smtplib
from base64 import b64encode
from datetime import timedelta

import pytest
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.engine import projection
from vaguemestre.engine.testing.sign_in import by_token, wait_until_ended
from vaguemestre.shared_mailboxes.models import MailboxRights, Membership
from vaguemestre.shared_mailboxes.testing import Box, make_box
from vaguemestre.testing import MailAccount, deliver, deliver_locally, letter, make_mail_account, submission

OWNER, MEMBER, READER = MailboxRights
ALL = '"Virtual/All"'


@pytest.fixture
def box(mail_account: MailAccount) -> Box:
    made = make_box()
    made.give(mail_account, MEMBER)
    return made


def count(connection: imaplib.IMAP4, folder: str) -> int:
    kind, found = connection.select(folder, readonly=True)
    assert kind == "OK", found
    return int(found[0] or 0)


def seen(connection: imaplib.IMAP4, folder: str = "INBOX") -> list[bytes]:
    connection.select(folder, readonly=True)
    return list(connection.search(None, "SEEN")[1][0].split())


def test_a_parent_writes_and_each_member_has_marks_of_their_own(box: Box, mail_account: MailAccount) -> None:
    deputy = make_mail_account("Laurent", "Dewailly")
    box.give(deputy, OWNER)
    deliver(letter(box.address, subject="Absence de Léa"), box.address)
    deliver_locally(letter(box.address), box.address)
    hers, his = box.opened_by(mail_account), box.opened_by(deputy)
    for connection in (hers, his):
        while count(connection, "INBOX") < 2:
            connection.noop()
        assert count(connection, ALL) == 2
    hers.select("INBOX")
    hers.store("1", "+FLAGS", r"(\Seen)")
    assert (seen(hers), seen(his)) == ([b"1"], [])
    assert (seen(hers, ALL), seen(his, ALL)) == ([b"1"], [])
    his.select("INBOX")
    his.store("2", "+FLAGS", r"(\Flagged)")
    hers.select("INBOX")
    assert hers.search(None, "FLAGGED")[1] == [b"2"]
    assert seen(by_token(box, box.token)) == []


def test_a_member_files_deletes_and_brings_back_nothing_that_is_not_there(box: Box, mail_account: MailAccount) -> None:
    deliver_locally(letter(box.address), box.address)
    connection = box.opened_by(mail_account)
    connection.select("INBOX")
    assert connection.uid("MOVE", "1", "Archive")[0] == "OK"
    assert connection.create("Familles")[0] == "OK"
    assert connection.append("Sent", "", "", b"Subject: copie\r\n\r\nBonjour\r\n")[0] == "OK"
    connection.select("Archive")
    connection.store("1", "+FLAGS", r"(\Deleted)")
    assert connection.expunge()[0] == "OK"
    assert count(connection, "Archive") == 0
    assert count(by_token(box, box.token), '"Recoverable/Messages"') == 1


def test_a_reader_reads_and_writes_nowhere(box: Box) -> None:
    reader = make_mail_account("Corinne", "Bocquillon")
    box.give(reader, READER)
    deliver_locally(letter(box.address), box.address)
    connection = box.opened_by(reader)
    for folder in ("INBOX", ALL):
        connection.select(folder)
        assert connection.uid("MOVE", "1", "Archive")[0] == "NO"
        assert connection.uid("COPY", "1", "Archive")[0] == "NO"
        connection.store("1", "+FLAGS", r"(\Flagged \Deleted $Important)")
        connection.expunge()
    for act in (connection.create, connection.delete):
        assert act("Familles")[0] == "NO"
    assert connection.append("INBOX", "", "", b"Subject: faux\r\n\r\nBonjour\r\n")[0] == "NO"
    assert connection.append('"Recoverable/Messages"', "", "", b"Subject: faux\r\n\r\nBonjour\r\n")[0] == "NO"
    connection.select("INBOX")
    assert connection.store("1", "+FLAGS", r"(\Seen)")[0] == "OK"
    assert seen(connection) == [b"1"]
    whole = by_token(box, box.token)
    assert [count(whole, folder) for folder in ("INBOX", "Archive", "Sent")] == [1, 0, 0]
    whole.select("INBOX")
    flags = str(whole.fetch("1", "(FLAGS)")[1])
    assert "Flagged" not in flags
    assert "Deleted" not in flags


def test_nobody_else_opens_it_and_nobody_by_a_password(box: Box) -> None:
    stranger = make_mail_account("Anne", "Etrangere")
    with pytest.raises(imaplib.IMAP4.error):
        box.opened_by(stranger)
    for name in (box.address, box.key, box.account.local_part):
        with pytest.raises(imaplib.IMAP4.error):
            imap_password(name)
        with pytest.raises(smtplib.SMTPException):
            submission(box, name=name)


def imap_password(name: str) -> None:
    from vaguemestre.testing import PASSWORD, imap_connection

    imap_connection(MailAccount(Account(key=name)), name=name, password=PASSWORD)


@pytest.mark.parametrize("change", [
    {"locked_at": timezone.now()},
    {"closes_on": timezone.localdate()},
    {"state": Account.State.STOPPED},
    {"mail_blocked_until": timezone.now() + timedelta(hours=48)},
    {"password_kind": Account.PasswordKind.TEMPORARY},
    {"charter_version": ""},
    {"opens_on": timezone.localdate() + timedelta(days=1)},
])  # fmt: skip
def test_whoever_is_refused_anything_opens_no_box_by_any_door(
    box: Box, mail_account: MailAccount, change: dict[str, object]
) -> None:
    open_before = box.opened_by(mail_account)
    Account.objects.filter(pk=mail_account.key).update(**change)
    projection.project([mail_account.key])
    wait_until_ended(open_before)
    with pytest.raises(imaplib.IMAP4.error):
        box.opened_by(mail_account)
    with pytest.raises(imaplib.IMAP4.error):
        by_token(box, mail_account.token)
    with pytest.raises(smtplib.SMTPException):
        send(mail_account, envelope=box.address, header=box.address)


def test_a_date_that_has_passed_shuts_it_without_any_job(box: Box, mail_account: MailAccount) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    Membership.objects.filter(box=box.key).update(starts=yesterday, ends=yesterday)
    projection.project([box.key])
    with pytest.raises(imaplib.IMAP4.error):
        box.opened_by(mail_account)
    Membership.objects.filter(box=box.key).update(ends=timezone.localdate())
    projection.project([box.key])
    assert count(box.opened_by(mail_account), "INBOX") == 0
    assert count(by_token(box, mail_account.token), "INBOX") == 0


def test_taken_away_one_is_out_at_once(box: Box, mail_account: MailAccount) -> None:
    connection = box.opened_by(mail_account)
    box.take(mail_account)
    wait_until_ended(connection)
    with pytest.raises(imaplib.IMAP4.error):
        box.opened_by(mail_account)


def test_made_a_reader_one_s_open_session_writes_no_more(box: Box, mail_account: MailAccount) -> None:
    connection = box.opened_by(mail_account)
    box.give(mail_account, READER)
    wait_until_ended(connection)
    again = box.opened_by(mail_account)
    assert again.create("Familles")[0] == "NO"


def send(account: MailAccount, *, envelope: str, header: str, to: str = "", **headers: str) -> None:
    with submission(account) as connection:
        message = letter(to or account.address, sender=header, **headers)
        connection.sendmail(envelope, [to or account.address], message.as_bytes())


def test_a_member_sends_as_the_box_and_as_themselves(box: Box, mail_account: MailAccount) -> None:
    for envelope, header in (
        (box.address, f"Collège des Tilleuls <{box.address}>"),
        (mail_account.address, box.address),
        (box.address, mail_account.address),
        (mail_account.address, f'"{box.address}" <{mail_account.address}>'),
        (mail_account.address, f'"Mathilde, {mail_account.address}" <{box.address}>'),
    ):
        send(mail_account, envelope=envelope, header=header)
        send(mail_account, envelope=envelope, header=header, Sender=mail_account.address, Resent_From=box.address)
        send(mail_account, envelope=envelope, header=header, Sender=box.address, Resent_Sender=box.address)


@pytest.mark.parametrize("right", [READER, None])
def test_a_reader_and_a_stranger_do_not(box: Box, right: MailboxRights | None) -> None:
    other = make_mail_account("Corinne", "Bocquillon")
    if right:
        box.give(other, right)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(other, envelope=box.address, header=other.address)
    for header in (box.address, f"Collège <{box.address}>", f'"{other.address}" <{box.address}>'):
        with pytest.raises(smtplib.SMTPDataError):
            send(other, envelope=other.address, header=header)
    word = f"=?utf-8?B?{b64encode(box.address.encode()).decode()}?="
    for name in (f'"{box.address}"', word, f"{word} =?utf-8?Q?Coll=C3=A8ge?="):
        with pytest.raises(smtplib.SMTPDataError) as error:
            send_raw(other, f"From: {name} <{other.address}>\r\n")
        assert b"Le nom affiche dans le champ From contient une adresse qui n'est pas la votre" in answer_of(error)
    for field in ("Sender", "Resent-From", "Resent-Sender"):
        with pytest.raises(smtplib.SMTPDataError) as error:
            send_raw(other, f"{field}: {box.address}\r\nFrom: {other.address}\r\n")
        assert f"L'adresse du champ {field} n'est pas la votre".encode() in answer_of(error)


def send_raw(account: MailAccount, fields: str) -> None:
    with submission(account) as connection:
        connection.sendmail(account.address, [account.address], f"{fields}Subject: Essai\r\n\r\nBonjour\r\n")


def answer_of(error: pytest.ExceptionInfo[smtplib.SMTPDataError]) -> bytes:
    said = error.value.smtp_error
    return said if isinstance(said, bytes) else said.encode()


def test_nobody_signs_in_to_smtp_as_the_box(box: Box, mail_account: MailAccount) -> None:
    """Refused at the sign-in itself, whatever would come after it."""
    from vaguemestre.mailbox.errors import SignInRefusedError
    from vaguemestre.mailbox.smtp.submission import submit_message
    from vaguemestre.webmail.connection import sending_endpoint

    raw = letter(mail_account.address, sender=box.address).as_bytes()
    for token in (box.token, mail_account.token):
        with pytest.raises(SignInRefusedError):
            submit_message(sending_endpoint(), box.key, token, box.address, [mail_account.address], raw)
