"""The reader's own word that the files of a message in Junk are to be shown."""

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.trust import junk_attachments


@require_POST
@with_mailbox
@handles_outage
def show(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    with open_mailbox(request.mailbox) as session:
        session.message(folder_id, uid)  # there is one
    response = HttpResponseRedirect(return_url(request, reverse("webmail:message", args=[folder_id, uid])))
    junk_attachments.remember_consent(request, response, folder_id, uid)
    return response
