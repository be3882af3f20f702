"""Folders with what is inside them, and keywords over the whole mailbox, at a real Dovecot."""

import pytest

from vaguemestre.mailbox.errors import MailboxRefusedError, NoSuchFolderError
from vaguemestre.mailbox.imap.messages.keywords import parse_uids, uids_text
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.testing.sessions import identity, named, put, role
from vaguemestre.mailbox.values import Flag, FolderName, InvalidValueError, MailboxId, Uid
from vaguemestre.testing import MailAccount, imap_connection

SORTIES = Flag("sorties")


def names(session: Session) -> list[str]:
    return [str(folder.name) for folder in session.folders() if not folder.role]


def test_a_tree_is_renamed_with_its_subscriptions(session: Session) -> None:
    for name in ("Classe", "Classe/6e", "Classe/6e/Sorties"):
        session.create(FolderName(name))
    session.subscribe(identity(named(session, "Classe/6e")), subscribed=False)
    inner = identity(named(session, "Classe/6e/Sorties"))
    session.rename(identity(named(session, "Classe")), FolderName("Archive/Classe 2025"))
    found = {str(folder.name): folder for folder in session.folders() if not folder.role}
    assert list(found) == ["Archive/Classe 2025", "Archive/Classe 2025/6e", "Archive/Classe 2025/6e/Sorties"]
    assert found["Archive/Classe 2025/6e/Sorties"].id == inner
    assert [folder.subscribed for folder in found.values()] == [True, False, True]


def test_what_is_inside_a_role_stands_after_it(session: Session) -> None:
    session.create(FolderName("Archive/2025"))
    session.create(FolderName("Abc"))
    order = [str(folder.name) for folder in session.folders()]
    assert order.index("Archive/2025") == order.index("Archive") + 1
    assert order[-1] == "Abc"


def test_a_mere_parent_goes_by_its_name(session: Session, mail_account: MailAccount) -> None:
    imap_connection(mail_account).create("Parent/Enfant")
    session.quota()  # what came with the sign-in is of before
    parent = named(session, "Parent")
    assert parent.id is None
    session.rename(parent.name, FolderName("Autre"))
    assert "Autre/Enfant" in names(session)
    session.remove_tree(FolderName("Autre"))
    assert names(session) == []


def test_a_tree_is_removed_for_good_and_nothing_beside_it(session: Session) -> None:
    for name in ("A", "A/B", "A/B/C", "A B", "Ab"):
        session.create(FolderName(name))
    put(session, identity(named(session, "A/B/C")), 2)
    session.remove_tree(identity(named(session, "A")))
    assert names(session) == ["A B", "Ab"]


@pytest.mark.parametrize("of", ["inbox", "sent", "trash"])
def test_a_role_is_neither_renamed_nor_removed(session: Session, of: str) -> None:
    with pytest.raises(MailboxRefusedError):
        session.remove_tree(role(session, of))
    with pytest.raises(MailboxRefusedError):
        session.rename(role(session, of), FolderName("X"))


def test_another_folder_that_took_the_name_is_left_alone(session: Session, mail_account: MailAccount) -> None:
    """Renamed in another program, and its name given to a new folder, after this one looked."""
    first = session.create(FolderName("Une"))
    other = imap_connection(mail_account)
    other.rename("Une", "Deux")
    other.create("Une")
    session.rename(identity(first), FolderName("Trois"))
    assert sorted(names(session)) == ["Trois", "Une"]
    assert named(session, "Trois").id == first.id
    session.remove_tree(identity(first))
    assert names(session) == ["Une"]
    with pytest.raises(NoSuchFolderError):
        session.remove_tree(identity(first))


def test_a_folder_under_a_name_that_was_anothers_has_its_own_identity(session: Session) -> None:
    first = session.create(FolderName("Une"))
    session.rename(identity(first), FolderName("Deux"))
    second = session.create(FolderName("Une"))
    assert second.id != first.id
    assert named(session, "Deux").id == first.id


def test_names_that_dovecot_cannot_keep_on_disk_are_refused_before(session: Session) -> None:
    with pytest.raises(InvalidValueError):
        FolderName("🎒" * 60)
    longest = FolderName("🎒" * 45)
    assert identity(session.create(longest))
    assert identity(session.create(FolderName("é" * 60)))


def test_a_keyword_is_found_wherever_it_is(session: Session, mail_account: MailAccount) -> None:
    inbox, archive = role(session, "inbox"), role(session, "archive")
    first, second = put(session, inbox, 5), put(session, archive, 2)
    session.store(inbox, [first[0], first[1], first[2], first[4]], add=[SORTIES])
    session.store(archive, second[:1], add=["SORTIES"])
    found = session.bearing(SORTIES)
    assert {folder: numbers.text for folder, numbers in found.items()} == {
        inbox: f"{first[0]}:{first[2]},{first[4]}",
        archive: str(second[0]),
    }
    assert session.bearing(Flag("absente")) == {}
    assert "sorties" in [word.lower() for word in session.keywords(inbox)]


def test_flags_of_what_is_there(session: Session) -> None:
    inbox = role(session, "inbox")
    uids = put(session, inbox, 2)
    session.store(inbox, uids[:1], add=[SORTIES])
    found = session.flags(inbox, [*uids, Uid(999_999)])
    assert list(found) == uids
    assert SORTIES in found[uids[0]]
    assert SORTIES not in found[uids[1]]
    assert session.flags(inbox, []) == {}


def test_a_page_of_what_bears_a_keyword(session: Session) -> None:
    inbox = role(session, "inbox")
    uids = put(session, inbox, 3)
    session.store(inbox, uids[:2], add=[SORTIES])
    page = session.page(inbox, only=SORTIES)
    assert [row.uid for row in page.rows] == [uids[1], uids[0]]
    assert page.folder_total == 2


def test_numbers_are_kept_in_few_letters() -> None:
    uids = [Uid(n) for n in (3, 4, 5, 9)]
    assert uids_text(uids) == "3:5,9"
    assert parse_uids("3:5,9") == uids
    assert MailboxId("0" * 32)
