"""Cells of the home page that other rooms draw, named by address alone: `settings.HOME_TILES`."""

from functools import lru_cache

from django.conf import settings
from django.urls import NoReverseMatch, reverse


@lru_cache(maxsize=1)
def tiles_of_other_rooms() -> tuple[str, ...]:
    """Each answers one whole cell (`.door`), or nothing. A room that is not installed has no address: left out."""
    return tuple(filter(None, map(_address, settings.HOME_TILES)))


def _address(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None
