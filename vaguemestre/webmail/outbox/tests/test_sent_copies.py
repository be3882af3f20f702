"""A letter in a box's name by a mail program, as Thunderbird sends it: its copy in the box's Sent, and who wrote it."""

import os
import signal
import smtplib
import subprocess
import time
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from django.utils import timezone

from vaguemestre.audit.models import Entry
from vaguemestre.clock import due
from vaguemestre.clock.models import Due
from vaguemestre.engine import queue_holds
from vaguemestre.engine.testing.queue import queue
from vaguemestre.engine.testing.sign_in import by_token
from vaguemestre.mailbox.values import SEEN
from vaguemestre.shared_mailboxes.models import MailboxRights, SentByMember
from vaguemestre.shared_mailboxes.testing import Box, make_box
from vaguemestre.testing import MailAccount, data_folder, letter, make_mail_account, submission, wait_for_mail
from vaguemestre.webmail import connection
from vaguemestre.webmail.models import Outgoing, new_key
from vaguemestre.webmail.outbox import delivery, sent_copies
from vaguemestre.webmail.testing.boxes import place
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.killed_process import kill_process_on

OWNER, MEMBER, READER = MailboxRights
ID = "<f0e1@thunderbird.example>"


@pytest.fixture
def box(mail_account: MailAccount) -> Box:
    made = make_box()
    made.give(mail_account, MEMBER)
    return made


@pytest.fixture
def parent() -> MailAccount:
    return make_mail_account("Sophie", "Lemoine")


def send(author: MailAccount, box: Box, to: str, *hidden: str, sender: str = "", **headers: str) -> None:
    """Signed in as oneself. The program leaves Bcc: in what it sends, as some do."""
    headers = {"Message_ID": ID, **({"Bcc": ", ".join(hidden)} if hidden else {}), **headers}
    message = letter(to, sender=f"Le collège <{box.address}>", **{k: v for k, v in headers.items() if v})
    with submission(author) as smtp:
        smtp.sendmail(sender or box.address, [to, *hidden], message.as_bytes())


def spool() -> Path:
    return data_folder() / "sent-copies"


def kept(box: Box, count: int = 1) -> list[Path]:
    """What Postfix has handed over of this box, once there are so many."""
    deadline = time.monotonic() + 20
    while len(found := sorted(spool().glob(f"{box.key}.*.new"))) < count:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


def run_jobs(box: Box, count: int = 1) -> None:
    """As the clock does, once Postfix has handed so many over."""
    now = [kept(box, count), timezone.now()][1]
    sent_copies.plan_copies(now)
    due.run(now)
    due.run(now)


def sent(box: Box) -> list[Message]:
    program = by_token(box, box.token)
    program.select("Sent", readonly=True)
    numbers = program.search(None, "ALL")[1][0].split()
    parts = [program.fetch(number.decode(), "(BODY.PEEK[])")[1][0] for number in numbers]
    return [message_from_bytes(part[1]) for part in parts if isinstance(part, tuple)]


def authors(box: Box) -> list[tuple[str, str]]:
    return list(SentByMember.objects.filter(box=box.key).values_list("message_id", "author"))


def journal(box: Box) -> list[tuple[str, str]]:
    lines = Entry.objects.filter(act="box.wrote", details__box=box.address)
    return [(line.actor, line.details["message"]) for line in lines]


def test_it_is_in_the_box_s_sent_with_its_author(mail_account: MailAccount, box: Box, parent: MailAccount) -> None:
    send(mail_account, box, parent.address, mail_account.address)
    [arrived], [hidden] = wait_for_mail(parent), wait_for_mail(mail_account)
    run_jobs(box)
    [copy] = sent(box)
    assert (copy["Message-ID"], copy["To"], copy["Bcc"]) == (ID, parent.address, None)
    assert authors(box) == [(ID, mail_account.key)]
    assert journal(box) == [(mail_account.key, ID)]
    for text in (str(copy), arrived.decode()):
        assert mail_account.address not in text  # neither who wrote nor who got it unseen
        assert mail_account.key not in text
    assert b"Bcc" not in hidden
    assert not list(spool().glob(f"{box.key}.*"))


def test_its_author_has_read_it_and_to_the_others_it_is_new(
    mail_account: MailAccount, box: Box, parent: MailAccount
) -> None:
    colleague = make_mail_account("Nadia", "Benhamou")
    box.give(colleague, MEMBER)
    send(mail_account, box, parent.address)
    run_jobs(box)
    for member, seen in ((mail_account, True), (colleague, False)):
        with connection.open_mailbox_of(f"{box.key}_{member.key}") as session:
            folder = session.by_role("sent")
            assert folder and folder.id
            [row] = session.page(folder.id).rows
        assert (SEEN in row.flags) is seen


@pytest.mark.parametrize("given", ["", " "])
def test_without_a_message_id_it_gets_one(
    mail_account: MailAccount, box: Box, parent: MailAccount, given: str
) -> None:
    send(mail_account, box, parent.address, Message_ID=given)
    run_jobs(box)
    [copy] = sent(box)
    assert authors(box) == [(copy["Message-ID"], mail_account.key)]
    assert copy["Message-ID"].startswith("<")


def test_what_is_from_the_box_is_the_box_s_whatever_its_envelope(
    mail_account: MailAccount, box: Box, parent: MailAccount
) -> None:
    send(mail_account, box, parent.address, sender=mail_account.address)
    run_jobs(box)
    assert len(sent(box)) == 1


def test_what_is_from_oneself_is_not(mail_account: MailAccount, box: Box, parent: MailAccount) -> None:
    message = letter(parent.address, sender=mail_account.address)
    with submission(mail_account) as smtp:
        smtp.sendmail(box.address, [parent.address], message.as_bytes())
        send(mail_account, box, parent.address)
    wait_for_mail(parent, 2)
    run_jobs(box)
    assert [copy["Message-ID"] for copy in sent(box)] == [ID]


def test_of_what_is_refused_nothing_is_kept(mail_account: MailAccount, box: Box, parent: MailAccount) -> None:
    """By another recipient at the door, by what stands in the message, or by a right that has ended."""
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(mail_account, box, "personne.inconnue@ac-amiens.fr")
    with pytest.raises(smtplib.SMTPDataError):
        send(mail_account, box, parent.address, Sender=parent.address)
    box.give(mail_account, READER)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(mail_account, box, parent.address)
    with pytest.raises(smtplib.SMTPDataError):
        send(mail_account, box, parent.address, sender=mail_account.address)
    box.give(mail_account, MEMBER)
    send(mail_account, box, parent.address, Message_ID="<last@x.example>")
    run_jobs(box)
    assert authors(box) == [("<last@x.example>", mail_account.key)]
    assert len(sent(box)) == 1


def test_a_stranger_puts_nothing_there(mail_account: MailAccount, box: Box, parent: MailAccount) -> None:
    inside = f"{box.key}@sent-copy.invalid"
    with submission(parent) as smtp, pytest.raises(smtplib.SMTPRecipientsRefused):
        smtp.sendmail(parent.address, [inside], letter(box.address, sender=parent.address).as_bytes())
    # As Dovecot hands on what a filter redirects.
    door = connection.inner_endpoint()
    with smtplib.SMTP(door.host, door.port) as inner:
        inner.sendmail(parent.address, [inside], letter(box.address, sender=box.address).as_bytes())
    send(mail_account, box, parent.address)
    assert len(kept(box)) == 1
    deadline = time.monotonic() + 20
    while any(one["address"] == inside for message in queue() for one in message["recipients"]):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    run_jobs(box)
    assert len(sent(box)) == 1
