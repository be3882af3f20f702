"""Which messages of a conversation an action reaches."""

from collections.abc import Sequence

from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Row
from vaguemestre.mailbox.values import MailboxId, Uid


def conversation_targets(session: Session, folder: MailboxId, uids: Sequence[Uid]) -> list[Uid]:
    """The messages of a folder that rows of conversations stand for: not what came after the row was drawn."""
    found = set(uids)
    for uid in uids:
        found.update(one for where, one in session.together(folder, uid) if where == folder and one <= uid)
    return sorted(found)


def newest_target(
    session: Session, folder: MailboxId, uids: Sequence[Uid], mine: frozenset[str], *, unless: str = ""
) -> list[Uid]:
    """Of each conversation the message that bears a mark for all of it: the newest that somebody else wrote, among
    those that its row stood for. None of a conversation where a message has the flag `unless`."""
    groups = {uid: conversation_targets(session, folder, [uid]) for uid in uids}
    rows = session.rows([(folder, one) for group in groups.values() for one in group])
    found = []
    for uid, group in groups.items():
        there = [rows[folder, one] for one in group if (folder, one) in rows]
        if not any(unless in row.flags for row in there):
            found.append(_newest(there, mine) or uid)
    return found


def _newest(rows: Sequence[Row], mine: frozenset[str]) -> Uid | None:
    received = [row for row in rows if row.sender is None or row.sender.address.lower() not in mine]
    newest = max(received or rows, key=lambda row: (row.received, row.uid), default=None)
    return newest.uid if newest else None
