"""The desk: folders, list, reader. Gathered here once, drawn whole or in part."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from urllib.parse import urlsplit

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString

from vaguemestre.accounts.sessions.current_session import ticket_of
from vaguemestre.accounts.sessions.stream_tickets import set_ticket
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.values import PINNED, MailboxId, Uid
from vaguemestre.shared_mailboxes.internal_notes import newest_note
from vaguemestre.web import toasts
from vaguemestre.web.htmx import is_htmx
from vaguemestre.web.url_cache import own_url
from vaguemestre.webmail.actions import progress, progress_cookie
from vaguemestre.webmail.assignments.assignees import Assignee, assignees
from vaguemestre.webmail.assignments.assignment import Assignment
from vaguemestre.webmail.boxes.column import BoxLine, box_lines
from vaguemestre.webmail.compose import browser_drafts
from vaguemestre.webmail.folders import pane
from vaguemestre.webmail.labels.labels import LabelPanel
from vaguemestre.webmail.mailbox_access import MailboxRequest
from vaguemestre.webmail.message_list import infinite_scroll, list_query, list_state, pins
from vaguemestre.webmail.message_list.list_query import ListQuery, SearchQuery
from vaguemestre.webmail.message_list.open_message import OpenMessage
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.notes.note_view import NO_NOTES, ConversationNotes, NoteView, found_notes
from vaguemestre.webmail.outbox import queue
from vaguemestre.webmail.people.correspondents import own_addresses
from vaguemestre.webmail.preferences import summary
from vaguemestre.webmail.preferences.summary import Banner, SettingsSummary
from vaguemestre.webmail.presence.answers_in_progress import answers_in_progress
from vaguemestre.webmail.reader.conversation_view import ConversationMessage, ConversationView
from vaguemestre.webmail.reader.message_view import MessageView
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.screens.panes import new_mail
from vaguemestre.webmail.screens.panes.empty_inbox import EmptyInbox, empty_inbox
from vaguemestre.webmail.screens.panes.folder_page import asks_for_list_alone, fetch_folder_page, remembered_folder_page
from vaguemestre.webmail.screens.panes.list_pane import ListPane, ListPlace
from vaguemestre.webmail.screens.panes.new_mail import NewMailMark, current_mark
from vaguemestre.webmail.screens.panes.search_page import fetch_search_page
from vaguemestre.webmail.screens.settings_pages import summary_text
from vaguemestre.webmail.search.results import Message
from vaguemestre.webmail.search.search_url import parse_search_query
from vaguemestre.webmail.shared_addresses import ROOT
from vaguemestre.webmail.snooze.wake_times import WakeTimeChoice
from vaguemestre.webmail.trust.permalinks import permalink_url


@dataclass(frozen=True, slots=True)
class ThreePanePage:
    tree: Callable[[], pane.FolderPane] = lambda: pane.EMPTY  # not asked for where the same folders were drawn before
    space: pane.QuotaGauge | None = None
    waiting: queue.QueueCounts = field(default=queue.QueueCounts(0, 0))
    banners: list[Banner] = field(default_factory=list)  # what works by itself: absence reply, redirection
    list: ListPlace | None = None  # a `ListPane`, unless a message comes alone
    labels: LabelPanel | None = None
    folders: Sequence[Folder] = ()
    reading: MessageView | None = None
    asked: SearchQuery | None = None  # what was looked for, where no list of it could be made
    stays_unread: bool = False  # what is open, as the person wants it
    exchange: ConversationView | None = None  # what `reading` is part of, when it is not alone
    shown: int = 1  # messages of that exchange that its page has
    more_url: str = ""  # a message has joined the exchange since its page was drawn
    fewer_url: str = ""  # one has left it
    note_url: str = ""  # a note was left in it since
    view: str = "list"  # which plane a phone shows
    in_queue: bool = False
    here: str = ""  # where an act comes back to
    display: summary.Display = field(default_factory=summary.Display)
    arrival: NewMailMark = field(default_factory=lambda: NewMailMark(current_mark()))
    boxes: tuple[BoxLine, ...] = ()  # shared mailboxes of whoever looks
    owner: tuple[str, ...] = ()  # who looks, as far as a list or a column shows it
    state: str = ""  # of all that the list and the folders are made of, whichever message is open
    beside: OpenMessage | None = None  # the open message as it is now, when only its list is drawn again
    tips: str = ""  # which may be said today
    stays: bool = False  # what is open lies where nothing is put off from
    empty_inbox: EmptyInbox | None = None
    assignees: tuple[Assignee, ...] = ()  # of a shared mailbox: to whom its conversations may be given
    assignment: Assignment | None = None  # of what is open in it
    notes: ConversationNotes = NO_NOTES
    shown_notes: int = 0  # those that its page has
    found_notes: Sequence[tuple[NoteView, str]] = ()  # by a search, each with the address of its conversation

    @property
    def own_home(self) -> str:
        """One's own mailbox, from a shared one."""
        return ROOT

    @property
    def column(self) -> pane.FolderPane:
        return self.tree()

    @property
    def conversation_marks(self) -> Sequence[str]:
        """For the messages that are shown, for who looks whether one of them is being answered."""
        if self.exchange:
            return [one.mark for one in self.exchange.leaves]
        return [self.reading.message_mark] if self.reading else []

    @property
    def parts(self) -> Sequence[ConversationMessage | NoteView]:
        """Messages and internal notes of the open conversation, by date. One whose message is alone follows it."""
        return sorted(
            [*(self.exchange.leaves if self.exchange else ()), *self.notes.notes],
            key=lambda one: datetime.fromisoformat(one.iso),
        )

    @property
    def pinned(self) -> bool:
        """The open message, or its conversation."""
        return self.exchange.pinned if self.exchange else PINNED in _flags(self.reading)

    @property
    def may_be_pinned(self) -> bool:
        return self.list is not None and not self.list.found and pins.may_be_pinned(self.list.role or None)

    @property
    def assignment_facts(self) -> str:
        return self.assignment.facts(timezone.now()) if self.assignment else ""

    @property
    def list_key(self) -> object:
        """Under which its list is kept once drawn."""
        return (self.owner, self.boxes, self.state) if self.state else ""

    @property
    def list_heading(self) -> str:
        """Beside an open message the list's is not the page's first one."""
        return "h2" if self.view == "reader" or self.beside else "h1"

    @property
    def list_plane(self) -> SafeString:
        first = self.list_heading == "h1"
        return SafeString(' tabindex="-1" data-plane-heading="list"' if first else "")

    @property
    def folders_key(self) -> object:
        many = self.labels is not None and self.labels.has_many
        return self.owner, self.boxes, self.in_queue, many, self.state or (self.column, self.waiting)

    @property
    def folders_foot_key(self) -> object:
        """What stands under the folders changes more seldom than their counts."""
        return self.owner, tuple(self.labels.lines) if self.labels else (), self.space, self.display.folders_width

    @property
    def acts_key(self) -> object:
        """What the acts on the chosen messages are made of."""
        shown = self.list
        if shown is None:
            return ""
        chips = tuple(chip for chip, _worn in self.labels.choices) if self.labels else ()
        where = shown.id, shown.role, shown.only == "awaiting", shown.inbox, self.assignees
        return self.owner, *where, tuple(shown.destinations), tuple(shown.later), chips

    @property
    def acts_here_key(self) -> object:
        """What the acts on the open message, or its conversation, are made of."""
        worn = tuple(chip.keyword for chip in self.labels.worn) if self.labels else ()
        starred = bool((self.exchange and self.exchange.starred) or (self.reading and self.reading.starred))
        taken = self.assignment and self.assignment.number
        return self.acts_key and (self.acts_key, worn, starred, self.stays_unread, self.stays, taken)

    @property
    def later_here(self) -> Sequence[WakeTimeChoice]:
        return self.list.later if self.list and not self.stays else []


def page_list_query(request: MailboxRequest, folder: MailboxId) -> ListQuery:
    """What the address asks for."""
    return replace(list_query.parse_list_query(folder, request.GET), within=parse_search_query(request.GET))


def build_page(
    request: MailboxRequest,
    session: Session,
    place: ListQuery,
    *,
    now: datetime,
    reading: MessageView | None = None,
    current: Uid | None = None,
    mine: frozenset[str] | None = None,
    stands: SettingsSummary | None = None,
    since: int | None = None,
) -> ThreePanePage:
    """One round trip to Dovecot, whatever the folder's size. Beside a search: what it costs to search again. `since`:
    the mark of before the mailbox was asked, where a part of that came first."""
    if place.within:
        here = (place.folder, current) if current else None
        return build_results_page(request, session, place.within, now=now, reading=reading, current=here, mine=mine)
    since, stands = since or current_mark(), stands or summary.summary_of_mailbox(request.mailbox, now)
    asked = fetch_folder_page(request, session, place, current, stands, now)
    waiting, space = queue.count_queue(request.mailbox.mailbox), pane.quota_gauge(asked.quota, asked.everything)
    banners = _banners(request, stands, space, now)
    returns = asked.returns()
    noted = 0 if request.mailbox.is_own else newest_note(request.mailbox.mailbox.key)
    state = asked.state(waiting, space, banners, sorted(returns.items()), noted)
    beside, mine = asked.beside(state), own_addresses(request.mailbox.mailbox) if mine is None else mine
    shown = asked.view(state, mine, returns)
    empty = shown.role == "inbox" and shown.only is None and not shown.filled and not current
    return replace(
        _opened(request, stands, mine, state, reading and asked.among(reading, returns.get(current or 0)), beside),
        tree=cache(lambda: pane.folder_pane(asked.everything, place.folder, stands)),
        space=space,
        waiting=waiting,
        banners=banners,
        list=shown,
        empty_inbox=empty_inbox(request, session, asked.everything, waiting, now) if empty else None,
        labels=asked.own.panel(place, _flags(reading or beside)),
        folders=asked.everything, assignees=assignees(request.mailbox), assignment=asked.assignment(mine),
        here=f"{folder_url(place.folder)}{current}/{place.query}" if current else place.url,
        arrival=new_mail.new_mail_mark(asked.everything, stands, since),
    )  # fmt: skip


def build_opened_message(
    request: MailboxRequest,
    session: Session,
    place: ListQuery,
    reading: MessageView,
    *,
    now: datetime,
    mine: frozenset[str],
    stands: SettingsSummary,
) -> ThreePanePage:
    """The message alone, for a page that has its list."""
    current = Uid(reading.uid)
    asked = remembered_folder_page(request, session, place, current, stands, now)
    reading = asked.among(reading, asked.returns().get(current))
    return ThreePanePage(
        list=asked.list_place,
        labels=asked.own.panel(place, reading.flags),
        folders=asked.everything,
        reading=reading,
        view="reader",
        assignees=assignees(request.mailbox),
        assignment=asked.assignment(mine),
        here=f"{folder_url(place.folder)}{current}/{place.query}",
        display=stands.display,
        owner=_owner(request, mine),
        arrival=new_mail.new_mail_mark(asked.everything, stands, 0),
    )


def build_results_page(
    request: MailboxRequest,
    session: Session,
    asked: SearchQuery,
    *,
    now: datetime,
    reading: MessageView | None = None,
    current: Message | None = None,
    mine: frozenset[str] | None = None,
) -> ThreePanePage:
    """What a search has found, in the place of a folder; the open message continues to the next result."""
    since, mine = current_mark(), own_addresses(request.mailbox.mailbox) if mine is None else mine
    stands = summary.summary_of_mailbox(request.mailbox, now)
    searched = fetch_search_page(request, session, asked, current, stands, mine, now)
    found = searched.found
    waiting, space = queue.count_queue(request.mailbox.mailbox), pane.quota_gauge(found.quota, found.folders)
    notes = found_notes(request.mailbox, found.terms, now) if asked.page == 1 else ()
    state = searched.state(waiting, space, notes)
    beside, reading = searched.beside(state), searched.among(reading)
    return replace(
        _opened(request, stands, mine, state, reading, beside),
        tree=cache(lambda: pane.folder_pane(found.folders, found.folder, stands)),
        space=space,
        waiting=waiting,
        list=searched.view(state),
        found_notes=[(one, permalink_url(one.message_id)) for one in notes],
        folders=found.folders,
        labels=searched.panel(_flags(reading or beside)),
        here=searched.here,
        arrival=new_mail.new_mail_mark(found.folders, stands, since),
        stays=searched.stays,
    )


def _banners(
    request: MailboxRequest, stands: SettingsSummary, space: pane.QuotaGauge | None, now: datetime
) -> list[Banner]:
    of_space = pane.quota_banners(space, shared=not request.mailbox.is_own)
    return [*summary_text.suspension_banners(request.account, now), *of_space, *summary_text.banners(stands, now)]


def _opened(
    request: MailboxRequest, stands: SettingsSummary, mine: frozenset[str], state: str, reading: MessageView | None,
    beside: OpenMessage | None,
) -> ThreePanePage:  # fmt: skip
    """Who looks, how, and at which message, whatever the list beside it is of."""
    return ThreePanePage(
        reading=reading,
        beside=beside,
        stays_unread=beside is not None and beside.unread and stands.marks_read != Preferences.MarksRead.OPENED,
        view="reader" if reading else "list",
        display=stands.display,
        owner=_owner(request, mine),
        boxes=box_lines(request),
        state=state,
        tips=stands.tips,
    )


def page_without_list(request: MailboxRequest, session: Session) -> ThreePanePage:
    """The folders without a list: for what is not a folder of the mailbox."""
    stands, everything = summary.summary_of_mailbox(request.mailbox, timezone.now()), session.folders()
    return ThreePanePage(
        tree=cache(lambda: pane.folder_pane(everything, None, stands)),
        space=pane.quota_gauge(session.quota(), everything),
        waiting=queue.count_queue(request.mailbox.mailbox),
        display=stands.display,
        owner=_owner(request),
        boxes=box_lines(request),
    )


def empty_page(request: MailboxRequest) -> ThreePanePage:
    """When nothing can be asked of the mailbox: the way to write and to leave stays."""
    return ThreePanePage(
        waiting=queue.count_queue(request.mailbox.mailbox),
        owner=_owner(request),
        boxes=box_lines(request),
        asked=parse_search_query(request.GET),
    )


def render_page(
    request: MailboxRequest,
    shown: ThreePanePage,
    *,
    status: int = 200,
    more: Mapping[str, object] | None = None,
    part: str = "",
) -> HttpResponse:
    """The whole page; or its planes, for a page that is already there; or list and folders alone, when mail arrives."""
    now = timezone.now()
    context = {
        "desk": shown,
        "toast": toasts.read(request),
        "now": now,
        "here": shown.here,
        "shelf": browser_drafts.browser_draft_list(request),
        "bulk": progress.progress_board(request.mailbox.mailbox, now)
        if request.mailbox.may_write and progress_cookie.has_any(request)
        else None,
        "answering": lambda: answers_in_progress(request.mailbox, now),
        **(more or {}),
    }
    response = render(request, f"webmail/panes/page.html{part or _part(request)}", context, status=status)
    set_ticket(response, ticket_of(request))
    if isinstance(shown.list, ListPane):
        infinite_scroll.follow_scrolling(request, response, shown.list.pager.pages)
    if context["toast"]:
        toasts.forget(response)
    return response


def unchanged_response(request: MailboxRequest) -> HttpResponse:
    """The page stays as it is, and continues listening."""
    response = HttpResponse(status=204)
    set_ticket(response, ticket_of(request))
    return response


def render_opened_message(request: MailboxRequest, shown: ThreePanePage, more: Mapping[str, object]) -> HttpResponse:
    """The whole page, or the message for a page that shows its list."""
    if shown.list is None or not list_state.has_list(request, shown.list.url):
        return render_page(request, shown, more=more)
    response = render_page(request, shown, more=more, part="#opened")
    response["HX-Retarget"], response["HX-Reswap"] = "#lecture", "outerMorph show:none"
    return response


def _part(request: MailboxRequest) -> str:
    if not is_htmx(request):
        return ""
    return (
        "#following"
        if infinite_scroll.asks_for_more(request)
        else "#live"
        if asks_for_list_alone(request)
        else "#planes"
    )


def selection_page(
    request: MailboxRequest, session: Session, folder: MailboxId | None, *, now: datetime
) -> ThreePanePage:
    """The list that an action was asked for in, from its top if it is a search (`folder` None)."""
    if folder:
        return build_page(request, session, page_list_query(request, folder), now=now)
    search = SearchQuery("")
    found = parse_search_query(QueryDict(urlsplit(return_url(request, search.url)).query))
    return build_results_page(request, session, replace(found, page=1) if found else search, now=now)


def folder_url(folder: MailboxId | str) -> str:
    return own_url("webmail:folder", folder)


def _owner(request: MailboxRequest, mine: Iterable[str] = ()) -> tuple[str, ...]:
    account = request.mailbox.mailbox
    return request.mailbox.key, request.mailbox.rights, account.display_name, account.address, *sorted(mine)


def _flags(shown: MessageView | OpenMessage | None) -> frozenset[str]:
    return shown.flags if shown else frozenset()
