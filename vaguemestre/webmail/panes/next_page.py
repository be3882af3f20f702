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
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.search.search_url import parse_search_query


def page_after_removal(request: HttpRequest, default: str, gone: Mapping[MailboxId, Container[int]]) -> str:
    """The page that asked; the list beside it where its message is one of those."""
    back = return_url(request, default)
    spot, query = _open_on(back)
    if spot is None or spot[1] not in gone.get(spot[0], ()):
        return back
    return replace(parse_list_query(spot[0], query), within=parse_search_query(query)).url


def page_after_move(request: HttpRequest, default: str, moved: Mapping[Spot, Spot]) -> str:
    """The page that asked; its message where that lies now, among the results if it was one."""
    back = return_url(request, default)
    spot, query = _open_on(back)
    if spot is None or spot not in moved:
        return back
    found = parse_search_query(query)
    return own_url("webmail:message", *moved[spot]) + (found.query if found else "")


def with_question[**P](
    view: Callable[Concatenate[MailboxRequest, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """A view of a POST that may be answered with a question, whose address the browser then shows: read anew, or gone
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
