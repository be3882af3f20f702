"""Quick access: one's own list of applications and pages, and the one that stands for whoever has made none."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vaguemestre.sso.arena.quick_access import APPLICATION, PAGE
from vaguemestre.sso.arena.tile_queries import Tile

PAGES: dict[str, tuple[str | Promise, str]] = {
    "webmail": (_("My mail"), "webmail:home"),
    "ecrire": (_("Write a message"), "webmail:compose-new"),
    "annuaire": (_("Directory"), "directory:home"),
    "carnet": (_("My contacts"), "contacts:book"),
    "arena": (_("My applications (ARENA)"), "portal:arena"),
    "logiciels": (_("Set up Thunderbird or Outlook"), "clients:programs"),
    "compte": (_("My account"), "accounts:account"),
    "aide": (_("Bureau virtuel"), "portal:help"),
    "contacts": (_("Whom to call"), "portal:contacts"),
    "etat": (_("State of the services"), "portal:state"),
}
# What the rooms of every page and the doors of the home page lead to already.
DOORS = frozenset({"page-webmail", "page-ecrire", "page-arena", "page-annuaire", "page-logiciels", "page-compte"})
USUAL = ("page-webmail", "page-arena", "page-annuaire", "page-logiciels", "page-aide")


@dataclass(frozen=True, slots=True)
class Link:
    word: str
    name: str | Promise
    url: str

    @property
    def is_application(self) -> bool:
        """Called in the authority's own words."""
        return self.word.startswith(APPLICATION)


def quick_links(words: Sequence[str], tiles: Sequence[Tile]) -> list[Link]:
    """In their order, but for applications that are no longer open to this person: they come back with the right."""
    possible = {link.word: link for link in link_choices(tiles)}
    return [possible[word] for word in (words or USUAL) if word in possible]


def links_beside_doors(words: Sequence[str], tiles: Sequence[Tile]) -> list[Link]:
    """For the home page: of a list that somebody has made, what no door of that page opens."""
    return [link for link in quick_links(words, tiles) if link.word not in DOORS] if words else []


def link_choices(tiles: Sequence[Tile]) -> list[Link]:
    """All that may be put there: pages first, then one's own applications."""
    pages = [Link(f"{PAGE}{key}", name, reverse(view)) for key, (name, view) in PAGES.items()]
    mine = [
        Link(f"{APPLICATION}{tile.slug}", tile.name, reverse("portal:arena-opening", args=[tile.slug]))
        for tile in tiles
    ]
    return pages + mine


def move_word(words: Sequence[str], word: str, by: int) -> list[str]:
    """One place up or down; at the end of the list it stays."""
    order = list(words)
    if word in order:
        here = order.index(word)
        there = min(max(here + by, 0), len(order) - 1)
        order.insert(there, order.pop(here))
    return order
