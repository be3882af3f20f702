"""The list of a folder, and the way in."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.errors import NoSuchFolder
from vaguemestre.mailbox.values import InvalidValue, MailboxId, Uid
from vaguemestre.webmail.calm import mailbox_screen
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.screen import desk, folder_url, place_of, show


@require_safe
@signed_in
@mailbox_screen
def home(request: StaffRequest) -> HttpResponse:
    with open_mailbox(request) as session:
        inbox = session.by_role("inbox")
    if inbox is None or inbox.id is None:
        raise NoSuchFolder
    return HttpResponseRedirect(folder_url(inbox.id))


@require_safe
@signed_in
@mailbox_screen
def folder(request: StaffRequest, folder_id: MailboxId) -> HttpResponse:
    """Also what the page asks for by itself when mail arrives; then `ouvert` keeps the open message marked in it."""
    with open_mailbox(request) as session:
        shown = desk(request, session, place_of(request, folder_id), now=timezone.now(), current=_open(request))
    return show(request, shown)


@require_safe
@signed_in
def keyboard(request: StaffRequest) -> HttpResponse:
    return render(request, "webmail/keyboard.html")


def _open(request: StaffRequest) -> Uid | None:
    try:
        return Uid(request.GET["ouvert"])
    except (KeyError, InvalidValue):
        return None
