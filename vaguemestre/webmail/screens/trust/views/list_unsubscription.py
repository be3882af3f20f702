"""One press, and a list writes no more."""

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.web import toasts
from vaguemestre.web.toasts import Toast
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.screens.panes.page import folder_url
from vaguemestre.webmail.trust import authentication_results, list_unsubscription


@require_POST
@with_mailbox
@handles_outage
def unsubscribe(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    now = timezone.now()
    with open_mailbox(request.mailbox) as session:
        message = session.message(folder_id, uid)
    origin = authentication_results.judge_origin(
        message.headers, message.row.sender.address if message.row.sender else ""
    )
    found = list_unsubscription.find_unsubscription(request.mailbox, message, origin, now)
    if found is None or not found.press:
        raise Http404("no list")
    list_unsubscription.unsubscribe(request.mailbox.mailbox, found, now)
    return toasts.redirect(return_url(request, folder_url(folder_id)), Toast(_("Unsubscription asked for")))
