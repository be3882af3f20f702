"""Folders and messages of a real Dovecot."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from vaguemestre.mailbox.errors import (
    FolderExistsError,
    MailboxRefusedError,
    MailboxUnavailableError,
    NoSuchFolderError,
    NoSuchMessageError,
    SignInRefusedError,
)
from vaguemestre.mailbox.file_names import safe_filename
from vaguemestre.mailbox.imap.messages.append import MessageToAppend
from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Address
from vaguemestre.mailbox.mime.message_builder import File, build_message
from vaguemestre.mailbox.testing.sessions import identity, mail, named, put, role
from vaguemestre.mailbox.values import FLAGGED, SEEN, FolderName, MailboxId, PartPath, Uid
from vaguemestre.testing import MailAccount, append, imap_connection, letter


def test_folders_come_in_one_trip_roles_first(session: Session) -> None:
    trips = session.round_trips
    folders = session.folders()
    assert [folder.role for folder in folders[:6]] == ["inbox", "drafts", "sent", "archive", "junk", "trash"]
    assert all(folder.selectable and folder.id for folder in folders)
    assert session.round_trips == trips  # they came with the sign-in
    session.quota()
    session.folders()
    assert session.round_trips == trips + 2


def test_counts(session: Session) -> None:
    inbox = role(session, "inbox")
    uids = put(session, inbox, 3)
    session.store(inbox, uids[:1], add=[SEEN])
    folder = named(session, "INBOX")
    assert (folder.total, folder.unseen) == (3, 2)


@pytest.mark.parametrize("label", ["Élèves & co", 'dit "le sage"', "😀", "a\\b", "Trash 2", "&AOk-"])
def test_a_folder_of_any_name_can_be_used(session: Session, label: str) -> None:
    folder = session.create(FolderName.within(label, FolderName("Classe")))
    assert folder.name == f"Classe/{label}"
    assert folder.subscribed
    inbox = role(session, "inbox")
    [uid] = put(session, inbox)
    [new] = session.move(inbox, [uid], identity(folder)).values()
    assert session.message(identity(folder), new).row.subject == "n0"
    session.remove(identity(folder))
    assert f"Classe/{label}" not in [one.name for one in session.folders()]


def test_a_folder_made_by_another_program(session: Session, mail_account: MailAccount) -> None:
    session.folders()
    imap_connection(mail_account).create('"100% *"')
    session.quota()
    folder = named(session, "100% *")
    assert session.page(identity(folder)).rows == ()


def test_the_identity_outlives_the_name(session: Session) -> None:
    folder = session.create(FolderName("Sixième"))
    child = session.create(FolderName("Sixième/B"))
    session.rename(identity(folder), FolderName("Cinquième"))
    folders = {one.name: one for one in session.folders()}
    assert folders[FolderName("Cinquième")].id == folder.id
    assert folders[FolderName("Cinquième/B")].id == child.id
    assert folders[FolderName("Cinquième/B")].subscribed
    assert "Sixième" not in folders


def test_names_that_exist_and_folders_that_stay(session: Session) -> None:
    session.create(FolderName("Une"))
    other = session.create(FolderName("Autre"))
    with pytest.raises(FolderExistsError):
        session.create(FolderName("Une"))
    with pytest.raises(FolderExistsError):
        session.rename(identity(other), FolderName("Une"))
    with pytest.raises(MailboxRefusedError):
        session.remove(role(session, "sent"))
    with pytest.raises(MailboxRefusedError):
        session.rename(role(session, "inbox"), FolderName("X"))


def test_an_unknown_folder(session: Session) -> None:
    with pytest.raises(NoSuchFolderError):
        session.page(MailboxId("0" * 32))


def test_a_folder_that_another_program_renamed_is_found_again(session: Session, mail_account: MailAccount) -> None:
    folder = session.create(FolderName("Avant"))
    [uid] = put(session, identity(folder))
    other = imap_connection(mail_account)
    other.rename("Avant", "Apres")
    other.create("Avant")  # the name now means another folder
    assert session.message(identity(folder), uid).row.subject == "n0"
    session.store(identity(folder), [uid], add=[FLAGGED])
    assert session.page(identity(folder)).rows[0].flagged


def test_a_message(session: Session) -> None:
    inbox = role(session, "inbox")
    uid = session.append(inbox, mail("Réunion".replace("é", "e"), "Première ligne\r\n.\r\n"), [SEEN])
    assert uid is not None
    message = session.message(inbox, uid)
    assert message.row.subject == "Reunion"
    assert message.row.sender is not None
    assert str(message.row.sender) == "Anne <anne@librairie.example>"
    assert message.message_id == "<Reunion@librairie.example>"
    assert message.row.sent == datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert message.headers.get("date").startswith("Tue, 24 Nov")
    assert message.row.flags >= {SEEN}
    assert session.body(inbox, uid, PartPath("1")).decode() == "Première ligne\r\n.\r\n"
    assert b"".join(session.source(inbox, uid)).startswith(b"From: Anne")


def test_reading_marks_nothing_and_opening_does(session: Session) -> None:
    inbox = role(session, "inbox")
    [uid] = put(session, inbox)
    session.message(inbox, uid)
    session.body(inbox, uid, PartPath("1"))
    assert not session.message(inbox, uid).row.seen
    trips = session.round_trips
    message, folders = session.open(inbox, uid)
    assert session.round_trips == trips + 2
    assert message.row.seen
    assert next(folder.unseen for folder in folders if folder.role == "inbox") == 0
    assert session.message(inbox, uid).row.seen
    trips = session.round_trips
    session.open(inbox, uid)
    assert session.round_trips == trips + 1


def test_what_is_not_there(session: Session) -> None:
    inbox = role(session, "inbox")
    [uid] = put(session, inbox)
    for act in (
        lambda: session.message(inbox, Uid(99)),
        lambda: session.open(inbox, Uid(99)),
        lambda: session.body(inbox, Uid(99), PartPath("1")),
        lambda: session.body(inbox, uid, PartPath("7")),
        lambda: session.stream(inbox, uid, PartPath("1.2.3")),
        lambda: session.source(inbox, Uid(99)),
    ):
        with pytest.raises(NoSuchMessageError):
            act()


def test_the_neighbours_and_the_place(session: Session) -> None:
    inbox = role(session, "inbox")
    uids = put(session, inbox, 3)
    session.page(inbox)
    trips = session.round_trips
    middle = session.message(inbox, uids[1])
    assert (middle.newer, middle.older, middle.position, middle.folder_total) == (uids[2], uids[0], 2, 3)
    assert session.round_trips == trips + 1
    assert (session.message(inbox, uids[2]).newer, session.message(inbox, uids[0]).older) == (None, None)


def test_flags(session: Session) -> None:
    inbox = role(session, "inbox")
    uids = put(session, inbox, 2)
    session.store(inbox, [*uids, Uid(4000)], add=[FLAGGED, "urgent"])
    session.store(inbox, uids[:1], remove=["urgent"], add=[SEEN])
    rows = {row.uid: row.flags for row in session.page(inbox).rows}
    assert rows == {uids[0]: {SEEN, FLAGGED}, uids[1]: {FLAGGED, "urgent"}}


def test_a_move_tells_what_to_undo(session: Session) -> None:
    inbox, trash = role(session, "inbox"), role(session, "trash")
    uids = put(session, inbox, 3)
    moved = session.move(inbox, [uids[2], uids[0], Uid(999)], trash)
    assert set(moved) == {uids[0], uids[2]}
    assert [row.uid for row in session.page(inbox).rows] == [uids[1]]
    subjects = {old: session.message(trash, new).row.subject for old, new in moved.items()}
    assert subjects == {uids[0]: "n0", uids[2]: "n2"}
    assert len(session.move(trash, list(moved.values()), inbox)) == 2
    assert session.page(trash).folder_total == 0
    assert session.move(inbox, [], trash) == {}


def test_copy_delete_and_empty(session: Session) -> None:
    inbox, archive = role(session, "inbox"), role(session, "archive")
    uids = put(session, inbox, 3)
    assert len(session.copy(inbox, uids, archive)) == 3
    session.delete(inbox, uids[:1])
    assert [row.uid for row in session.page(inbox).rows] == [uids[2], uids[1]]
    session.empty(archive)
    assert session.page(archive).folder_total == 0
    session.empty(archive)
    assert session.page(inbox).folder_total == 2


def test_what_is_deleted_is_marked_before_it_is_looked_for(session: Session) -> None:
    """Not in one trip: Dovecot then left some behind, on a busy machine, and said OK."""
    inbox = role(session, "inbox")
    uids = put(session, inbox, 3)
    session.page(inbox)
    session.flags(inbox, uids)  # it is open
    before = session.round_trips
    session.delete(inbox, uids[:2])
    assert session.round_trips == before + 2
    before = session.round_trips
    session.empty(inbox)
    assert session.round_trips == before + 2
    assert session.page(inbox).folder_total == 0


def test_many_at_once(session: Session) -> None:
    inbox, trash = role(session, "inbox"), role(session, "trash")
    uids = put(session, inbox, 40)
    moved = session.move(inbox, uids[::2], trash)
    assert list(moved) == uids[::2]


def test_append(session: Session) -> None:
    drafts = role(session, "drafts")
    when = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    uid = session.append(drafts, mail("petit"), ["\\Draft"], when)
    assert uid is not None
    row = session.message(drafts, uid).row
    assert (row.draft, row.received) == (True, when)
    content = "x" * 70 + "\r\n"
    large = session.append(drafts, BytesIO(mail("grand", content * 30_000)))
    assert large is not None
    assert sum(map(len, session.source(drafts, large))) == len(mail("grand", content * 30_000))
    assert session.find(drafts, "<grand@librairie.example>") == [large]
    assert session.find(drafts, '<"absent\r\nx LOGOUT@">') == []


def test_several_are_stored_together_or_none(session: Session) -> None:
    drafts = role(session, "drafts")
    when = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    letters = [MessageToAppend(mail(f"m{number}", "x" * 70 + "\r\n"), [SEEN], when) for number in range(3)]
    uids = session.append_all(drafts, letters)
    assert [session.message(drafts, uid).message_id for uid in uids] == [
        f"<m{number}@librairie.example>" for number in range(3)
    ]
    assert session.message(drafts, uids[1]).row.received == when
    hostile = mail("m4", "v99 LOGOUT\r\n" * 3)
    for marks in (["\\Recent"], ["x" * 60]):  # no such marks for Dovecot
        with pytest.raises(MailboxRefusedError):
            session.append_all(drafts, [MessageToAppend(hostile, flags, None) for flags in ([], marks, [])])
        with pytest.raises(MailboxRefusedError):
            session.append(drafts, hostile, marks)
        assert session.page(drafts).folder_total == 3  # what was to be stored was not taken for commands


def test_quota(session: Session) -> None:
    quota = session.quota()
    assert quota is not None
    assert quota.limit > quota.used >= 0
    assert 0 <= quota.percent <= 100


def test_bytes_that_no_text_has(session: Session, mail_account: MailAccount) -> None:
    append(mail_account, letter(mail_account.address, subject="Été & hiver 😀", text="Ça va ?"))
    row = session.page(role(session, "inbox")).rows[0]
    assert (row.subject, row.preview) == ("Été & hiver 😀", "Ça va ?")


def test_a_token_for_another_account_is_refused(pool: Pool, mail_account: MailAccount) -> None:
    stranger = Pool(pool.endpoint, lambda _user: mail_account.token)
    with pytest.raises(SignInRefusedError), stranger.session("a9999999"):
        pass


def test_the_server_hears_where_the_person_sits(pool: Pool, mail_account: MailAccount) -> None:
    with pool.session(mail_account.key, remote="192.0.2.7") as session:
        assert session.folders()


def test_a_full_disk_is_said_and_harms_nobody(pool: Pool, mail_account: MailAccount, tmp_path: Path) -> None:
    """A spool that takes nothing: what is small is still read."""
    poor = Pool(replace(pool.endpoint, spool=tmp_path / "absent"), lambda _user: mail_account.token)
    with poor.session(mail_account.key) as session:
        inbox = role(session, "inbox")
        small = session.append(inbox, mail("petit"))
        large = session.append(inbox, mail("grand", "x" * 70 + "\r\n" * 1_000_000))
        assert small is not None
        assert large is not None
        with pytest.raises(MailboxUnavailableError, match="spool"):
            session.stream(inbox, large, PartPath("1"))
    with poor.session(mail_account.key) as session:
        assert session.body(inbox, small, PartPath("1")) == b"Bonjour.\r\n"
        assert len(session.page(inbox).rows) == 2
    poor.close()


@pytest.mark.parametrize("name", ["é" * 90 + " (100) & «fin» n° 1, 2 ; 3.txt", "😀" * 40 + ".pdf", 'Bilan "6e B".odt'])
def test_what_we_write_we_read(session: Session, tmp_path: Path, name: str) -> None:
    (tmp_path / "f").write_bytes(b"\x00\xff" * 500)
    drafts = role(session, "drafts")
    raw = build_message(
        sender=Address("Éloïse de La Tour-Maubourg", "e.tour@ac-amiens.fr"), to=[Address("«J.», K", "j@x.example")],
        subject="Réunion 😀 " * 12, text="Ça va ?", date=datetime(2026, 11, 24, tzinfo=UTC), message_id="<m@x>",
        attachments=[File(name, "application/pdf", tmp_path / "f")],
    )  # fmt: skip
    uid = session.append(drafts, raw)
    assert uid is not None
    message = session.message(drafts, uid)
    [part] = message.attachments
    assert part.filename == safe_filename(name)
    assert part.path is not None
    assert session.body(drafts, uid, part.path) == b"\x00\xff" * 500
    assert (message.row.sender, message.to) == (
        Address("Éloïse de La Tour-Maubourg", "e.tour@ac-amiens.fr"), (Address("«J.», K", "j@x.example"),)
    )  # fmt: skip
    assert message.row.subject == ("Réunion 😀 " * 12).strip()
    assert message.text is not None
    assert message.text.path is not None
    assert session.body(drafts, uid, message.text.path).decode().strip() == "Ça va ?"
