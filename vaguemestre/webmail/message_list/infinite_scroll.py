"""The list that continues while one scrolls: so many pages one under the other, also after Back, a reload or new mail.

An open page says how many it shows, and of which list (`X-Suite`); an address says it by `suite`, after a reload.
Beyond `MOST` pages the next one is a link: neither the page nor a live refresh grows without end.
"""

import re
from urllib.parse import urlencode

from django.http import HttpResponseBase, QueryDict

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.web.htmx import is_htmx, split_address
from vaguemestre.webmail.message_list.list_query import ListQuery, SearchQuery, parse_list_query

MOST = 20
SHOWN, WORD = "X-Suite", "suite"


def page_count(request: StaffRequest, place: ListQuery | SearchQuery) -> int:
    """At least one. What is asked for by scrolling is one page, whatever stands above it."""
    if asks_for_more(request):
        return 1
    return min(max(1, _shown(request, place.url), _number(request.GET.get(WORD, ""))), MOST)


def asks_for_more(request: StaffRequest) -> bool:
    return is_htmx(request) and request.headers.get("HX-Target") == "nav#suite"


def with_pages(url: str, count: int) -> str:
    if count <= 1:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode({WORD: count})}"


def link_query(request: StaffRequest, place: ListQuery) -> ListQuery:
    """Rows that join a list lead back to that list, from its top, not to the page on which they came."""
    if not asks_for_more(request):
        return place
    return parse_list_query(place.folder, query_of_list(request))


def follow_scrolling(request: StaffRequest, response: HttpResponseBase, shown: int) -> None:
    """The address keeps how far one has gone, so that a reload does not lose it."""
    if not is_htmx(request):
        return
    if asks_for_more(request):
        current = split_address(request.headers.get("HX-Current-URL", ""))
        query = re.sub(rf"(^|&){WORD}=\d*", "", current.query).strip("&")
        above = _number(request.headers.get(SHOWN, "").partition(" ")[0])
        url = with_pages(current.path + (f"?{query}" if query else ""), min(above + 1, MOST))
        response["HX-Replace-Url"] = url
    elif shown > 1 and request.headers.get("HX-Boosted") == "true" and WORD not in request.GET:
        response["HX-Push-Url"] = with_pages(request.get_full_path(), shown)


def shows(request: StaffRequest, url: str) -> bool:
    """Whether the open page shows this list."""
    return _shown(request, url) > 0


def _shown(request: StaffRequest, url: str) -> int:
    """Of this very list: another folder, filter or order begins at its top."""
    count, _space, whose = request.headers.get(SHOWN, "").partition(" ")
    return _number(count) if is_htmx(request) and whose == url else 0


def query_of_list(request: StaffRequest) -> QueryDict:
    return QueryDict(split_address(request.headers.get(SHOWN, "").partition(" ")[2]).query)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 3 else 0
