"""One page of a long list: fifty rows, and where the others are."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

A_PAGE = 50


@dataclass(frozen=True, slots=True)
class PagePart[T]:
    rows: list[T]
    count: int
    number: int
    pages: int
    before: str  # addresses; empty where there is nothing
    after: str


def page_part[T](request: HttpRequest, found: "QuerySet[Any, T]") -> PagePart[T]:
    """Two queries, whatever the size. A number that does not exist is the nearest one that does."""
    pages = Paginator(found, A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    return PagePart(
        rows=list(page.object_list),
        count=pages.count,
        number=page.number,
        pages=pages.num_pages,
        before=_address(request, page.number - 1) if page.has_previous() else "",
        after=_address(request, page.number + 1) if page.has_next() else "",
    )


def _address(request: HttpRequest, number: int) -> str:
    asked = request.GET.copy()
    asked["page"] = str(number)
    return f"?{asked.urlencode()}"
