"""The message that is open beside a list which is drawn again by itself: as it is now, whoever has changed it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from vaguemestre.mailbox.messages import Page
from vaguemestre.mailbox.session import Session
from vaguemestre.mailbox.threads import Spot
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.web.own_urls import own_url
from vaguemestre.web.quantities import grouped
from vaguemestre.webmail.listing import Place


@dataclass(frozen=True, slots=True)
class Beside:
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


def of_folder(session: Session, place: Place, page: Page, current: Uid, *, flat: bool) -> Beside:
    """One round trip."""
    together = [] if flat else [spot for spot in session.together(place.folder, current) if spot[0] == place.folder]
    found = at(session, (place.folder, current), [*together, (place.folder, current)])
    if found.gone:
        return found
    rank, total, newer, older = (
        _in_flat_list(place, page, current) if flat else session.neighbours(place.folder, current)
    )
    if not rank:
        return found
    return Beside(
        found.uid, flags=found.flags, starred=found.starred, unread=found.unread,
        position=_("%(place)s of %(total)s") % {"place": grouped(rank), "total": grouped(total)},
        newer_url=_url(place, newer), older_url=_url(place, older),
    )  # fmt: skip


def at(session: Session, spot: Spot, together: Sequence[Spot] = (), *, name: str = "") -> Beside:
    """`name`: what its list calls it, where that is not its number. One round trip."""
    rows = session.rows(list(dict.fromkeys([spot, *together])))
    row, uid = rows.get(spot), name or int(spot[1])
    if row is None:
        return Beside(uid, gone=True)
    there = rows.values()
    starred, unread = any(one.flagged for one in there), not all(one.seen for one in there)
    return Beside(uid, flags=row.flags, starred=starred, unread=unread)


def _in_flat_list(place: Place, page: Page, current: Uid) -> tuple[int, int, Uid | None, Uid | None]:
    """Rank, total, newer and older; rank 0 where the list does not say."""
    uids = [row.uid for row in page.rows]
    if place.only is not None or place.order is not None or current not in uids:
        return 0, 0, None, None
    at = uids.index(current)
    if (at == 0 and page.newer) or (at + 1 == len(uids) and page.older):
        return 0, 0, None, None
    older = uids[at + 1] if at + 1 < len(uids) else None
    return page.first + at, page.folder_total, uids[at - 1] if at else None, older


def _url(place: Place, uid: Uid | None) -> str:
    return f"{own_url('webmail:message', MailboxId(place.folder), uid)}{place.query}" if uid else ""
