"""A folder asked for: what Dovecot says of it in its one round trip, and what a page makes of the answer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.errors import NoSuchFolder
from vaguemestre.mailbox.exchanges import Exchanges
from vaguemestre.mailbox.messages import Folder, Quota
from vaguemestre.mailbox.session import Session
from vaguemestre.mailbox.values import Uid
from vaguemestre.web.htmx import is_htmx
from vaguemestre.webmail import (
    alongside,
    copies,
    echoes,
    endless,
    folders_lookup,
    labels,
    list_query,
    list_view,
    listing,
    neighbours,
    older,
    pinning,
    unchanged,
)
from vaguemestre.webmail.alongside import Beside
from vaguemestre.webmail.labels import Labels
from vaguemestre.webmail.list_query import ListQuery
from vaguemestre.webmail.list_view import ListView
from vaguemestre.webmail.listing import Day
from vaguemestre.webmail.neighbours import Shown
from vaguemestre.webmail.reading import Reading
from vaguemestre.webmail.snooze import moments
from vaguemestre.webmail.snooze.waiting import hours
from vaguemestre.webmail.standing import Standing


@dataclass(frozen=True, slots=True)
class Asked:
    request: StaffRequest
    session: Session
    place: ListQuery
    current: Uid | None  # the open message
    stands: Standing
    now: datetime
    own: Labels
    everything: list[Folder]
    folder: Folder
    found: Exchanges
    pins: Exchanges | None  # what stands on top
    quota: Quota | None
    pages: int
    unsure: str  # that not all of its mail has been judged yet

    def returns(self) -> dict[int, str]:
        """When what waits here comes back: one query, in this folder alone."""
        if self.folder.role != "later" or not self.folder.id:
            return {}
        shown = {row.uid for row in self.found.page.rows} | ({self.current} if self.current else set())
        found = hours(self.request.account, self.folder.id, shown)
        return {uid: moments.in_words(until, self.now) for uid, until in found.items()}

    def state(self, *around: object) -> str:
        """All that the list and the folders are made of, in a word. `around`: what stands beside the list."""
        stands = self.stands
        seen = (stands.flat_list, stands.display, sorted(stands.folded), sorted(stands.hidden), self.own.chips)
        whose = getattr(self.request, "page_mark", "")
        pinned = unchanged.state(self.pins, [], self.now) if self.pins else ""
        more = (self.place, self.pages, self.folder.uid_next, *seen, *around, whose, self.unsure, pinned)
        return unchanged.state(self.found, self.everything, self.now, *more)

    def beside(self, state: str) -> Beside | None:
        """What became of the open message, where the list alone is asked for; which is refused when nothing is new."""
        if not for_the_list_alone(self.request):
            return None
        unchanged.refuse_the_same(self.request, unchanged.with_open(state, self.current))
        if not self.current:
            return None
        return alongside.of_folder(self.session, self.shown, self.current)

    def among(self, reading: Reading) -> Reading:
        """The open message as one of them: the next is the next row."""
        near = neighbours.look(self.session, self.shown, Uid(reading.uid))
        if near is None:
            return reading
        return replace(reading, position=near.position, newer_url=near.newer_url, older_url=near.older_url)

    @property
    def shown(self) -> Shown:
        return Shown(self.place, self.found, self.pins, self.stands.flat_list)

    def view(self, state: str, mine: frozenset[str], returns: Mapping[int, str]) -> ListView:
        @cache
        def days() -> list[Day]:
            links = endless.place_of_links(self.request, self.place)
            return listing.days(
                self.found, links, self.folder, mine, self.now, self.own.row, returns,
                pins=self.pins, on_top=self.place.before is None,
            )  # fmt: skip

        shown = unchanged.with_open(state, self.current)
        view = list_view.of_folder(
            self.place, self.folder, self.everything, self.found, days, self.current, self.pages, shown, self.own,
            self.now, flat=self.stands.flat_list,
        )  # fmt: skip
        if self.pins and not view.open_url:  # it may be far below
            view = replace(view, open_url=listing.open_url(self.pins, self.place, self.folder, self.current))
        return replace(view, note=self.unsure) if self.unsure else view


def ask(
    request: StaffRequest, session: Session, place: ListQuery, current: Uid | None, stands: Standing, now: datetime
) -> Asked:
    pages = endless.pages(request, place)
    unsure = older.in_folder(request.account, session, place.folder, now) if place.only == "attached" else ""
    everything, found, quota = _rows(session, place, pages, flat=stands.flat_list)
    folder = folders_lookup.by_id(everything, place.folder)
    if folder is None:
        raise NoSuchFolder
    if folder.role == "drafts":
        everything, found = copies.once(session, request.account, everything, found, folder, now)
    if folder.role == "inbox":
        echoes.notice(request.account, found.page.rows, now)
    own = labels.of(request.account)
    pins = pinning.look(session, place, folder, stands, flat=stands.flat_list)
    return Asked(
        request, session, place, current, stands, now, own, everything, folder, found, pins, quota, pages, unsure
    )


def _rows(
    session: Session, place: ListQuery, pages: int, *, flat: bool
) -> tuple[list[Folder], Exchanges, Quota | None]:
    """One row for each conversation, or for each message: so where another order is asked for than that of arrival."""
    count = list_query.PAGE_SIZE * pages
    if place.only == "awaiting":
        everything, found, quota = session.exchanges(place.folder, count=count, before=place.before, only=place.only)
        return everything, replace(found, together={}) if flat else found, quota
    if place.order is None and session.has_exchanges(place.folder):
        return session.exchanges(place.folder, count=count, before=place.before, only=place.only, singly=flat)
    everything, page, quota = session.overview(
        place.folder, count=count, before=place.before, only=place.only, order=place.order, start=place.start
    )
    return everything, Exchanges(page, {}, page.folder_total), quota


def for_the_list_alone(request: StaffRequest) -> bool:
    """Mail came: the page asks for its list and its counts again."""
    return is_htmx(request) and request.headers.get("HX-Target") == "section#liste"
