"""The list of a folder, and the way in."""

from dataclasses import replace

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vaguemestre.mailbox.errors import NoSuchFolderError
from vaguemestre.mailbox.imap.conversations.conversation_index import Spot
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.values import InvalidValueError, MailboxId, Uid
from vaguemestre.web.toasts import Toast
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.message_list import list_state
from vaguemestre.webmail.message_list.list_query import ListQuery
from vaguemestre.webmail.message_list.list_state import ListUnchangedError
from vaguemestre.webmail.notes.note_view import conversation_notes
from vaguemestre.webmail.screens.panes.folder_page import asks_for_list_alone
from vaguemestre.webmail.screens.panes.list_pane import ListPane, drawn_rows
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.screens.panes.page import (
    ThreePanePage,
    build_page,
    folder_url,
    page_list_query,
    render_page,
    unchanged_response,
)


@require_safe
@with_mailbox
@handles_outage
def home(request: MailboxRequest) -> HttpResponse:
    """The inbox itself: who comes from far away does not have to ask twice."""
    with open_mailbox(request.mailbox) as session:
        inbox = session.by_role("inbox")
        if inbox is None or inbox.id is None:
            raise NoSuchFolderError
        return _list(request, session, inbox.id)


@require_safe
@with_mailbox
@handles_outage
def folder(request: MailboxRequest, folder_id: MailboxId) -> HttpResponse:
    """Also what the page asks for by itself when mail arrives; then `ouvert` keeps the open message marked in it, and
    `vus` says how many messages of its exchange the page has, `notes` how many notes."""
    try:
        with open_mailbox(request.mailbox) as session:
            return _list(request, session, folder_id)
    except NoSuchFolderError:
        if not asks_for_list_alone(request):
            raise
        return _inbox_instead(request)


def _list(request: MailboxRequest, session: Session, folder_id: MailboxId) -> HttpResponse:
    place, current = page_list_query(request, folder_id), _open(request)
    try:
        shown = build_page(request, session, place, now=timezone.now(), current=current)
    except ListUnchangedError:
        return unchanged_response(request)
    if current is not None and isinstance(shown.list, ListPane) and not shown.list.flat:
        shown = _with_what_came(session, shown, place, current, request.GET.get("vus", ""))
    if current is not None and asks_for_list_alone(request):
        shown = _with_notes(request, session, shown, (place.folder, current))
    there = shown.list
    if not asks_for_list_alone(request) or not isinstance(there, ListPane):
        return render_page(request, shown)
    changed = list_state.changed_rows(request, request.mailbox.key, shown.state, lambda: drawn_rows(there.days))
    return render_page(request, shown, part="" if changed is None else "#marks", more={"changed": changed})


def _inbox_instead(request: MailboxRequest) -> HttpResponse:
    """A list that is open does not continue showing a folder that was deleted elsewhere."""
    with open_mailbox(request.mailbox) as session:
        inbox = session.by_role("inbox")
        if inbox is None or inbox.id is None:
            raise NoSuchFolderError
        shown = build_page(request, session, page_list_query(request, inbox.id), now=timezone.now())
    said = Toast(_("This folder is no longer here: it was deleted elsewhere."))
    response = render_page(request, shown, part="#planes", more={"toast": said})
    response["HX-Retarget"], response["HX-Reswap"], response["HX-Push-Url"] = "#bureau", "outerMorph", shown.here
    return response


def _with_what_came(session: Session, shown: ThreePanePage, place: ListQuery, current: Uid, seen: str) -> ThreePanePage:
    spots = session.together(place.folder, current)
    had = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 4 else len(spots)
    newest = max((uid for folder, uid in spots if folder == place.folder), default=current)
    more_url = f"{folder_url(place.folder)}{newest}/{place.query}" if len(spots) > had else ""
    fewer_url = shown.here if len(spots) < had else ""
    return replace(shown, shown=had, more_url=more_url, fewer_url=fewer_url)


def _with_notes(request: MailboxRequest, session: Session, shown: ThreePanePage, spot: Spot) -> ThreePanePage:
    """`notes`: how many the page has."""
    notes, told = conversation_notes(session, request.mailbox, spot, timezone.now()), request.GET.get("notes", "")
    had = int(told) if told.isascii() and told.isdigit() and len(told) < 4 else len(notes.notes)
    return replace(shown, shown_notes=had, note_url=shown.here if len(notes.notes) != had else "")


def _open(request: MailboxRequest) -> Uid | None:
    try:
        return Uid(request.GET["ouvert"])
    except (KeyError, InvalidValueError):
        return None
