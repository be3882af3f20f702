"""The search: its box is on every list, its results are a list."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.accounts.sessions.sessions import BACKGROUND
from vaguemestre.mailbox.values import InvalidValue, MailboxId, Uid
from vaguemestre.web.htmx import is_htmx, shown_page
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.message_list.list_query import SearchQuery
from vaguemestre.webmail.message_list.list_state import ListUnchangedError
from vaguemestre.webmail.panes.outage import mailbox_screen
from vaguemestre.webmail.panes.page import found_desk, nothing_new, show
from vaguemestre.webmail.reader.link_check import opened_by_a_person
from vaguemestre.webmail.return_url import way_back
from vaguemestre.webmail.search import history
from vaguemestre.webmail.search.results import Message
from vaguemestre.webmail.search.search_url import within

AS_TYPED = "X-As-Typed"  # the box asks by itself while somebody types


@require_safe
@signed_in
@mailbox_screen
def search(request: StaffRequest) -> HttpResponse:
    """Also what the box asks for while one types: that is no search to remember, and one place in the history."""
    now, asked = timezone.now(), within(request.GET) or SearchQuery("")
    try:
        with open_mailbox(request) as session:
            shown = found_desk(request, session, asked, now=now, current=_open(request))
    except ListUnchangedError:
        return nothing_new(request)
    typed, by_itself = AS_TYPED in request.headers, BACKGROUND in request.headers
    a_label = shown.list is not None and shown.list.found is not None and bool(shown.list.found.label)
    if not typed and not by_itself and not a_label and asked.page == 1 and opened_by_a_person(request):
        history.note(request.account, asked.text, now)
    more = {} if asked.text else {"recent": history.of(request.account)}
    response = show(request, shown, more=more)
    if typed:
        searching = shown_page(request).startswith(SearchQuery("").url)
        response["HX-Replace-Url" if searching else "HX-Push-Url"] = asked.url
    elif is_htmx(request) and shown_page(request) == asked.url:
        response["HX-Replace-Url"] = asked.url  # what was found while one typed is sent: Back leaves the search at once
    return response


@require_safe
@signed_in
def recent_searches(request: StaffRequest) -> HttpResponse:
    return render(request, "webmail/search/recent.html", {"recent": history.of(request.account)})


@require_POST
@signed_in
def forgetting(request: StaffRequest) -> HttpResponse:
    """One of them, or all of them when none is named."""
    history.forget(request.account, request.POST.get("recherche"))
    if is_htmx(request):
        return render(request, "webmail/search/recent.html", {"recent": history.of(request.account)})
    return HttpResponseRedirect(way_back(request, SearchQuery("").url))


def _open(request: StaffRequest) -> Message | None:
    folder, _, uid = request.GET.get("ouvert", "").partition("-")
    try:
        return MailboxId(folder), Uid(uid)
    except InvalidValue:
        return None
