"""Labels put on messages and taken off."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.webmail import bulk, marking, toasts
from vaguemestre.webmail.action_response import in_bulk
from vaguemestre.webmail.calm import mailbox_screen
from vaguemestre.webmail.choosing import wanted
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.label_response import of_many, toast
from vaguemestre.webmail.list_query import label_in
from vaguemestre.webmail.return_url import way_back
from vaguemestre.webmail.screen import folder_url


@require_POST
@signed_in
@mailbox_screen
def label(request: StaffRequest, folder_id: MailboxId) -> HttpResponse:
    """On all of the chosen messages, unless all of them bear it: then off."""
    keyword = label_in(request.GET)
    if keyword is None:
        raise Http404("label")
    response = HttpResponseRedirect(way_back(request, folder_url(folder_id)))
    with open_mailbox(request) as session:
        uids = wanted(request, session, folder_id, whole=True)
        if len(uids) > bulk.IMMEDIATE:
            return in_bulk(request, session, of_many(request, session, keyword, {folder_id: uids}), {folder_id: uids})
        done = marking.mark(session, request.account.key, keyword, {folder_id: uids.uids}, put=None)
    if said := toast(request, done):
        toasts.say(response, said)
    return response
