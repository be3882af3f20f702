"""Labels put on messages and taken off."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.webmail import bulk, marking
from vaguemestre.webmail.action_response import in_bulk, list_redirect
from vaguemestre.webmail.calm import mailbox_screen
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.label_response import of_many, toast
from vaguemestre.webmail.list_query import label_in
from vaguemestre.webmail.selection import count_of, listed, select


@require_POST
@signed_in
@mailbox_screen
def label(request: StaffRequest, folder_id: MailboxId | None = None) -> HttpResponse:
    """On all of the chosen messages, unless all of them bear it: then off."""
    keyword = label_in(request.GET)
    if keyword is None:
        raise Http404("label")
    with open_mailbox(request) as session:
        selection = select(request, session, folder_id, whole=True)
        if count_of(selection.places) > bulk.IMMEDIATE:
            asked = of_many(request, session, keyword, selection.places)
            return in_bulk(request, session, asked, selection.places, selection.url)
        done = marking.mark(session, request.account.key, keyword, listed(selection.places), put=None)
    return list_redirect(request, selection.url, toast(request, done))
