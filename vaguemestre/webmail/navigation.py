"""What the webmail is called in the navigation of the whole product, and what waits for its owner's word."""

from collections.abc import Iterable, Iterator
from typing import cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.rescue import confirmation_codes
from vaguemestre.web.navigation import PendingDecision, Room, RoomPage


def mail_room(_request: HttpRequest) -> Room:
    return Room("webmail", gettext_lazy("Mail"), "webmail:home", pages=_pages)


def unconfirmed_redirection(request: HttpRequest) -> Iterator[PendingDecision]:
    """One query. Only while the code that was sent may still be typed."""
    account, purpose = cast(StaffRequest, request).account, confirmation_codes.Purpose.REDIRECTION
    waiting = confirmation_codes.waiting_code(account, purpose, now=timezone.now())
    if waiting:
        sentence = _("Mail is not sent on to %(address)s yet.") % {"address": waiting.target}
        yield PendingDecision(sentence, gettext_lazy("Type the code"), reverse("webmail:redirection"))


def _pages() -> Iterable[RoomPage]:
    yield RoomPage("webmail", gettext_lazy("Inbox"), "webmail:home")
    yield RoomPage("settings", gettext_lazy("Settings"), "webmail:settings")
