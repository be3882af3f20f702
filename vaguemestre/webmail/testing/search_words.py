"""Shared by tests: search words."""

from datetime import date

from vaguemestre.mailbox.imap.query.search_query import Query
from vaguemestre.mailbox.messages import Folder, Role
from vaguemestre.mailbox.values import FolderName, MailboxId
from vaguemestre.webmail.search.query_parser import SearchRequest, parse_search

TODAY = date(2026, 11, 26)  # a Thursday


def folder(number: int, name: str, role: Role | None = None) -> Folder:
    return Folder(MailboxId(f"{number:032x}"), FolderName(name), role, 0, 0, True, True, 1, 1)


FOLDERS = [
    folder(1, "INBOX", "inbox"), folder(2, "Sent", "sent"), folder(3, "Archive", "archive"), folder(4, "Junk", "junk"),
    folder(5, "Trash", "trash"), folder(6, "Conseils de classe"), folder(7, "Élèves/6e B"), folder(8, "Corse"),
    folder(9, "Plus tard", "later"), folder(10, "Accusés de lecture", "receipts"),
]  # fmt: skip


def understood(text: str) -> SearchRequest:
    return parse_search(
        text,
        folders=FOLDERS,
        keywords=lambda: frozenset({"$label1", "urgent"}),
        labels={"À traiter": "urgent"},
        mine=lambda: frozenset({"a.petit@x.example", "apetit@x.example"}),
        today=TODAY,
    )


def query(text: str) -> Query:
    found = understood(text)
    assert found.said == (), found.said
    return found.query
