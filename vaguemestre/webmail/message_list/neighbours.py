"""What stands above and below the open message in the list beside it, and its place there: as that list is drawn.

The rows that are drawn say it by themselves. Beyond them the order of arrival does, in which pages follow one another;
where a filter or another order hides that, nothing is said of what lies beyond. It costs no round trip.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from vaguemestre.mailbox.imap.conversations.conversation_summary import ConversationSummary
from vaguemestre.mailbox.imap.conversations.overview import ConversationPage
from vaguemestre.mailbox.imap.lists.conversation_pages import Neighbours as Known
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.values import Uid
from vaguemestre.web.number_text import number_text
from vaguemestre.web.url_cache import own_url
from vaguemestre.webmail.message_list import rows
from vaguemestre.webmail.message_list.list_query import ListQuery


@dataclass(frozen=True, slots=True)
class AdjacentLinks:
    """A list as it was read: a page of it, and what stands on top."""

    place: ListQuery
    found: ConversationPage
    pins: ConversationPage | None
    flat: bool

    @property
    def goes_by_arrival(self) -> bool:
        return self.place.only is None and self.place.order is None

    @property
    def pinned_below(self) -> int:
        """What is pinned on top although it came after none of the rows above this page."""
        first = self.found.page.rows[0]
        pinned = self.pins.page.rows if self.pins else ()
        return sum((one.received, one.uid) <= (first.received, first.uid) for one in pinned)


@dataclass(frozen=True, slots=True)
class AdjacentMessages:
    """Without a `position` the list has it no more: it would stand between the two."""

    position: str
    newer_url: str
    older_url: str


type Ranked = tuple[int, Uid | None, Uid | None]  # place, newer and older


class _Unknown(Exception):
    """What lies beyond the rows that are drawn is not remembered."""


def find_adjacent(session: Session, shown: AdjacentLinks, uid: Uid) -> AdjacentMessages | None:
    """None where nobody can say."""
    above, rest = rows.ordered_rows(shown.found, shown.place, shown.pins)
    arrival = _Arrival(session, shown, [whole.newest.uid for whole in above])
    try:
        if (place := _place_in(above, uid)) is not None:
            rank, newer, older = _pinned(shown, arrival, rest, place)
        elif (place := _place_in(rest, uid)) is not None:
            rank, newer, older = _drawn(shown, arrival, rest, place)
        else:
            rank, newer, older = _beyond(shown, arrival, rest, uid)
    except _Unknown:
        return None
    words = {"place": number_text(rank), "total": number_text(shown.found.page.folder_total)}
    position = _("%(place)s of %(total)s") % words if rank else ""
    return AdjacentMessages(position, _url(shown.place, newer), _url(shown.place, older))


class _Arrival:
    """The order in which the mail of a folder was received, but for what is pinned, which stands above all of it."""

    def __init__(self, session: Session, shown: AdjacentLinks, pinned: Sequence[Uid]) -> None:
        self._session, self._folder, self._flat, self.pinned = session, shown.place.folder, shown.flat, pinned

    def newer(self, uid: Uid) -> Uid | None:
        found = self._neighbours(uid)[2]
        while found and found in self.pinned:
            found = self._neighbours(found)[2]
        return found or next(reversed(self.pinned), None)

    def older(self, uid: Uid) -> Uid | None:
        found = self._neighbours(uid)[3]
        while found and found in self.pinned:
            found = self._neighbours(found)[3]
        return found

    def rank(self, uid: Uid) -> int:
        """What is pinned although it came before stands above it all the same."""
        rank, height = self._neighbours(uid)[0], self.height(uid)
        return rank + sum(self.alone(one) > height for one in self.pinned)

    def height(self, uid: Uid) -> int:
        """Of the newest of its exchange, as `alone` counts."""
        together = [] if self._flat else self._session.together(self._folder, uid)
        return min(map(self.alone, {uid, *(one for where, one in together if where == self._folder)}))

    def alone(self, uid: Uid) -> int:
        """Its place among the messages of the folder, one by one."""
        return self._known(self._session.neighbours(self._folder, uid, singly=True))[0]

    def _neighbours(self, uid: Uid) -> Known:
        return self._known(self._session.neighbours(self._folder, uid, singly=self._flat))

    def _known(self, found: Known) -> Known:
        if not found[0]:
            raise _Unknown
        return found


def _pinned(shown: AdjacentLinks, arrival: _Arrival, rest: Sequence[ConversationSummary], place: int) -> Ranked:
    pinned = arrival.pinned
    older = pinned[place + 1] if place + 1 < len(pinned) else _at(rest, 0)
    if place + 1 == len(pinned) and shown.found.page.newer:  # the first row below is not that of this page
        older = arrival.older(pinned[place])
    return place + 1, pinned[place - 1] if place else None, older


def _drawn(shown: AdjacentLinks, arrival: _Arrival, rest: Sequence[ConversationSummary], place: int) -> Ranked:
    """The rows of a page may stand in another order than that of arrival, but all of them above those of the next."""
    page = shown.found.page
    newer, older = _at(rest, place - 1), _at(rest, place + 1)
    if not place and shown.goes_by_arrival:
        newer = arrival.newer(page.rows[0].uid) if page.newer else next(reversed(arrival.pinned), None)
    if older is None and page.older and shown.goes_by_arrival:
        older = arrival.older(page.rows[-1].uid)
    return page.first + place + shown.pinned_below, newer, older


def _beyond(shown: AdjacentLinks, arrival: _Arrival, rest: Sequence[ConversationSummary], uid: Uid) -> Ranked:
    """Far above or below what is drawn; or a filter has let it go, as that of unread mail what is read."""
    if shown.goes_by_arrival:
        return arrival.rank(uid), arrival.newer(uid), arrival.older(uid)
    if shown.place.order is not None:
        raise _Unknown
    height = arrival.height(uid)
    passed = sum(arrival.alone(one.newest.uid) < height for one in rest)
    return 0, _at(rest, passed - 1), _at(rest, passed)


def _place_in(wholes: Sequence[ConversationSummary], uid: Uid) -> int | None:
    return next((place for place, one in enumerate(wholes) if uid == one.newest.uid or uid in one.here), None)


def _at(wholes: Sequence[ConversationSummary], place: int) -> Uid | None:
    return wholes[place].newest.uid if 0 <= place < len(wholes) else None


def _url(place: ListQuery, uid: Uid | None) -> str:
    return f"{own_url('webmail:message', place.folder, uid)}{place.query}" if uid else ""
