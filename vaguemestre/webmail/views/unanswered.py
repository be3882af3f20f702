"""To wait no more for what nobody has answered."""

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.values import SETTLED, MailboxId
from vaguemestre.web.quantities import grouped
from vaguemestre.webmail import marking
from vaguemestre.webmail.calm import mailbox_screen
from vaguemestre.webmail.choosing import found, wanted
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.list_query import SearchQuery
from vaguemestre.webmail.marking import Marked
from vaguemestre.webmail.return_url import way_back
from vaguemestre.webmail.screen import folder_url
from vaguemestre.webmail.toasts import Toast, say, with_gone


@require_POST
@signed_in
@mailbox_screen
def settle(request: StaffRequest, folder_id: MailboxId) -> HttpResponse:
    """A keyword on the message: it goes along wherever that is moved, and an answer later changes nothing about it."""
    with open_mailbox(request) as session:
        uids = wanted(request, session, folder_id)
        done = marking.mark(session, request.account.key, SETTLED, {folder_id: uids.uids}, put=True)
    return _said(way_back(request, folder_url(folder_id)), done)


@require_POST
@signed_in
@mailbox_screen
def settle_found(request: StaffRequest) -> HttpResponse:
    """Among results of a search, wherever they lie by now."""
    with open_mailbox(request) as session:
        places = {folder: uids.uids for folder, uids in found(request, session).items()}
        done = marking.mark(session, request.account.key, SETTLED, places, put=True)
    return _said(way_back(request, SearchQuery("").url), done)


def _said(back: str, done: Marked) -> HttpResponse:
    response = HttpResponseRedirect(back)
    words = ngettext("%s message no longer awaits an answer", "%s messages no longer await an answer", done.count)
    if said := with_gone(words % grouped(done.count), done.count, done.gone):
        say(response, Toast(said, done.signed(), undo_at=marking.UNDO_AT))
    return response
