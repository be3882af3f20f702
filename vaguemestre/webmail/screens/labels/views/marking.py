"""Labels put on messages and taken off."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from vaguemestre.mailbox.values import MailboxId
from vaguemestre.webmail.actions import bulk_actions, flags
from vaguemestre.webmail.actions.label_response import label_request, label_toast
from vaguemestre.webmail.actions.selection import count_places, select, uids_by_folder
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.message_list.list_query import label_in
from vaguemestre.webmail.screens.panes.action_response import bulk_response, list_redirect
from vaguemestre.webmail.screens.panes.outage import handles_outage


@require_POST
@with_mailbox
@handles_outage
def label(request: MailboxRequest, folder_id: MailboxId | None = None) -> HttpResponse:
    """On all of the chosen messages, unless all of them bear it: then off."""
    keyword = label_in(request.GET)
    if keyword is None:
        raise Http404("label")
    with open_mailbox(request.mailbox) as session:
        selection = select(request, session, folder_id, whole=True)
        if count_places(selection.places) > bulk_actions.IMMEDIATE:
            asked = label_request(request, session, keyword, selection.places)
            return bulk_response(request, session, asked, selection.places, selection.url)
        done = flags.set_flag(session, request.mailbox.key, keyword, uids_by_folder(selection.places), put=None)
    return list_redirect(request, selection.url, label_toast(request, done))
