"""How long the pages take that people wait for most. Which these are, rooms above say by the names of addresses."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cache

from vaguemestre.web.metrics import Gauge, histogram_gauges
from vaguemestre.web.monitoring.counters import Histogram
from vaguemestre.web.ports import Port

PAGES = ("list", "open", "send")
BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10)
timed_pages = Port[Callable[[], Mapping[str, str]]]("web.timed_pages")  # name of an address → one of PAGES
page_seconds = Histogram("page_seconds", "How long the answer took, from our web process on.", {"page": PAGES}, BOUNDS)


def observe_page(address_name: str, seconds: float) -> None:
    if page := _pages().get(address_name):
        page_seconds.observe(seconds, page)


def page_gauges(_now: datetime) -> Iterator[Gauge]:
    """`metrics.gauge_sources`."""
    return histogram_gauges(page_seconds)


@cache
def _pages() -> dict[str, str]:
    return {name: page for pages in timed_pages.all() for name, page in pages().items()}
