"""One page of a list as the desk shows it: of a folder, or what a search has found."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext as _, ngettext

from vaguemestre.mailbox.imap.conversations.overview import ConversationPage
from vaguemestre.mailbox.imap.list_filters import ListFilter
from vaguemestre.mailbox.messages import Folder, Page
from vaguemestre.mailbox.values import Flag, MailboxId, Uid
from vaguemestre.web.number_text import number_text
from vaguemestre.webmail.folders import lookup, pane, retention
from vaguemestre.webmail.labels import labels
from vaguemestre.webmail.labels.labels import Labels
from vaguemestre.webmail.message_list import infinite_scroll, list_query, rows, sort_menu
from vaguemestre.webmail.message_list.list_query import ListQuery, SearchQuery
from vaguemestre.webmail.message_list.rows import ListDay
from vaguemestre.webmail.preferences import authority_defaults
from vaguemestre.webmail.search import results
from vaguemestre.webmail.search.results import Message, Results
from vaguemestre.webmail.snooze import wake_times
from vaguemestre.webmail.snooze.snoozed_messages import STAYS
from vaguemestre.webmail.snooze.wake_times import WakeTimeChoice


@dataclass(frozen=True, slots=True)
class Filter:
    label: str
    url: str
    current: bool
    key: str
    also: str = ""


# T and a letter: all, unread, starred, pieces, waiting.
FILTER_KEYS: dict[ListFilter | None, str] = {
    None: "t a", "unseen": "t u", "flagged": "t s", "attached": "t p", "awaiting": "t w",
}  # fmt: skip
OTHER_KEYS: dict[ListFilter | None, str] = {"flagged": "g s"}
LABEL_KEY = "t l"
EMPTIED = {"trash", "junk"}
PLACES = {"trash": "corbeille", "junk": "indesirables", "later": "plus-tard", "drafts": "brouillons", "sent": "envoyes"}


@dataclass(frozen=True, slots=True)
class ListPager:
    """Where the page stands in its list, and the pages beside it."""

    position: str
    newer_url: str
    older_url: str
    pages: int  # so many stand one under the other

    @property
    def grows(self) -> bool:
        """Whether the next page comes by itself."""
        return self.pages < infinite_scroll.MOST


@dataclass(frozen=True, slots=True)
class WholeList:
    """What "all of them" means to an act: more than the page shows."""

    bound: int | str  # number that the next message will have: what it does not reach (`selection.py`)
    filter_name: str  # the filter as addresses and forms name it
    filter_word: str
    chosen_words: str  # said once all of them are chosen
    words: str  # "Choose the 12,431 messages…"; empty where the page shows all of them
    short: str  # the same on a button


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPlace:
    """What acts on a message know of its list. `role` tells the template which of them have a meaning there."""

    id: MailboxId | str  # `results.RESULTS` for what a search has found
    role: str
    url: str
    only: ListFilter | None
    destinations: list[tuple[MailboxId, str]]
    inbox: MailboxId | None
    later: list[WakeTimeChoice]  # hours until which a message may be put off
    found: Results | None = None
    open_url: str = ""  # of the row of the open message, as the list bears it


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPane(ListPlace):
    """One page of one folder, or of what a search has found."""

    title: str
    unread: str  # or how many nobody has answered, in the list of these
    draw: Callable[[], list[ListDay]]  # asked for its rows once; not at all where the same list was drawn before
    filled: bool  # has rows
    pager: ListPager
    whole: WholeList
    open: int | str | None  # the message that is read beside it
    flat: bool  # each message its row
    state: str  # of all that is shown: an open page says it when it asks for news
    sort_menu: str
    filters: list[Filter] = field(default_factory=list)
    note: str = ""  # what happens by itself in this folder
    may_be_emptied: bool = False
    archive: MailboxId | None = None  # where messages lie in it
    used: bool = True  # there are messages in any folder
    recovers: bool = False  # its foot leads to what was deleted from it for good
    first_url: str = ""  # of what one would read first: the newest that is unread, or the newest
    first_unread: bool = False
    again: int = 0  # how often the page will have asked by itself for what is not in it yet; 0: it does not
    again_in: int = 0  # seconds
    writes: bool = True  # whoever looks may do more than read

    @property
    def place(self) -> str:
        return PLACES.get(self.role, "liste")

    @property
    def mode_key(self) -> object:
        """What its arrangement is made of, and whether that may be changed."""
        return self.flat, tuple(authority_defaults.locks().items())

    @property
    def days(self) -> list[ListDay]:
        return self.draw()

    @property
    def row_acts(self) -> SafeString:
        later = bool(self.later) and self.role != "later"
        return rows.render_row_actions(self.id, self.role, self.inbox, self.only, later, self.writes, get_language())


def folder_list_place(place: ListQuery, folder: Folder, everything: list[Folder], now: datetime) -> ListPlace:
    return ListPlace(
        id=place.folder,
        role=folder.role or "",
        url=place.url,
        only=place.only,
        destinations=lookup.move_destinations(everything, place.folder),
        inbox=folder_id_of(lookup.folder_by_role(everything, "inbox")),
        later=[] if folder.role in STAYS else wake_times.wake_time_choices(now),
    )


def folder_list_pane(
    at: ListPlace,
    place: ListQuery,
    folder: Folder,
    everything: list[Folder],
    found: ConversationPage,
    draw: Callable[[], list[ListDay]],
    current: Uid | None,
    pages: int,
    state: str,
    own: Labels,
    *,
    flat: bool,
) -> ListPane:
    archive = lookup.folder_by_role(everything, "archive")
    return ListPane(
        id=at.id, role=at.role, url=at.url, only=at.only, open_url=at.open_url,
        destinations=at.destinations, inbox=at.inbox, later=at.later,
        title=lookup.folder_text(folder),
        unread=_counted(place, folder, found),
        may_be_emptied=folder.role in EMPTIED and (folder.total > 0 or _has_folders(folder, everything)),
        draw=draw,
        filled=bool(found.page.rows),
        pager=_pager(place, found.page, pages),
        whole=_whole(place, folder, found),
        filters=_filters(place, folder.role, own),
        archive=archive.id if archive and archive.total else None,
        used=any(one.total for one in everything),
        open=current,
        note=retention.retention_note(folder, place.only),
        recovers=folder.role == "trash" and retention.recover_days() > 0,
        flat=flat,
        state=state,
        sort_menu=_sort_menu(place, folder),
    )  # fmt: skip


def results_list_pane(
    asked: SearchQuery, found: Results, current: Message | None, state: str, now: datetime
) -> ListPane:
    return ListPane(
        id=results.RESULTS,
        title=found.title,
        role=found.role,
        unread="",
        url=asked.url,
        only="awaiting" if found.awaiting else None,
        draw=cache(found.draw),
        filled=bool(found.hits),
        pager=ListPager(found.place_words, found.newer_url, found.older_url, found.pages),
        whole=_whole_results(asked, found),
        destinations=lookup.move_destinations(found.folders, found.folder),
        inbox=folder_id_of(lookup.folder_by_role(found.folders, "inbox")),
        open=results.message_token(*current) if current else None,
        open_url=found.open_url,
        state=state,
        found=found,
        flat=True,
        later=[] if found.role in STAYS else wake_times.wake_time_choices(now),
        sort_menu=_orders(asked.ordered(asked.order), found.role) if found.total else "",
    )


def drawn_rows(days: Iterable[ListDay]) -> dict[int | str, SafeString]:
    return {uid: row for day in days for uid, row in day.drawn.items()}


def folder_id_of(folder: Folder | None) -> MailboxId | None:
    return folder.id if folder else None


def _counted(place: ListQuery, folder: Folder, found: ConversationPage) -> str:
    """Beside the title: what is unread, or unanswered where that is what the list shows."""
    if place.only == "awaiting":
        count = found.page.folder_total
        return ngettext("%s unanswered", "%s unanswered", count) % number_text(count) if count else ""
    return "" if folder.role in {"sent", "drafts", "trash"} else pane.unread_text(folder.unseen)


def _has_folders(folder: Folder, everything: list[Folder]) -> bool:
    return any(one.name.parent == folder.name for one in everything)


def _pager(place: ListQuery, page: Page, pages: int) -> ListPager:
    newer_url = infinite_scroll.with_pages(place.newer(page).url, pages) if page.newer else ""
    return ListPager(rows.position_text(page), newer_url, place.older(page).url if page.older else "", pages)


def _sort_menu(place: ListQuery, folder: Folder) -> str:
    """None in the list of what is unanswered, which has an order of its own."""
    return "" if place.only == "awaiting" else _orders(place, folder.role)


def _orders(place: ListQuery | SearchQuery, role: str | None) -> SafeString:
    return sort_menu.render_sort_menu(place, role in list_query.SHOWS_RECIPIENTS, get_language())


def _whole(place: ListQuery, folder: Folder, found: ConversationPage) -> WholeList:
    only, page = place.only, found.page
    return WholeList(
        bound=max(1, folder.uid_next),
        filter_name="etiquette" if isinstance(only, Flag) else "voir",
        filter_word=only if isinstance(only, Flag) else list_query.FILTERS[only] if only else "",
        chosen_words=_whole_chosen(only, folder, found.messages),
        words=_whole_words(only, found.messages) if page.older or page.newer else "",
        short=_("Choose all %s") % number_text(found.messages),
    )


def _whole_results(asked: SearchQuery, found: Results) -> WholeList:
    words = _("Choose the %s messages with this label") if found.label else _("Choose the %s messages found")
    return WholeList(
        bound=found.whole,
        filter_name="q",
        filter_word=asked.text,
        chosen_words=_("All %s are chosen") % number_text(found.total),
        words=words % number_text(found.total) if found.whole and (found.newer_url or found.older_url) else "",
        short=_("Choose all %s") % number_text(found.total),
    )


def _whole_chosen(only: ListFilter | None, folder: Folder, count: int) -> str:
    if only is not None:
        return _("All %s are chosen") % number_text(count)
    return _("All %(count)s of %(folder)s are chosen") % {
        "count": number_text(count),
        "folder": lookup.folder_text(folder),
    }


def _whole_words(only: ListFilter | None, count: int) -> str:
    words = {
        None: _("Choose the %s messages of this folder"),
        "unseen": _("Choose the %s unread messages of this folder"),
        "flagged": _("Choose the %s starred messages of this folder"),
        "attached": _("Choose the %s messages with attachments of this folder"),
        "awaiting": _("Choose the %s unanswered messages of this folder"),
    }
    labelled = _("Choose the %s messages of this folder with this label")
    return (labelled if isinstance(only, Flag) else words[only]) % number_text(count)


def _filters(place: ListQuery, role: str | None, own: Labels) -> list[Filter]:
    """What one writes oneself is never unread. The label that is shown alone, so that one sees why."""
    words: dict[ListFilter | None, str] = {
        None: _("All"),
        "unseen": _("Unread"),
        "flagged": _("Starred"),
        "attached": _("Attachments"),
    }
    if role in list_query.SHOWS_RECIPIENTS:
        del words["unseen"]
    if role == "sent":
        words["awaiting"] = _("Unanswered")
    if isinstance(place.only, Flag):
        words[place.only] = (own.find(place.only) or labels.neutral_chip(place.only)).name
    return [
        Filter(
            text,
            ListQuery(place.folder, None, only, place.order).url,
            only == place.only,
            FILTER_KEYS.get(only, LABEL_KEY),
            OTHER_KEYS.get(only, ""),
        )
        for only, text in words.items()
    ]
