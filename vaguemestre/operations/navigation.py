"""The room of the administrators, and the pages of other rooms that are listed in it."""

from collections.abc import Iterable
from typing import cast

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.roles.role_lookup import is_administrator
from vaguemestre.arrivals.models import FeedDrop
from vaguemestre.lists.switch import lists_are_on
from vaguemestre.web.navigation import Room, RoomPage

SECTIONS = ("today", "feed", "printing", "maintenance", "withdrawals", "suspects", "registry", "services", "approvers")


def operations_room(request: HttpRequest) -> Room | None:
    if not is_administrator(cast(StaffRequest, request)):
        return None
    return Room("operations", _("Operations"), "operations:today", SECTIONS, _pages, _("Administration"))


def _pages() -> Iterable[RoomPage]:
    yield RoomPage("today", _("Today"), "operations:today")
    waiting = FeedDrop.objects.filter(state=FeedDrop.State.CHECKED).count()
    yield RoomPage("feed", _("HR feed"), "operations:feed", waiting, _("that waits for a decision"))
    yield RoomPage("printing", _("Letters"), "operations:letters")
    yield RoomPage("maintenance", _("Maintenance"), "portal:maintenance")
    yield RoomPage("withdrawals", _("Dangerous messages"), "withdrawals:withdrawals")
    yield RoomPage("suspects", _("Suspicious links"), "webmail:suspects")
    yield RoomPage("services", _("Mailboxes of services"), "shared_mailboxes:services")
    if lists_are_on():
        yield RoomPage("approvers", _("Approvals"), "lists:approvers")
    yield RoomPage("registry", _("Registry"), "portal:registry")
