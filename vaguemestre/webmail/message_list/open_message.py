"""The message that is open beside a list which is drawn again by itself: as it is now, whoever has changed it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vaguemestre.mailbox.imap.conversations.conversation_index import Spot
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.values import Uid
from vaguemestre.webmail.message_list import neighbours
from vaguemestre.webmail.message_list.neighbours import AdjacentLinks


@dataclass(frozen=True, slots=True)
class OpenMessage:
    """`gone`: it is no longer in this folder; nothing else is known then. Without a `position` its place in the list
    and its neighbours are not known: those that the page has stay."""

    uid: int | str
    gone: bool = False
    flags: frozenset[str] = frozenset()
    starred: bool = False  # it, or a message of its exchange in this folder
    unread: bool = False  # the same
    position: str = ""
    newer_url: str = ""
    older_url: str = ""


def open_message_of_folder(session: Session, shown: AdjacentLinks, current: Uid) -> OpenMessage:
    """One round trip."""
    folder = shown.place.folder
    together = [] if shown.flat else [spot for spot in session.together(folder, current) if spot[0] == folder]
    found = open_message_at(session, (folder, current), [*together, (folder, current)])
    near = None if found.gone else neighbours.find_adjacent(session, shown, current)
    if near is None:
        return found
    return replace(found, position=near.position, newer_url=near.newer_url, older_url=near.older_url)


def open_message_at(session: Session, spot: Spot, together: Sequence[Spot] = (), *, name: str = "") -> OpenMessage:
    """`name`: what its list calls it, where that is not its number. One round trip."""
    rows = session.rows(list(dict.fromkeys([spot, *together])))
    row, uid = rows.get(spot), name or int(spot[1])
    if row is None:
        return OpenMessage(uid, gone=True)
    there = rows.values()
    starred, unread = any(one.flagged for one in there), not all(one.seen for one in there)
    return OpenMessage(uid, flags=row.flags, starred=starred, unread=unread)
