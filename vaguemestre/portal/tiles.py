"""Doors of the home page to applications that have a sentence to say: another room's, known by address alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.urls import NoReverseMatch, reverse

from vaguemestre.sso.arena.tile_queries import Tile


@dataclass(frozen=True, slots=True)
class HomeTile:
    """`sentence` is the address that answers a fragment; until it comes, and without a script, `summary` stands."""

    name: str
    summary: str
    url: str
    sentence: str


def home_tiles(tiles: Iterable[Tile]) -> list[HomeTile]:
    """Of the applications that this person may open now, those of `settings.HOME_TILES` (slug to address)."""
    return [
        HomeTile(tile.name, tile.summary, reverse("portal:arena-opening", args=[tile.slug]), sentence)
        for tile in tiles
        if not tile.shut and (sentence := _addresses().get(tile.slug))
    ]


@lru_cache(maxsize=1)
def _addresses() -> dict[str, str]:
    """A room that is not installed has no address: it is left out."""
    found = {slug: _address(name) for slug, name in settings.HOME_TILES.items()}
    return {slug: address for slug, address in found.items() if address}


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
