"""The search that an address holds."""

from django.http import QueryDict

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.webmail.message_list import sort_order
from vaguemestre.webmail.message_list.infinite_scroll import asks_for_more, query_of_list
from vaguemestre.webmail.message_list.list_query import SearchQuery
from vaguemestre.webmail.search.query_parser import LIMIT, tidy_query

LAST_PAGE = 400


def parse_search_query(query: QueryDict) -> SearchQuery | None:
    """None when nothing is looked for. A wrong page is the first one."""
    text, page = tidy_query(query.get("q", ""))[:LIMIT], query.get("page", "")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 4 else 1
    order = sort_order.parse_sort_order(query.get("tri", ""), query.get("sens", ""))
    return SearchQuery(text, min(max(number, 1), LAST_PAGE), order) if text else None


def link_search_query(request: StaffRequest, asked: SearchQuery) -> SearchQuery:
    """Rows that join the results of a search lead back to them, from their top."""
    return (parse_search_query(query_of_list(request)) if asks_for_more(request) else None) or asked
