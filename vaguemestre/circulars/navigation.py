"""Circulars in the navigation of the whole product: for those who write them, and for those who approve."""

from collections.abc import Iterable
from typing import cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.circulars.models import Circular
from vaguemestre.lists.navigation import has_lists
from vaguemestre.lists.switch import lists_are_on
from vaguemestre.web.navigation import PendingDecision, Room, RoomPage


def circulars_room(request: HttpRequest) -> Room | None:
    if not has_lists(cast(StaffRequest, request).account):
        return None
    sections = ("circulars-archive", "circulars-new")
    return Room("circulars", gettext_lazy("Circulars"), "circulars:sendings", sections, _pages)


def waiting_approvals(request: HttpRequest) -> Iterable[PendingDecision]:
    if not lists_are_on():
        return
    asked = Circular.objects.filter(state=Circular.State.ASKED, approver=cast(StaffRequest, request).account.key)
    for one in asked.order_by("asked_at"):
        sentence = _("Circular to read: %(subject)s (%(name)s)") % {"name": one.author_name, "subject": one.subject}
        yield PendingDecision(sentence, gettext_lazy("Read and approve"), reverse("circulars:approval", args=[one.key]))


def _pages() -> Iterable[RoomPage]:
    yield RoomPage("circulars", gettext_lazy("Sendings"), "circulars:sendings")
    yield RoomPage("circulars-new", gettext_lazy("New circular"), "circulars:new")
    yield RoomPage("circulars-archive", gettext_lazy("Archive of circulars"), "circulars:circulars")
