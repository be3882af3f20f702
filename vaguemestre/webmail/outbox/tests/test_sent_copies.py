"""A message in a box's name by a mail program, as Thunderbird sends it: its copy in Sent, and who wrote it."""

import smtplib
import time
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.audit.models import Entry
from vaguemestre.clock import due
from vaguemestre.clock.models import Due
from vaguemestre.engine import queue_holds
from vaguemestre.engine.testing.queue import queue
from vaguemestre.engine.testing.sign_in import by_token
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.values import SEEN, MailboxId
from vaguemestre.shared_mailboxes.models import MailboxRights, SentByMember
from vaguemestre.shared_mailboxes.testing import Box, make_box
from vaguemestre.testing import MailAccount, data_folder, letter, make_mail_account, submission, wait_for_mail
from vaguemestre.webmail import connection
from vaguemestre.webmail.models import Outgoing, new_key
from vaguemestre.webmail.outbox import delivery, sent_copies
from vaguemestre.webmail.testing.boxes import inbox, place
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.killed_process import kill_process_on
from vaguemestre.webmail.testing.space import fill, limit

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


def send(
    author: MailAccount, box: Box, to: str, *hidden: str, sender: str = "", text: str = "Bonjour.", **headers: str
) -> None:
    """Signed in as oneself. The program leaves Bcc: in what it sends, as some do."""
    headers = {"Message_ID": ID, **({"Bcc": ", ".join(hidden)} if hidden else {}), **headers}
    said = {name: value for name, value in headers.items() if value}
    message = letter(to, sender=f"Le collège <{box.address}>", text=text, **said)
    with submission(author) as smtp:
        smtp.sendmail(sender or box.address, [to, *hidden], message.as_bytes())


def spool() -> Path:
    return data_folder() / "sent-copies"


def kept(box: Box, count: int = 1) -> list[Path]:
    """Handed over by Postfix for this box, once there are so many."""
    deadline = time.monotonic() + 20
    while len(found := sorted(spool().glob(f"{box.key}.*.new"))) < count:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


def run_jobs(box: Box, count: int = 1) -> None:
    """As the clock does, once Postfix has handed so many over."""
    kept(box, count)
    now = timezone.now()
    sent_copies.plan_copies(now)
    due.run(now)
    due.run(now)


def sent(box: Box) -> list[Message]:
    program = by_token(box, box.token)
    program.select("Sent", readonly=True)
    numbers = program.search(None, "ALL")[1][0].split()
    parts = [program.fetch(number.decode(), "(BODY.PEEK[])")[1][0] for number in numbers]
    return [message_from_bytes(part[1]) for part in parts if isinstance(part, tuple)]


def sent_folder(session: Session) -> MailboxId:
    found = session.by_role("sent")
    assert found is not None
    assert found.id is not None
    return found.id


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
            [row] = session.page(sent_folder(session)).rows
        assert (SEEN in row.flags) is seen


@pytest.mark.parametrize("given", ["", " "])
def test_without_a_message_id_it_gets_one(mail_account: MailAccount, box: Box, parent: MailAccount, given: str) -> None:
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
    kept(box)
    deadline = time.monotonic() + 20
    while any(one["address"] == inside for message in queue() for one in message["recipients"]):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert len(kept(box)) == 1
    run_jobs(box)
    assert len(sent(box)) == 1


def store(member: MailAccount, box: Box, **headers: str) -> None:
    """As a program that opens the box stores its own copy, Bcc: and all."""
    program = by_token(box, member.token)
    raw = letter("parent@dehors.example", sender=box.address, Message_ID=ID, **headers).as_bytes()
    assert program.append("Sent", "\\Seen", "", raw.replace(b"\n", b"\r\n"))[0] == "OK"


@pytest.mark.parametrize("before", [True, False])
def test_the_copy_that_a_program_stores_itself_is_merged_with_it(
    mail_account: MailAccount, box: Box, parent: MailAccount, before: bool
) -> None:
    if before:
        store(mail_account, box, Bcc="cache@dehors.example")
    send(mail_account, box, parent.address)
    run_jobs(box)
    if not before:
        store(mail_account, box, Bcc="cache@dehors.example")
        due.run(timezone.now() + sent_copies.FIRST_LOOK)
    [copy] = sent(box)
    assert copy["Bcc"] is None
    with connection.open_mailbox_of(box.key) as session:  # nor where what was deleted may be brought back
        aside = session.recoverable_folder()
        assert aside is None or aside.id is None or not session.find(aside.id, ID)
    assert len(authors(box)) == len(journal(box)) == 1


def test_a_copy_that_somebody_deletes_does_not_come_back(
    mail_account: MailAccount, box: Box, parent: MailAccount
) -> None:
    send(mail_account, box, parent.address)
    run_jobs(box)
    with connection.open_mailbox_of(box.key) as session:
        session.delete(sent_folder(session), session.find(sent_folder(session), ID))
    for minutes in (1, 2, 70):
        due.run(timezone.now() + timedelta(minutes=minutes))
    assert sent(box) == []
    assert not Due.objects.filter(job=sent_copies.MERGE.name).exists()


def test_what_the_webmail_sends_is_filed_by_it_alone(desk: MailBrowser, parent: MailAccount) -> None:
    box, key = make_box(), new_key()
    box.give(desk.mail, OWNER)
    typed = {"a": parent.address, "objet": "Essai", "texte": "Bonjour.", "fenetre": "w1", "revision": "0"}
    desk.post(place(box, f"ecrire/{key}/envoi/"), {**typed, "cci": desk.mail.address})
    run_jobs(box)
    assert len(sent(box)) == len(authors(box)) == len(journal(box)) == 1
    assert not list(spool().glob(f"{box.key}.*"))


def test_while_the_webmail_has_not_filed_its_own_nobody_else_does(
    desk: MailBrowser, parent: MailAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    box, key = make_box(), new_key()
    box.give(desk.mail, OWNER)
    typed = {"a": parent.address, "objet": "Essai", "texte": "Bonjour.", "fenetre": "w1", "revision": "0"}
    with monkeypatch.context() as patch:  # as a process that died there leaves it
        patch.setattr(delivery, "_file", lambda *_args, **_more: None)
        desk.post(place(box, f"ecrire/{key}/envoi/"), dict(typed))
    run_jobs(box)
    assert sent(box) == []
    delivery.deliver(key, timezone.now())
    due.run(timezone.now() + sent_copies.A_MOMENT)
    assert len(sent(box)) == len(authors(box)) == len(journal(box)) == 1
    assert Outgoing.objects.get(key=key).state == Outgoing.State.DONE


AFTER = """
from vaguemestre.webmail.outbox import sent_copies
{killed} = after({killed})
sent_copies.file_copy(key, timezone.now())
"""
NOTED = "sent_copies.authorship.note_author"
STORED = "sent_copies.Session.append"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("killed", [NOTED, STORED])
def test_a_process_killed_on_the_way_files_it_once(
    mail_account: MailAccount, box: Box, parent: MailAccount, killed: str
) -> None:
    send(mail_account, box, parent.address)
    [copy] = kept(box)
    sent_copies.plan_copies(timezone.now())
    kill_process_on(copy.stem, AFTER.format(killed=killed))
    assert (len(sent(box)), len(authors(box))) == ((0, 0) if killed == NOTED else (1, 1))
    due.run(timezone.now())
    assert len(sent(box)) == len(authors(box)) == len(journal(box)) == 1


def test_handed_over_again_by_postfix_it_is_filed_once(
    mail_account: MailAccount, box: Box, parent: MailAccount
) -> None:
    """Killed before it has noted that it did."""
    send(mail_account, box, parent.address)
    [copy] = kept(box)
    raw = copy.read_bytes()
    run_jobs(box)
    copy.write_bytes(raw)
    run_jobs(box)
    assert len(sent(box)) == len(authors(box)) == len(journal(box)) == 1


def test_a_letter_whose_copy_cannot_be_kept_leaves_and_the_copy_comes_later(
    mail_account: MailAccount, box: Box, parent: MailAccount
) -> None:
    spool().chmod(0)
    try:
        send(mail_account, box, parent.address)
        wait_for_mail(parent)
        assert queue_holds.messages_underway(box.account, ID, timezone.now()) == []
    finally:
        spool().chmod(0o700)
    run_jobs(box)
    assert len(sent(box)) == len(authors(box)) == 1
    with connection.open_mailbox_of(box.key) as session:  # no line of Postfix about it
        assert not session.page(MailboxId(inbox(box))).rows


def test_a_right_that_ends_a_moment_later_takes_nothing_back(
    mail_account: MailAccount, box: Box, parent: MailAccount
) -> None:
    send(mail_account, box, parent.address)
    kept(box)
    box.take(mail_account)
    run_jobs(box)
    assert len(sent(box)) == 1
    assert authors(box) == [(ID, mail_account.key)]


def test_a_box_that_is_full_has_its_copy_once_there_is_room(
    mail_account: MailAccount, box: Box, parent: MailAccount, client: Client
) -> None:
    there = MailBrowser(box, client)
    limit(there, megabytes=1)
    fill(there, 500)
    send(mail_account, box, parent.address, text="Bonjour à tous.\n" * 4000)
    run_jobs(box)
    assert (sent(box), authors(box)) == ([], [(ID, mail_account.key)])  # it has left
    with there.session() as session:
        session.empty(there.id("archive"))
    due.run(timezone.now() + due.FIRST_RETRY)
    assert len(sent(box)) == len(journal(box)) == 1
