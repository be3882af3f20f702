"""Chosen messages of a list, as named conversations."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from vaguemestre.mailbox.imap.conversations.conversation_index import Spot
from vaguemestre.mailbox.imap.conversations.conversation_summary import sample_messages
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Row
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.shared_mailboxes.conversation_events import ONE_SECOND, NamedConversation


def named_conversations(session: Session, folder: MailboxId, uids: Iterable[Uid]) -> list[NamedConversation]:
    """`uids`: of each conversation the newest message here that its page showed; later ones are not meant. Without
    conversations that have no Message-ID, and those that are gone. One trip a folder."""
    groups: dict[Uid, Sequence[Spot]] = {}
    seen: set[Spot] = set()
    for uid in sorted(uids, reverse=True):
        if (folder, uid) not in seen:
            spots = session.together(folder, uid)
            seen.update(spots)
            groups[uid] = list({(folder, uid), *sample_messages(spots)})
    rows = session.rows(list({spot for spots in groups.values() for spot in spots}))
    named = (_named((folder, uid), spots, rows) for uid, spots in groups.items())
    return [one for one in named if one]


def _named(shown: Spot, spots: Sequence[Spot], rows: Mapping[Spot, Row]) -> NamedConversation | None:
    there = sorted((rows[spot].received, spot) for spot in spots if spot in rows)
    names = tuple(rows[spot].message_id for _at, spot in there if rows[spot].message_id)
    if not names or shown not in rows:
        return None
    return NamedConversation(names, _newest_at(shown, there))


def _newest_at(shown: Spot, there: Sequence[tuple[datetime, Spot]]) -> datetime:
    """When the newest of those came that the page showed; before any that it did not show."""
    folder, last = shown
    here = [(at, uid) for at, (where, uid) in there if where == folder]
    newest = max(at for at, uid in here if uid <= last)
    unseen = [at for at, uid in here if uid > last]
    return min([newest, *(at - ONE_SECOND for at in unseen)])
