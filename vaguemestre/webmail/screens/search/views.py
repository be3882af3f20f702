"""The search: its box is on every list, its results are a list."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.sessions.sessions import BACKGROUND
from vaguemestre.mailbox.errors import MailboxError
from vaguemestre.mailbox.values import InvalidValueError, MailboxId, Uid
from vaguemestre.web.htmx import is_htmx, shown_page
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.message_list.list_query import SearchQuery
from vaguemestre.webmail.message_list.list_state import ListUnchangedError
from vaguemestre.webmail.reader.link_prefetch import is_opened_by_person
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.screens.panes.page import build_results_page, render_page, unchanged_response
from vaguemestre.webmail.search import history
from vaguemestre.webmail.search.precise import period_choices, place_choices, typed_query
from vaguemestre.webmail.search.results import Message
from vaguemestre.webmail.search.search_url import parse_search_query

AS_TYPED = "X-As-Typed"  # the box asks by itself while somebody types


@require_safe
@with_mailbox
@handles_outage
def search(request: MailboxRequest) -> HttpResponse:
    """Also what the box asks for while one types: that is no search to remember, and one place in the history. In
    words (`precise.py`) it is what the box would have it."""
    in_words = typed_query(request.GET)
    if in_words and not is_htmx(request):
        return HttpResponseRedirect(SearchQuery(in_words).url)
    now, asked = timezone.now(), parse_search_query(request.GET) or SearchQuery(in_words)
    try:
        with open_mailbox(request.mailbox) as session:
            shown = build_results_page(request, session, asked, now=now, current=_open(request))
    except ListUnchangedError:
        return unchanged_response(request)
    typed, by_itself = AS_TYPED in request.headers, BACKGROUND in request.headers
    a_label = shown.list is not None and shown.list.found is not None and bool(shown.list.found.label)
    if not typed and not by_itself and not a_label and asked.page == 1 and is_opened_by_person(request):
        history.note_search(request.account, asked.text, now)
    more: dict[str, object] = {}
    if not asked.text:
        more = _find_easily(request, place_choices(shown.folders))
    response = render_page(request, shown, more=more)
    if typed:
        searching = shown_page(request).startswith(SearchQuery("").url)
        response["HX-Replace-Url" if searching else "HX-Push-Url"] = asked.url
    elif in_words:
        response["HX-Push-Url"] = asked.url
    elif is_htmx(request) and shown_page(request) == asked.url:
        response["HX-Replace-Url"] = asked.url  # what was found while one typed is sent: Back leaves the search at once
    return response


@require_safe
@with_mailbox
def recent_searches(request: MailboxRequest) -> HttpResponse:
    """What helps to find, under the box; the mailbox is asked for nothing that is not in memory."""
    try:
        with open_mailbox(request.mailbox) as session:
            places = place_choices(session.known_folders())
    except MailboxError:
        places = []
    return render(request, "webmail/search/find.html", _find_easily(request, places))


@require_POST
@with_mailbox
def forgetting(request: MailboxRequest) -> HttpResponse:
    """One of them, or all of them when none is named."""
    history.forget_search(request.account, request.POST.get("recherche"))
    if is_htmx(request):
        left = {"recent": history.recent_searches(request.account), "few": "peu" in request.POST}
        return render(request, "webmail/search/recent.html", left)
    return HttpResponseRedirect(return_url(request, SearchQuery("").url))


def _open(request: MailboxRequest) -> Message | None:
    folder, _, uid = request.GET.get("ouvert", "").partition("-")
    try:
        return MailboxId(folder), Uid(uid)
    except InvalidValueError:
        return None


def _find_easily(request: MailboxRequest, places: list[tuple[str, str]]) -> dict[str, object]:
    return {"recent": history.recent_searches(request.account), "places": places, "periods": period_choices()}
