"""The page of applications: what it shows of them, under which headings, in which words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _, ngettext, pgettext

from vaguemestre.academy.facts import academy
from vaguemestre.people.folding import searched_as, words
from vaguemestre.sso.arena.tile_queries import Tile
from vaguemestre.web.date_text import clock_time, full_date

RECENT = 4
NAMED = 12  # favourites that the home page opens


@dataclass(frozen=True, slots=True)
class Cell:
    """A tile with its words, and nothing besides: drawn once for all that is the same (`web.fragment_cache`).

    `key` names it in the page: an application may stand among the favourites too."""

    key: str
    slug: str
    name: str
    summary: str
    favourite: bool
    shut: str  # when it comes back
    reason: str
    lent: str  # by whom, until when
    asks: bool  # a second factor, before it opens


@dataclass(frozen=True, slots=True)
class Group:
    anchor: str
    name: str
    cells: tuple[Cell, ...]


def arena_groups(
    tiles: Sequence[Tile], *, strong: bool, now: datetime, favourites_first: bool = True
) -> tuple[Group, ...]:
    """By the authority's headings, favourites before them. Nothing under a heading: no heading."""
    domains = academy().arena.domains
    by_place: list[list[Cell]] = [[] for _domain in domains]
    for tile in tiles:
        by_place[place_of(tile.domain)].append(_cell(tile, "a", strong, now))
    found = [Group(one.key, one.name, tuple(cells)) for one, cells in zip(domains, by_place, strict=True) if cells]
    starred = [_cell(tile, "f", strong, now) for tile in tiles if tile.favourite] if favourites_first else []
    first = [Group("favoris", pgettext("applications", "Favourites"), tuple(starred))] if starred else []
    return (*first, *found)


def recent_tiles(tiles: Iterable[Tile]) -> list[Tile]:
    """The last ones opened that would open now."""
    opened = [(tile.opened_at, tile) for tile in tiles if tile.opened_at and not tile.shut]
    return [tile for _at, tile in sorted(opened, key=lambda one: one[0], reverse=True)[:RECENT]]


def matching_tiles(tiles: Sequence[Tile], typed: str) -> list[Tile]:
    """Those in which every word typed stands at the beginning of one of theirs, whatever the accents."""
    wanted = words(typed)
    return [tile for tile in tiles if _has(_searched(tile), wanted)]


def matches_tile(typed: str, *texts: str) -> bool:
    """Whether what was typed answers to one of these texts."""
    return _has(searched_as(*texts).split(), words(typed))


def arena_sentence(tiles: Sequence[Tile]) -> str:
    """On the door of the home page: how many, and how many cannot be opened now."""
    if not tiles:
        return _("The applications of your function.")
    many = ngettext("%(count)d application.", "%(count)d applications.", len(tiles)) % {"count": len(tiles)}
    shut = sum(tile.shut for tile in tiles)
    said = ngettext("%(count)d is under maintenance.", "%(count)d are under maintenance.", shut) % {"count": shut}
    return f"{many} {said}" if shut else many


def place_of(domain: str) -> int:
    return academy().arena.place(domain)


def heading_of(domain: str) -> str:
    return academy().arena.domains[place_of(domain)].name


def closed_text(until: datetime | None, now: datetime) -> str:
    """What stands on the tag. A return that is past is not said: nobody knows when it will be."""
    if until is None or until <= now:
        return _("Under maintenance")
    if timezone.localdate(until) == timezone.localdate(now):
        return _("Under maintenance, back at %(time)s") % {"time": clock_time(until)}
    back = {"day": full_date(timezone.localdate(until)), "time": clock_time(until)}
    return _("Under maintenance, back on %(day)s at %(time)s") % back


def until_text(ends: datetime) -> str:
    """The last day, where it ends with the day; else the hour too."""
    local = timezone.localtime(ends)
    if (local.hour, local.minute) == (0, 0):
        return full_date(timezone.localdate(ends - timedelta(seconds=1)))
    return _("%(day)s at %(time)s") % {"day": full_date(local.date()), "time": clock_time(ends)}


def _cell(tile: Tile, prefix: str, strong: bool, now: datetime) -> Cell:
    lent = {"giver": tile.giver, "until": until_text(tile.until) if tile.until else ""}
    return Cell(
        f"{prefix}-{tile.slug}", tile.slug, tile.name, tile.summary, tile.favourite,
        shut=closed_text(tile.shut_until, now) if tile.shut else "", reason=tile.shut_reason,
        lent=_("Delegated by %(giver)s until %(until)s") % lent if tile.giver else "",
        asks=tile.needs_key and not strong and not tile.shut,
    )  # fmt: skip


def _searched(tile: Tile) -> list[str]:
    return searched_as(tile.name, tile.summary, heading_of(tile.domain)).split()


def _has(searched: Sequence[str], wanted: Sequence[str]) -> bool:
    return bool(wanted) and all(any(word.startswith(one) for word in searched) for one in wanted)
