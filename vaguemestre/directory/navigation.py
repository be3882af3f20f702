"""What the directory is called in the navigation of the whole product."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from vaguemestre.web.navigation import Room, RoomPage


def directory_room(_request: HttpRequest) -> Room:
    return Room("directory", _("Directory"), "directory:home", ("contacts",), _pages)


def _pages() -> Iterable[RoomPage]:
    yield RoomPage("directory", _("Colleagues and schools"), "directory:home")
    yield RoomPage("contacts", _("My contacts"), "contacts:book")
