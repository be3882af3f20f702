"""Lists in the navigation of the whole product, for those whose post opens them."""

from collections.abc import Iterable
from typing import cast

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.lists.perimeter import list_posts
from vaguemestre.lists.switch import lists_are_on
from vaguemestre.people.categories import CATEGORIES, Family
from vaguemestre.people.functions import OFFICE_CATEGORIES
from vaguemestre.web.navigation import Room, RoomPage


def lists_room(request: HttpRequest) -> Room | None:
    if not has_lists(cast(StaffRequest, request).account):
        return None
    return Room("lists", _("Lists"), "lists:lists", ("new-list",), _pages)


def has_lists(account: Account) -> bool:
    """No query but for offices, whose posts the other rooms read anyway."""
    category = CATEGORIES[account.person.category]
    if not lists_are_on() or category.code not in OFFICE_CATEGORIES:
        return lists_are_on() and category.family is Family.LEADERSHIP
    return bool(list_posts(account, timezone.localdate()))


def _pages() -> Iterable[RoomPage]:
    yield RoomPage("lists", _("All the lists"), "lists:lists")
    yield RoomPage("new-list", _("New list"), "lists:new")
