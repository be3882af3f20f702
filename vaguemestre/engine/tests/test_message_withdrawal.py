"""What the administration takes out of a mailbox: found by its name or by what a campaign has in common, unseen by its
owner afterwards, and back where it was, as it was."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from vaguemestre.engine import mailboxes, message_withdrawal
from vaguemestre.testing import MailAccount, append, imap_connection, letter, make_mail_account

NAME = "<piege.42@voleur.example>"
FOLDER = '"Classe/Sixi&AOg-me"'


def trap(to: str, name: str = NAME, subject: str = "Votre boîte est pleine", text: str = "Cliquez ici.") -> bytes:
    message = letter(to, sender="Assistance <aide@voleur.example>", subject=subject, text=text, Message_ID=name)
    return message.as_bytes()


def an_hour_ago() -> datetime:
    return timezone.now() - timedelta(hours=1)


def listed(account: MailAccount, folder: str = "INBOX") -> list[bytes]:
    connection = imap_connection(account)
    connection.select(folder, readonly=True)
    answer = connection.uid("FETCH", "1:*", "(FLAGS INTERNALDATE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")[1]
    connection.logout()
    return [b" ".join(part) for part in answer if isinstance(part, tuple)]


def quota(account: MailAccount) -> bytes:
    connection = imap_connection(account)
    said = connection.getquotaroot("INBOX")[1][1][0]
    connection.logout()
    assert isinstance(said, bytes)
    return said


@pytest.fixture
def box(mail_account: MailAccount) -> MailAccount:
    connection = imap_connection(mail_account)
    connection.create(FOLDER)
    connection.logout()
    append(mail_account, letter(mail_account.address, subject="À garder", Message_ID="<bon@ecole.example>"))
    append(mail_account, trap(mail_account.address), "INBOX", "(\\Seen \\Answered)")
    append(mail_account, trap(mail_account.address), FOLDER, "(\\Flagged)")
    append(mail_account, trap(mail_account.address), "Trash")
    append(mail_account, trap(mail_account.address), "Sent")
    return mail_account


def test_found_in_every_folder_but_one_s_own_writing(box: MailAccount) -> None:
    found = {copy.folder: copy for copy in message_withdrawal.find_copies(box.key, NAME, "", an_hour_ago())}
    assert set(found) == {"INBOX", "Classe/Sixième", "Trash"}
    assert (found["INBOX"].seen, found["INBOX"].answered, found["Trash"].seen) == (True, True, False)
    assert found["INBOX"].subject == "Votre boîte est pleine"


def test_only_what_came_since_and_only_the_very_name(box: MailAccount) -> None:
    append(box, trap(box.address, name="<un.piege.42@voleur.example>"))
    assert len(message_withdrawal.find_copies(box.key, NAME, "", an_hour_ago())) == 3
    assert message_withdrawal.find_copies(box.key, "<piege.42@voleur.example", "", an_hour_ago()) == [], (
        "half a name is no name"
    )
    assert message_withdrawal.find_copies(box.key, NAME, "", timezone.now() + timedelta(minutes=5)) == []


def test_a_campaign_is_one_sender_and_one_subject(box: MailAccount) -> None:
    append(box, trap(box.address, name="<autre@voleur.example>"))
    append(box, trap(box.address, name="<b@voleur.example>", subject="Votre boîte est pleine (2)"))
    append(box, letter(box.address, sender="aide@voleur.example", subject="Votre boîte est pleine"))
    append(box, letter(box.address, sender="paide@voleur.example", subject="Votre boîte est pleine"))
    since = an_hour_ago()
    alike = message_withdrawal.find_similar(box.key, "AIDE@voleur.example", "Votre boîte est pleine", since)
    assert len(alike) == 5
    assert {copy.message_id for copy in alike} >= {NAME, "<autre@voleur.example>"}


def take_all(box: MailAccount) -> dict[str, str]:
    """The place of each folder."""
    chosen = {}
    for number, copy in enumerate(message_withdrawal.find_copies(box.key, NAME, "", an_hour_ago())):
        chosen[copy.folder] = f"retrait.{number}"
        message_withdrawal.withdraw_copies(box.key, chosen[copy.folder], [copy])
    return chosen


def test_taken_it_is_nowhere_for_its_owner_and_weighs_nothing(box: MailAccount) -> None:
    before = listed(box, FOLDER)
    weight = quota(box)
    chosen = take_all(box)
    assert message_withdrawal.find_copies(box.key, NAME, "", an_hour_ago()) == []
    assert len(listed(box)) == 1
    assert listed(box, FOLDER) == []
    assert quota(box) != weight
    assert {one.name for one in mailboxes.folders(box.key)} <= {"INBOX", "Sent", "Drafts", "Archive", "Junk", "Trash",
                                                                "Classe/Sixième", "Classe"}  # fmt: skip
    connection = imap_connection(box)
    assert not any(b"withdrawn" in line for line in connection.list()[1] if isinstance(line, bytes))
    assert connection.select(f'"{message_withdrawal.PREFIX}{chosen["INBOX"]}"')[0] == "NO"
    assert connection.create(f'"{message_withdrawal.PREFIX}autre"')[0] == "NO", (
        "nobody's folder may hide behind the place"
    )
    connection.logout()
    assert message_withdrawal.restore_copies(box.key, chosen["Classe/Sixième"], "Classe/Sixième")
    back = listed(box, FOLDER)
    assert len(back) == 1
    assert b"\\Flagged" in back[0]
    assert back[0].partition(b"INTERNALDATE")[2] == before[0].partition(b"INTERNALDATE")[2]


def test_done_twice_is_done_once(box: MailAccount) -> None:
    copy = next(
        copy for copy in message_withdrawal.find_copies(box.key, NAME, "", an_hour_ago()) if copy.folder == "INBOX"
    )
    for _time in range(2):
        message_withdrawal.withdraw_copies(box.key, "retrait.1", [copy, replace(copy, uid=4711)])
    assert message_withdrawal.count_withdrawn(box.key, "retrait.1") == 1
    for _time in range(2):
        assert message_withdrawal.restore_copies(box.key, "retrait.1", "INBOX")
    assert len(listed(box)) == 2
    assert message_withdrawal.places(box.key) == []


def test_a_folder_that_has_gone_is_the_inbox(box: MailAccount) -> None:
    chosen = take_all(box)
    connection = imap_connection(box)
    connection.delete(FOLDER)
    connection.logout()
    assert not message_withdrawal.restore_copies(box.key, chosen["Classe/Sixième"], "Classe/Sixième")
    assert len(listed(box)) == 2


def test_erased_or_purged_nothing_is_left(box: MailAccount) -> None:
    chosen = take_all(box)
    message_withdrawal.delete_copies(box.key, chosen["INBOX"])
    message_withdrawal.delete_copies(box.key, chosen["INBOX"])
    assert sorted(message_withdrawal.places(box.key)) == sorted(set(chosen.values()) - {chosen["INBOX"]})
    mailboxes.delete_mailbox(box.key, timezone.now())
    assert message_withdrawal.places(box.key) == []


def test_a_full_mailbox_gets_back_what_was_its_own(box: MailAccount) -> None:
    chosen = take_all(box)
    message_withdrawal.restore_copies(box.key, chosen["INBOX"], "INBOX")
    assert len(listed(box)) == 2


def test_who_has_no_mailbox_has_nothing_in_it(db: None, daemons: None) -> None:
    account = make_mail_account("Jean", "Personne")
    assert message_withdrawal.find_copies(account.key, NAME, "", an_hour_ago()) == []
    assert message_withdrawal.find_copies("a999999998", NAME, "", an_hour_ago()) == []
    assert message_withdrawal.places(account.key) == []
    assert message_withdrawal.count_withdrawn(account.key, "rien.1") == 0


def test_what_its_owner_deleted_for_good_is_found_too_and_does_not_come_back(box: MailAccount) -> None:
    connection = imap_connection(box)
    connection.select("Trash")
    connection.store("1:*", "+FLAGS", "(\\Deleted)")
    connection.expunge()
    connection.logout()
    found = {copy.folder: copy for copy in message_withdrawal.find_copies(box.key, NAME, "", an_hour_ago())}
    assert set(found) == {"INBOX", "Classe/Sixième", mailboxes.RECOVERABLE}
    for number, copy in enumerate(found.values()):
        message_withdrawal.withdraw_copies(box.key, f"retrait.{number}", [copy])
    assert message_withdrawal.find_copies(box.key, NAME, "", an_hour_ago()) == [], (
        "what was moved is laid aside nowhere"
    )
    for number, folder in enumerate(found):
        message_withdrawal.restore_copies(box.key, f"retrait.{number}", folder)
    assert {copy.folder for copy in message_withdrawal.find_copies(box.key, NAME, "", an_hour_ago())} == set(found)


def test_what_is_erased_cannot_be_brought_back(box: MailAccount) -> None:
    for place in take_all(box).values():
        message_withdrawal.delete_copies(box.key, place)
    assert message_withdrawal.find_copies(box.key, NAME, "", an_hour_ago()) == []


@pytest.mark.parametrize(
    "name",
    [
        f"<{'CAB8-x+y_z=$' * 12}@mail.example>", "<AM0PR04MB12345678901234567890ABCDEF@AM0PR04MB1234.prod.example>",
        "<sans-arobase>", "<É.accent@voleur.example>",
    ],
)  # fmt: skip
def test_any_name_that_programs_write_is_found(mail_account: MailAccount, name: str) -> None:
    append(mail_account, f"From: a@b.example\nSubject: x\nMessage-ID: {name}\n\nCliquez.\n".encode())
    assert len(message_withdrawal.find_copies(mail_account.key, name, "", an_hour_ago())) == 1


def test_a_forged_name_does_not_take_the_official_letter_with_it(box: MailAccount) -> None:
    circular = letter(box.address, sender="Rectorat <circulaires@ecole.example>", subject="Vrai", Message_ID=NAME)
    append(box, circular)
    found = message_withdrawal.find_copies(box.key, NAME, "aide@voleur.example", an_hour_ago())
    assert {copy.subject for copy in found} == {"Votre boîte est pleine"}
    assert len(message_withdrawal.find_copies(box.key, NAME, "", an_hour_ago())) == 4


@pytest.mark.parametrize(
    "field",
    [
        "aide@voleur.example", "<AIDE@voleur.example>", '"Aide <x@y.example>" <aide@voleur.example>',
        "Aide <aide@voleur.example> (service)", "Un <un@z.example>, Aide <aide@voleur.example>",
        "=?utf-8?q?x=40y.example?= <aide@voleur.example>", f"{'Z' * 900} <aide@voleur.example>",
    ],
)  # fmt: skip
def test_a_campaign_is_known_by_its_address_however_it_is_written(mail_account: MailAccount, field: str) -> None:
    head = f"From: {field}\nSubject: Gain\nMessage-ID: <1@voleur.example>\n\nCliquez.\n"
    append(mail_account, head.encode())
    assert len(message_withdrawal.find_similar(mail_account.key, "aide@voleur.example", "Gain", an_hour_ago())) == 1


@pytest.mark.parametrize("field", ['"aide@voleur.example" <x@y.example>', "x@y.example (aide@voleur.example)"])
def test_an_address_in_a_name_is_no_sender(mail_account: MailAccount, field: str) -> None:
    append(mail_account, f"From: {field}\nSubject: Gain\nMessage-ID: <1@v.example>\n\nCliquez.\n".encode())
    assert message_withdrawal.find_similar(mail_account.key, "aide@voleur.example", "Gain", an_hour_ago()) == []
