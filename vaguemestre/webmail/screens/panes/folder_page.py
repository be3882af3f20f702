"""A folder asked for: what Dovecot says of it in its one round trip, and what a page makes of the answer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from vaguemestre.mailbox.errors import NoSuchFolderError
from vaguemestre.mailbox.imap.conversations.overview import ConversationPage
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Folder, Quota
from vaguemestre.mailbox.values import Uid
from vaguemestre.web.htmx import is_htmx
from vaguemestre.web.url_cache import own_url
from vaguemestre.webmail.compose import draft_copies
from vaguemestre.webmail.folders import lookup
from vaguemestre.webmail.labels import labels
from vaguemestre.webmail.labels.labels import Labels
from vaguemestre.webmail.mailbox_access import MailboxRequest
from vaguemestre.webmail.message_list import (
    background_indexing,
    infinite_scroll,
    list_query,
    list_state,
    neighbours,
    open_message,
    pins as message_pins,
    rows,
)
from vaguemestre.webmail.message_list.list_query import ListQuery
from vaguemestre.webmail.message_list.neighbours import AdjacentLinks
from vaguemestre.webmail.message_list.open_message import OpenMessage
from vaguemestre.webmail.message_list.rows import ListDay
from vaguemestre.webmail.outbox import delivery_reports
from vaguemestre.webmail.preferences.summary import SettingsSummary
from vaguemestre.webmail.reader.message_view import MessageView
from vaguemestre.webmail.screens.panes import list_pane
from vaguemestre.webmail.screens.panes.list_pane import ListPane, ListPlace
from vaguemestre.webmail.search import attachment_index
from vaguemestre.webmail.snooze import wake_times
from vaguemestre.webmail.snooze.snoozed_messages import wake_times_of

ASKED_AGAIN, SELDOM = 90, 30  # times that a page asks for what is being made, and the most seconds between two


@dataclass(frozen=True, slots=True)
class FolderPage:
    request: MailboxRequest
    session: Session
    place: ListQuery
    current: Uid | None  # the open message
    stands: SettingsSummary
    now: datetime
    own: Labels
    everything: list[Folder]
    folder: Folder
    found: ConversationPage
    pins: ConversationPage | None  # what stands on top
    quota: Quota | None
    pages: int
    unsure: str = ""  # that not all of its mail has been judged yet
    is_ready: bool = True  # conversations are known, where any are shown

    def returns(self) -> dict[int, str]:
        """When what waits here comes back: one query, in this folder alone."""
        if self.folder.role != "later" or not self.folder.id:
            return {}
        shown = {row.uid for row in self.found.page.rows} | ({self.current} if self.current else set())
        found = wake_times_of(self.request.mailbox.mailbox, self.folder.id, shown)
        return {uid: wake_times.wake_time_text(until, self.now) for uid, until in found.items()}

    def state(self, *around: object) -> str:
        """All that the list and the folders are made of, in a word; "" where it must be drawn again whatever the page
        has. `around`: what stands beside the list."""
        if not self.is_ready:
            return ""
        stands = self.stands
        seen = (stands.flat_list, stands.display, sorted(stands.folded), sorted(stands.hidden), self.own.chips)
        whose = self.request.mailbox.key, self.request.mailbox.rights
        pinned = list_state.list_state(self.pins, [], self.now) if self.pins else ""
        more = (self.place, self.pages, self.folder.uid_next, *seen, *around, whose, self.unsure, pinned)
        return list_state.list_state(self.found, self.everything, self.now, *more)

    def beside(self, state: str) -> OpenMessage | None:
        """What became of the open message, where the list alone is asked for; which is refused when nothing is new."""
        if not asks_for_list_alone(self.request):
            return None
        if state:
            list_state.refuse_unchanged(self.request, list_state.with_open_message(state, self.current))
        if not self.current:
            return None
        return open_message.open_message_of_folder(self.session, self.shown, self.current)

    def among(self, reading: MessageView, hour: str | None) -> MessageView:
        """The open message as one of them: the next is the next row. `hour`: when it comes back."""
        if hour:
            reading = replace(reading, aside=replace(reading.aside, returns=hour))
        near = neighbours.find_adjacent(self.session, self.shown, Uid(reading.uid))
        if near is None:
            return reading
        return replace(reading, position=near.position, newer_url=near.newer_url, older_url=near.older_url)

    @property
    def shown(self) -> AdjacentLinks:
        return AdjacentLinks(self.place, self.found, self.pins, self.stands.flat_list)

    @property
    def list_place(self) -> ListPlace:
        found = list_pane.folder_list_place(self.place, self.folder, self.everything, self.now)
        open_url = rows.open_url(self.found, self.place, self.folder, self.current)
        if self.pins and not open_url:  # it may be far below
            open_url = rows.open_url(self.pins, self.place, self.folder, self.current)
        return replace(found, open_url=open_url)

    def view(self, state: str, mine: frozenset[str], returns: Mapping[int, str]) -> ListPane:
        @cache
        def days() -> list[ListDay]:
            links = infinite_scroll.link_query(self.request, self.place)
            found = rows.list_days(
                self.found, links, self.folder, mine, self.now, self.own.row, returns,
                pins=self.pins, on_top=self.place.before is None, owner=self.request.mailbox.key,
            )  # fmt: skip
            if state:
                list_state.remember_rows(self.request.mailbox.key, state, list_pane.drawn_rows(found))
            return found

        shown = list_state.with_open_message(state, self.current) if state else ""
        view = list_pane.folder_list_pane(
            self.list_place, self.place, self.folder, self.everything, self.found, days, self.current, self.pages,
            shown, self.own, flat=self.stands.flat_list,
        )  # fmt: skip
        first = rows.first_to_read(self.found) if self.current is None and self.folder.role != "drafts" else None
        if first:
            first_url = f"{own_url('webmail:folder', self.place.folder)}{first.newest.uid}/{self.place.query}"
            view = replace(view, first_url=first_url, first_unread=not first.seen)
        again = 0 if self.is_ready else times_asked(self.request) + 1
        return replace(
            view, note=self.unsure or view.note,
            again=again if again <= ASKED_AGAIN else 0, again_in=min(again, SELDOM),
            writes=self.request.mailbox.may_write,
        )  # fmt: skip


def fetch_folder_page(
    request: MailboxRequest,
    session: Session,
    place: ListQuery,
    current: Uid | None,
    stands: SettingsSummary,
    now: datetime,
) -> FolderPage:
    pages = infinite_scroll.page_count(request, place)
    is_ready = place.order is not None or background_indexing.is_ready(session, request.mailbox.key, now)
    unsure = (
        attachment_index.folder_index_text(request.mailbox.mailbox, session, place.folder, now)
        if place.only == "attached"
        else ""
    )
    everything, found, quota = _rows(session, place, pages, flat=stands.flat_list)
    folder = lookup.folder_by_id(everything, place.folder)
    if folder is None:
        raise NoSuchFolderError
    if folder.role == "drafts":
        everything, found = draft_copies.without_former_copies(
            session, request.mailbox.mailbox, everything, found, folder
        )
    if folder.role == "inbox":
        delivery_reports.notice_new_reports(request.mailbox.mailbox, found.page.rows, now)
    own = labels.load_labels(request.mailbox.mailbox)
    pins = message_pins.pinned_first(session, place, folder, stands, flat=stands.flat_list)
    return FolderPage(
        request, session, place, current, stands, now, own, everything, folder, found, pins, quota, pages, unsure,
        is_ready,
    )  # fmt: skip


def remembered_folder_page(
    request: MailboxRequest,
    session: Session,
    place: ListQuery,
    current: Uid,
    stands: SettingsSummary,
    now: datetime,
) -> FolderPage:
    """As it was when it was last asked for: a page that shows it hears by itself of what changes. Nothing is asked of
    the mailbox, unless this process has never seen it."""
    pages = infinite_scroll.page_count(request, place)
    everything, found, quota = _rows(session, place, pages, flat=stands.flat_list, remembered=True)
    folder = lookup.folder_by_id(everything, place.folder)
    if folder is None:
        raise NoSuchFolderError
    own = labels.load_labels(request.mailbox.mailbox)
    pins = message_pins.pinned_first(session, place, folder, stands, flat=stands.flat_list)
    return FolderPage(request, session, place, current, stands, now, own, everything, folder, found, pins, quota, pages)


def _rows(
    session: Session, place: ListQuery, pages: int, *, flat: bool, remembered: bool = False
) -> tuple[list[Folder], ConversationPage, Quota | None]:
    """One row for each conversation, or for each message: so where another order is asked for than that of arrival."""
    count = list_query.PAGE_SIZE * pages
    if place.only == "awaiting":
        everything, found, quota = session.exchanges(place.folder, count=count, before=place.before, only=place.only)
        return everything, replace(found, together={}) if flat else found, quota
    if place.order is None and session.has_exchanges(place.folder):
        return session.exchanges(
            place.folder, count=count, before=place.before, only=place.only, at_once=remembered, singly=flat
        )
    everything, page, quota = session.overview(
        place.folder, count=count, before=place.before, only=place.only, order=place.order, start=place.start
    )
    return everything, ConversationPage(page, {}, page.folder_total), quota


def times_asked(request: MailboxRequest) -> int:
    """How often the page has asked by itself for what is being made."""
    said = request.GET.get("encore", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 3 else 0


def asks_for_list_alone(request: MailboxRequest) -> bool:
    """Mail came: the page asks for its list and its counts again."""
    return is_htmx(request) and request.headers.get("HX-Target") == "section#liste"
