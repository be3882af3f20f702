"""One navigation for the whole product: the first row has the rooms, the second the pages of the room where one is.

Each room says by `house_rooms` what it is called for this person, or None when it does not open to them; nothing here
knows a room. `pending_decisions` is the same for the home page: what waits for this person's word.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum

from django.http import HttpRequest
from django.utils.functional import Promise

from vaguemestre.web.ports import Port
from vaguemestre.web.url_cache import own_url

type Words = str | Promise


@dataclass(frozen=True, slots=True)
class RoomPage:
    """`key`: as views name their page (`section`)."""

    key: str
    name: Words
    view: str
    count: int = 0  # what waits there
    counted: Words = ""  # the noun of the count, for those who listen

    @property
    def url(self) -> str:
        return own_url(self.view)


def _no_pages() -> Iterable[RoomPage]:
    return ()


@dataclass(frozen=True, slots=True)
class Room:
    """`sections`: what views call the pages of this room, its key besides. `pages` is asked of the one room where
    somebody is. `role`: what its holder is called beside the name. `begins`: whoever has it begins the day here.
    `two_factors`: it opens to no other session."""

    key: str
    name: Words
    view: str
    sections: tuple[str, ...] = ()
    pages: Callable[[], Iterable[RoomPage]] = field(default=_no_pages, compare=False)
    role: Words = ""
    begins: bool = False
    two_factors: bool = False

    @property
    def url(self) -> str:
        return own_url(self.view)


class RoomStage(IntEnum):
    """The order of the first row, for everybody the same. After `DIRECTORY` come rooms of a role."""

    HOME = 0
    MAIL = 1
    APPLICATIONS = 2
    CAREER = 3
    DIRECTORY = 4
    ROLES = 5
    OPERATIONS = 6


@dataclass(frozen=True, slots=True)
class PendingDecision:
    """`sentence` says what waits, `act` is the link's few words."""

    sentence: str
    act: Words
    url: str


@dataclass(frozen=True, slots=True)
class Navigation:
    common: tuple[Room, ...]
    of_role: tuple[Room, ...]
    room: Room | None
    pages: tuple[RoomPage, ...]
    page: RoomPage | None

    @property
    def role(self) -> Words:
        """Empty for those who have none: their function is said."""
        return next((room.role for room in reversed(self.of_role) if room.role), "")

    @property
    def state(self) -> object:
        """What the row of rooms is made of, for a part that is kept: also where each leads, from a shared mailbox."""
        here = self.room.key if self.room else ""
        return (here, *((room.key, room.url) for room in (*self.common, *self.of_role)))


house_rooms: Port[Callable[[HttpRequest], Room | None]] = Port("web.house_rooms")
pending_decisions: Port[Callable[[HttpRequest], Iterable[PendingDecision]]] = Port("web.pending_decisions")


def rooms_of(request: HttpRequest) -> tuple[tuple[Room, ...], tuple[Room, ...]]:
    """Those of everybody, and those of a role. `request.account` is signed in."""
    found = [(stage, room) for stage, ask in house_rooms.staged() if (room := ask(request))]
    return (
        tuple(room for stage, room in found if stage < RoomStage.ROLES),
        tuple(room for stage, room in found if stage >= RoomStage.ROLES),
    )


def navigation(request: HttpRequest, section: str) -> Navigation:
    """`section` is a page's key or a room's; a page that everybody may read (the charter) belongs to no room."""
    common, of_role = rooms_of(request)
    room, pages = _where((*common, *of_role), section)
    page = next((one for one in pages if one.key == section), None)
    return Navigation(common, of_role, room, pages, page)


def first_room(request: HttpRequest, *, two_factors: bool) -> str:
    """The address where this person begins the day, if their role has one that this session opens."""
    _common, of_role = rooms_of(request)
    return next((room.url for room in of_role if room.begins and (two_factors or not room.two_factors)), "")


def decisions_of(request: HttpRequest) -> list[PendingDecision]:
    return [one for ask in pending_decisions.all() for one in ask(request)]


def _where(rooms: Iterable[Room], section: str) -> tuple[Room | None, tuple[RoomPage, ...]]:
    for room in rooms:
        if section == room.key or section in room.sections:
            return room, tuple(room.pages())
    return None, ()
