"""Shared by tests: sessions."""

from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.values import MailboxId, Uid


def mail(subject: str = "Essai", text: str = "Bonjour.\r\n") -> bytes:
    return (
        f"From: Anne <anne@librairie.example>\r\nTo: m@ac-amiens.fr\r\nSubject: {subject}\r\n"
        f"Message-ID: <{subject}@librairie.example>\r\nDate: Tue, 24 Nov 2026 10:00:00 +0100\r\n\r\n{text}"
    ).encode()


def role(session: Session, name: str) -> MailboxId:
    folder = session.by_role(name)
    assert folder is not None
    assert folder.id is not None
    return folder.id


def put(session: Session, folder: MailboxId, count: int = 1) -> list[Uid]:
    uids = [session.append(folder, mail(f"n{number}")) for number in range(count)]
    return [uid for uid in uids if uid is not None]


def named(session: Session, name: str) -> Folder:
    return next(folder for folder in session.folders() if folder.name == name)


def identity(folder: Folder) -> MailboxId:
    assert folder.id is not None
    return folder.id
