"""Who wrote what left in a box's name: for its members and the journal, never in the message."""

from collections.abc import Iterable
from datetime import datetime

from vaguemestre.accounts.models import Account
from vaguemestre.audit import journal
from vaguemestre.shared_mailboxes.models import SentByMember

LONGEST = 255


def note_author(box: Account, message_id: str, author: Account, now: datetime) -> SentByMember:
    """Inside the transaction that says the message has left. Twice is once."""
    row, new = SentByMember.objects.get_or_create(
        box_id=box.key, message_id=message_id[:LONGEST], defaults={"author": author, "at": now}
    )
    if new:
        journal.record(author.key, "box.wrote", author.key, box=box.address, message=message_id[:LONGEST])
    return row


def keep_draft_author(box: Account, message_id: str, author: Account, now: datetime) -> None:
    """For a draft that is open no more: it has not left, and the journal has no line."""
    SentByMember.objects.update_or_create(
        box_id=box.key, message_id=message_id[:LONGEST], defaults={"author": author, "at": now}
    )


def authors_of(box: Account, message_ids: Iterable[str]) -> dict[str, Account]:
    """By Message-ID, without those that nobody of the box wrote. One query, with their persons."""
    wanted = [one[:LONGEST] for one in message_ids if one]
    if not wanted:
        return {}
    rows = SentByMember.objects.filter(box_id=box.key, message_id__in=wanted).select_related("author__person")
    return {row.message_id: row.author for row in rows}
