"""Shared by tests: searches."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

from vaguemestre.mailbox.imap.query.search_query import Query, Term, Where
from vaguemestre.mailbox.imap.search.search_results import SearchResults
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.testing.sessions import role

DAY = datetime(2026, 11, 20, 9, tzinfo=UTC)


def mail(
    subject: str = "Essai", text: str = "Bonjour.", *,
    sender: str = "Anne <anne@librairie.example>", to: str = "m@ac-amiens.fr", file: str = "", html: bool = False,
) -> bytes:  # fmt: skip
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = "Fri, 20 Nov 2026 10:00:00 +0100"
    message.set_content(text, subtype="html" if html else "plain")
    if file:
        message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename=file)
    return message.as_bytes().replace(b"\n", b"\r\n")


def put(session: Session, raw: bytes, where: str = "inbox", *, days: int = 0, flags: tuple[str, ...] = ()) -> None:
    assert session.append(role(session, where), raw, flags, DAY + timedelta(days=days))


def subjects(found: SearchResults) -> list[str]:
    return [hit.row.subject for hit in found.hits]


def look(session: Session, *words: str, where: Where = "anywhere", start: int = 0, count: int = 50) -> SearchResults:
    return session.search(Query(tuple(Term(word, where) for word in words)), start=start, count=count)[0]
