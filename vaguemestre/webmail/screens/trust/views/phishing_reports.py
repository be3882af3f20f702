"""A suspicious message: told to those who watch, and out of sight."""

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.imap.uid_sets import UidSet
from vaguemestre.mailbox.values import FolderName, MailboxId, Uid
from vaguemestre.web.toasts import Toast
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.screens.panes.action_response import list_redirect
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.screens.panes.page import folder_url
from vaguemestre.webmail.snooze import snoozed_messages
from vaguemestre.webmail.trust import phishing_reports
from vaguemestre.webmail.undo import Undo


@require_POST
@with_mailbox
@handles_outage
def report(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    """Reported first, moved after: if the move fails, the report has left."""
    if not phishing_reports.are_reports_wanted():
        raise Http404("nobody to report to")
    with open_mailbox(request.mailbox) as session:
        message = session.message(folder_id, uid)
        phishing_reports.send_report(request.mailbox, session, folder_id, message, timezone.now())
        undo = _set_aside(request, session, folder_id, uid)
    said = _("Thank you: the message was reported, and waits in Junk") if undo else _("Thank you: reported")
    gone = {folder_id: UidSet.of([uid])} if undo else None
    return list_redirect(request, folder_url(folder_id), Toast(said, undo), gone=gone)


def _set_aside(request: MailboxRequest, session: Session, folder_id: MailboxId, uid: Uid) -> str:
    """The word that takes the move back; empty when there was none."""
    junk = session.by_role("junk") or session.create(FolderName("Junk"))
    if junk.id is None or junk.id == folder_id:
        return ""
    moved = snoozed_messages.move_snoozed(request.mailbox.mailbox.key, session, folder_id, [uid], junk.id)
    return Undo(request.mailbox.key, folder_id, junk.id, [int(new) for new in moved.values()]).signed() if moved else ""
