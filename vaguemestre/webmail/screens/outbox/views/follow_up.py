"""To wait no more for what nobody has answered."""

from django.http import HttpResponse
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from vaguemestre.mailbox.values import SETTLED, MailboxId
from vaguemestre.web.number_text import number_text
from vaguemestre.web.toasts import Toast
from vaguemestre.webmail.actions import flags
from vaguemestre.webmail.actions.selection import select, uids_by_folder
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.screens.panes.action_response import list_redirect
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.undo import with_gone_text


@require_POST
@with_mailbox
@handles_outage
def settle(request: MailboxRequest, folder_id: MailboxId | None = None) -> HttpResponse:
    """A keyword on the message: it goes along wherever that is moved, and an answer later changes nothing about it."""
    with open_mailbox(request.mailbox) as session:
        selection = select(request, session, folder_id)
        done = flags.set_flag(session, request.mailbox.key, SETTLED, uids_by_folder(selection.places), put=True)
    words = ngettext("%s message no longer awaits an answer", "%s messages no longer await an answer", done.count)
    said = with_gone_text(words % number_text(done.count), done.count, done.gone)
    toast = Toast(said, done.signed(), undo_at=flags.UNDO_AT) if said else None
    return list_redirect(request, selection.url, toast)
