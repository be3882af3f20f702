"""Where an act leads back to from a page on which a message is open that it took elsewhere, and a question that is
asked for again."""

from collections.abc import Callable, Container, Mapping
from dataclasses import replace
from functools import wraps
from typing import Concatenate
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_http_methods

from vaguemestre.mailbox.imap.conversations.conversation_index import Spot
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.web.url_cache import own_url
from vaguemestre.webmail.mailbox_access import MailboxRequest
from vaguemestre.webmail.message_list.list_query import SearchQuery, parse_list_query
from vaguemestre.webmail.return_url import is_inside, return_url
from vaguemestre.webmail.search.search_url import parse_search_query


def page_after_removal(request: HttpRequest, default: str, gone: Mapping[MailboxId, Container[int]]) -> str:
    """The page that asked; where its message is one of those, the next one if the page names it, else the list."""
    if following := following_message(request, gone):
        return following
    back = return_url(request, default)
    spot, query = _open_on(back)
    if spot is None or spot[1] not in gone.get(spot[0], ()):
        return back
    return replace(parse_list_query(spot[0], query), within=parse_search_query(query)).url


def following_message(request: HttpRequest, gone: Mapping[MailboxId, Container[int]]) -> str:
    """What opens once the open message is away (`suite`); empty where the page names none, or nothing went."""
    wanted = request.POST.get("suite", "")
    spot, _query = _open_on(wanted) if is_inside(wanted) else (None, None)
    if spot is None or not any(gone.values()) or spot[1] in gone.get(spot[0], ()):
        return ""
    return wanted


def page_to_restore(following: str, spot: Spot) -> str:
    """Where the act is taken back from: the message that was open, as it lies now, in the list that it was read in."""
    return own_url("webmail:message", *spot) + (f"?{urlsplit(following).query}" if "?" in following else "")


def page_after_move(request: HttpRequest, default: str, moved: Mapping[Spot, Spot]) -> str:
    """The page that asked; its message where that lies now, in the list or among the results that it was read in."""
    back = return_url(request, default)
    spot, query = _open_on(back)
    if spot is None or spot not in moved:
        return back
    there = moved[spot]
    place = replace(parse_list_query(there[0], query), within=parse_search_query(query))
    return own_url("webmail:message", *there) + place.query


def with_question[**P](
    view: Callable[Concatenate[MailboxRequest, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """A view of a POST that may be answered with a question, whose address the browser then shows: read again, or gone
    back to, it is the list."""

    @wraps(view)
    @require_http_methods(["GET", "HEAD", "POST"])
    def asked(request: MailboxRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method == "POST":
            return view(request, *args, **kwargs)
        folder = kwargs.get("folder_id")
        return HttpResponseRedirect(own_url("webmail:folder", folder) if folder else SearchQuery("").url)

    return asked


def _open_on(address: str) -> tuple[Spot | None, QueryDict]:
    parts = urlsplit(address)
    try:
        found = resolve(parts.path)
    except Resolver404:
        return None, QueryDict()
    if found.view_name != "webmail:message":
        return None, QueryDict()
    return (found.kwargs["folder_id"], found.kwargs["uid"]), QueryDict(parts.query)
