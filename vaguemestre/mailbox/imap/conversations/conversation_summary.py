"""What the row of an exchange tells of it."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from vaguemestre.mailbox.imap.conversations.conversation_index import Spot
from vaguemestre.mailbox.messages import Row
from vaguemestre.mailbox.values import DELETED, FLAGGED, SEEN, Uid

NAMED = 12  # messages of an exchange whose senders a row may name


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """An exchange as its row tells of it. `rows`: those whose words are known, each message once, in order of arrival;
    of the folder's own, flags included. `newest` came last of those in the folder, although one that was moved here
    since has a higher number. `here`: all of its messages in the folder."""

    rows: tuple[Row, ...]
    newest: Row
    count: int
    here: tuple[Uid, ...]
    seen: bool
    flagged: bool
    has_attachments: bool
    deleted: bool  # all of it here


def summarise(
    own: Sequence[Row], others: Sequence[Row], here: Mapping[Uid, frozenset[str]], count: int
) -> ConversationSummary:
    """`own`: rows of the folder that is shown, `others` from elsewhere. `here`: flags of all that lie in the folder."""
    known = [*own, *others]
    # Of two copies, that of this folder counts; within one second it stands before the others.
    once = list(reversed({same_message(row): row for row in reversed(known)}.values()))
    return ConversationSummary(
        rows=tuple(sorted(once, key=lambda row: row.received)),
        newest=max(own, key=lambda row: (row.received, row.uid)),
        count=count - (len(known) - len(once)),
        here=tuple(sorted(here)),
        seen=all(SEEN in flags for flags in here.values()),
        flagged=any(FLAGGED in flags for flags in here.values()),
        has_attachments=any(row.has_attachments for row in once),
        deleted=all(DELETED in flags for flags in here.values()),
    )


def same_message(row: Row) -> Hashable:
    """Equal for two copies of one message in different folders."""
    return (row.sender, row.sent, row.subject, row.preview) if row.sent else id(row)


def sample_messages(spots: list[Spot]) -> list[Spot]:
    """All of an ordinary exchange; of a long one, how it began and how it continues."""
    return spots if len(spots) <= NAMED else [*spots[:2], *spots[2 - NAMED :]]
