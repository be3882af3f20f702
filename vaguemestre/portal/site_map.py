"""The map of the service: every place that navigation and tiles lead to, by part. A test holds them together."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vaguemestre.lists.switch import lists_are_on
from vaguemestre.portal.quick_access import PAGES
from vaguemestre.sso.arena.tile_queries import Tile


class Who(Enum):
    ALL = "all"
    STRANGER = "stranger"  # and nobody who is signed in: they have their own
    STAFF = "staff"
    HEAD = "head"
    AGENT = "agent"
    ADMINISTRATOR = "administrator"
    LISTS = "lists"  # whose post opens lists of staff


@dataclass(frozen=True, slots=True)
class Page:
    name: str | Promise
    view: str
    who: Who = Who.STAFF


@dataclass(frozen=True, slots=True)
class Link:
    name: str | Promise
    url: str
    french: bool = False  # words of the authority, whatever the language of the page


@dataclass(frozen=True, slots=True)
class Part:
    name: str | Promise
    links: tuple[Link, ...]


def _quick(word: str, who: Who = Who.STAFF) -> Page:
    """Called as in quick access."""
    name, view = PAGES[word]
    return Page(name, view, who)


ARENA = _quick("arena")
PARTS: tuple[tuple[str | Promise, tuple[Page, ...]], ...] = (
    (
        _("Portal"),
        (
            Page(_("Home"), "portal:home"),
            Page(_("Sign in"), "accounts:signin", Who.STRANGER),
            Page(_("First sign-in"), "accounts:first-signin", Who.STRANGER),
            _quick("compte"),
            Page(_("Your sign-ins"), "accounts:sign-ins"),
            Page(_("To decide"), "accounts:otp-decisions", Who.HEAD),
            Page(_("Intranet"), "portal:intranet", Who.STRANGER),
            Page(_("Intranet, Référentiel et Outils"), "portal:tools"),
            Page(_("Change my quick access"), "portal:quick"),
        ),
    ),
    (
        _("Mail"),
        (
            _quick("webmail"),
            _quick("ecrire"),
            Page(_("Search my mail"), "webmail:search"),
            Page(_("Settings of the mail"), "webmail:settings"),
            Page(_("Keyboard shortcuts of the mail"), "webmail:keyboard"),
            Page(_("Import mail kept elsewhere"), "moving:moving"),
            _quick("logiciels", Who.ALL),
        ),
    ),
    (
        _("People"),
        (
            _quick("annuaire"),
            _quick("carnet"),
            Page(_("Lists of staff"), "lists:lists", Who.LISTS),
            Page(_("New list of staff"), "lists:new", Who.LISTS),
            Page(_("Circulars"), "circulars:circulars"),
            Page(_("Sendings of circulars"), "circulars:sendings", Who.LISTS),
            Page(_("New circular"), "circulars:new", Who.LISTS),
        ),
    ),
    (_("Applications"), (ARENA, Page(_("Delegate an application"), "portal:delegations", Who.HEAD))),
    (
        _("Help"),
        (
            Page(_("What do you need?"), "portal:help", Who.ALL),
            Page(_("I have lost my password"), "accounts:lost-password", Who.ALL),
            Page(_("I cannot sign in"), "portal:trouble", Who.ALL),
            Page(_("I have lost my NUMEN"), "portal:numen", Who.ALL),
            Page(_("My letter has not come"), "portal:trouble-letter", Who.ALL),
            Page(_("How to use the mail"), "portal:guidance", Who.ALL),
            _quick("contacts", Who.ALL),
            _quick("etat", Who.ALL),
        ),
    ),
    (
        _("Help desk"),
        (
            Page(_("Find a person"), "helpdesk:people", Who.AGENT),
            Page(_("Requests"), "helpdesk:requests", Who.AGENT),
            Page(_("Start of term"), "helpdesk:rentree", Who.AGENT),
            Page(_("Letters"), "helpdesk:letters", Who.AGENT),
            Page(_("OTP keys"), "helpdesk:otp", Who.AGENT),
            Page(_("Mail sent on"), "helpdesk:redirections", Who.AGENT),
            Page(_("Journal"), "helpdesk:journal", Who.AGENT),
        ),
    ),
    (
        _("Administration"),
        (
            Page(_("Operations: today"), "operations:today", Who.ADMINISTRATOR),
            Page(_("HR feed"), "operations:feed", Who.ADMINISTRATOR),
            Page(_("Printing of letters"), "operations:letters", Who.ADMINISTRATOR),
            Page(_("Maintenance"), "portal:maintenance", Who.ADMINISTRATOR),
            Page(_("Dangerous messages"), "withdrawals:withdrawals", Who.ADMINISTRATOR),
            Page(_("Suspicious links"), "webmail:suspects", Who.ADMINISTRATOR),
            Page(_("Mailboxes of services"), "shared_mailboxes:services", Who.ADMINISTRATOR),
            Page(_("Approval of mailings"), "lists:approvers", Who.ADMINISTRATOR),
            Page(_("Registry of applications"), "portal:registry", Who.ADMINISTRATOR),
        ),
    ),
    (
        _("About this service"),
        (
            Page(_("Charter of use"), "accounts:charter", Who.ALL),
            Page(_("Your data"), "portal:privacy", Who.ALL),
            Page(_("Accessibility: not audited"), "portal:accessibility", Who.ALL),
        ),
    ),
)


def site_map_parts(seen_by: Collection[Who], tiles: Sequence[Tile]) -> list[Part]:
    """What opens to this person; one's own applications after ARENA, but for those that are shut."""
    found = []
    for name, pages in PARTS:
        shown = [page for page in pages if page.who in seen_by and _is_on(page)]
        links = [Link(page.name, url) for page in shown if (url := _address(page.view))]
        if ARENA in pages and ARENA.who in seen_by:
            links += [_application(tile) for tile in tiles if not tile.shut]
        if links:
            found.append(Part(name, tuple(links)))
    return found


def _application(tile: Tile) -> Link:
    return Link(tile.name, reverse("portal:arena-opening", args=[tile.slug]), french=True)


def _is_on(page: Page) -> bool:
    return lists_are_on() or not page.view.startswith(("lists:", "circulars:"))


@lru_cache(maxsize=100)
def _address(view: str) -> str:
    """A room that is not installed has none."""
    try:
        return reverse(view)
    except NoReverseMatch:
        return ""
