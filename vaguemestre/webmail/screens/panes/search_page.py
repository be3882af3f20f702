"""A search asked for, as `folder_page.py` is a folder: what it has found, and what a page makes of it."""

from dataclasses import dataclass, replace
from datetime import datetime

from vaguemestre.mailbox.imap.session import Session
from vaguemestre.web.url_cache import own_url
from vaguemestre.webmail.folders import lookup
from vaguemestre.webmail.labels import labels
from vaguemestre.webmail.labels.labels import LabelPanel, Labels
from vaguemestre.webmail.mailbox_access import MailboxRequest
from vaguemestre.webmail.message_list import infinite_scroll, list_state, open_message
from vaguemestre.webmail.message_list.list_query import ListQuery, SearchQuery
from vaguemestre.webmail.message_list.open_message import OpenMessage
from vaguemestre.webmail.preferences.summary import SettingsSummary
from vaguemestre.webmail.reader.message_view import MessageView
from vaguemestre.webmail.screens.panes import list_pane
from vaguemestre.webmail.screens.panes.folder_page import ASKED_AGAIN, SELDOM, asks_for_list_alone, times_asked
from vaguemestre.webmail.screens.panes.list_pane import ListPane, folder_id_of
from vaguemestre.webmail.search import attachment_index, results, search_url
from vaguemestre.webmail.search.results import Message, Results
from vaguemestre.webmail.snooze.snoozed_messages import STAYS

# How often a page asks by itself for what is not in it yet, and after how many seconds: a message whose folder the
# server does not know yet, mostly a moment; texts that are not ready for searching, minutes for 50,000 of them (one
# more each time, for half an hour).
ASKED_FOR_MORE, SOON = 5, 2
LATER = 4


@dataclass(frozen=True, slots=True)
class SearchPage:
    request: MailboxRequest
    session: Session
    asked: SearchQuery
    current: Message | None  # the open message
    stands: SettingsSummary
    now: datetime
    own: Labels
    found: Results
    pages: int
    links: SearchQuery  # from where its rows lead on

    def state(self, *around: object) -> str:
        """All that the list and the folders are made of, in a word; "" where it must be drawn again whatever the page
        has. `around`: what stands beside the list."""
        found, stands = self.found, self.stands
        if not found.searched or found.partial or found.progress:
            return ""
        seen = stands.display, sorted(stands.folded), sorted(stands.hidden), self.own.chips
        told = self.asked, self.links, self.pages, found.total, found.whole, found.said
        whose = self.request.mailbox.key
        return list_state.results_state(found.hits, found.folders, self.now, *told, whose, *seen, *around)

    def beside(self, state: str) -> OpenMessage | None:
        """What became of the open message, where the list alone is asked for; which is refused when nothing is new."""
        if not asks_for_list_alone(self.request):
            return None
        if state:
            list_state.refuse_unchanged(self.request, self._shown(state))
        return (
            open_message.open_message_at(self.session, self.current, name=results.message_token(*self.current))
            if self.current
            else None
        )

    @property
    def again(self) -> int:
        """How often the page will have asked by itself, once it asks for what is missing; 0: it does not."""
        times = times_asked(self.request)
        most = ASKED_AGAIN if self.found.progress else ASKED_FOR_MORE if self.found.partial else 0
        return times + 1 if times < most else 0

    def view(self, state: str) -> ListPane:
        shown = self._shown(state) if state else ""
        view = list_pane.results_list_pane(self.asked, self.found, self.current, shown, self.now)
        again, writes = self.again, self.request.mailbox.may_write
        again_in = min(LATER + again, SELDOM) if self.found.progress else SOON
        return replace(view, again=again, again_in=again_in, writes=writes)

    def panel(self, flags: frozenset[str]) -> LabelPanel | None:
        inbox = folder_id_of(lookup.folder_by_role(self.found.folders, "inbox"))
        return self.own.panel(ListQuery(inbox, within=self.asked), flags) if inbox else None

    def among(self, reading: MessageView | None) -> MessageView | None:
        """The open message as one of them: the next is the next result."""
        if reading is None or self.current is None:
            return reading
        name, near = results.message_token(*self.current), self.found.neighbours
        if near is None:
            return replace(reading, uid=name, position="", newer_url="", older_url="")
        return replace(reading, uid=name, position=near.position, newer_url=near.newer_url, older_url=near.older_url)

    @property
    def here(self) -> str:
        return own_url("webmail:message", *self.current) + self.asked.query if self.current else self.asked.url

    @property
    def stays(self) -> bool:
        """What is open lies where nothing is put off from."""
        there = lookup.folder_by_id(self.found.folders, self.current and self.current[0])
        return there is not None and there.role in STAYS

    def _shown(self, state: str) -> str:
        return list_state.with_open_message(state, results.message_token(*self.current) if self.current else None)


def fetch_search_page(
    request: MailboxRequest, session: Session, asked: SearchQuery, current: Message | None, stands: SettingsSummary,
    mine: frozenset[str], now: datetime,
) -> SearchPage:  # fmt: skip
    own, pages, links = (
        labels.load_labels(request.mailbox.mailbox),
        infinite_scroll.page_count(request, asked),
        search_url.link_search_query(request, asked),
    )
    found = results.search_results(
        session, request.mailbox.mailbox, asked, mine=mine, now=now, current=current, own=own, pages=pages, links=links
    )
    found = attachment_index.with_index_text(request.mailbox.mailbox, session, found, now)
    return SearchPage(request, session, asked, current, stands, now, own, found, pages, links)
