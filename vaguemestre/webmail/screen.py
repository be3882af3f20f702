"""The desk: folders, list, reader. Gathered here once, drawn whole or in part."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.accounts.mail_token import let_listen
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.errors import NoSuchFolder
from vaguemestre.mailbox.messages import Folder, Page
from vaguemestre.mailbox.pages import Only
from vaguemestre.mailbox.session import Session
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.web.htmx import is_htmx
from vaguemestre.webmail import folders as columns
from vaguemestre.webmail import listing, pending, toasts
from vaguemestre.webmail.correspondents import own_addresses
from vaguemestre.webmail.listing import Day, Place
from vaguemestre.webmail.reading import Reading


@dataclass(frozen=True, slots=True)
class Filter:
    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class ListView:
    """One page of one folder. `role` tells the template which acts have a meaning there."""

    id: MailboxId
    title: str
    role: str
    unread: str
    total: int
    url: str
    only: Only | None
    days: list[Day]
    words: str
    newer_url: str
    older_url: str
    filters: list[Filter]
    destinations: list[tuple[MailboxId, str]]
    archive: MailboxId | None
    inbox: MailboxId | None
    open: int | None  # the message that is read beside it


@dataclass(frozen=True, slots=True)
class Desk:
    lines: list[columns.Line]
    space: columns.Space | None
    waiting: int
    list: ListView | None = None
    reading: Reading | None = None
    view: str = "list"  # which plane a phone shows
    in_queue: bool = False
    here: str = ""  # where an act comes back to


def place_of(request: StaffRequest, folder: MailboxId) -> Place:
    """What the address asks for. A wrong `avant` or `voir` is simply not there: the top of the whole list."""
    raw = request.GET.get("avant", "")
    before = Uid(raw) if raw.isascii() and raw.isdigit() and 0 < int(raw[:12]) < 2**32 and raw[0] != "0" else None
    wanted = request.GET.get("voir", "")
    only = next((name for name, word in listing.FILTERS.items() if word == wanted), None)
    return Place(folder, before, only)


def desk(
    request: StaffRequest,
    session: Session,
    place: Place,
    *,
    now: datetime,
    reading: Reading | None = None,
    current: Uid | None = None,
    mine: frozenset[str] | None = None,
) -> Desk:
    """One round trip to Dovecot, whatever the folder's size."""
    everything, page, quota = session.overview(place.folder, before=place.before, count=listing.PAGE, only=place.only)
    folder = columns.by_id(everything, place.folder)
    if folder is None:
        raise NoSuchFolder
    mine = own_addresses(request.account) if mine is None else mine
    days = listing.days(page, place, folder, mine, now, current)
    return Desk(
        lines=columns.lines(everything, place.folder),
        space=columns.space(quota),
        waiting=pending.count(request.account),
        list=_list(place, folder, everything, page, days, current),
        reading=reading,
        view="reader" if reading else "list",
        here=f"{folder_url(place.folder)}{current}/{place.query}" if current else place.url,
    )


def bare_desk(request: StaffRequest, session: Session) -> Desk:
    """The folders without a list: for what is not a folder of the mailbox."""
    return Desk(
        lines=columns.lines(session.folders(), None),
        space=columns.space(session.quota()),
        waiting=pending.count(request.account),
    )


def empty_desk(request: StaffRequest) -> Desk:
    """When nothing can be asked of the mailbox: the way to write and to leave stays."""
    return Desk(lines=[], space=None, waiting=pending.count(request.account))


def show(
    request: StaffRequest, shown: Desk, *, status: int = 200, more: Mapping[str, object] | None = None
) -> HttpResponse:
    """The whole page; or its planes, for a page that is already there; or list and folders alone, when mail arrives."""
    context = {"desk": shown, "toast": toasts.read(request), "now": timezone.now(), **(more or {})}
    part = "" if not is_htmx(request) else "#live" if for_the_list_alone(request) else "#planes"
    response = render(request, f"webmail/desk.html{part}", context, status=status)
    let_listen(response, request.account.key)
    if context["toast"]:
        toasts.forget(response)
    return response


def for_the_list_alone(request: StaffRequest) -> bool:
    """Mail came: the page asks for its list and its counts again."""
    return is_htmx(request) and request.headers.get("HX-Target") == "section#liste"


def current_path(request: StaffRequest) -> str:
    """The page that is shown while this is asked for."""
    current = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "")
    return current.path + (f"?{current.query}" if current.query else "")


def folder_url(folder: MailboxId | str) -> str:
    return reverse("webmail:folder", args=[folder])


def _list(
    place: Place, folder: Folder, everything: list[Folder], page: Page, days: list[Day], current: Uid | None
) -> ListView:
    counts_unread = folder.role not in {"sent", "drafts", "trash"}
    return ListView(
        id=place.folder,
        title=columns.label(folder),
        role=folder.role or "",
        unread=columns.unread_words(folder.unseen) if counts_unread else "",
        total=folder.total,
        url=place.url,
        only=place.only,
        days=days,
        words=listing.place_in_words(page),
        newer_url=place.at(page.newer_before).url if page.newer else "",
        older_url=place.at(page.older_before).url if page.older else "",
        filters=_filters(place, folder.role),
        destinations=columns.destinations(everything, place.folder),
        archive=_id(columns.by_role(everything, "archive")),
        inbox=_id(columns.by_role(everything, "inbox")),
        open=current,
    )


def _filters(place: Place, role: str | None) -> list[Filter]:
    """What one writes oneself is never unread."""
    labels: dict[Only | None, str] = {None: _("All"), "unseen": _("Unread"), "flagged": _("Starred")}
    if role in listing.SHOWS_RECIPIENTS:
        del labels["unseen"]
    return [Filter(text, Place(place.folder, None, only).url, only == place.only) for only, text in labels.items()]


def _id(folder: Folder | None) -> MailboxId | None:
    return folder.id if folder else None
