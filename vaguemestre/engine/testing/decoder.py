"""Shared by tests: decoder."""

import socket
from email.message import EmailMessage
from pathlib import Path

from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.mailbox.imap.query.search_query import Query, Term
from vaguemestre.testing import MailAccount, data_folder, letter

HEAD = b"VERSION\tscript\t4\t0\nalarm=10\nnoreply\n"


def told(sent: bytes, path: Path | None = None) -> bytes:
    """What the process of this run, or another one, answers to those bytes."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path or data_folder() / "run" / "decoder" / "socket"))
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(1 << 16), b""))


def decoded(kind: str, document: bytes) -> str:
    return told(HEAD + kind.encode() + b"\n\n" + document).decode()


def with_files(subject: str, *files: tuple[str, bytes]) -> EmailMessage:
    message = letter("m@ac-amiens.fr", subject=subject, text=f"Bonjour, texte de {subject}.")
    for number, (kind, content) in enumerate(files):
        maintype, _, subtype = kind.partition("/")
        message.add_attachment(content, maintype=maintype, subtype=subtype, filename=f"piece{number}.bin")
    return message


def found(pool: Pool, account: MailAccount, word: str) -> list[str]:
    """Subjects, as the webmail finds them."""
    with pool.session(account.key) as session:
        result, _folders, _quota = session.search(Query((Term(word),)))
    return sorted(hit.row.subject for hit in result.hits)
