"""Addresses of the product's own pages, each made once.

`reverse` walks the namespaces and tries the patterns again at each call, 30 µs; a page of the webmail has thirty.

A room whose pages exist at two places says which one is shown (`leading_to`): addresses made meanwhile lead there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from django import urls

type Placing = Callable[[str, str], str]  # (name, address) -> the address at the place that is shown

_placing: ContextVar[Placing | None] = ContextVar("placing", default=None)


def own_url(name: str, *arguments: object) -> str:
    """As `reverse(name, args=arguments)`, for arguments that can be a key."""
    return placed(name, _made(name, *arguments))


def reverse(viewname: str, *args: Any, **kwargs: Any) -> str:
    """Django's, at the place that is shown."""
    return placed(viewname, urls.reverse(viewname, *args, **kwargs))


def placed(name: str, url: str) -> str:
    placing = _placing.get()
    return placing(name, url) if placing and url else url


@contextmanager
def leading_to(placing: Placing | None) -> Iterator[None]:
    before = _placing.set(placing)
    try:
        yield
    finally:
        _placing.reset(before)


@lru_cache(maxsize=8192, typed=True)
def _made(name: str, *arguments: object) -> str:
    return urls.reverse(name, args=arguments)
