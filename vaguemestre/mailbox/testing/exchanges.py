"""Shared by tests: exchanges."""

import itertools
from datetime import UTC, datetime, timedelta

from vaguemestre.mailbox.imap.conversations.overview import ConversationPage
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.testing.sessions import role
from vaguemestre.mailbox.values import MailboxId, Uid

MINUTES = itertools.count()


def mail(name: str, *refers: str, sender: str = "Anne <anne@x.fr>", answers: str = "") -> bytes:
    lines = [f"From: {sender}", "To: b@x.fr", f"Subject: {name}", f"Message-ID: <{name}@x>"]
    lines += [f"References: {' '.join(f'<{one}@x>' for one in refers)}"] if refers else []
    lines += [f"In-Reply-To: <{answers}@x>"] if answers else []
    return "\r\n".join([*lines, "", f"Texte {name}.", ""]).encode()


class ConversationLook:
    def __init__(self, session: Session) -> None:
        self.session = session
        self.inbox, self.sent, self.trash = (role(session, name) for name in ("inbox", "sent", "trash"))

    def put(self, raw: bytes, folder: MailboxId | None = None, *flags: str) -> Uid:
        """Each comes a minute after the one before."""
        came = datetime(2026, 11, 24, 8, tzinfo=UTC) + timedelta(minutes=next(MINUTES))
        uid = self.session.append(folder or self.inbox, raw, flags, came)
        assert uid is not None
        return uid

    def page(self, folder: MailboxId | None = None, **asked: object) -> tuple[ConversationPage, int]:
        trips = self.session.round_trips
        _folders, found, _quota = self.session.exchanges(folder or self.inbox, **asked)  # type: ignore[arg-type]  # as the caller asks
        return found, self.session.round_trips - trips


def heads(found: ConversationPage) -> list[str]:
    return [row.subject for row in found.page.rows]
