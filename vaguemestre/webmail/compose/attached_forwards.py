"""Messages forwarded whole, each as a file of the new one (message/rfc822): with their headers, as they came."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from vaguemestre.mailbox.imap.conversations.conversation_index import Spot
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Row
from vaguemestre.web.number_text import octets_text
from vaguemestre.webmail.compose.compose_form import OfferedFile
from vaguemestre.webmail.compose.draft_content import DraftContent, DraftOrigin
from vaguemestre.webmail.compose.replies import FORWARD, InitialDraft, new_draft
from vaguemestre.webmail.content.attachments import file_stem
from vaguemestre.webmail.models import Outgoing

MOST = 50  # of one letter


def forward_content(rows: Mapping[Spot, Row], beginning: InitialDraft) -> DraftContent:
    """About the first of them. When it is alone, it will be marked as forwarded."""
    sources = tuple(DraftOrigin(folder, uid) for folder, uid in rows)
    first = next(iter(rows.values()), None)
    subject = f"{FORWARD}{first.subject}" if first else ""
    letter = DraftContent(
        subject=subject,
        messages=sources,
        asks_receipt=beginning.asks_receipts,
        sender=beginning.sender,
        signed=beginning.signed,
    )
    if len(sources) == 1:
        letter = DraftContent(
            subject=subject, messages=sources, asks_receipt=beginning.asks_receipts, kind=Outgoing.Kind.FORWARD,
            source=sources[0], sender=beginning.sender, signed=beginning.signed,
        )  # fmt: skip
    return new_draft(letter, beginning)


def offered_forwards(rows: Mapping[Spot, Row]) -> list[OfferedFile]:
    return [
        OfferedFile(f"{folder}-{uid}", file_name(row), octets_text(row.size), field="message")
        for (folder, uid), row in rows.items()
    ]


def file_name(row: Row) -> str:
    return f"{file_stem(row.subject, 'message')}.eml"


def find_rows(session: Session, spots: Sequence[Spot]) -> dict[Spot, Row]:
    """In the order in which they were chosen; what is gone is not in it."""
    rows = session.rows(spots[:MOST])
    return {spot: rows[spot] for spot in spots[:MOST] if spot in rows}


def too_many_text(count: int) -> list[str]:
    """What is said of those that were left out."""
    if count <= MOST:
        return []
    return [_("Only the first %d messages are attached. Forward the others in another message.") % MOST]
